import assert from "node:assert/strict";
import { test } from "node:test";
import { CARD, cardsOf, givenToday, keptOf } from "../kept/cards";
import { shelved, type Shelf } from "../words/desk";
import { draftOf, emptyOf, readAll, type Body, type Piece } from "../words/entries";
import type { Entry, Opened } from "../words/words";

const [ADA, BEN, SPACE] = ["ada", "ben", "space"];
let drawn = 0;

function entry(kind: string, author: string, body: object, more: Partial<Entry> = {}): Entry {
  const id = `${kind}-${(drawn += 1)}`;
  return { kind, scope: SPACE, id, epoch: "", author, revision: 1, at: "2026-11-30T09:00:00.000Z", body, ...more };
}

function shelfOf(...entries: readonly Entry[]): Shelf {
  return shelved(
    entries.map((each): Opened => ({ state: "open", entry: each, record: { ...each, sealed: "" } })),
  );
}

const card = (author: string, text: string, more: Partial<Entry> = {}) =>
  entry(CARD, author, { format: 1, text }, more);

function mine(...bodies: readonly Partial<Body<"keepsake">>[]): readonly Piece[] {
  const entries = bodies.map((body) => {
    const draft = draftOf("keepsake", { ...emptyOf("keepsake"), space: SPACE, ...body });
    return entry("keepsake", BEN, draft.body, { scope: "private" });
  });
  return readAll(entries).pieces;
}

const words = (cards: readonly { readonly text: string }[]) => cards.map(({ text }) => text);

test("a card waits for the other until they keep it or let it go, and for nobody else", () => {
  const [heron, ibis] = [card(ADA, "heron"), card(ADA, "ibis")];
  const shelf = shelfOf(heron, ibis);
  assert.deepEqual(words(cardsOf(shelf, [], BEN, SPACE).waiting), ["heron", "ibis"]);
  assert.deepEqual(cardsOf(shelf, [], ADA, SPACE).waiting, []);
  assert.deepEqual(words(cardsOf(shelf, [], ADA, SPACE).given), ["heron", "ibis"]);
  const kept = mine({ card: heron.id, text: "heron" }, { card: ibis.id });
  assert.deepEqual(cardsOf(shelf, kept, BEN, SPACE).waiting, []);
  // What was kept is there to read again, also when the card is gone; what was let go is not.
  assert.deepEqual(keptOf(kept).map(({ body }) => body.text), ["heron"]);
});

test("whoever wants no more is shown none, and what another writes of a space is not taken for it", () => {
  const shelf = shelfOf(card(ADA, "heron"));
  const muted = cardsOf(shelf, mine({ muted: true }), BEN, SPACE);
  assert.deepEqual([muted.waiting, muted.muted?.body.muted], [[], true]);
  assert.equal(cardsOf(shelf, mine({ muted: true, space: "another" }), BEN, SPACE).waiting.length, 1);
});

test("a card that was changed shows what stood before to both, and no card is what is none", () => {
  const first = card(ADA, "heron");
  const second = { ...first, revision: 2, body: { format: 1, text: "egret" } };
  const strange = [entry(CARD, ADA, { format: 2, text: "x" }), entry(CARD, ADA, { text: 7 }), entry("other", ADA, {})];
  const shelf = shelfOf(first, second, ...strange);
  for (const me of [ADA, BEN]) {
    const { waiting, given } = cardsOf(shelf, [], me, SPACE);
    assert.deepEqual([...waiting, ...given].map(({ text, earlier }) => [text, earlier]), [["egret", ["heron"]]]);
  }
});

test("what was given today is counted by the day, and only one's own", () => {
  const old = { at: "2026-11-29T23:59:59.000Z" };
  const shelf = shelfOf(card(ADA, "a"), card(ADA, "b"), card(ADA, "c", old), card(BEN, "d"));
  assert.equal(givenToday(shelf, ADA, new Date("2026-11-30T10:00:00Z")), 2);
});
