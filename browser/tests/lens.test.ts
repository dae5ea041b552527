import assert from "node:assert/strict";
import { test } from "node:test";
import { Lens } from "../sitting/lens";

let opened: string[] = [];
let refuses: string | null = null;

class Track extends EventTarget {
  enabled = true;
  readyState = "live";
  static all: Track[] = [];

  constructor(readonly kind: string) {
    super();
    Track.all.push(this);
  }

  clone(): Track {
    const other = new Track(this.kind);
    other.enabled = this.enabled;
    other.readyState = this.readyState;
    return other;
  }

  stop(): void {
    this.readyState = "ended";
  }
}

class Stream {
  constructor(private tracks: Track[] = []) {}
  getTracks = () => this.tracks;
  getVideoTracks = () => this.tracks.filter((each) => each.kind === "video");
  addTrack = (track: Track) => void this.tracks.push(track);
}

const devices = {
  async getUserMedia({ video, audio }: { video?: unknown; audio?: unknown }): Promise<Stream> {
    opened.push([video && "video", audio && "audio"].filter(Boolean).join("+"));
    await Promise.resolve();
    if (refuses !== null) throw new DOMException("", refuses);
    return new Stream([...(audio ? [new Track("audio")] : []), ...(video ? [new Track("video")] : [])]);
  },
};

function begin(): Lens {
  [opened, refuses, Track.all] = [[], null, []];
  Object.defineProperty(globalThis, "navigator", { value: { mediaDevices: devices }, configurable: true });
  Object.assign(globalThis, { MediaStream: Stream });
  return new Lens();
}

const unplug = () => {
  for (const track of Track.all.filter((each) => each.kind === "video" && each.readyState === "live")) {
    track.stop();
    track.dispatchEvent(new Event("ended"));
  }
};
const why = (asked: Promise<unknown>) => asked.then(() => "", (error: unknown) => (error as Error).name);
const picture = (stream: MediaStream) => stream.getVideoTracks()[0]!;

test("two who look through it open it once, also when both ask at one moment", async () => {
  const lens = begin();
  const [followed, called] = await Promise.all([lens.lend(), lens.lend({})]);
  assert.deepEqual(opened, ["video", "audio"]);
  assert.equal(lens.isShared, true);
  assert.deepEqual(called.getTracks().map((track) => track.kind), ["audio", "video"]);
  assert.notEqual(picture(followed), picture(called));
});

test("either gives theirs back, and the other's goes on", async () => {
  for (const first of [0, 1]) {
    const lens = begin();
    const two = [await lens.lend(), await lens.lend({})] as const;
    lens.back(two[first]!);
    assert.equal(picture(two[first]!).readyState, "ended");
    assert.equal(picture(two[1 - first]!).readyState, "live");
    assert.equal(lens.isShared, false);
    // Whoever comes back finds it open, and when both have gone it is opened anew.
    const again = await lens.lend();
    assert.equal(lens.isShared, true);
    lens.back(again);
    lens.back(two[1 - first]!);
    assert(Track.all.every((track) => track.readyState === "ended"));
    const before = opened.length;
    await lens.lend();
    assert.equal(opened.length, before + 1);
  }
});

test("one who has darkened theirs darkens nobody else's", async () => {
  const lens = begin();
  const called = await lens.lend({});
  picture(called).enabled = false;
  const followed = await lens.lend();
  assert.equal(picture(followed).enabled, true);
  assert.equal(picture(called).enabled, false);
});

test("unplugged, it is gone for both, and opened anew for whoever asks again", async () => {
  const lens = begin();
  const two = [await lens.lend(), await lens.lend({})];
  unplug();
  assert.equal(lens.isShared, false);
  assert(two.every((each) => picture(each).readyState === "ended"));
  const again = await lens.lend();
  assert.equal(picture(again).readyState, "live");
  assert.deepEqual(opened, ["video", "audio", "video"]);
});

test("a refusal of sound leaves whoever looked already as they were, and stands in nobody's way", async () => {
  const lens = begin();
  const followed = await lens.lend();
  refuses = "NotAllowedError";
  assert.equal(await why(lens.lend({})), "NotAllowedError");
  assert.equal(lens.isShared, false);
  assert.equal(picture(followed).readyState, "live");
  assert.equal(Track.all.filter((each) => each.readyState === "live").length, 1);
  refuses = null;
  await lens.lend({});
  assert.equal(lens.isShared, true);
});

test("one that is unplugged while the browser asks for sound is not there, and the sound is let go", async () => {
  const lens = begin();
  await lens.lend();
  const asked = lens.lend({});
  await Promise.resolve().then(() => undefined);
  unplug();
  assert.equal(await why(asked), "NotFoundError");
  assert(Track.all.every((track) => track.readyState === "ended"));
});
