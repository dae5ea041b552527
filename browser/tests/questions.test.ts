import assert from "node:assert/strict";
import { test } from "node:test";
import type { Question } from "../page/data";
import { APART, asked, gateOf, leadsTo, marksOf, shuffledPair } from "../sitting/questions";
import { text } from "../page/text";

function question(name: string, when: string, checkIn: boolean, kind: Question["kind"] = "slider"): Question {
  return { name, when, kind, ask: name, options: [], checkIn };
}

const questions = [
  question("pleasure", "before and after", true),
  question("arousal", "before and after", true),
  question("body", "before", true, "words"),
  question("more-than-wanted", "after", false, "choice"),
];

test("the check-in is asked only where somebody turned it on", () => {
  assert.deepEqual(asked(questions, "before", false), []);
  assert.deepEqual(
    asked(questions, "after", false).map((q) => q.name),
    ["more-than-wanted"],
  );
  assert.equal(asked(questions, "before", true).length, 3);
  assert.equal(asked(questions, "after", true).length, 3);
});

test("the two affective sliders come in either order", () => {
  const names = (random: number) => shuffledPair(questions, random).map((q) => q.name);
  assert.deepEqual(names(0.9).slice(0, 2), ["pleasure", "arousal"]);
  assert.deepEqual(names(0.1).slice(0, 2), ["arousal", "pleasure"]);
  assert.deepEqual(names(0.1).slice(2), names(0.9).slice(2));
});

test("the circles stand as their words say", () => {
  const [apart, nearly, touching, little, half] = APART;
  assert.equal(APART.length, text.checkIn.circles.length);
  assert(apart > nearly && nearly > 32 && touching === 32 && little < 32 && half === 16);
  assert.deepEqual([...APART].sort((a, b) => b - a), [...APART]);
});

test("an answer may lead to care", () => {
  const wanted: Question = {
    ...question("more-than-wanted", "after", false, "choice"),
    options: [
      { name: "no", label: "No", leadsTo: "" },
      { name: "yes", label: "Yes", leadsTo: "aftercare" },
    ],
  };
  assert.deepEqual([leadsTo(wanted, "no"), leadsTo(wanted, "yes"), leadsTo(wanted, undefined)], ["", "aftercare", ""]);
});

test("what may lead to safety is asked before the choice, and never with a check-in that can be skipped", () => {
  const afraid: Question = {
    ...question("afraid", "before", false, "choice"),
    options: [
      { name: "no", label: "No", leadsTo: "" },
      { name: "yes", label: "Yes", leadsTo: "safety" },
    ],
  };
  assert.equal(gateOf([...questions, afraid]), afraid);
  assert.equal(gateOf(questions), undefined);
  assert.equal(gateOf([{ ...afraid, when: "after" }]), undefined);
  assert(!asked([...questions, afraid], "before", true).includes(afraid));
});

test("when the page is hidden only marks stay, and no word", () => {
  assert.deepEqual(marksOf({ pleasure: 7, line: "a canary", body: ["warm"] }), { pleasure: 7 });
});
