// What a page does about a call, with a browser that lends made-up tracks and says what it was asked for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Calling } from "../call/calling";
import { Lens } from "../sitting/lens";
import { NOTHING_SAID } from "../sitting/own";
import type { Act, CallKind, CallSignal, Meeting } from "../sitting/wire";

class Track extends EventTarget {
  readyState = "live";
  enabled = true;
  onended: (() => void) | null = null;
  readonly id = `${Math.random()}`;

  constructor(readonly kind: string) {
    super();
  }

  stop(): void {
    this.readyState = "ended";
  }

  /** The camera was unplugged, or its yes taken back in the browser's own settings. */
  unplug(): void {
    this.readyState = "ended";
    this.onended?.();
    this.dispatchEvent(new Event("ended"));
  }
}

class Stream {
  constructor(private tracks: Track[]) {}
  getTracks = () => this.tracks;
  getAudioTracks = () => this.tracks.filter((each) => each.kind === "audio");
  getVideoTracks = () => this.tracks.filter((each) => each.kind === "video");
  removeTrack(track: Track): void {
    this.tracks = this.tracks.filter((each) => each !== track);
  }
}

/** A page in two places, whose other would have all of a call. */
class Page {
  readonly acts: Act[] = [];
  readonly signals: CallSignal[] = [];
  readonly connections: RTCConfiguration[] = [];
  refuses: Error | undefined;
  readonly calling = new Calling(
    {
      say: (act) => void this.acts.push(act),
      signal: (signal) => this.signals.push(signal) > 0,
    },
    new Lens(),
  );

  constructor(devices = true) {
    const mediaDevices = devices && {
      getUserMedia: async ({ video }: MediaStreamConstraints) => {
        if (this.refuses) throw this.refuses;
        return new Stream([new Track("audio"), ...(video ? [new Track("video")] : [])]);
      },
    };
    Object.defineProperty(globalThis, "navigator", { value: { mediaDevices }, configurable: true });
    const { connections } = this;
    const connection = class {
      constructor(configuration: RTCConfiguration) {
        connections.push(configuration);
      }
      addTrack(): void {}
      getTransceivers = () => [];
      close(): void {}
    };
    Object.assign(globalThis, { RTCPeerConnection: connection });
  }

  async wishes(kind: CallKind): Promise<void> {
    await this.calling.choose(kind);
    this.calling.own({ ...NOTHING_SAID, call: kind });
  }

  /** They sit, and the other's page is there. */
  async meets(call: CallKind, relayed = false): Promise<void> {
    const meeting: Meeting = { t: "call", call, meeting: 1, polite: true, servers: [], relayed };
    this.calling.meet(meeting);
    const data = JSON.stringify({ kind: "here", from: "theirs", to: "", answers: false });
    this.calling.hear({ t: "signal", meeting: 1, part: 0, of: 1, data });
    await new Promise((done) => setTimeout(done, 0));
  }

  track(kind: string): Track {
    return (this.calling.local.value as unknown as Stream).getTracks().find((each) => each.kind === kind)!;
  }
}

test("whoever would rather hide their address is found through a relay only, and nobody else is made to", async () => {
  for (const [hides, policy] of [[true, "relay"], [false, "all"]] as const) {
    const page = new Page();
    page.calling.hidden.value = hides;
    await page.wishes("sound");
    await page.meets("picture");
    assert.deepEqual(page.connections.map((each) => each.iceTransportPolicy), [policy]);
    page.calling.end();
  }
});

test("a page that was loaded again hides where it can: what was chosen about the address isn't known any more", async () => {
  for (const [relay, policy] of [[true, "relay"], [false, "all"]] as const) {
    const page = new Page();
    page.calling.own({ ...NOTHING_SAID, call: "sound" });
    await page.meets("sound");
    assert.deepEqual(page.connections, []);
    await page.calling.again(relay);
    await page.meets("sound");
    assert.deepEqual(page.connections.map((each) => each.iceTransportPolicy), [policy]);
    page.calling.end();
  }
});

test("before it begins somebody sees themselves, and then their picture is dark until the other may see it", async () => {
  const page = new Page();
  await page.wishes("picture");
  assert(page.calling.framing.value && page.track("video").enabled);
  page.calling.hideSelf();
  assert.equal(page.track("video").enabled, false);
  page.calling.show("face");
  assert(page.track("video").enabled);
  page.calling.end();
});

test("a camera that is unplugged leaves the sound, for both; without a microphone there is no call", async () => {
  const page = new Page();
  await page.wishes("picture");
  await page.meets("picture");
  assert.equal(page.calling.now.value, "picture");
  const camera = page.track("video");
  camera.unplug();
  assert.deepEqual(page.acts.at(-1), { t: "wish_call", call: "sound" });
  assert.equal(page.calling.now.value, "sound");
  page.track("audio").unplug();
  assert.deepEqual(page.acts.at(-1), { t: "wish_call", call: "nothing" });
  assert.equal(page.calling.now.value, "nothing");
  assert(page.calling.ended.value);
  assert.equal(page.calling.local.value, null);
});

test("what a browser doesn't lend is a sentence of its own, and no wish", async () => {
  const said = [
    [new DOMException("", "NotAllowedError"), "refused"],
    [new DOMException("", "NotFoundError"), "none"],
    [new DOMException("", "NotReadableError"), "none"],
  ] as const;
  for (const [refuses, trouble] of said) {
    const page = new Page();
    page.refuses = refuses;
    await page.wishes("picture");
    assert.equal(page.calling.trouble.value, trouble);
    assert.deepEqual(page.acts, []);
  }
  const plain = new Page(false);
  await plain.wishes("sound");
  assert.equal(plain.calling.trouble.value, "insecure");
  assert.deepEqual(plain.acts, []);
});
