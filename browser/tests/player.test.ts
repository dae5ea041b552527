// The player, by a clock that these tests move by hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Player } from "../sitting/player";
import { screen, show } from "./screens";

function playing(work: (player: Player, time: { now: number }) => void): void {
  const time = { now: 10, pace: 1, at: () => time.now };
  const player = new Player(time, () => undefined);
  player.take(
    show(1, [
      screen(0),
      screen(60),
      screen(120, { stage: "landing" }),
      screen(140, { stage: "closed", ends_at: null }),
    ]),
  );
  try {
    work(player, time);
  } finally {
    player.end();
  }
}

test("a device that is cut off stays where it was, and never comes to an end by itself", () =>
  playing((player, time) => {
    time.now = 70;
    player.look();
    player.hold();
    time.now = 500;
    player.look();
    const { key, still, held, may } = player.shown.value ?? screen(0);
    assert.deepEqual([key, still, held, may], ["sitting/60/both", true, true, ["stop"]]);
    assert.equal(player.near.value, "");
  }));

test("when the line is back, it shows what the server says, or the moment that it is by now", () =>
  playing((player, time) => {
    player.hold();
    time.now = 30;
    player.take(show(2, [screen(22, { still: true, held: true, may: ["go_on", "stop"] })]));
    assert.deepEqual(player.shown.value?.may, ["stop"]);
    player.release();
    assert.deepEqual(player.shown.value?.may, ["go_on", "stop"]);
    player.take(show(3, [screen(0), screen(68)]));
    time.now = 70;
    player.hold();
    time.now = 80;
    player.release();
    assert.equal(player.shown.value?.key, "sitting/68/both");
    assert.equal(player.shown.value?.still, false);
  }));

test("whoever stops while cut off lands at once", () =>
  playing((player) => {
    player.hold();
    player.landNow(["here"]);
    assert.equal(player.shown.value?.stage, "landing");
  }));

test("landing goes on to its end without a line", () =>
  playing((player, time) => {
    time.now = 125;
    player.look();
    player.hold();
    time.now = 141;
    player.look();
    assert.equal(player.shown.value?.stage, "closed");
  }));
