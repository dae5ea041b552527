import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, landingFrom, merge, nearEnd, nextAt, Sayings, shownAt } from "../sitting/score";
import type { Score } from "../sitting/score";
import { screen, show } from "./screens";

const three: Score = merge(EMPTY, show(1, [screen(0), screen(60), screen(120)]));

test("what is shown is the last screen that has begun", () => {
  assert.equal(shownAt(three, 59.9)?.begins_at, 0);
  assert.equal(shownAt(three, 60)?.begins_at, 60);
  assert.equal(shownAt(three, 1e6)?.begins_at, 120);
  assert.equal(nextAt(three, 60), 120);
  assert.equal(nextAt(three, 120), undefined);
});

test("a new show takes the place of everything from its first screen on", () => {
  const merged = merge(three, show(2, [screen(61, { still: true })]));
  assert.deepEqual(
    merged.screens.map((s) => s.begins_at),
    [0, 60, 61],
  );
});

test("until a show begins, the screen before it stays", () => {
  const merged = merge(three, show(2, [screen(62), screen(130)]));
  assert.equal(shownAt(merged, 61.9)?.begins_at, 60);
  assert.equal(shownAt(merged, 62)?.begins_at, 62);
});

test("an old show changes nothing, and another epoch's first show does", () => {
  const later = merge(three, show(2, [screen(90)]));
  assert.equal(merge(later, show(2, [screen(0)])), later);
  assert.equal(merge(later, show(1, [screen(0)])), later);
  assert.equal(merge(later, show(1, [screen(91)], "e2")).screens.at(-1)?.begins_at, 91);
});

test("the same words are never said twice", () => {
  const sayings = new Sayings();
  assert(sayings.begin(screen(0), 0.01).speak);
  assert.equal(sayings.begin(screen(0, { still: true }), 5).speak, false);
  assert.equal(sayings.begin(screen(0), 0.1).speak, false);
  assert(sayings.begin(screen(60), 0).speak);
  assert.equal(sayings.begin(screen(0), 0).speak, false);
});

test("a cue that somebody comes back to in the middle is shown and not spoken", () => {
  assert.equal(new Sayings().begin(screen(0, { mark: "begin" }), 3.5).speak, false);
  assert.equal(new Sayings().begin(screen(0, { mark: "begin" }), 3.5).ring, false);
  assert(new Sayings().begin(screen(0), 2.5).speak);
});

test("a screen that has not begun is not spoken yet, and is when it has", () => {
  const sayings = new Sayings();
  assert.equal(sayings.begin(screen(10), -0.2).speak, false);
  assert(sayings.begin(screen(10), 0).speak);
});

test("a smaller form in the middle of a cue has new words and no new bell", () => {
  const sayings = new Sayings();
  assert(sayings.begin(screen(0, { mark: "switch" }), 0).ring);
  const smaller = sayings.begin(screen(0, { mark: "switch", key: "sitting/0/near/both" }), 0);
  assert.deepEqual(smaller, { speak: true, ring: false });
});

test("someone who stops lands at once with the landing that is held", () => {
  const whole = merge(
    EMPTY,
    show(1, [
      screen(0),
      screen(60, { stage: "landing", ends_at: 80 }),
      screen(80, { stage: "closed", ends_at: null }),
    ]),
  );
  const landing = (score: Score) =>
    landingFrom(score, 12, ["back", "not yours"]).screens.map((s) => [s.stage, s.begins_at, s.ends_at]);
  const held = [
    ["landing", 12, 32],
    ["closed", 32, null],
  ];
  assert.deepEqual(landing(whole), held);
  // A pause ends the score where it stands still; who stops then lands all the same.
  assert.deepEqual(landing(merge(whole, show(2, [screen(5, { still: true })]))), held);
});

test("where no landing was held yet, the page's own words are one", () => {
  const landing = landingFrom(three, 12, ["back", "not yours"]).screens;
  assert.deepEqual(
    landing.map((s) => [s.stage, s.say, s.begins_at]),
    [
      ["landing", "back", 12],
      ["landing", "not yours", 32],
      ["closed", "", 52],
    ],
  );
});

test("time is told only near the ends", () => {
  const turn = merge(
    EMPTY,
    show(1, [
      screen(0, { turn: "yours" }),
      screen(60, { turn: "theirs" }),
      screen(120, { stage: "landing" }),
    ]),
  );
  assert.equal(nearEnd(turn, 30), "");
  assert.equal(nearEnd(turn, 50), "turn");
  assert.equal(nearEnd(turn, 61), "whole");
  assert.equal(nearEnd(three, 50), "");
  const offer = screen(60, { ends_at: 80, may: ["accept", "pause", "stop"] });
  const refused = merge(EMPTY, show(1, [offer, screen(80, { stage: "landing" })]));
  assert.equal(nearEnd(refused, 79), "");
});
