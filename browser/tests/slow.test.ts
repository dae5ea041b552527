import assert from "node:assert/strict";
import { test } from "node:test";
import { draftOf, emptyOf, readAll, type Body, type Kind, type Piece } from "../words/entries";
import { dotsOf, middleOf, type Dot, type Question, type Source } from "../mine/slow";

const DAY_MS = 24 * 60 * 60_000;
const FIRST_MS = Date.UTC(2026, 0, 5, 20);

function dots(...marks: readonly (readonly [day: number, mark: number])[]): readonly Dot[] {
  return marks.map(([day, mark]) => ({ since: new Date(FIRST_MS + day * DAY_MS), mark }));
}

function pieces<K extends Kind>(kind: K, ...bodies: readonly Partial<Body<K>>[]): readonly Piece[] {
  return readAll(
    bodies.map((body, day) => ({
      ...draftOf(kind, { ...emptyOf(kind), ...body }),
      id: `${kind} ${day}`,
      epoch: "",
      revision: 1,
      author: "Ada",
      at: new Date(FIRST_MS + day * DAY_MS).toISOString(),
    })),
  ).pieces;
}

test("there is no line under five days, however many marks those have", () => {
  const four = dots([0, 3], [0, 4], [7, 5], [7, 5], [14, 6], [21, 7]);
  assert.equal(middleOf([]), null);
  assert.equal(middleOf(four), null);
  assert(middleOf([...four, ...dots([28, 6])]) !== null);
});

test("each bond has its own dots, and people altogether have theirs", () => {
  const all = [
    ...pieces("slow", { bond: "Ben", safe: 3 }, { bond: " ben", safe: 4, ground: 1 }, { bond: "Cy", safe: 9 }, { safe: 7 }),
    ...pieces(
      "check-in",
      { bond: "Ben", when: "after", marks: { safe: 8 } },
      { bond: "Ben", when: "before", marks: { safe: 2 } },
      { bond: "Cy", when: "after", marks: { safe: 1 } },
    ),
  ];
  const marks = (bond: string, question: Question, source: Source = "of late") =>
    dotsOf(all, bond, question, source).map(({ mark }) => mark);
  assert.deepEqual(marks("Ben", "safe"), [3, 4]);
  assert.deepEqual(marks("BEN ", "ground"), [1]);
  assert.deepEqual(marks("Cy", "safe"), [9]);
  assert.deepEqual(marks("", "safe"), [7]);
  assert.deepEqual(marks("Ben", "resource"), []);
  assert.deepEqual(marks("Ben", "safe", "after sittings"), [8]);
  assert.deepEqual(marks("", "safe", "after sittings"), []);
});

test("the line lies among its dots, and never beyond the ends of a slider", () => {
  for (const mark of [0, 5, 10]) {
    for (const { middle, low, high } of middleOf(dots([0, mark], [9, mark], [30, mark], [31, mark], [80, mark])) ?? []) {
      assert(low <= middle && middle <= high && low >= 0 && high <= 10);
      assert(Math.abs(middle - mark) < 1, `${middle} for ${mark}`);
    }
  }
});

test("where nobody made a mark it knows less", () => {
  const line = middleOf(dots([0, 5], [7, 4], [14, 5], [21, 6], [200, 5], [207, 5], [214, 4], [221, 5])) ?? [];
  const width = (share: number) => {
    const { high = 0, low = 0 } = line[Math.round(share * (line.length - 1))] ?? {};
    return high - low;
  };
  assert(width(0.5) > 1.5 * width(0.05) && width(0.5) > 1.5 * width(0.95));
});

test("more marks that agree make it narrower, and marks that scatter make it wider", () => {
  const weeks = (n: number, mark: (week: number) => number) =>
    dots(...Array.from({ length: n }, (_, week) => [7 * week, mark(week)] as const));
  const width = (these: readonly Dot[]) => {
    const line = middleOf(these) ?? [];
    return line.reduce((sum, { low, high }) => sum + high - low, 0) / line.length;
  };
  const [few, many] = [width(weeks(5, () => 5)), width(weeks(30, () => 5))];
  const scattered = width(weeks(30, (week) => (week % 2 ? 2 : 8)));
  assert(many < few && many < scattered);
});

// A small part of bench/slow_band.mjs: what lies behind swings, which is no rule of the band's own.
test("the band holds what lies behind nine times in ten, and one of a third of its width doesn't", () => {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  let [all, within, withinThird] = [0, 0, 0];
  for (let run = 0; run < 60; run++) {
    const [at, by, phase] = [3 + 4 * random(), 0.5 + 1.5 * random(), random()];
    const behind = (day: number) => at + by * Math.sin(2 * Math.PI * (day / 120 + phase));
    const marks = Array.from({ length: 9 }, (_, n) => {
      const day = 13 * n + Math.floor(9 * random());
      const mark = Math.round(behind(day) + normal());
      return [day, Math.min(Math.max(mark, 0), 10)] as const;
    });
    for (const { since, middle, low, high } of middleOf(dots(...marks)) ?? []) {
      const truth = behind((since.getTime() - FIRST_MS) / DAY_MS);
      all += 1;
      within += low <= truth && truth <= high ? 1 : 0;
      withinThird += 3 * Math.abs(truth - middle) <= (high - low) / 2 ? 1 : 0;
    }
  }
  assert(within / all >= 0.9, `${within / all}`);
  assert(withinThird / all < 0.75, `${withinThird / all}`);
});

test("years of marks are drawn while somebody waits for nothing", () => {
  const many = dots(...Array.from({ length: 400 }, (_, n) => [3 * n, n % 11] as const));
  const line = middleOf(many) ?? [];
  assert.equal(line.length, 61);
  assert.equal(line.at(-1)?.since.getTime(), many.at(-1)?.since.getTime());
});
