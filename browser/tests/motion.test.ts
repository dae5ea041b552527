// The pure parts of motion.ts; tests/live reads the same frames with the server's reader.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { frame, Kept, MOST_KEPT, NOTHING, Reader, upward } from "../felt/motion";
import type { MotionLike, Sample, Vector } from "../felt/motion";

interface Case {
  readonly what: string;
  readonly sequence: number;
  readonly samples: readonly (readonly (number | null)[])[];
  readonly bytes: string;
}

const cases = JSON.parse(readFileSync("tests/vectors/motion.json", "utf8")) as Case[];

const hex = (bytes: ArrayBuffer) =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

function sampleOf(values: readonly (number | null)[]): Sample {
  const [atS, ...six] = values.map((one) => one ?? NaN);
  return {
    atS: atS ?? NaN,
    acceleration: six.slice(0, 3) as unknown as Vector,
    turning: six.slice(3) as unknown as Vector,
  };
}

const still = (atS: number): Sample => ({ atS, acceleration: [0, 0, 9.81], turning: [0, 0, 0] });

const sequencesOf = (frames: readonly ArrayBuffer[]) => frames.map((one) => new DataView(one).getUint32(4, true));

const event = (acceleration: Vector, turning: Vector = NOTHING): MotionLike => {
  const or = (value: number) => (Number.isNaN(value) ? null : value);
  const [x, y, z] = acceleration.map(or);
  const [alpha, beta, gamma] = turning.map(or);
  return {
    timeStamp: 0,
    accelerationIncludingGravity: { x: x!, y: y!, z: z! },
    rotationRate: { alpha: alpha!, beta: beta!, gamma: gamma! },
  };
};

const rounded = (v: Vector, to: number) => v.map((one) => Math.round(one / to) * to) as unknown as Vector;

test("frames are the bytes that the server reads", () => {
  for (const one of cases) assert.equal(hex(frame(one.sequence, one.samples.map(sampleOf))), one.bytes);
});

test("a phone that lies face up has gravity along z, and one held upright along y", () => {
  const near = (v: Vector, w: Vector) => v.every((one, i) => Math.abs(one - w[i]!) < 1e-9);
  assert(near(upward(0, 0), [0, 0, 1]));
  assert(near(upward(90, 0), [0, 1, 0]));
  assert(near(upward(0, 90), [-1, 0, 0]));
});

test("frames that are not taken are said again in their order on a new line, a few more at a time", () => {
  const kept = new Kept();
  for (let i = 0; i < 5; i++) {
    kept.keep([still(i)]);
    assert.deepEqual(sequencesOf(kept.tick()), [i]);
  }
  kept.taken(1);
  kept.again();
  kept.keep([still(5)]);
  assert.deepEqual(sequencesOf(kept.tick()), [2, 3, 4]);
  kept.keep([still(6)]);
  assert.deepEqual(sequencesOf(kept.tick()), [5, 6]);
  assert.deepEqual(sequencesOf(kept.tick()), []);
  kept.taken(6);
  assert.equal(kept.size, 0);
});

test("a gap of 20 s loses no frame, and one of 40 s the oldest ten seconds", () => {
  for (const [ticks, first] of [[200, 0], [400, 400 - MOST_KEPT]] as const) {
    const kept = new Kept();
    for (let i = 0; i < ticks; i++) kept.keep([still(i / 10)]);
    const came: number[] = [];
    for (let due = kept.tick(); due.length > 0; due = kept.tick()) came.push(...sequencesOf(due));
    assert.deepEqual(came, Array.from({ length: ticks - first }, (_, i) => first + i));
  }
});

test("many samples, or samples far apart, come in several frames", () => {
  const kept = new Kept();
  kept.keep(Array.from({ length: 61 }, (_, i) => still(i / 600)));
  kept.keep([still(10), still(16.6)]);
  const counts = [...kept.tick(), ...kept.tick()].map((one) => new DataView(one).getUint16(2, true));
  assert.deepEqual(counts, [60, 1, 1, 1]);
});

test("the sign is that of the W3C whatever the platform", () => {
  for (const [guessed, given] of [[true, -9.8], [false, 9.8], [true, 9.8], [false, -9.8]] as const) {
    const reader = new Reader(guessed);
    reader.tilt(0, 0);
    assert(reader.read(event([0.01, 0, given]), 0, "movement")!.acceleration[2] > 9);
  }
  // Without a tilt the platform's name has to do.
  assert.equal(new Reader(true).read(event([0.01, 0, -9.8]), 0, "movement")!.acceleration[2], 9.8);
});

test("an event of nulls is no sample, and half of one is a sample with marks", () => {
  const reader = new Reader(false);
  assert.equal(reader.read(event(NOTHING), 0, "breath"), null);
  const sample = reader.read(event([0.03, 0, 9.8]), 0, "breath");
  assert(sample!.turning.every(Number.isNaN));
});

test("a stamp never goes back", () => {
  const reader = new Reader(false);
  const stamps = [1, 1.1, 1.05, 1.2].map((atS) => reader.read(event([0.03, 0, 9.8]), atS, "breath")!.atS);
  assert.deepEqual(stamps, [1, 1.1, 1.1, 1.2]);
});

/** Two minutes of breath as Chromium gives it: 60 a second, all in steps; and the tilt there was. */
function breathing(degrees: number, at: { readonly beta: number; readonly gamma: number }) {
  const reader = new Reader(false);
  const [truth, read, given]: [number[], Vector[], Vector[]] = [[], [], []];
  for (let i = 0; i < 7200; i++) {
    const atS = i / 60;
    const tilt = degrees * Math.sin((2 * Math.PI * atS) / 5.3);
    const a = upward(at.beta + tilt, at.gamma).map((one) => 9.81 * one) as unknown as Vector;
    reader.tilt(Math.round((at.beta + tilt) * 10) / 10, at.gamma);
    truth.push(tilt);
    given.push(rounded(a, 0.1));
    read.push(reader.read(event(rounded(a, 0.1)), atS, "breath")!.acceleration);
  }
  return { truth, read, given };
}

/** How far the best axis follows the truth, after a second's mean. */
function follows(vectors: readonly Vector[], truth: readonly number[]): number {
  const smooth = (values: readonly number[]) =>
    values.slice(60).map((_, i) => values.slice(i, i + 60).reduce((sum, one) => sum + one, 0) / 60);
  const r = [0, 1, 2].map((axis) => Math.abs(correlation(smooth(vectors.map((v) => v[axis]!)), smooth(truth))));
  return Math.max(...r);
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (v: readonly number[]) => v.reduce((sum, one) => sum + one, 0) / v.length;
  const [ma, mb] = [mean(a), mean(b)];
  const dot = (v: readonly number[], mv: number, w: readonly number[], mw: number) =>
    v.reduce((sum, one, i) => sum + (one - mv) * (w[i]! - mw), 0);
  const spread = Math.sqrt(dot(a, ma, a, ma) * dot(b, mb, b, mb));
  return spread === 0 ? 0 : dot(a, ma, b, mb) / spread;
}

test("a breath of 0.3 to 0.5 degrees comes through a browser that gives coarse steps", () => {
  for (const degrees of [0.3, 0.5]) {
    for (const at of [{ beta: 0.04, gamma: 0 }, { beta: 30, gamma: 5 }, { beta: 86, gamma: 1 }]) {
      const { truth, read, given } = breathing(degrees, at);
      const r = follows(read, truth);
      assert(r > 0.99, `${degrees}° at ${at.beta}°: ${r} (coarse acceleration alone: ${follows(given, truth)})`);
    }
  }
});

test("acceleration in fine steps is kept as it is", () => {
  const reader = new Reader(false);
  reader.tilt(10, 0);
  assert.deepEqual(reader.read(event([0.1234, 1.7, 9.66]), 0, "breath")!.acceleration, [0.1234, 1.7, 9.66]);
});

test("a phone that is shaken tells more than its tilt", () => {
  const reader = new Reader(false);
  reader.tilt(0, 0);
  for (let i = 0; i < 60; i++) reader.read(event([0, 0, 9.8]), i / 60, "breath");
  assert(Math.abs(reader.read(event([3, 0, 9.8]), 1.02, "breath")!.acceleration[0] - 3) < 0.2);
});

test("a tilt at odds with gravity is not believed", () => {
  const reader = new Reader(false);
  reader.tilt(60, 0);
  const said = reader.read(event([0, 0, 9.8]), 0, "breath")!.acceleration;
  assert.deepEqual(said, [0, 0, 9.8]);
});
