// The types of wire.ts beside the vectors that tests/live/test_wire_vectors.py reads with the structs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { read, write } from "../sitting/wire";
import type { FromDevice, Own, Shown, ToDevice } from "../sitting/wire";

const vectors = JSON.parse(readFileSync("tests/vectors/wire.json", "utf8")) as {
  from_device: unknown[];
  to_device: unknown[];
};

// Written out, so that the compiler compares every field and every name with the types.
const fromDevice: FromDevice[] = [
  { t: "hello", v: 1, ticket: "a-ticket", epoch: "e1", number: 17 },
  { t: "ping", sent: 1234.5, shown: 17, off: 0.0125 },
  { t: "choose", id: "01", rung: "near", longer: false },
  { t: "unchoose", id: "02" },
  { t: "ready", id: "03" },
  { t: "accept", id: "04", cue: 9 },
  { t: "smaller", id: "05" },
  { t: "pause", id: "06" },
  { t: "go_on", id: "07" },
  { t: "pass", id: "08", cue: 9 },
  { t: "more_time", id: "09", cue: 9 },
  { t: "song_ended", id: "10", cue: 9 },
  { t: "stop", id: "11" },
  { t: "wish_call", id: "16", call: "picture" },
  { t: "signal", meeting: 2, part: 0, of: 3, data: '{"from":"0a' },
  { t: "feel", seen: true, id: "12" },
  { t: "unfeel", id: "13" },
  { t: "ask_reflection", id: "14" },
  { t: "ask_keep", id: "17" },
  { t: "hear_me", id: "15" },
];

const own: Own = {
  ready: true,
  chosen: "near",
  longer: false,
  accepted: 9,
  going_on: 61.5,
  feels: true,
  call: "sound",
};

const shown: Shown = {
  key: "sitting/9/leading",
  stage: "sitting",
  begins_at: 95.25,
  ends_at: 155.25,
  cue: 9,
  say: "You lead.",
  voice: "/voice/0a1b.mp3",
  turn: "yours",
  mark: "switch",
  picture: "drift",
  still: false,
  held: false,
  offer: "",
  may: ["more_time", "pass", "pause", "smaller", "stop"],
  hints: [["Water", "Your hands are in slow water."]],
  sense: ["movement"],
  show: [],
  view: "mirror",
};

const toDevice: ToDevice[] = [
  { t: "welcome", v: 1, epoch: "e1", number: 17, recovered: true, at: 96.5, pace: 1, own, taken: 41 },
  { t: "show", epoch: "e1", number: 18, screens: [shown, { ...shown, ends_at: null, cue: null }] },
  { t: "pong", sent: 1234.5, at: 96.75, taken: null },
  { t: "heard", id: "03", own },
  { t: "refused", id: "08", why: "That moment has passed." },
  { t: "dots", on: true },
  {
    t: "call",
    call: "picture",
    meeting: 2,
    polite: true,
    relayed: false,
    servers: [
      { urls: ["turn:turn.example:3478"], username: "1800000000:0a1b", credential: "c2VjcmV0" },
    ],
  },
  { t: "signal", meeting: 2, part: 0, of: 3, data: '{"from":"0a' },
  { t: "hears", answer: "too faint" },
  { t: "both_keep" },
  { t: "swell", at: 97.5, level: -0.25, trust: 0.75 },
  {
    t: "reflection",
    kind: "breath",
    verdict: "could not tell",
    reason: "too little read",
    sentence: "We could not tell.",
    chance: "That says nothing about the two of you.",
    seconds: [95.25, 395.25],
    you: { rate_per_min: 11.5, line: [[95.25, 0.5], [95.75, null]], read: "nearly all of it" },
    other: { rate_per_min: null, line: [], read: "almost none of it" },
    alike: [[100, 120.5]],
    apart: [],
    led: [{ from: 100, to: 110, who: "neither" }],
  },
];

test("a device says what the server's structs can read", () => {
  assert.deepEqual(
    fromDevice.map((message) => JSON.parse(write(message)) as unknown),
    vectors.from_device,
  );
});

test("a device reads what the server's structs write", () => {
  assert.deepEqual(vectors.to_device.map((message) => read(JSON.stringify(message))), toDevice);
});

test("what isn't a known message is passed over", () => {
  for (const text of ["", "{", "null", "7", "[]", '{"t":"later"}', '{"show":1}']) {
    assert.equal(read(text), null);
  }
});
