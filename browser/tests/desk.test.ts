import assert from "node:assert/strict";
import { test } from "node:test";
import { Desk } from "../words/desk";
import { NotKept, type Draft, type Journal, type Kept, type Why } from "../words/journal";
import { mine } from "../mine/text-mine";
import { PRIVATE, type Entry, type Opened } from "../words/words";

/** A journal that keeps in memory what is given to it, or doesn't for some reason. */
class Keeps {
  held: Opened[] = [];
  why: Why | null = null;
  waits = 0;
  drafts: Draft[] = [];
  waitsFor: Why = "offline";
  apart = false;
  reads = 0;
  private made = 0;

  read = () => {
    this.reads += 1;
    return Promise.resolve(this.held);
  };
  sendWaiting = () => Promise.resolve((this.waits = 0));
  remove = (entry: Entry) => {
    this.held = this.held.filter((one) => one.record.id !== entry.id);
    return this.refused(undefined);
  };
  keep = (draft: Draft): Promise<Kept> => {
    this.drafts.push(draft);
    const { kind, scope, body, edits } = draft;
    const id = edits?.id ?? `${(this.made += 1)}`;
    const revision = (edits?.revision ?? 0) + 1;
    const entry = { kind, scope, body, id, revision, author: "me", epoch: "", at: `2026-01-0${this.made}` };
    const waits = this.waits > 0;
    return this.refused({
      entry,
      stored: !waits,
      ...(waits && { why: this.waitsFor }),
      apart: this.apart,
    });
  };

  private refused<T>(value: T): Promise<T> {
    return this.why ? Promise.reject(new NotKept(this.why)) : Promise.resolve(value);
  }
}

async function desk(): Promise<{ journal: Keeps; desk: Desk }> {
  const journal = new Keeps();
  const laid = new Desk(journal as unknown as Journal);
  await laid.read(PRIVATE);
  return { journal, desk: laid };
}

test("nothing is kept before somebody has said for how long, and then it is asked no more", async () => {
  const { journal, desk: laid } = await desk();
  assert.equal(await laid.keep({ kind: "note", body: {} }), null);
  assert.equal(laid.said.value, mine.keepFor.first);
  assert.deepEqual(journal.drafts, []);
  await laid.choose(90);
  assert.equal(laid.keepFor.value, 90);
  await laid.keep({ kind: "note", body: { what: "a door" } });
  assert.equal(journal.drafts.at(-1)?.keepDays, 90);
  // What was chosen is no entry of theirs, and stays itself.
  assert.equal(journal.drafts[0]?.keepDays, null);
  assert.deepEqual(laid.shelf().value?.entries.map((each) => each.kind), ["note"]);
});

test("whoever chooses for how long and presses at once has chosen", async () => {
  const { journal, desk: laid } = await desk();
  const chosen = laid.choose(30);
  const kept = await laid.keep({ kind: "note", body: {} });
  await chosen;
  assert(kept !== null);
  assert.equal(journal.drafts.at(-1)?.keepDays, 30);
});

test("who would rather not keep anything is obeyed, once for this or for all", async () => {
  const { journal, desk: laid } = await desk();
  await laid.choose(null);
  assert.equal(await laid.keep({ kind: "note", body: {}, keepFor: "not" }), null);
  assert.equal(laid.said.value, mine.kept.not);
  await laid.choose("not");
  assert.equal(await laid.keep({ kind: "note", body: {} }), null);
  assert.deepEqual(journal.drafts.map((each) => each.kind), ["settings", "settings"]);
});

test("an edit takes the place of what it edits, and what is let go is gone", async () => {
  const { desk: laid } = await desk();
  await laid.choose(null);
  const first = await laid.keep({ kind: "note", body: "one" });
  const next = await laid.keep({ kind: "note", body: "two", ...(first && { edits: first.entry }) });
  assert.deepEqual(laid.entries("note").map((each) => each.body), ["two"]);
  assert.equal(next && (await laid.remove(next.entry)), true);
  assert.deepEqual(laid.entries("note"), []);
});

test("whatever keeps something from being kept is one sentence that loses nothing", async () => {
  const { journal, desk: laid } = await desk();
  await laid.choose(null);
  for (const why of ["full", "large", "resting", "no room", "gone", "refused"] as const) {
    journal.why = why;
    assert.equal(await laid.keep({ kind: "note", body: "words" }), null);
    assert.equal(laid.said.value, mine.kept[why]);
  }
  journal.why = null;
  journal.waits = 2;
  for (const [why, sentence] of [
    ["offline", mine.kept.waits],
    ["often", mine.kept.waitsFor.often],
    ["signed out", mine.kept.waitsFor["signed out"]],
  ] as const) {
    journal.waitsFor = why;
    assert.equal((await laid.keep({ kind: "note", body: "words" }))?.stored, false);
    assert.deepEqual([laid.said.value, laid.waits.value], [sentence, 2]);
    assert.equal(laid.isSignedOut.value, why === "signed out");
  }
});

test("what another device had changed is kept beside it, and said", async () => {
  const { journal, desk: laid } = await desk();
  await laid.choose(null);
  const first = await laid.keep({ kind: "note", body: "one" });
  journal.apart = true;
  await laid.keep({ kind: "note", body: "two", ...(first && { edits: first.entry }) });
  assert.equal(laid.said.value, mine.kept.apart);
  // Read anew, since the other's lies there too.
  assert.equal(journal.reads, 2);
});
