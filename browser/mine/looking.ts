// Looking for a word in what lies open. It is looked for in memory alone, each time anew: no index is
// made that would have to be forgotten.

import { writingIn, type Piece } from "../words/entries";

/** Whether every word that is looked for stands somewhere in this entry, accents or none. */
export function holds(piece: Piece, looked: string): boolean {
  const words = plain(looked).split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = plain(writingIn(piece).join("\n"));
  return words.every((word) => text.includes(word));
}

function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
