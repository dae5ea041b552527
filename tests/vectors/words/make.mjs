// Makes words.json, which the tests of both languages read: `node tests/vectors/words/make.mjs`.
//
// The keys in it are for these tests alone. What age seals differs each time, so the file is made anew
// only when the format has changed, and then whole.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Encrypter, identityToRecipient } from "age-encryption";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "vectors-"));
const ME = "0b5a3c1e-1d2f-4a6b-8c7d-9e0f1a2b3c4d";
const OTHER = "7d1f0c2b-3e4a-4b5c-9d6e-0f1a2b3c4d5e";
const SPACE = "3f2e1d0c-4b5a-4968-8776-655443322110";
const AGAIN = "a1b2c3d4-e5f6-4708-9a0b-1c2d3e4f5061";
const SECRETS = ["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "_".repeat(42) + "8"];
const AT = new Date("2026-11-22T23:30:00.123Z");

try {
  const outfile = join(folder, "words.mjs");
  await esbuild.build({
    entryPoints: [join(here, "..", "..", "..", "browser", "words", "words.ts")],
    bundle: true,
    format: "esm",
    platform: "node",
    outfile,
  });
  const made = await make(await import(pathToFileURL(outfile).href));
  writeFileSync(join(here, "words.json"), JSON.stringify(made, null, 1) + "\n");
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function make(sealing) {
  const { makeSlot, newCode, newWordKey, readCode, sealedExport, spaceKey, Words } = sealing;
  const wordKey = await newWordKey();
  const passphrase = "søft heron under nine reeds";
  const code = newCode();
  const slots = [
    await makeSlot("passphrase", passphrase, wordKey),
    await makeSlot("code", code, wordKey),
  ];

  const mine = Words.begin(wordKey, ME);
  const other = Words.begin(await newWordKey(), OTHER);
  const spaceKeys = [];
  for (const [at, sitting] of [SPACE, AGAIN].entries()) {
    const secret = SECRETS[at];
    spaceKeys.push({ secret, space: SPACE, sitting, key: await spaceKey(secret, SPACE, sitting) });
  }
  const share = (words, { space, sitting, secret }) => words.adopt(space, sitting, secret);

  await share(mine, spaceKeys[0]);
  await share(other, spaceKeys[0]);
  const sealed = [];
  const seal = async (words, draft) => {
    const one = await words.seal({ at: AT, ...draft });
    sealed.push(one);
    return one.entry;
  };
  const empty = { kind: "note", scope: "private", body: {} };
  await seal(mine, empty);
  const first = await seal(mine, { ...empty, body: { line: "A good detail: “hum” \u2028 ☕ 心" } });
  const edited = await seal(mine, { ...empty, body: { line: "Another" }, edits: first });
  mine.note([edited]);
  await seal(mine, { ...empty, kind: "check-in", body: { close: 0.5, words: ["warm", null] } });
  await seal(mine, { ...empty, body: { text: "long ".repeat(2000) } });
  await seal(mine, { kind: "reflection", scope: SPACE, body: { line: "Ours" } });
  await seal(other, { kind: "keepsake", scope: SPACE, body: { line: "For you" } });
  await share(mine, spaceKeys[1]);
  await share(other, spaceKeys[1]);
  await seal(other, { kind: "keepsake", scope: SPACE, body: { line: "Later" } });
  const keyring = await mine.sealKeyring();
  const all = sealed.map((one) => one.record);

  // Well sealed, and of another version.
  const versions = [];
  for (const v of [2, 0, -1, 1.5, "2", true, null]) {
    const age = new Encrypter();
    age.addRecipient(await identityToRecipient(wordKey));
    const file = await age.encrypt(JSON.stringify({ ...sealed[0].entry, v }).padEnd(512));
    versions.push({ v, sealed: Buffer.from(file).toString("base64") });
  }

  // Sealed for the right key, and not what its browser would have sealed: who holds the key may lie, too.
  const sealedFor = async (keys, text) => {
    const age = new Encrypter();
    for (const key of keys) age.addRecipient(await identityToRecipient(key));
    return Buffer.from(await age.encrypt(text)).toString("base64");
  };
  const inside = (value, fits = true) => {
    const text = JSON.stringify(value);
    return text.padEnd(Math.ceil(text.length / 256) * 256 + (fits ? 0 : 1));
  };
  const { record, entry } = sealed[0];
  const plain = { v: 1, ...entry };
  const liesOfRecords = [];
  for (const [why, changed] of [
    ["an epoch where there is none", { epoch: spaceKeys[0].sitting }],
    ["no epoch", { epoch: undefined }],
    ["a keyring's kind", { kind: "keyring" }],
    ["a pack's kind", { kind: "pack" }],
    ["no kind", { kind: undefined }],
    ["a time that is none", { at: 7 }],
    ["no body", { body: undefined }],
    ["a revision that is text", { revision: "1" }],
  ]) {
    liesOfRecords.push({ why, record: { ...record, sealed: await sealedFor([wordKey], inside({ ...plain, ...changed })) } });
  }
  const zeroth = { ...record, revision: 0, sealed: await sealedFor([wordKey], inside({ ...plain, revision: 0 })) };
  liesOfRecords.push({ why: "no revision yet", record: zeroth });
  const odd = { ...record, sealed: await sealedFor([wordKey], inside(plain, false)) };
  liesOfRecords.push({ why: "a size that says something", record: odd });
  const beside = { ...record, sealed: await sealedFor([wordKey, await newWordKey()], inside(plain)) };
  liesOfRecords.push({ why: "somebody else beside", record: beside });
  const ours = sealed.at(-1);
  const otherEpoch = inside({ v: 1, ...ours.entry, epoch: spaceKeys[0].sitting });
  const behind = { ...ours.record, sealed: await sealedFor([spaceKeys[1].key], otherEpoch) };
  liesOfRecords.push({ why: "the epoch of another key", record: behind });

  const held = { v: 1, kind: "keyring", owner: ME, revision: keyring.revision, spaces: {}, seen: {} };
  const liesOfKeyrings = [];
  for (const [why, changed] of [
    ["a record's kind", { kind: "note" }],
    ["another's", { owner: OTHER }],
    ["a key that is none", { spaces: { [SPACE]: [{ epoch: AGAIN, key: "AGE-SECRET-KEY-1" }] } }],
    ["a space without keys", { spaces: { [SPACE]: null } }],
    ["spaces in a row", { spaces: [] }],
    ["a revision below none", { seen: { [entry.id]: -1 } }],
  ]) {
    liesOfKeyrings.push({ why, keyring: { ...keyring, sealed: await sealedFor([wordKey], inside({ ...held, ...changed })) } });
  }

  const typed = [code, code.toLowerCase(), code.replaceAll("-", " "), ` ${code.replaceAll("-", "")} `];
  const swapped = code.replace(/^(.)(.)/, "$2$1");
  const wrong = [swapped === code ? `Z${code}` : swapped, code.slice(1), `${code}0`, "", "U".repeat(28)];
  // What keyboards and pasting leave round a passphrase, and marks that are put together in two ways.
  const round = ["\ufeff", "\u00a0\u3000", "\t\n\v\f\r ", "\u2028\u2029\u202f\u205f\u1680\u2000\u200a"];
  const stays = ["\u0085", "\u001c", "\u200b", "\u180e"];
  const passphrases = [
    ...round.map((spaces) => [`${spaces}a heron${spaces}`, "a heron"]),
    ...stays.map((sign) => [`a heron${sign}`, `a heron${sign}`]),
    ["a\u00a0heron", "a\u00a0heron"],
    ["so\u0308ft", "s\u00f6ft"],
    ["\u212b", "\u00c5"],
    ["\ufb01ne", "\ufb01ne"],
  ];
  return {
    me: ME,
    other: OTHER,
    space: SPACE,
    wordKey,
    passphrase,
    code,
    passphrases,
    codes: { read: typed.map((text) => [text, readCode(text)]), wrong },
    slots,
    keyring,
    seen: { [first.id]: 2 },
    spaceKeys,
    records: sealed,
    versions,
    lies: { records: liesOfRecords, keyrings: liesOfKeyrings },
    export: sealedExport({ me: ME, slots, keyring }, all),
  };
}
