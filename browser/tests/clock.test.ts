import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "../sitting/clock";

/** A seeded chance, so that a failure comes again. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Forty pings over a way of 20 ms there and back, with jitter; the true offset is 100 s. */
function listened(seed: number, jitterMs: number, pace = 1): Clock {
  const random = chance(seed);
  const clock = new Clock();
  clock.pace = pace;
  for (let i = 0; i < 40; i++) {
    const sentMs = i * 1000;
    const thereMs = 10 + random() * jitterMs;
    const backMs = 10 + random() * jitterMs;
    clock.pong(sentMs, sentMs + thereMs + backMs, 100 + (pace * (sentMs + thereMs)) / 1000);
  }
  return clock;
}

test("two devices agree within 50 ms at 40 ms of jitter each way", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const [ada, ben] = [listened(seed, 40), listened(seed + 1000, 40)];
    const apartMs = Math.abs(ada.at(41_000) - ben.at(41_000)) * 1000;
    assert(apartMs < 50, `${apartMs} ms apart with seed ${seed}`);
  }
});

test("pace runs sitting time faster and nothing else", () => {
  const clock = listened(1, 0, 20);
  assert(Math.abs(clock.at(50_000) - 1100) < 1e-9);
});

test("a better estimate does not set the sitting back a little", () => {
  const clock = new Clock();
  clock.guess(0, 0, 10);
  const before = clock.at(1000);
  clock.pong(1000, 1010, 10.8);
  assert(clock.at(1010) >= before);
});

test("a large correction is taken", () => {
  const clock = new Clock();
  clock.guess(0, 0, 500);
  clock.at(0);
  clock.pong(0, 10, 20);
  assert(Math.abs(clock.at(10) - 20.005) < 1e-9);
});

test("after a sleep the old pings no longer count", () => {
  const clock = listened(1, 5);
  clock.restart();
  clock.pong(100_000, 100_030, 900);
  assert(Math.abs(clock.at(100_015) - 900) < 1e-9);
});

test("it never says that it is surer than it is, whichever way is slow and however its crystal runs", () => {
  const random = chance(7);
  for (let round = 0; round < 200; round++) {
    const clock = new Clock();
    clock.pace = round % 2 ? 1 : 6;
    const fast = 1 + (random() - 0.5) * 4e-4;
    const slowMs = [random() * 500, random() * 500];
    const [thereMs, backMs] = [0, 1].map((way) => () => 1 + slowMs[way]! + random() * 60) as [() => number, () => number];
    const trueAt = (deviceMs: number) => 50 + (clock.pace * deviceMs) / fast / 1000;
    const isOffS = (deviceMs: number) => Math.abs(clock.stamp(deviceMs)! - trueAt(deviceMs)) / clock.pace;
    for (let i = 0; i < 60; i++) {
      const sentMs = i * 1000;
      const answeredMs = sentMs + thereMs();
      const heardMs = answeredMs + backMs();
      if (i === 0) clock.guess(sentMs, heardMs, trueAt(answeredMs));
      else clock.pong(sentMs, heardMs, trueAt(answeredMs));
      for (const laterMs of [heardMs, heardMs + 900]) {
        assert(isOffS(laterMs) <= clock.mayBeOffS(laterMs) + 1e-4, `round ${round}, ping ${i}`);
      }
    }
    // After half a minute without a line it is less sure, and still right.
    assert(clock.mayBeOffS(90_000) > clock.mayBeOffS(60_000) + 0.005);
    assert(isOffS(90_000) <= clock.mayBeOffS(90_000) + 1e-4);
  }
});

test("on an even and quick way it is sure to a few milliseconds, and on a way of 500 ms to no less than a quarter second", () => {
  assert(listened(1, 2).mayBeOffS(40_000) < 0.015);
  const clock = new Clock();
  for (let i = 0; i < 40; i++) clock.pong(i * 1000, i * 1000 + 500, 100 + i + 0.5);
  assert(clock.mayBeOffS(40_000) >= 0.25);
});

test("before anything has come, and after a sleep, it says how little it knows", () => {
  const clock = new Clock();
  assert.equal(clock.mayBeOffS(0), 3600);
  clock.guess(1000, 1400, 7);
  assert.equal(clock.mayBeOffS(1400), 0.4);
  clock.pong(1500, 1520, 7.51);
  assert(clock.mayBeOffS(1520) < 0.011);
  clock.restart();
  clock.guess(90_000, 90_300, 500);
  assert.equal(clock.mayBeOffS(90_300), 0.3);
});
