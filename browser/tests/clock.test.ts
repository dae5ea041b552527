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
  clock.guess(0, 10);
  const before = clock.at(1000);
  clock.pong(1000, 1010, 10.8);
  assert(clock.at(1010) >= before);
});

test("a large correction is taken", () => {
  const clock = new Clock();
  clock.guess(0, 500);
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
