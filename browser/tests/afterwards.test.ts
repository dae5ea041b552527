import assert from "node:assert/strict";
import { test } from "node:test";
import { afterwards, answered } from "../kept/afterwards";
import type { Question } from "../page/data";

const question = (name: string, when: string, kind: Question["kind"], more: Partial<Question> = {}): Question => ({
  name,
  when,
  kind,
  ask: `${name}?`,
  options: [],
  checkIn: true,
  ...more,
});
const option = (name: string, label: string, leadsTo = "") => ({ name, label, leadsTo });

const AFRAID = question("afraid", "before", "choice", {
  options: [option("no", "No"), option("yes", "Yes", "safety")],
});
const QUESTIONS = [
  AFRAID,
  question("more", "after", "choice", { options: [option("no", "No"), option("yes", "Yes", "aftercare")] }),
  question("safe", "before and after", "slider", { options: [option("low", "not safe"), option("high", "safe")] }),
  question("body", "before", "words", { options: [option("warm", "warm"), option("far-away", "far away")] }),
  question("closeness", "after", "circles"),
  question("line", "after", "line"),
];

test("answers become a check-in before and one after, as they stood on the screen", () => {
  const before = { safe: 8, body: ["far-away", "\u0000elsea stone in my shoe", "\u0000else"] };
  const after = { safe: 3, more: "yes", closeness: 4, line: "It was messy." };
  const kept = afterwards(QUESTIONS, before, after);
  assert.deepEqual(kept, {
    checkIns: [
      { when: "before", marks: { safe: 8 }, choices: {}, words: ["far away", "a stone in my shoe"] },
      { when: "after", marks: { safe: 3, closeness: 4 }, choices: { more: "yes" }, words: [] },
    ],
    line: "It was messy.",
  });
  assert.deepEqual(
    answered(QUESTIONS, before, after).map(({ when, ask, said }) => `${when}: ${ask} ${said}`),
    [
      "before: safe? towards “safe”",
      "before: body? far away, a stone in my shoe",
      "after: more? Yes",
      "after: safe? towards “not safe”",
      "after: closeness? overlapping by half",
    ],
  );
});

test("nothing answered is nothing to keep, and an answer about fear never is", () => {
  assert.deepEqual(afterwards(QUESTIONS, {}, {}), { checkIns: [], line: "" });
  assert.deepEqual(afterwards(QUESTIONS, { afraid: "yes" }, { afraid: "yes", line: " " }), { checkIns: [], line: "" });
  assert.deepEqual(answered(QUESTIONS, { afraid: "yes" }, { afraid: "yes" }), []);
});
