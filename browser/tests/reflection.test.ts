// The pure parts of reflection.tsx and swell.tsx.

import assert from "node:assert/strict";
import { test } from "node:test";
import { covered, minutes, path, turns } from "../felt/reflection";
import { FALLS_S, paced, RISES_S } from "../felt/swell";
import type { Reflection, Rhythm } from "../sitting/wire";

const same = (value: number) => value;

test("a line is broken where nothing could be read", () => {
  const line: Rhythm["line"] = [[0, 1], [1, 2], [2, null], [3, 1], [4, 2]];
  const drawn = path(line, same, same);
  assert.equal(drawn.match(/M/g)?.length, 2);
  assert.equal(drawn.match(/C/g)?.length, 2);
  assert.equal(path([[0, null]], same, same), "");
});

test("rises are counted within a row, and none where there is no line", () => {
  const line: Rhythm["line"] = Array.from({ length: 100 }, (_, i) => [i / 10, Math.sin((2 * Math.PI * (i + 0.5)) / 20)]);
  assert.equal(turns(line, [0.5, 10]), "4");
  assert.equal(turns(line, [20, 30]), "–");
  // Where most of a row could not be read, a small number would be a false one.
  const torn: Rhythm["line"] = line.map(([at, level]) => [at, at < 7 ? null : level]);
  assert.equal(turns(torn, [0, 10]), "–");
});

test("what lies within a row is given in seconds", () => {
  assert.equal(covered([[0, 5], [8, 20]], [4, 10]), "3 s");
  assert.equal(covered([], [4, 10]), "–");
});

test("a moment is told in minutes from the beginning", () => {
  assert.deepEqual([0, 59.6, 61, 600].map(minutes), ["0:00", "1:00", "1:01", "10:00"]);
});

test("a pace begins at rest, is full when it turns, and is the same for whoever asks at that moment", () => {
  assert.equal(paced(0).height, 0);
  assert(Math.abs(paced(RISES_S).height - 1) < 1e-9);
  assert.deepEqual([paced(1).rising, paced(RISES_S + 1).rising], [true, false]);
  assert(Math.abs(paced(2).height - paced(2 + 7 * (RISES_S + FALLS_S)).height) < 1e-9);
});

test("a pace never jumps: no step of a picture is larger than a twentieth", () => {
  for (let at = 0; at < 30; at += 1 / 60) {
    assert(Math.abs(paced(at + 1 / 60).height - paced(at).height) < 0.05);
  }
});
