import assert from "node:assert/strict";
import { test } from "node:test";
import {
  forgetMeeting,
  forgetSpace,
  forgetWordsOf,
  fourWords,
  isSecret,
  keep,
  keepMeeting,
  nameAfterSitting,
  newSecret,
  secretOfDoor,
  secretOfSitting,
  secretsOfSpace,
} from "../door/secret";
import { Memory } from "./memory";

Object.assign(globalThis, { sessionStorage: new Memory(), localStorage: new Memory() });


const list = Array.from({ length: 2048 }, (_, i) => `word${i}`);

test("a secret is 256 random bits that fit into an address", () => {
  const secrets = new Set(Array.from({ length: 100 }, newSecret));
  assert.equal(secrets.size, 100);
  for (const secret of secrets) assert(isSecret(secret), secret);
});

test("the same secret has the same four words, and another has others", async () => {
  const secret = "A".repeat(43);
  const [here, there] = [await fourWords(secret, list), await fourWords(secret, list)];
  assert.equal(here?.length, 4);
  assert.deepEqual(here, there);
  const other = await fourWords("B".repeat(43), list);
  assert(other?.join() !== here?.join());
});

test("anything else in an address is no secret", () => {
  for (const text of ["", "main", "A".repeat(42), "A".repeat(44), `${"A".repeat(42)}!`]) {
    assert.equal(isSecret(text), false);
  }
});

test("each meeting of the two of a space waits until its key is taken in, the newest last", () => {
  assert.deepEqual(secretsOfSpace("first"), []);
  const first = secretOfDoor("door");
  nameAfterSitting("first");
  keep("first");
  const begun = { sitting: "first", secret: first };
  assert.deepEqual(secretsOfSpace("first"), [begun]);
  const meet = (sitting: string) => {
    const secret = secretOfDoor("door");
    nameAfterSitting(sitting);
    keepMeeting("first", sitting);
    return { sitting, secret };
  };
  const [second, third] = [meet("again"), meet("once-more")];
  assert(second.secret !== first && third.secret !== second.secret);
  assert.deepEqual(secretsOfSpace("first"), [begun, second, third]);
  // Those who came by three words share no secret, and what there was stays; a page that is loaded again adds nothing.
  keepMeeting("first", "by three words");
  keepMeeting("first", "once-more");
  assert.deepEqual(secretsOfSpace("first"), [begun, second, third]);
  forgetMeeting("first", "again");
  assert.deepEqual(secretsOfSpace("first"), [begun, third]);
  // A page of that sitting that is loaded again brings nothing back.
  assert.equal(secretOfSitting("again"), null);
  keepMeeting("first", "again");
  assert.deepEqual(secretsOfSpace("first"), [begun, third]);
  forgetMeeting("first", "first");
  assert.deepEqual(secretsOfSpace("first"), [third]);
  forgetSpace("first");
  assert.deepEqual(secretsOfSpace("first"), []);
  assert.equal(secretOfSitting("once-more"), null);
});

test("whoever leaves a space leaves nothing of it in the browser", () => {
  const all = [{ scope: "left", id: "a" }, { scope: "private", id: "b" }];
  for (const what of ["waiting", "lately"]) localStorage.setItem(`words:${what}:me`, JSON.stringify(all));
  localStorage.setItem("words:pack:me", "AAAA");
  localStorage.setItem("words:drafts:me", JSON.stringify({ "card:left": "AAAA", "card:stays": "AAAA", note: "AAAA" }));
  forgetWordsOf("left");
  assert.deepEqual(Object.keys(JSON.parse(localStorage.getItem("words:drafts:me") ?? "")), ["card:stays", "note"]);
  for (const what of ["waiting", "lately"]) {
    assert.deepEqual(JSON.parse(localStorage.getItem(`words:${what}:me`) ?? ""), all.slice(1));
  }
  assert.equal(localStorage.getItem("words:pack:me"), "AAAA");
});
