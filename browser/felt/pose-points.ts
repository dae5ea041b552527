// From what a camera's pictures show of a body to the few numbers that may leave the device. Pure.
//
// Seven named points and how surely each was seen, no more: no face, no picture, no place in the room. A
// point outside the picture was not seen, and nothing is filled in. Places are told in widths of this
// person's own shoulders, from a middle that follows them slowly, so that it doesn't matter how far away
// somebody sits. Two people at one camera are kept apart by where they sit; once they could have been
// taken for one another, neither is told any more.

import type { Form } from "./motion";

/** A tracker's numbers for these points, in the order in which they are sent. */
const POINTS = [15, 16, 13, 14, 11, 12, 0];

const LEFT_SHOULDER = 4;
const RIGHT_SHOULDER = 5;

export const NAMES = [
  "left wrist",
  "right wrist",
  "left elbow",
  "right elbow",
  "left shoulder",
  "right shoulder",
  "nose",
] as const;

/** Below this a point counts as not seen; the server asks the same. */
export const SEEN_LEAST = 0.3;

/** Fewer pictures a second than this say too little about who moved first. */
export const LEAST_HZ = 10;

const RATE_OVER_S = 2;

/** A place in the picture, both ways in heights of it, and how surely it was seen: 0 to 1. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly sure: number;
}

/** The seven points of one person in one picture, in the order of `NAMES`. */
export type Body = readonly Point[];

/** One reading as it is sent: widths of the shoulders from this person's own middle. */
export interface Reading {
  readonly atS: number;
  readonly points: Body;
}

export type PoseQuestion =
  | { readonly people: 1 | 2 }
  | { readonly picture: ImageBitmap; readonly atMs: number };

export type PoseAnswer =
  | { readonly come: number; readonly of: number }
  | { readonly ready: true }
  | { readonly failed: string }
  | { readonly atMs: number; readonly bodies: readonly Body[]; readonly tookMs: number };

const UNSEEN: Point = { x: NaN, y: NaN, sure: 0 };

/** The seven of a tracker's many points; `shape` is the picture's width by its height. */
export function named(
  landmarks: readonly { readonly x: number; readonly y: number; readonly visibility: number }[],
  shape: number,
): Body {
  return POINTS.map((number) => {
    const mark = landmarks[number];
    if (!mark || !inside(mark.x) || !inside(mark.y)) return UNSEEN;
    const sure = mark.visibility;
    return { x: mark.x * shape, y: mark.y, sure: Number.isFinite(sure) ? Math.min(Math.max(sure, 0), 1) : 0 };
  });
}

/** A tracker guesses on beyond the edge; what isn't in the picture was not seen. */
function inside(share: number): boolean {
  return share >= 0 && share <= 1;
}

function isSeen(point: Point | undefined): point is Point {
  return point !== undefined && point.sure >= SEEN_LEAST;
}

/** Where somebody is, and how wide their shoulders look; null when the shoulders weren't seen. */
export function place(body: Body): { readonly x: number; readonly y: number; readonly width: number } | null {
  const left = body[LEFT_SHOULDER];
  const right = body[RIGHT_SHOULDER];
  if (!isSeen(left) || !isSeen(right)) return null;
  const width = Math.hypot(left.x - right.x, left.y - right.y);
  return { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2, width };
}

/** Whether somebody can be followed as they are: shoulders, and a hand to move. */
export function isFramed(body: Body | null): boolean {
  return body !== null && place(body) !== null && (isSeen(body[0]) || isSeen(body[1]));
}

/** How far a middle and a width come towards what is seen now: by half in about seven seconds. */
const FOLLOWS_S = 10;
/** Shoulders seen from the side look as narrow as nothing; by less nothing is divided. */
const NARROWEST = 0.02;

/** One person's own middle and width, by which their movement is told. It keeps no picture's points. */
export class Measure {
  private x = NaN;
  private y = NaN;
  private width = NaN;
  private latestS = NaN;

  /** What is sent of this body. Without shoulders so far there is nothing to tell it by. */
  told(body: Body | null, atS: number): Body {
    const where = body && place(body);
    if (where && where.width > NARROWEST) this.follow(where, atS);
    if (!body || Number.isNaN(this.width)) return NAMES.map(() => UNSEEN);
    return body.map((point) =>
      isSeen(point)
        ? { x: (point.x - this.x) / this.width, y: (point.y - this.y) / this.width, sure: point.sure }
        : UNSEEN,
    );
  }

  private follow(where: { readonly x: number; readonly y: number; readonly width: number }, atS: number): void {
    const first = Number.isNaN(this.latestS);
    const share = first ? 1 : 1 - Math.exp(-Math.max(atS - this.latestS, 0) / FOLLOWS_S);
    this.latestS = first ? atS : Math.max(atS, this.latestS);
    const towards = (from: number, to: number) => (first ? to : from + (to - from) * share);
    this.x = towards(this.x, where.x);
    this.y = towards(this.y, where.y);
    // Turned aside for a while, somebody isn't smaller: only what is wider is believed at once.
    this.width = Math.max(towards(this.width, where.width), first ? 0 : this.width * 0.999);
  }
}

/** Who of several at one camera is meant: one person, or two who are kept apart. */
export interface Picks {
  /** Whether two could have been taken for one another. Nothing undoes that. */
  readonly lost: boolean;
  pick(bodies: readonly Body[], atS: number): readonly (Body | null)[];
}

/** For so long somebody who is found far from where they were is taken for somebody else. */
const ELSEWHERE_S = 2;

/** Whoever sits nearest the middle, and then that person. */
export class One implements Picks {
  readonly lost = false;
  private last: (Where & { readonly atS: number }) | null = null;

  /** `shape` is the picture's width by its height. */
  constructor(private readonly shape: number) {}

  pick(bodies: readonly Body[], atS: number): readonly [Body | null] {
    const { last } = this;
    const from: Where = last ?? { x: this.shape / 2, y: 0.5, width: 1 };
    let near: (Where & { readonly body: Body }) | null = null;
    for (const body of bodies) {
      const where = place(body);
      if (where === null || where.width <= NARROWEST) continue;
      if (near === null || nearness(where, from) < nearness(near, from)) near = { body, ...where };
    }
    if (near === null) return [null];
    if (last && atS - last.atS < ELSEWHERE_S && nearness(near, last) > TOO_FAR) return [null];
    this.last = { ...near, atS };
    return [near.body];
  }
}

/** Nearer than this, in widths of the shoulders, two bodies could be taken for one another. */
const TOO_NEAR = 0.8;
/** Somebody who is found so far from where they were, in widths, could be the other. */
const TOO_FAR = 1.5;

/** Two people at one camera: first whoever sits to the left in the picture, then whoever to the right. */
export class TwoApart implements Picks {
  lost = false;
  private last: [Where, Where] | null = null;

  pick(bodies: readonly Body[]): readonly [Body | null, Body | null] {
    if (this.lost) return [null, null];
    const found = bodies
      .map((body) => ({ body, ...(place(body) ?? NOWHERE) }))
      .filter((each) => each.width > NARROWEST)
      .sort((a, b) => a.x - b.x);
    const { last } = this;
    if (!last) {
      const [left, right] = found;
      if (found.length !== 2 || !left || !right || nearness(left, right) < TOO_NEAR * 1.5) return [null, null];
      this.last = [left, right];
      return [left.body, right.body];
    }
    const seen: [Found | null, Found | null] = [null, null];
    if (found.length === 2) {
      const [a, b] = found as [Found, Found];
      const straight = nearness(a, last[0]) + nearness(b, last[1]);
      const crossed = nearness(a, last[1]) + nearness(b, last[0]);
      // By where they sit they are who they were; else nobody could tell.
      if (crossed <= straight || nearness(a, b) < TOO_NEAR) return this.lose();
      seen[0] = a;
      seen[1] = b;
    } else if (found.length === 1) {
      const [a] = found as [Found];
      const [one, other] = [nearness(a, last[0]), nearness(a, last[1])];
      // One of them is hidden. Between both places it could be either.
      if (Math.abs(one - other) < TOO_NEAR) return this.lose();
      seen[one < other ? 0 : 1] = a;
    } else if (found.length > 2) {
      return this.lose();
    }
    for (const i of [0, 1] as const) {
      const now = seen[i];
      if (!now) continue;
      if (nearness(now, last[i]) > TOO_FAR) return this.lose();
      last[i] = now;
    }
    return [seen[0]?.body ?? null, seen[1]?.body ?? null];
  }

  private lose(): readonly [null, null] {
    this.lost = true;
    return [null, null];
  }
}

interface Where {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

type Found = Where & { readonly body: Body };

const NOWHERE: Where = { x: NaN, y: NaN, width: 0 };

/** How far apart two middles are, in widths of the shoulders. */
function nearness(a: Where, b: Where): number {
  return Math.hypot(a.x - b.x, a.y - b.y) / Math.max((a.width + b.width) / 2, NARROWEST);
}

/** How many pictures a second have been looked at lately. */
export class Rate {
  private atS: number[] = [];

  /** One more, at this moment; gives how many a second there were up to it. */
  count(atS: number): number {
    this.atS = [...this.atS.filter((one) => one > atS - RATE_OVER_S && one <= atS), atS];
    const first = this.atS[0]!;
    return atS > first ? (this.atS.length - 1) / (atS - first) : 0;
  }

  /** Over how many seconds it was counted. */
  get overS(): number {
    return this.atS.length > 0 ? this.atS.at(-1)! - this.atS[0]! : 0;
  }
}

const STEPS = 10_000;
const LARGEST = 0x7fff;

/** The bytes of one reading: x and y in ten-thousandths, confidence, a zero, for each point. */
export const POINTS_FORM: Form<Reading> = {
  kind: 2,
  bytes: 6 * NAMES.length,
  write(view, at, { points }) {
    points.forEach((point, i) => {
      const place = at + 6 * i;
      const known = isSeen(point) && Number.isFinite(point.x) && Number.isFinite(point.y);
      view.setInt16(place, known ? steps(point.x) : 0, true);
      view.setInt16(place + 2, known ? steps(point.y) : 0, true);
      view.setUint8(place + 4, known ? Math.round(point.sure * 255) : 0);
      view.setUint8(place + 5, 0);
    });
  },
};

/** The same of the second of two who share a camera. */
export const BESIDE_FORM: Form<Reading> = { ...POINTS_FORM, kind: 3 };

function steps(widths: number): number {
  return Math.max(-LARGEST, Math.min(LARGEST, Math.round(widths * STEPS)));
}
