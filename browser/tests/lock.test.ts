import assert from "node:assert/strict";
import { test } from "node:test";
import { LEAVING } from "../page/exit";
import { watchForLock, type Watch } from "../words/lock";
import { HIDDEN_MS, IDLE_MS } from "../words/words";

interface Page {
  readonly at: (ms: number) => void;
  readonly hidden: (is: boolean) => void;
  readonly says: (event: string) => void;
  readonly locked: () => number;
  readonly watch: Watch;
}

/** A page with its events and a clock of its own, and how often it was locked. */
function page(): Page {
  const [here, document] = [new EventTarget(), Object.assign(new EventTarget(), { hidden: false })];
  let [now, locked] = [1_000_000, 0];
  Date.now = () => now;
  Object.assign(globalThis, { document, addEventListener: here.addEventListener.bind(here) });
  const watch = watchForLock(() => void (locked += 1));
  return {
    at: (ms) => void (now = 1_000_000 + ms),
    hidden: (is) => {
      document.hidden = is;
      document.dispatchEvent(new Event("visibilitychange"));
    },
    says: (event) => void here.dispatchEvent(new Event(event)),
    locked: () => locked,
    watch,
  };
}

test("five minutes after the last touch it locks, once, even if the first sign of it is a touch", () => {
  const { at, says, locked } = page();
  at(1000);
  says("keydown");
  at(IDLE_MS + 999);
  says("pointerdown");
  assert.equal(locked(), 0);
  at(2 * IDLE_MS + 999);
  says("pointerdown");
  says("keydown");
  assert.equal(locked(), 1);
});

test("whoever comes back after a minute away finds it locked", () => {
  const { at, hidden, locked, watch } = page();
  hidden(true);
  at(HIDDEN_MS - 1);
  hidden(false);
  assert.equal(locked(), 0);
  hidden(true);
  at(2 * HIDDEN_MS);
  hidden(false);
  assert.equal(locked(), 1);
  watch.end();
});

test("nothing locks while somebody sits, and leaving locks at once", () => {
  const { at, hidden, says, locked, watch } = page();
  watch.hold(true);
  hidden(true);
  at(10 * IDLE_MS);
  hidden(false);
  assert.equal(locked(), 0);
  watch.hold(false);
  says(LEAVING);
  assert.equal(locked(), 1);
});

test("what has ended locks no more", () => {
  const { at, says, locked, watch } = page();
  watch.end();
  at(2 * IDLE_MS);
  says("keydown");
  says(LEAVING);
  assert.equal(locked(), 0);
});
