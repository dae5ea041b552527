import assert from "node:assert/strict";
import { test } from "node:test";
import { toLookAt } from "../mine/bridges";
import { draftOf, emptyOf, ofKind, readAll, type Body, type Kind, type Piece } from "../words/entries";
import { holds } from "../mine/looking";
import { againIn, notesBeside, notesWith, offered, phrasesOf } from "../mine/patterns";
import { dayIn, reminderFile, today } from "../mine/reminder";
import { offersHelp, thoughtsOn } from "../mine/whom";

function pieces<K extends Kind>(kind: K, ...bodies: readonly Partial<Body<K>>[]): readonly Piece<K>[] {
  const entries = bodies.map((body, day) => ({
    ...draftOf(kind, { ...emptyOf(kind), ...body }),
    id: `${kind} ${day}`,
    epoch: "",
    revision: 1,
    author: "Ada",
    at: new Date(Date.UTC(2026, 0, 5 + day)).toISOString(),
  }));
  return ofKind(readAll(entries).pieces, kind);
}

// What comes again

const notes = pieces(
  "note",
  { bond: "Ben", words: ["freeze", "a stone"], helped: "The window, tea." },
  { bond: "Cy", words: ["freeze"], helped: "the  window\nNothing" },
  { bond: "Ben", words: ["Freeze", "freeze"], helped: "The window. The window!", story: "a canary" },
);

test("a pattern is made of the writer's own words and of how many notes they stand in", () => {
  const counted = (field: "words" | "helped") =>
    againIn(notes, field).map(({ phrase, notes }) => [phrase, notes.length]);
  assert.deepEqual(counted("words"), [["Freeze", 3], ["a stone", 1]]);
  assert.deepEqual(counted("helped"), [["The window", 3], ["Nothing", 1], ["tea", 1]]);
});

test("the notes of one bond hold no word of another", () => {
  const ofBen = notesWith(notes, " ben");
  assert.deepEqual(ofBen.map(({ body }) => body.bond), ["Ben", "Ben"]);
  assert(!againIn(ofBen, "helped").some(({ phrase }) => phrase === "Nothing"));
  assert.equal(notesWith(notes, "").length, 3);
  assert.equal(notesWith(notes, "Dee").length, 0);
});

test("what is offered while somebody writes is what they wrote before, and short", () => {
  const long = pieces("note", { helped: "x".repeat(41) }, { helped: "a walk" });
  assert.deepEqual(offered([...long], "helped", 8), ["a walk"]);
  assert.deepEqual(offered(notes, "helped", 1), ["The window"]);
});

test("nothing written about one bond is offered while somebody writes of another", () => {
  const all = [...notes, ...pieces("note", { helped: "a bath" })];
  assert.deepEqual(offered(notesBeside(all, "Cy"), "helped", 8), ["the  window", "Nothing", "a bath"]);
  assert.deepEqual(offered(notesBeside(all, ""), "helped", 8), ["a bath"]);
});

test("a phrase ends where its writer ended it", () => {
  assert.deepEqual(phrasesOf(" one, two;three.\r\nfour …\n\n五。六"), ["one", "two", "three", "four", "五", "六"]);
  assert.deepEqual(phrasesOf(" .,; \n"), []);
});

// Looking for a word

test("a word is found wherever somebody wrote it, with or without accents", () => {
  const [note] = pieces("note", { bond: "Zoë", what: "She LEFT early", words: ["warm"], helped: "Café" });
  for (const looked of ["", "  ", "left", "zoe", "cafe left", "warm zoë"]) assert(holds(note!, looked));
  for (const looked of ["right", "left right", "note"]) assert(!holds(note!, looked));
  const [person] = pieces("person", { bond: "Ben", rides: "much" });
  assert(!holds(person!, "much") && holds(person!, "ben"));
  const [kept] = pieces("reflection", { space: "a-space", good: "the rain" });
  assert(!holds(kept!, "a-space") && holds(kept!, "rain"));
});

// Bridges

test("a bridge is looked at again from its day on, for two weeks, until something is written about it", () => {
  const bridge = (body: Partial<Body<"bridge">>) => pieces("bridge", { bond: "Cy", ...body });
  const shown = (body: Partial<Body<"bridge">>, day: string) => toLookAt(bridge(body), day).length === 1;
  assert(!shown({ again: "" }, "2026-12-05"));
  assert(!shown({ again: "2026-12-05" }, "2026-12-04"));
  assert(shown({ again: "2026-12-05" }, "2026-12-05"));
  assert(shown({ again: "2026-12-25" }, "2027-01-08"));
  assert(!shown({ again: "2026-12-25" }, "2027-01-09"));
  assert(!shown({ again: "2026-12-05", happened: "It was fine." }, "2026-12-06"));
});

// A day in a calendar

test("a reminder is one event of one day, and says nothing of what it is for", () => {
  const file = reminderFile("2026-12-05", "A little time", new Date("2026-11-30T08:09:10.123Z"), "u");
  assert.equal(
    file,
    [
      "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//calendar//", "BEGIN:VEVENT", "UID:u",
      "DTSTAMP:20261130T080910Z", "DTSTART;VALUE=DATE:20261205", "SUMMARY:A little time",
      "CLASS:PRIVATE", "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR", "",
    ].join("\r\n"),
  );
  for (const day of ["", "2026-02-30", "2026-12-05\r\nATTENDEE:x"]) {
    assert.throws(() => reminderFile(day, "A little time", new Date()), RangeError);
  }
});

test("days are counted by the calendar, over months, leap days and changes of the clock", () => {
  assert.equal(dayIn(1, "2026-12-31"), "2027-01-01");
  assert.equal(dayIn(2, "2028-02-28"), "2028-03-01");
  assert.equal(dayIn(7, "2026-03-27"), "2026-04-03");
  assert.equal(today(new Date(2026, 10, 5, 23, 59)), "2026-11-05");
});

// Whom

test("an answer about somebody says one plain thing, and one left out says nothing", () => {
  const none = emptyOf("person");
  assert.deepEqual(thoughtsOn(none), []);
  assert.deepEqual(thoughtsOn({ ...none, rides: "much", messy: "yes" }), ["rides-much", "messy-yes"]);
  assert(offersHelp({ ...none, no: "not" }) && !offersHelp(none) && !offersHelp({ ...none, no: "sometimes" }));
});
