// A camera's pictures on their way to the worker: which are looked at, for how many people, and when none is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Camera } from "../felt/pose";
import { named } from "../felt/pose-points";
import type { Body, PoseAnswer, PoseQuestion, Reading } from "../felt/pose-points";
import { Lens } from "../sitting/lens";

/** What is kept of a picture, by the number of the picture that the camera gave. */
class Kept {
  static all: Kept[] = [];
  closed = false;
  readonly number: number;

  constructor(of: Video | Kept) {
    this.number = of.number;
    Kept.all.push(this);
  }

  close(): void {
    this.closed = true;
  }
}

class Video {
  static latest: Video;
  number = 0;
  readonly videoWidth = 640;
  readonly videoHeight = 480;
  private next: ((nowMs: number, frame: { captureTime: number }) => void) | null = null;

  constructor() {
    Video.latest = this;
  }

  async play(): Promise<void> {}

  requestVideoFrameCallback(next: (nowMs: number, frame: { captureTime: number }) => void): void {
    this.next = next;
  }

  /** One more picture of the camera, 30 a second. */
  async comes(): Promise<void> {
    this.number += 1;
    const nowMs = (this.number * 1000) / 30;
    this.next?.(nowMs, { captureTime: nowMs - 5 });
    await settled();
  }
}

class Eye extends EventTarget {
  static latest: Eye;
  asked: number[] = [];
  looked: { readonly number: number; readonly atMs: number }[] = [];

  constructor() {
    super();
    Eye.latest = this;
  }

  postMessage(question: PoseQuestion): void {
    if ("people" in question) this.asked.push(question.people);
    else this.looked.push({ number: (question.picture as unknown as Kept).number, atMs: question.atMs });
  }

  terminate(): void {}

  async says(data: PoseAnswer): Promise<void> {
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
    await settled();
  }

  /** It has looked at the last picture that it was given. */
  async saw(bodies: readonly Body[]): Promise<void> {
    await this.says({ atMs: this.looked.at(-1)!.atMs, bodies, tookMs: 1 });
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

class Track extends EventTarget {
  readyState = "live";
  kind = "video";
  stop(): void {
    this.readyState = "ended";
  }
}

let track: Track;

function somebody(x: number): Body {
  const marks = Array.from({ length: 33 }, () => ({ x, y: 0.5, visibility: 0.9 }));
  marks[11] = { x: x + 0.1, y: 0.4, visibility: 0.9 };
  marks[12] = { x: x - 0.1, y: 0.4, visibility: 0.9 };
  return named(marks, 4 / 3);
}

async function begin({ people = 1, keeps = true }: { people?: 1 | 2; keeps?: boolean } = {}) {
  Kept.all = [];
  track = new Track();
  const stream = { getTracks: () => [track], getVideoTracks: () => [track] };
  Object.defineProperty(globalThis, "navigator", {
    value: { mediaDevices: { getUserMedia: async () => stream } },
    configurable: true,
  });
  Object.assign(globalThis, {
    isSecureContext: true,
    location: new URL("https://here.test/sitting/"),
    document: { createElement: () => new Video() },
    Worker: Eye,
    OffscreenCanvas: class {},
    VideoFrame: keeps ? Kept : undefined,
    createImageBitmap: async (of: Video | Kept) => new Kept(of),
  });
  const told: Reading[] = [];
  const seer = { stamp: (ms: number) => ms / 1000, moved: (all: readonly Reading[]) => void told.push(...all) };
  const camera = new Camera("/static/pose.js", new Lens(), people, seer);
  camera.frame(true);
  await camera.open();
  await Eye.latest.says({ ready: true });
  return { camera, told, video: Video.latest, eye: Eye.latest };
}

const numbers = (eye: Eye) => eye.looked.map((each) => each.number);
const inTurn = async (many: number, { video, eye }: { video: Video; eye: Eye }, bodies: readonly Body[]) => {
  for (let i = 0; i < many; i++) {
    await video.comes();
    await eye.saw(bodies);
  }
};

test("while one picture is looked at the newest waits, with its own stamp, and none is kept after that", async () => {
  const { camera, video, eye } = await begin();
  for (let i = 0; i < 4; i++) await video.comes();
  assert.deepEqual(numbers(eye), [1]);
  // A fifth stands in the video already, of which the page has not been told.
  video.number += 1;
  await eye.saw([]);
  assert.deepEqual(numbers(eye), [1, 4]);
  assert(Math.abs(eye.looked[1]!.atMs - (4000 / 30 - 5)) < 1e-9);
  await eye.saw([]);
  assert.deepEqual(numbers(eye), [1, 4]);
  await video.comes();
  assert.deepEqual(numbers(eye), [1, 4, 6]);
  await video.comes();
  camera.close();
  // What went to the worker is closed there.
  const open = Kept.all.filter((each) => !each.closed).map((each) => each.number);
  assert.deepEqual(open, [1, 4, 6]);
});

test("where a browser can keep no picture, the next one is looked at", async () => {
  const { video, eye } = await begin({ keeps: false });
  await video.comes();
  await video.comes();
  await eye.saw([]);
  assert.deepEqual(numbers(eye), [1]);
  await video.comes();
  assert.deepEqual(numbers(eye), [1, 3]);
});

test("somebody else is looked for until they were not there in ten pictures", async () => {
  const all = await begin();
  const { camera, eye } = all;
  await inTurn(9, all, [somebody(0.5)]);
  await inTurn(1, all, [somebody(0.5), somebody(0.9)]);
  assert.equal(camera.view.value?.crowded, true);
  await inTurn(9, all, [somebody(0.5)]);
  assert.deepEqual(eye.asked, [2]);
  await inTurn(1, all, [somebody(0.5)]);
  assert.deepEqual(eye.asked, [2, 1]);
  assert.equal(camera.view.value?.framed, true);
  // And when setting up begins anew.
  camera.frame(false);
  camera.frame(true);
  assert.deepEqual(eye.asked, [2, 1, 2]);
});

test("a device is called slow by the pictures of as many people as will be followed", async () => {
  const all = await begin();
  const { camera, video } = all;
  const slowly = async (many: number) => {
    for (let i = 0; i < many; i++) {
      for (let skipped = 0; skipped < 5; skipped++) video.number += 1;
      await inTurn(1, all, [somebody(0.5)]);
    }
  };
  await slowly(10);
  assert.equal(camera.slow.value, false);
  await slowly(8);
  assert.equal(camera.slow.value, true);
  await inTurn(70, all, [somebody(0.5)]);
  assert.equal(camera.slow.value, false);
});

test("no picture is looked at while nothing is wanted of it, not even one that waited", async () => {
  const { camera, video, eye } = await begin();
  await video.comes();
  await video.comes();
  camera.frame(false);
  await eye.saw([]);
  await video.comes();
  assert.deepEqual(numbers(eye), [1]);
  camera.follow(true);
  await video.comes();
  assert.deepEqual(numbers(eye), [1, 4]);
});

test("nobody is told of in the first picture, nor below ten a second", async () => {
  const all = await begin();
  const { camera, video, told } = all;
  await inTurn(20, all, [somebody(0.5)]);
  camera.frame(false);
  video.number += 90;
  camera.follow(true);
  await inTurn(3, all, [somebody(0.5)]);
  const sure = () => told.map((each) => each.points.some((point) => point.sure > 0));
  assert.deepEqual(sure(), [false, true, true]);
  for (let i = 0; i < 20; i++) {
    video.number += 4;
    await inTurn(1, all, [somebody(0.5)]);
  }
  assert.equal(sure().at(-1), false);
});

test("an unplugged camera is said to be gone, and nothing of it is kept", async () => {
  const { camera, video, eye } = await begin();
  await video.comes();
  await video.comes();
  track.stop();
  track.dispatchEvent(new Event("ended"));
  assert.equal(camera.state.value, "gone");
  assert.equal(camera.isLive, false);
  await eye.saw([somebody(0.5)]);
  await video.comes();
  assert.deepEqual(numbers(eye), [1]);
  assert(Kept.all.filter((each) => each.number === 2).every((each) => each.closed));
});
