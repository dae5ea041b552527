// Cards that two who share a space give each other, and what has become of them; a pure part of it.
//
// A card is sealed for the space, so both can read it, and only its giver can change it or take it back. Who
// keeps one seals its words again, for themselves: that copy is theirs, whatever becomes of the card. That a
// card was kept, let go, or never looked at is in the receiver's private words alone, and so is that they want
// no more of them. The giver is told nothing.

import type { Shelf } from "../words/desk";
import { ofKind, type Piece } from "../words/entries";
import type { Entry } from "../words/words";

export const CARD = "card";
export const FORMAT = 1;
/** A card waits so long for being received. */
export const WAITS_DAYS = 90;
export const MOST_A_DAY = 20;
export const MOST_LETTERS = 2000;

export interface CardBody {
  readonly format: number;
  readonly text: string;
}

export interface Card {
  readonly id: string;
  readonly text: string;
  readonly at: string;
  readonly entry: Entry;
  /** What stood there before, the newest first: both can read it for thirty days. */
  readonly earlier: readonly string[];
}

/** The cards of one space, from one side. */
export interface Cards {
  /** From the other: neither kept nor let go so far. None while no more are wanted. */
  readonly waiting: readonly Card[];
  readonly given: readonly Card[];
  /** The entry by which no more are wanted of this space. */
  readonly muted: Piece<"keepsake"> | undefined;
}

export function cardsOf(shelf: Shelf, mine: readonly Piece[], me: string, space: string): Cards {
  const cards = shelf.entries.flatMap((entry) => cardIn(entry, shelf.earlier));
  const keepsakes = ofKind(mine, "keepsake").filter(({ body }) => body.space === space);
  const muted = keepsakes.find(({ body }) => body.muted);
  const seen = new Set(keepsakes.map(({ body }) => body.card));
  const given = cards.filter(({ entry }) => entry.author === me);
  return {
    waiting: muted ? [] : cards.filter(({ id, entry }) => entry.author !== me && !seen.has(id)),
    given,
    muted,
  };
}

/** How many somebody has given on this day; one that was taken back counts no longer. */
export function givenToday(shelf: Shelf, me: string, now: Date): number {
  const day = now.toISOString().slice(0, 10);
  return shelf.entries.filter(({ kind, author, at }) => kind === CARD && author === me && at.startsWith(day)).length;
}

/** The keepsakes to read again: those that have words, and not what only says that one was let go. */
export function keptOf(mine: readonly Piece[]): readonly Piece<"keepsake">[] {
  return ofKind(mine, "keepsake").filter(({ body }) => body.text !== "");
}

function cardIn(entry: Entry, earlier: readonly Entry[]): readonly Card[] {
  const text = textIn(entry);
  if (text === null) return [];
  const before = earlier
    .filter(({ id, author }) => id === entry.id && author === entry.author)
    .sort((one, other) => other.revision - one.revision)
    .map((each) => textIn(each) ?? "");
  return [{ id: entry.id, text, at: entry.at, entry, earlier: before.filter((each) => each !== "") }];
}

function textIn({ kind, body }: Entry): string | null {
  const { format, text } = (body ?? {}) as Partial<CardBody>;
  return kind === CARD && format === FORMAT && typeof text === "string" ? text : null;
}
