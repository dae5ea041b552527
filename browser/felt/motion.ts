// What this phone feels: events of its sensors → samples → frames, kept until the server has them.
//
// A sample carries its own stamp in sitting time, the axes of the device, and the sign of the W3C
// whatever the platform. Nothing is filtered, filled in or shown here: where a sensor gave nothing
// there is no number, and what is too large stands at the edge. Nothing is heard before `listen` is
// called, and what is kept is dropped by `forget`. The bytes are those of relational_space/live/wire.py;
// `tests/vectors/motion.json` is read by both sides.

import { BESIDE_FORM, POINTS_FORM } from "./pose-points";
import type { Reading } from "./pose-points";

export const FRAME_MS = 100;

/** Half a minute of frames: what a lost line may cost of this phone's memory. */
export const MOST_KEPT = 300;

/** Frames in one tick: the newest, and after a lost line two more, which makes 20 more a second. */
const MOST_A_TICK = 3;

const VERSION = 1;
const MOTION = 1;
const HEAD_BYTES = 16;
const SAMPLE_BYTES = 12;
const MOST_SAMPLES = 60;
const STAMPS_A_SECOND = 10_000;
const LATEST_STAMP = 0xffff;
const NO_READING = -0x8000;
const LARGEST = 0x7fff;
const STEPS_A_UNIT = 50;
const STEPS_AN_ACCELERATION = 500;

const GRAVITY = 9.81;
/** Chromium gives acceleration in such steps, m/s²: more than most of a breath. */
const COARSE_STEP = 0.1;
/** What a phone is shaken with before more than its tilt is told, m/s². */
const SHAKEN = 0.6;
/** Tilt and acceleration further apart than any sensor's error are not of one device, m/s². */
const AT_ODDS = 2;
const REST_S = 5;
/** A stamp further from now than this is by another clock than the page's. */
const OTHER_CLOCK_MS = 1000;

export type Sense = "breath" | "movement";
export type Vector = readonly [number, number, number];

/** One reading: m/s² with gravity and degrees a second, NaN where there is none. */
export interface Sample {
  readonly atS: number;
  readonly acceleration: Vector;
  readonly turning: Vector;
}

export const NOTHING: Vector = [NaN, NaN, NaN];

/** The three of a motion event that are read here. */
export interface MotionLike {
  readonly timeStamp: number;
  readonly accelerationIncludingGravity: { x: number | null; y: number | null; z: number | null } | null;
  readonly rotationRate: { alpha: number | null; beta: number | null; gamma: number | null } | null;
}

/** Which way is up in the axes of a device that lies so; both angles in degrees. */
export function upward(beta: number, gamma: number): Vector {
  const b = (beta * Math.PI) / 180;
  const g = (gamma * Math.PI) / 180;
  return [-Math.cos(b) * Math.sin(g), Math.sin(b), Math.cos(b) * Math.cos(g)];
}

/** Whether an event says that there is a sensor: without one a single event of nulls comes. */
export function hasReading(event: MotionLike): boolean {
  const a = event.accelerationIncludingGravity;
  return a !== null && a.x !== null && a.y !== null && a.z !== null;
}

/** Events → samples. It remembers what kind of sensor this is, and no reading. */
export class Reader {
  private sign: 1 | -1;
  private signKnown = false;
  private coarse = true;
  private up: Vector | null = null;
  /** What acceleration says beyond tilt at rest: the sensor's own error. */
  private rest: Vector = [0, 0, 0];
  private latestS = -Infinity;

  /** `turned` is whether acceleration has the other sign on this platform, until the tilt has told. */
  constructor(turned: boolean) {
    this.sign = turned ? -1 : 1;
  }

  tilt(beta: number | null, gamma: number | null): void {
    this.up = beta === null || gamma === null ? null : upward(beta, gamma);
  }

  /** The sample in this event, at this sitting time; null when it holds no reading at all. */
  read(event: MotionLike, atS: number, sense: Sense): Sample | null {
    const given = vector(event.accelerationIncludingGravity, "x", "y", "z");
    const turning = vector(event.rotationRate, "alpha", "beta", "gamma");
    if (![...given, ...turning].some(Number.isFinite)) return null;
    // A clock that was corrected may be set back a little; a stamp never is.
    const stampS = Math.max(atS, this.latestS);
    const acceleration = this.accelerated(given, stampS, sense);
    this.latestS = stampS;
    return { atS: stampS, acceleration, turning };
  }

  private accelerated(given: Vector, atS: number, sense: Sense): Vector {
    if (!given.every(Number.isFinite)) return given;
    if (this.coarse && !given.every(isStep)) this.coarse = false;
    const { up } = this;
    if (up !== null && !this.signKnown) this.learnSign(given, up);
    const a = scaled(given, this.sign);
    // A hand moves by more than a step, and its acceleration is what is asked for.
    if (up === null || !this.coarse || sense !== "breath") return a;
    const tilt = scaled(up, GRAVITY);
    const beyond = less(a, tilt);
    const passedS = Math.min(Math.max(atS - this.latestS, 0), REST_S);
    const { rest } = this;
    this.rest = rest.map((one, i) => one + ((beyond[i]! - one) * passedS) / REST_S) as unknown as Vector;
    if (length(rest) > AT_ODDS) return a;
    const shake = less(beyond, rest);
    return length(shake) > SHAKEN ? less(a, rest) : tilt;
  }

  private learnSign(given: Vector, up: Vector): void {
    const along = given.reduce((sum, one, i) => sum + one * up[i]!, 0);
    // In free fall or on its side against a false tilt it says nothing yet.
    if (Math.abs(along) < GRAVITY / 2) return;
    this.sign = along < 0 ? -1 : 1;
    this.signKnown = true;
  }
}

function vector<K extends string>(from: { readonly [k in K]: number | null } | null, ...names: readonly K[]): Vector {
  return names.map((name) => from?.[name] ?? NaN) as unknown as Vector;
}

function isStep(value: number): boolean {
  const steps = value / COARSE_STEP;
  return Math.abs(steps - Math.round(steps)) < 1e-4;
}

function scaled(v: Vector, by: number): Vector {
  return [v[0] * by, v[1] * by, v[2] * by];
}

function less(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function length(v: Vector): number {
  return Math.hypot(...v);
}

export interface Stamped {
  readonly atS: number;
}

/** How one kind of reading becomes bytes. */
export interface Form<R extends Stamped> {
  readonly kind: number;
  readonly bytes: number;
  write(view: DataView, at: number, reading: R): void;
}

const MOTIONS: Form<Sample> = {
  kind: MOTION,
  bytes: SAMPLE_BYTES,
  write(view, at, { acceleration, turning }) {
    acceleration.forEach((one, axis) =>
      view.setInt16(at + 2 * axis, steps(one, STEPS_AN_ACCELERATION), true),
    );
    turning.forEach((one, axis) => view.setInt16(at + 6 + 2 * axis, steps(one, STEPS_A_UNIT), true));
  },
};

/** The bytes of one frame of motion. */
export function frame(sequence: number, samples: readonly Sample[]): ArrayBuffer {
  return framed(sequence, samples, MOTIONS);
}

/** The bytes of one frame; at most 60 readings, whose stamps lie within 6.5 s of the first. */
export function framed<R extends Stamped>(
  sequence: number,
  readings: readonly R[],
  form: Form<R>,
): ArrayBuffer {
  const count = readings.length;
  const first = readings[0]?.atS ?? 0;
  const bytes = new ArrayBuffer(HEAD_BYTES + count * (2 + form.bytes));
  const view = new DataView(bytes);
  view.setUint8(0, VERSION);
  view.setUint8(1, form.kind);
  view.setUint16(2, count, true);
  view.setUint32(4, sequence, true);
  view.setFloat64(8, first, true);
  readings.forEach((reading, i) => {
    view.setUint16(HEAD_BYTES + 2 * i, Math.round((reading.atS - first) * STAMPS_A_SECOND), true);
    form.write(view, HEAD_BYTES + 2 * count + form.bytes * i, reading);
  });
  return bytes;
}

function steps(value: number, per: number): number {
  if (Number.isNaN(value)) return NO_READING;
  return Math.max(-LARGEST, Math.min(LARGEST, Math.round(value * per)));
}

interface Numbered {
  readonly sequence: number;
  readonly bytes: ArrayBuffer;
}

/** Frames in their order, from the first that the server has not taken; the oldest go when it is full. */
export class Kept {
  private frames: Numbered[] = [];
  private nextSequence = 0;
  /** What comes next on this line. */
  private unsent = 0;

  get size(): number {
    return this.frames.length;
  }

  /** Keep these samples, in as many frames as they need. */
  keep(samples: readonly Sample[]): void {
    this.keepAs(MOTIONS, samples);
  }

  /** The same for readings of another kind, which are numbered along. */
  keepAs<R extends Stamped>(form: Form<R>, readings: readonly R[]): void {
    let from = 0;
    readings.forEach((reading, i) => {
      const first = readings[from]!;
      const isFull = i - from === MOST_SAMPLES;
      if (isFull || (reading.atS - first.atS) * STAMPS_A_SECOND > LATEST_STAMP) {
        this.number(form, readings.slice(from, i));
        from = i;
      }
    });
    if (readings.length > from) this.number(form, readings.slice(from));
  }

  private number<R extends Stamped>(form: Form<R>, readings: readonly R[]): void {
    const sequence = this.nextSequence;
    this.frames.push({ sequence, bytes: framed(sequence, readings, form) });
    this.nextSequence += 1;
    if (this.frames.length > MOST_KEPT) this.frames.shift();
  }

  /** The server has everything up to this one. */
  taken(sequence: number | null): void {
    if (sequence === null) return;
    this.frames = this.frames.filter((one) => one.sequence > sequence);
  }

  /** A new line: what the server has not taken is said again, from the oldest. */
  again(): void {
    this.unsent = 0;
  }

  /** The frames of one tick, in order. */
  tick(): ArrayBuffer[] {
    const due = this.frames.filter((one) => one.sequence >= this.unsent).slice(0, MOST_A_TICK);
    const last = due.at(-1);
    if (last) this.unsent = last.sequence + 1;
    return due.map((one) => one.bytes);
  }

  forget(): void {
    this.frames = [];
  }
}

/** Why a phone can't feel, or that it can. */
export type Found = "feels" | "plain" | "none" | "refused" | "untapped" | "silent";

const FIRST_EVENT_MS = 2000;

type Asks = { requestPermission?: () => Promise<PermissionState> };

/** Ask for the sensor, where a platform wants to be asked, and find out whether there is one. */
export async function ask(): Promise<Found> {
  if (!isSecureContext) return "plain";
  if (!("DeviceMotionEvent" in window)) return "none";
  try {
    // Both at once: one tap allows one question, and on iOS they are one.
    const kinds: (Asks | undefined)[] = [DeviceMotionEvent as Asks, window.DeviceOrientationEvent as Asks];
    const [motion, tilt] = kinds.map((kind) => kind?.requestPermission?.());
    // Tilt is a help and no condition, and where both are refused its no is nobody's error.
    const tilted = tilt?.catch(() => undefined);
    if ((await motion) === "denied") return "refused";
    await tilted;
  } catch {
    return "untapped";
  }
  return first();
}

function first(): Promise<Found> {
  return new Promise((resolve) => {
    const done = (found: Found) => {
      clearTimeout(timer);
      removeEventListener("devicemotion", heard);
      resolve(found);
    };
    const heard = (event: DeviceMotionEvent) => done(hasReading(event) ? "feels" : "none");
    const timer = setTimeout(() => done("silent"), FIRST_EVENT_MS);
    addEventListener("devicemotion", heard);
  });
}

/** What motion needs from its page; a test brings its own. */
export interface Line {
  /** Sitting time at a moment of the page's clock, or null while it isn't known. */
  stamp(ms: number): number | null;
  /** False when there is no line just now: the frame stays. */
  send(bytes: ArrayBuffer): boolean;
}

/** The sensors of this phone, heard while something wants them. */
export class Motion {
  readonly kept = new Kept();
  private readonly reader = new Reader(navigator.vendor.startsWith("Apple"));
  private pending: Sample[] = [];
  private seen: (readonly Reading[])[] = [];
  private sense: Sense | "" = "";
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly moved = (event: DeviceMotionEvent) => this.hear(event);
  private readonly tilted = (event: DeviceOrientationEvent) => this.reader.tilt(event.beta, event.gamma);

  constructor(private readonly line: Line) {}

  /** Hear for this sense from now on; for none, what was heard is still sent. */
  listen(sense: Sense | ""): void {
    if (sense === this.sense) return;
    const before = this.sense;
    this.sense = sense;
    if (sense !== "" && before === "") {
      addEventListener("devicemotion", this.moved);
      addEventListener("deviceorientation", this.tilted);
      this.timer ??= setInterval(() => this.tick(), FRAME_MS);
    } else if (sense === "") {
      removeEventListener("devicemotion", this.moved);
      removeEventListener("deviceorientation", this.tilted);
    }
  }

  /** What a camera of this device saw, of one person or of two, goes the same way. */
  see(readings: readonly Reading[]): void {
    this.seen.push(readings);
    this.timer ??= setInterval(() => this.tick(), FRAME_MS);
  }

  /** Nothing of what was felt is kept here. */
  forget(): void {
    this.listen("");
    this.pending = [];
    this.seen = [];
    this.kept.forget();
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private hear(event: DeviceMotionEvent): void {
    if (this.sense === "") return;
    const nowMs = performance.now();
    const ownMs = Math.abs(event.timeStamp - nowMs) < OTHER_CLOCK_MS ? event.timeStamp : nowMs;
    const atS = this.line.stamp(ownMs);
    const sample = atS === null ? null : this.reader.read(event, atS, this.sense);
    if (sample) this.pending.push(sample);
  }

  private tick(): void {
    this.kept.keep(this.pending);
    this.kept.keepAs(POINTS_FORM, this.seen.flatMap(([one]) => one ?? []));
    this.kept.keepAs(BESIDE_FORM, this.seen.flatMap(([, other]) => other ?? []));
    this.pending = [];
    this.seen = [];
    for (const bytes of this.kept.tick()) {
      if (!this.line.send(bytes)) return this.kept.again();
    }
    if (this.sense === "" && this.kept.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }
}
