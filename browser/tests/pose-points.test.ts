import assert from "node:assert/strict";
import { test } from "node:test";
import { isFramed, Measure, named, NAMES, One, place, POINTS_FORM, Rate, TwoApart } from "../felt/pose-points";
import type { Body } from "../felt/pose-points";

const WIDE = 4 / 3;

/** A tracker's 33 landmarks, in shares of the picture, of somebody whose shoulders are here. */
function tracked(x: number, y: number, width: number, sure = 0.9) {
  const marks = Array.from({ length: 33 }, () => ({ x, y, visibility: sure }));
  const put = (number: number, dx: number, dy: number) =>
    (marks[number] = { x: x + (dx * width) / WIDE, y: y + dy * width, visibility: sure });
  put(0, 0, -0.7);
  put(11, 0.5, 0);
  put(12, -0.5, 0);
  put(13, 0.7, 0.7);
  put(14, -0.7, 0.7);
  put(15, 0.6, 1.3);
  put(16, -0.6, 1.3);
  return marks;
}

function somebody(x: number, y = 0.4, width = 0.25): Body {
  return named(tracked(x, y, width), WIDE);
}

test("only seven named points are kept of what a tracker says", () => {
  const body = named(tracked(0.5, 0.4, 0.25), WIDE);
  assert.equal(body.length, 7);
  assert.equal(NAMES.length, 7);
  const near = (point: { x: number; y: number } | undefined, x: number, y: number) =>
    assert(Math.hypot(point!.x - x, point!.y - y) < 1e-9);
  near(body[NAMES.indexOf("left wrist")], 0.5 * WIDE + 0.15, 0.4 + 0.325);
  near(body[NAMES.indexOf("right shoulder")], 0.5 * WIDE - 0.125, 0.4);
  near(body[NAMES.indexOf("nose")], 0.5 * WIDE, 0.4 - 0.175);
});

test("a point outside the picture, or that is no number, was not seen", () => {
  const marks = tracked(0.5, 0.4, 0.25);
  marks[15] = { x: 1.2, y: 0.5, visibility: 0.99 };
  marks[16] = { x: NaN, y: 0.5, visibility: 0.99 };
  marks[13] = { x: 0.5, y: Infinity, visibility: 0.99 };
  marks[14] = { x: 0.5, y: 0.5, visibility: NaN };
  const body = named(marks, WIDE);
  for (const i of [0, 1, 2, 3]) assert.equal(body[i]!.sure, 0);
  assert.equal(isFramed(body), false);
  assert.deepEqual(named([], WIDE).map((point) => point.sure), [0, 0, 0, 0, 0, 0, 0]);
});

test("nobody is framed without shoulders and a hand", () => {
  assert.equal(isFramed(somebody(0.5)), true);
  assert.equal(isFramed(null), false);
  assert.equal(isFramed(named(tracked(0.5, 0.4, 0.25, 0.2), WIDE)), false);
  // So low that the hands are below the edge.
  assert.equal(isFramed(somebody(0.5, 0.9)), false);
});

test("how far away somebody sits changes nothing that is sent", () => {
  const wave = (distance: number) => {
    const measure = new Measure();
    const told: number[] = [];
    for (let i = 0; i < 200; i++) {
      const marks = tracked(0.5, 0.4, 0.3 / distance);
      marks[15]!.y += (0.3 / distance) * 0.4 * Math.sin(i / 10);
      told.push(measure.told(named(marks, WIDE), i / 20)[0]!.y);
    }
    return told;
  };
  const [near, far] = [wave(1), wave(2.5)];
  near.forEach((y, i) => assert(Math.abs(y - far[i]!) < 1e-6));
  assert(Math.max(...near) - Math.min(...near) > 0.79);
});

test("where somebody sits changes nothing, and leaning over is movement", () => {
  const from = (x: number) => {
    const measure = new Measure();
    let last = 0;
    for (let i = 0; i < 60; i++) {
      last = measure.told(somebody(x + 0.02 * Math.sin(i / 8)), i / 20)[6]!.x;
    }
    return last;
  };
  assert(Math.abs(from(0.3) - from(0.6)) < 1e-6);
  const measure = new Measure();
  measure.told(somebody(0.5), 0);
  assert(Math.abs(measure.told(somebody(0.55), 0.05)[6]!.x - (0.05 * WIDE) / 0.25) < 0.01);
});

test("turning aside for a moment makes nobody larger", () => {
  const measure = new Measure();
  for (let i = 0; i < 40; i++) measure.told(somebody(0.5), i / 20);
  const aside = named(
    tracked(0.5, 0.4, 0.25).map((mark, number) => (number === 11 || number === 12 ? { ...mark, x: 0.5 + (number === 11 ? 0.02 : -0.02) } : mark)),
    WIDE,
  );
  const before = measure.told(somebody(0.5), 2)[0]!.y;
  let during = 0;
  for (let i = 41; i < 61; i++) during = measure.told(aside, i / 20)[0]!.y;
  assert(Math.abs(during - before) < 0.1 * before, `${before} became ${during}`);
});

test("a body without shoulders so far is told as one that was not seen", () => {
  const measure = new Measure();
  const nobody = measure.told(null, 1);
  assert(nobody.every((point) => point.sure === 0));
  const faint = named(tracked(0.5, 0.4, 0.25, 0.1), WIDE);
  assert(measure.told(faint, 2).every((point) => point.sure === 0));
});

test("of several the one nearest the middle is meant, and stays meant", () => {
  const one = new One(WIDE);
  const [ada, cy] = [somebody(0.45), somebody(0.85)];
  assert.equal(one.pick([cy, ada], 0)[0], ada);
  // Ada is hidden for a moment, and Cy is not taken for her.
  assert.equal(one.pick([cy], 0.1)[0], null);
  assert.equal(one.pick([cy, ada], 0.2)[0], ada);
  assert.equal(one.pick([], 0.3)[0], null);
});

test("two people are told from left to right, however a tracker lists them", () => {
  const two = new TwoApart();
  const [left, right] = [somebody(0.3, 0.4, 0.18), somebody(0.7, 0.4, 0.18)];
  assert.deepEqual(two.pick([right, left]), [left, right]);
  assert.deepEqual(two.pick([left, right]), [left, right]);
  assert.deepEqual(two.pick([right]), [null, right]);
  assert.deepEqual(two.pick([]), [null, null]);
  assert.equal(two.lost, false);
});

test("two who cross are never told again, since nobody could say who is who", () => {
  const two = new TwoApart();
  for (let i = 0; i <= 40 && !two.lost; i++) {
    two.pick([somebody(0.3 + i * 0.01, 0.4, 0.18), somebody(0.7 - i * 0.01, 0.4, 0.18)]);
  }
  assert.equal(two.lost, true);
  assert.deepEqual(two.pick([somebody(0.3, 0.4, 0.18), somebody(0.7, 0.4, 0.18)]), [null, null]);
});

test("two whom the tracker has swapped at once are lost", () => {
  const two = new TwoApart();
  two.pick([somebody(0.3, 0.4, 0.18), somebody(0.7, 0.4, 0.18)]);
  // One is gone from the picture, and somebody stands half way: it could be either.
  two.pick([somebody(0.5, 0.4, 0.18)]);
  assert.equal(two.lost, true);
});

test("a third person in the picture is nobody's movement", () => {
  const two = new TwoApart();
  two.pick([somebody(0.3, 0.4, 0.18), somebody(0.7, 0.4, 0.18)]);
  two.pick([somebody(0.2, 0.4, 0.18), somebody(0.5, 0.4, 0.18), somebody(0.8, 0.4, 0.18)]);
  assert.equal(two.lost, true);
});

test("how many pictures a second there are is counted over the last two seconds", () => {
  const rate = new Rate();
  let hz = 0;
  for (let i = 0; i <= 60; i++) hz = rate.count(i / 20);
  assert(Math.abs(hz - 20) < 0.5);
  for (let i = 1; i <= 20; i++) hz = rate.count(3 + i / 6);
  assert(Math.abs(hz - 6) < 0.5);
  assert.equal(new Rate().count(1), 0);
});

test("points become the bytes of the wire, and what was not seen says nothing", () => {
  const bytes = new ArrayBuffer(42);
  const points = NAMES.map((_, i) => ({ x: 0.1 * i, y: -0.2, sure: i === 3 ? 0 : 1 }));
  points[1] = { x: NaN, y: 0, sure: 1 };
  points[2] = { x: 99, y: -99, sure: 0.5 };
  POINTS_FORM.write(new DataView(bytes), 0, { atS: 0, points });
  const view = new DataView(bytes);
  assert.deepEqual([view.getInt16(0, true), view.getInt16(2, true), view.getUint8(4)], [0, -2000, 255]);
  assert.deepEqual([view.getInt16(6, true), view.getUint8(10)], [0, 0]);
  assert.deepEqual([view.getInt16(12, true), view.getInt16(14, true), view.getUint8(16)], [32767, -32767, 128]);
  assert.deepEqual([view.getInt16(18, true), view.getUint8(22)], [0, 0]);
});

test("a place needs both shoulders", () => {
  assert(place(somebody(0.5)));
  const body = [...somebody(0.5)];
  body[4] = { x: NaN, y: NaN, sure: 0 };
  assert.equal(place(body), null);
});
