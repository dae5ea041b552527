import assert from "node:assert/strict";
import { test } from "node:test";
import { fourWords, isSecret, newSecret } from "../secret";

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
