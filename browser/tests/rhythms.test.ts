// What is kept of two rhythms for a space: browser/kept/rhythms.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, rhythmsOf, TWO_RHYTHMS, unreadIn, type RhythmsBody } from "../kept/rhythms";
import { shelved } from "../words/desk";
import { MOST_RECORD_BYTES, type Entry } from "../words/words";
import type { Reflection, Rhythm } from "../sitting/wire";

const [ADA, BEN, SPACE] = ["ada", "ben", "space"];

function rhythm(rate: number, points: number): Rhythm {
  const line = Array.from({ length: points }, (_, i) => {
    return [Math.round((95.2 + i * 0.5625) * 10) / 10, i % 40 === 39 ? null : Math.sin(i / rate) / 3] as const;
  });
  return { rate_per_min: rate, line, read: "most of it" };
}

function reflection(more: Partial<Reflection> = {}, points = 1600): Reflection {
  return {
    t: "reflection",
    kind: "breath",
    verdict: "could not tell",
    reason: "too short",
    sentence: "Two breaths, side by side. Whether they went together, we could not tell.",
    chance: "Not to know is a full answer, and it means nothing about either of you.",
    seconds: [95.2, 995.2],
    you: rhythm(11.5, points),
    other: rhythm(14, points),
    alike: [],
    apart: [],
    led: [],
    ...more,
  };
}

let at = 0;
function entry(author: string, body: unknown, kind = TWO_RHYTHMS): Entry {
  at += 1;
  const when = new Date(Date.UTC(2026, 10, 30, 8, at)).toISOString();
  return { scope: SPACE, id: `${author}-${at}`, author, revision: 1, epoch: "e", at: when, kind, body };
}

function shelfOf(...entries: readonly Entry[]) {
  return shelved(entries.map((each) => ({ state: "open", entry: each, record: { ...each, sealed: "" } }) as const));
}

test("what is kept draws the same two lines again, and fits in one record", () => {
  for (const verdict of ["could not tell", "more than chance", "no more than chance"] as const) {
    const looked = reflection({ verdict });
    const body = JSON.parse(JSON.stringify(bodyOf(looked, "s1", "back-to-back-breathing"))) as RhythmsBody;
    assert(JSON.stringify(body).length < MOST_RECORD_BYTES - 1024);
    const [again] = rhythmsOf(shelfOf(entry(ADA, body)), ADA);
    assert(again?.own);
    if (!again) continue;
    const { you, other, ...rest } = again.reflection;
    const { you: mine, other: theirs, ...shown } = looked;
    assert.deepEqual(rest, shown);
    for (const [now, then] of [[you, mine], [other, theirs]] as const) {
      assert.deepEqual([now.rate_per_min, now.read, now.line.length], [then.rate_per_min, then.read, then.line.length]);
      now.line.forEach(([when, level], i) => {
        const [whenThen, levelThen] = then.line[i] ?? [0, 0];
        assert(Math.abs(when - whenThen) < 0.11);
        if (levelThen === null || level === null) assert.equal(level, levelThen);
        else assert(Math.abs(level - levelThen * 3) < 0.02);
      });
    }
  }
});

test("of one sitting it is one's own copy that is shown, and the other's as its reader was", () => {
  const led = [{ from: 1, to: 2, who: "you" }] as const;
  const ada = entry(ADA, bodyOf(reflection({ led, verdict: "more than chance" }, 4), "s1", "p"));
  const { you, other } = reflection({}, 4);
  const ben = entry(BEN, bodyOf(reflection({ you: other, other: you }, 4), "s1", "p"));
  const both = shelfOf(ada, ben);
  assert.deepEqual(rhythmsOf(both, ADA).map(({ own, entry: { id } }) => [own, id]), [[true, ada.id]]);
  assert.deepEqual(rhythmsOf(both, BEN).map(({ own, entry: { id } }) => [own, id]), [[true, ben.id]]);
  const [his] = rhythmsOf(shelfOf(ada), BEN);
  assert.deepEqual([his?.own, his?.reflection.you.rate_per_min, his?.reflection.led[0]?.who], [false, 14, "other"]);
});

test("each sitting and each sense stands by itself, the newest first", () => {
  const of = (sitting: string, kind: Reflection["kind"]) => entry(ADA, bodyOf(reflection({ kind }, 4), sitting, "p"));
  const [first, second, third] = [of("s1", "breath"), of("s1", "movement"), of("s2", "breath")];
  const ids = rhythmsOf(shelfOf(first, second, third), ADA).map(({ entry: { id } }) => id);
  assert.deepEqual(ids, [third.id, second.id, first.id]);
});

test("what is none, or a newer version's, is counted and left alone", () => {
  const body = bodyOf(reflection({}, 4), "s1", "p");
  const strange = [
    { ...body, format: 2 },
    { ...body, verdict: "0.93" },
    { ...body, you: { ...body.you, line: { ...body.you.line, levels: [1e9] } } },
    { ...body, seconds: [0] },
    { ...body, led: [{ from: 0, to: 1, who: "nobody" }] },
    { ...body, kind: "love" },
    null,
  ];
  const shelf = shelfOf(...strange.map((each) => entry(ADA, each)), entry(ADA, { format: 1, text: "x" }, "card"));
  assert.deepEqual([rhythmsOf(shelf, ADA), unreadIn(shelf)], [[], strange.length]);
});
