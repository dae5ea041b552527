// Whom to practise with: what somebody's own four answers say in plain words, about one person at a time.
//
// No answer is added to another and no person is set beside another: there is no number in this file.
// People stand in the order in which they were written down. Nobody is ever ruled out.

import type { Body } from "../words/entries";

export type PersonAnswers = Pick<Body<"person">, "rides" | "no" | "back" | "messy">;
/** The names of sentences, which `text-rooms.ts` has. */
export type Thought =
  | "rides-hardly"
  | "rides-little"
  | "rides-much"
  | "no-yes"
  | "no-sometimes"
  | "no-not"
  | "back-yes"
  | "back-sometimes"
  | "back-not"
  | "messy-yes"
  | "messy-sometimes"
  | "messy-not";

/** So many people may stand on the page: it is for thinking, and no list of everybody. */
export const MOST_PEOPLE = 5;

/** What the answers say, in the order of the questions; nothing for one that was left out. */
export function thoughtsOn({ rides, no, back, messy }: PersonAnswers): readonly Thought[] {
  const thoughts: Thought[] = [];
  if (rides !== "") thoughts.push(`rides-${rides}`);
  if (no !== "") thoughts.push(`no-${no}`);
  if (back !== "") thoughts.push(`back-${back}`);
  if (messy !== "") thoughts.push(`messy-${messy}`);
  return thoughts;
}

/** Whether the page about alarm and danger stands beside: where no is not possible. */
export function offersHelp({ no }: PersonAnswers): boolean {
  return no === "not";
}
