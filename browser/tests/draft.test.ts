import assert from "node:assert/strict";
import { test } from "node:test";
import { SEALED_EVERY_MS, SealedDraft } from "../words/draft";
import { Tries } from "../words/tries";
import { Memory } from "./memory";

class Keeper {
  readonly kept = new Map<string, unknown>();
  full = false;
  keepDraft = async (name: string, body: unknown) => {
    await Promise.resolve();
    if (this.full) throw new Error("no room");
    this.kept.set(name, body);
  };
  draft = (name: string) => Promise.resolve(this.kept.get(name) ?? null);
  forgetDraft = (name: string) => void this.kept.delete(name);
}

test("what is typed is sealed two seconds after its first letter, however fast it goes on", async () => {
  const due: (() => void)[] = [];
  const later = globalThis.setTimeout;
  globalThis.setTimeout = ((act: () => void, ms: number) => {
    assert.equal(ms, SEALED_EVERY_MS);
    return due.push(act);
  }) as unknown as typeof setTimeout;
  const keeper = new Keeper();
  const draft = new SealedDraft(keeper, "note");
  for (let typed = 1; typed <= 4; typed++) draft.changed("x".repeat(typed));
  globalThis.setTimeout = later;
  assert.equal(due.length, 1);
  due[0]?.();
  await draft.flush();
  assert.equal(keeper.kept.get("note"), "xxxx");
  assert.equal(await draft.read(), "xxxx");
});

test("a draft that is let go does not come back from what was still being sealed", async () => {
  const keeper = new Keeper();
  const draft = new SealedDraft(keeper, "note");
  draft.changed("a word");
  const sealing = draft.flush();
  draft.changed("another");
  await draft.forget();
  await sealing;
  assert.equal(keeper.kept.size, 0);
});

test("a browser without room for a draft says so, and goes on typing", async () => {
  const keeper = new Keeper();
  let said = 0;
  const draft = new SealedDraft(keeper, "note", () => (said += 1));
  keeper.full = true;
  draft.changed("a word");
  await draft.flush();
  keeper.full = false;
  draft.changed("a word more");
  await draft.flush();
  assert.deepEqual([said, keeper.kept.get("note")], [1, "a word more"]);
});

test("five wrong tries cost nothing, then each makes the next wait longer, over a reload too", () => {
  const storage = new Memory();
  const waits = [];
  for (let wrong = 0; wrong < 12; wrong++) {
    waits.push(new Tries("me", storage).waitMs(1000) / 1000);
    new Tries("me", storage).wrong(1000);
  }
  assert.deepEqual(waits, [0, 0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 300]);
  assert.equal(new Tries("other", storage).waitMs(1000), 0);
  assert.equal(new Tries("me", storage).waitMs(301_000), 0);
  // A clock that was set back by a year.
  assert.equal(new Tries("me", storage).waitMs(1000 - 365 * 86_400_000), 0);
  new Tries("me", storage).opened();
  assert.equal(new Tries("me", storage).waitMs(1000), 0);
});
