import assert from "node:assert/strict";
import { test } from "node:test";
import {
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
  secretOfSpace,
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

test("the secret of a space is that of the last door at which the two met", () => {
  assert.equal(secretOfSpace("first"), null);
  const first = secretOfDoor("door");
  nameAfterSitting("first");
  keep("first");
  assert.deepEqual(secretOfSpace("first"), { sitting: "first", secret: first });
  const again = secretOfDoor("door");
  nameAfterSitting("again");
  keepMeeting("first", "again");
  assert(again !== first);
  assert.deepEqual(secretOfSpace("first"), { sitting: "again", secret: again });
  // Those who came by three words share no secret, and what there was stays.
  keepMeeting("first", "by three words");
  assert.deepEqual(secretOfSpace("first"), { sitting: "again", secret: again });
  forgetSpace("first", "again");
  assert.equal(secretOfSpace("first"), null);
  // A page of that sitting that is loaded again brings nothing back.
  assert.equal(secretOfSitting("again"), null);
  keepMeeting("first", "again");
  assert.equal(secretOfSpace("first"), null);
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
