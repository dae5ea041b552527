// What sealing costs: `node bench/words_speed.mjs`. Wall time, and processor time for a busy machine.
//
// The targets: unlocking within 1 s here and 4 s on a machine four times slower; a thousand records opened
// within 0.5 s on that slower machine, which needs them packed.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Decrypter, Encrypter } from "age-encryption";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const RECORDS = 1000;
const BODY = { line: "One good detail", text: "x".repeat(300) };

async function timed(what, act) {
  const began = performance.now();
  const busy = process.cpuUsage();
  const done = await act();
  const { user, system } = process.cpuUsage(busy);
  const wall = (performance.now() - began).toFixed(0).padStart(6);
  const cpu = ((user + system) / 1000).toFixed(0).padStart(6);
  console.log(`${what.padEnd(44)} ${wall} ms wall ${cpu} ms processor`);
  return done;
}

async function loaded() {
  const folder = mkdtempSync(join(tmpdir(), "words-"));
  const outfile = join(folder, "words.mjs");
  const entry = join(here, "..", "browser", "words", "words.ts");
  const options = { bundle: true, format: "esm", platform: "node", outfile };
  try {
    await esbuild.build({ entryPoints: [entry], ...options });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const { newWordKey, PRIVATE, Words } = await loaded();
for (const factor of [16, 17, 18]) {
  const seals = new Encrypter();
  seals.setScryptWorkFactor(factor);
  seals.setPassphrase("six herons under nine reeds");
  const file = await seals.encrypt("AGE-SECRET-KEY-1");
  const opens = new Decrypter();
  opens.addPassphrase("six herons under nine reeds");
  await timed(`open a slot of work factor ${factor}`, () => opens.decrypt(file));
}
const words = Words.begin(await newWordKey(), "me");
const records = await timed(`seal ${RECORDS} records`, async () => {
  const sealed = [];
  for (let number = 0; number < RECORDS; number++) {
    sealed.push((await words.seal({ kind: "note", scope: PRIVATE, body: BODY })).record);
  }
  return sealed;
});
const opened = await timed(`open ${RECORDS} records, each by itself`, () => words.openAll(records));
const packed = await timed(`pack ${RECORDS} records`, () => words.sealPack(opened));
await timed(`open ${RECORDS} records that were packed`, async () =>
  words.openAll(records, await words.openPack(packed)),
);
