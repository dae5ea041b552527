// What comes again in somebody's notes: their own words, and in how many notes they stand.
//
// Nothing is added to them: no word of ours, no meaning, no advice, and no person is set beside another.
// A phrase is what stands between two full stops, commas or line ends, since nobody but its writer knows
// what belongs together. It is counted once in each note, and shown as it was written last.

import { bondKey, type Piece } from "../words/entries";

export type Note = Piece<"note">;
/** The fields of a note in which words may come again. */
export type NoteField = "words" | "protects" | "protecting" | "helped";

export interface Again {
  readonly phrase: string;
  readonly notes: readonly Note[];
}

/** What stands in this field of these notes, what is in most of them first, then the latest. */
export function againIn(notes: readonly Note[], field: NoteField): readonly Again[] {
  const found = new Map<string, { phrase: string; notes: Note[] }>();
  const latestFirst = [...notes].sort((a, b) => b.since.getTime() - a.since.getTime());
  for (const note of latestFirst) {
    const value = note.body[field];
    const phrases = typeof value === "string" ? phrasesOf(value) : value.map((word) => word.trim());
    for (const phrase of phrases) {
      const key = keyOf(phrase);
      if (key === "") continue;
      const again = found.get(key) ?? { phrase, notes: [] };
      if (!again.notes.includes(note)) again.notes.push(note);
      found.set(key, again);
    }
  }
  // A stable sort: those of as many notes stay with the latest first.
  return [...found.values()].sort((a, b) => b.notes.length - a.notes.length);
}

/** Notes of one bond; of all when there is no name. */
export function notesWith(notes: readonly Note[], bond: string): readonly Note[] {
  if (bondKey(bond) === "") return notes;
  return notes.filter((note) => bondKey(note.body.bond) === bondKey(bond));
}

/** Notes whose words may be offered while somebody writes of this bond: its own, and those of nobody. */
export function notesBeside(notes: readonly Note[], bond: string): readonly Note[] {
  const own = bondKey(bond);
  return notes.filter((note) => ["", own].includes(bondKey(note.body.bond)));
}

/** What may be tapped while a note is written: what its writer wrote in this field before. */
export function offered(notes: readonly Note[], field: NoteField, most: number): readonly string[] {
  return againIn(notes, field)
    .map(({ phrase }) => phrase)
    .filter((phrase) => phrase.length <= 40)
    .slice(0, most);
}

export function phrasesOf(text: string): readonly string[] {
  return text
    .split(/[\n\r,;.!?…。、，；]+/u)
    .map((phrase) => phrase.trim())
    .filter((phrase) => phrase !== "");
}

/** Two phrases that are one: however they are spaced, and whichever letters are tall. */
function keyOf(phrase: string): string {
  return bondKey(phrase);
}
