import assert from "node:assert/strict";
import { test } from "node:test";
import { Thrice } from "../page/exit";

function press(thrice: Thrice, key: string, atMs: number): boolean {
  thrice.down(key);
  return thrice.up(key, atMs);
}

test("Shift three times leaves", () => {
  const thrice = new Thrice();
  assert.deepEqual([0, 300, 600].map((atMs) => press(thrice, "Shift", atMs)), [false, false, true]);
});

test("three slow ones don't", () => {
  const thrice = new Thrice();
  assert.deepEqual([0, 900, 1800].map((atMs) => press(thrice, "Shift", atMs)), [false, false, false]);
});

test("writing capitals doesn't", () => {
  const thrice = new Thrice();
  const left = [0, 100, 200, 300].map((atMs) => {
    thrice.down("Shift");
    thrice.down("A");
    thrice.up("A", atMs);
    return thrice.up("Shift", atMs + 20);
  });
  assert.deepEqual(left, [false, false, false, false]);
});
