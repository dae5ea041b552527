// What was answered before and after a sitting, as entries that somebody may keep; a pure part of it.
//
// What decides about safety before anything is chosen is in none of them (`asked`): it is never kept.

import type { Question } from "../page/data";
import type { Body } from "../words/entries";
import { asked, nearer, wordsOf, type Answer } from "../sitting/questions";
import { text } from "../page/text";

type Given = Readonly<Record<string, Answer>>;

/** One check-in without what it has to do with. */
export type CheckIn = Pick<Body<"check-in">, "when" | "marks" | "choices" | "words">;

/** One answer, in words. */
export interface Answered {
  readonly when: "before" | "after";
  readonly ask: string;
  readonly said: string;
}

/** The check-ins that were answered, and the lines that were written among the questions. */
export function afterwards(
  questions: readonly Question[],
  before: Given,
  after: Given,
): { readonly checkIns: readonly CheckIn[]; readonly line: string } {
  const [first, last] = [asked(questions, "before", true), asked(questions, "after", true)];
  const checkIns = [checkIn("before", first, before), checkIn("after", last, after)];
  const lines = last.filter((question) => question.kind === "line").map(({ name }) => after[name]);
  return {
    checkIns: checkIns.filter(
      ({ marks, choices, words }) => Object.keys({ ...marks, ...choices }).length + words.length > 0,
    ),
    line: lines.filter((line) => typeof line === "string" && line.trim() !== "").join("\n"),
  };
}

/** Everything that goes along with a reflection, in words. */
export function answered(questions: readonly Question[], before: Given, after: Given): readonly Answered[] {
  const told = (when: "before" | "after", answers: Given) =>
    asked(questions, when, true).flatMap((question) => {
      const answer = answers[question.name];
      if (question.kind === "line" || answer === undefined) return [];
      const said = inWords(question, answer);
      return said === "" ? [] : [{ when, ask: question.ask, said }];
    });
  return [...told("before", before), ...told("after", after)];
}

function checkIn(when: "before" | "after", questions: readonly Question[], answers: Given): CheckIn {
  const marks: Record<string, number> = {};
  const choices: Record<string, string> = {};
  const words: string[] = [];
  for (const question of questions) {
    const answer = answers[question.name];
    if (typeof answer === "number") marks[question.name] = answer;
    else if (question.kind === "choice" && typeof answer === "string") choices[question.name] = answer;
    else if (question.kind === "words") words.push(...wordsOf(question, answer));
  }
  return { when, marks, choices, words };
}

function inWords(question: Question, answer: Answer): string {
  switch (question.kind) {
    case "slider": {
      const [low, high] = question.options;
      return nearer(answer as number, low?.label ?? "", high?.label ?? "");
    }
    case "circles":
      return text.checkIn.circles[answer as number] ?? "";
    case "words":
      return wordsOf(question, answer).join(", ");
    default:
      return question.options.find(({ name }) => name === answer)?.label ?? "";
  }
}
