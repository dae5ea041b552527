import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bondsOf,
  draftOf,
  emptyOf,
  fitting,
  isDay,
  isEmpty,
  isSameBond,
  ofKind,
  read,
  readAll,
  type Body,
  type Kind,
  type Piece,
} from "../words/entries";
import { newWordKey, PRIVATE, Words, type Entry } from "../words/words";

const ADA = "6d0f8c1e-0000-4000-8000-000000000001";

function entry(kind: string, body: unknown, more: { id?: string; revision?: number; at?: string } = {}): Entry {
  const { id = crypto.randomUUID(), revision = 1, at = "2026-11-30T08:00:00.000Z" } = more;
  return { kind, scope: PRIVATE, id, epoch: "", revision, author: ADA, at, body };
}

/** Why it was not read; nothing when it was. */
function why(kind: string, body: unknown): string | undefined {
  const one = read(entry(kind, body));
  return "why" in one ? one.why : undefined;
}

const whole: { readonly [K in Kind]: Body<K> } = {
  "check-in": {
    bond: "Ben", space: "s", sitting: "t", practice: "mirroring", when: "before",
    marks: { safe: 3, ground: 0 }, choices: { "more-than-wanted": "no" }, words: ["warm", "like a stone"],
  },
  reflection: {
    bond: "Ben", space: "s", sitting: "t", practice: "mirroring", line: "It was messy.", text: "…",
    words: ["here"], good: "The rain.",
  },
  keepsake: { bond: "Ben", space: "s", card: "c", text: "You wait.", seen: "On Sunday.", muted: true },
  note: {
    bond: "Cy", what: "He was kind.", words: ["freeze"], story: "He will leave.", protects: "I laughed.",
    protecting: "Being small.", helped: "The window.",
  },
  bridge: { bond: "Cy", what: "Waiting.", words: "Shall we wait a moment?", again: "2026-12-05", happened: "He nodded." },
  person: { bond: "Cy", rides: "much", no: "sometimes", back: "yes", messy: "not", text: "…", asking: "Hi!" },
  slow: { bond: "", safe: 4, ground: 10, resource: 0, text: "A long week." },
};
const kinds = Object.keys(whole) as Kind[];

test("what is kept of every kind is read again as it was written, sealed and opened on the way", async () => {
  const words = Words.begin(await newWordKey(), ADA);
  for (const kind of kinds) {
    const { record } = await words.seal(draftOf(kind, whole[kind]));
    const [one] = await words.openAll([record]);
    const opened = one?.state === "open" ? (read(one.entry) as Piece).body : one;
    assert.deepEqual(opened, whole[kind]);
  }
});

test("every field of every kind may stay empty, and an empty one takes no room", () => {
  for (const kind of kinds) {
    const { body } = draftOf(kind, emptyOf(kind));
    assert.deepEqual(body, { format: 1 });
    assert.deepEqual((read(entry(kind, body)) as Piece).body, emptyOf(kind));
    assert(isEmpty(kind, emptyOf(kind)) && !isEmpty(kind, whole[kind]));
    for (const [name, value] of Object.entries(whole[kind])) {
      assert.equal(why(kind, { format: 1, [name]: value }), undefined);
    }
  }
  assert(isEmpty("check-in", { ...whole["check-in"], marks: {}, choices: {}, words: [] }));
  assert(isEmpty("note", { ...emptyOf("note"), bond: "Cy", what: " \n" }));
  assert(!isEmpty("person", { ...emptyOf("person"), bond: "Cy" }));
});

test("a field or a kind that nobody here knows was written by a newer version", () => {
  for (const [kind, body] of [
    ["dream", { format: 1 }],
    ["toString", { format: 1 }],
    ["note", { format: 2, what: "…" }],
    ["note", { format: 1, what: "…", weather: "rain" }],
    ["note", JSON.parse('{"format": 1, "__proto__": "…"}')],
    ["note", { format: 1, toString: "…" }],
  ] as const) {
    assert.equal(why(kind, body), "newer");
  }
});

test("what is no such entry is shown as that and breaks nothing", () => {
  const strange = [null, 1, "…", [], {}, ["x"], { a: 1 }, true, NaN, 1e308, -1, 11, 2.5, "2026-02-31"];
  for (const kind of kinds) {
    for (const body of [null, 1, "…", [], [{}], {}, { format: 0 }, { format: "1" }, { format: 1, since: "soon" }]) {
      assert.equal(why(kind, body), "unreadable");
    }
    for (const [name, right] of Object.entries(whole[kind])) {
      for (const value of strange) {
        const not = why(kind, { format: 1, [name]: value });
        assert(not === undefined || not === "unreadable");
        if (typeof right !== typeof value) assert.equal(not, "unreadable");
      }
    }
  }
  for (const marks of [{ safe: 11 }, { safe: "3" }, { safe: null }, [3]]) {
    assert.equal(why("check-in", { format: 1, marks }), "unreadable");
  }
});

test("what would not be read again is not kept", () => {
  assert.throws(() => draftOf("slow", { ...emptyOf("slow"), safe: 11 }), RangeError);
  assert.throws(() => draftOf("bridge", { ...emptyOf("bridge"), again: "soon" }), RangeError);
});

test("an edited entry stays on the day on which it was first written", () => {
  const at = "2026-11-01T08:00:00.000Z";
  const first = read(entry("note", { format: 1, what: "one" }, { id: "a", at })) as Piece<"note">;
  const draft = draftOf("note", { ...first.body, what: "two" }, first);
  assert.equal(draft.edits, first.entry);
  const edited = entry("note", draft.body, { id: "a", revision: 2, at: "2026-11-30T08:00:00.000Z" });
  const later = entry("note", { format: 1, what: "three" }, { at: "2026-11-20T08:00:00.000Z" });
  const broken = entry("note", 7);
  const { pieces, unread } = readAll([edited, broken, later]);
  assert.deepEqual(
    pieces.map(({ body, since }) => [(body as Body<"note">).what, since.toISOString().slice(0, 10)]),
    [["three", "2026-11-20"], ["two", "2026-11-01"]],
  );
  assert.deepEqual(unread, [{ why: "unreadable", entry: broken }]);
  assert.deepEqual(ofKind(pieces, "bridge", "slow"), []);
  assert.equal(ofKind(pieces, "note").length, 2);
});

test("a bond is the name that its writer gave it, however it is spaced", () => {
  assert(isSameBond(" Ben  W. ", "ben w.") && !isSameBond("Ben", "Bea"));
  const { pieces } = readAll([
    entry("note", { format: 1, bond: "ben" }, { at: "2026-11-01T08:00:00.000Z" }),
    entry("note", { format: 1, bond: " Ben " }, { at: "2026-11-02T08:00:00.000Z" }),
    entry("note", { format: 1, bond: "Cy" }, { at: "2026-11-03T08:00:00.000Z" }),
    entry("slow", { format: 1, safe: 3 }),
  ]);
  assert.deepEqual(bondsOf(pieces), ["Cy", "Ben"]);
});

test("a day is one of the calendar's", () => {
  assert(isDay("2028-02-29"));
  for (const no of ["2026-02-29", "2026-11-31", "2026-1-1", "26-11-30", "2026-11-30T00:00", "", 20261130, null]) {
    assert(!isDay(no));
  }
});

test("what was left of a draft is taken as far as it could stand there", () => {
  const left = { what: "…", words: "warm", story: 7, weather: "rain" };
  assert.deepEqual(fitting("note", left), { ...emptyOf("note"), what: "…" });
  for (const kind of kinds) assert.deepEqual(fitting(kind, whole[kind]), whole[kind]);
});
