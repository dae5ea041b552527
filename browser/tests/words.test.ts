import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  HIDDEN_MS,
  IDLE_MS,
  Idle,
  MOST_RECORD_BYTES,
  Newer,
  PAD_BYTES,
  PRIVATE,
  Unopened,
  Words,
  asUsed,
  makeSlot,
  newCode,
  newWordKey,
  offeredPassphrase,
  openSlot,
  padded,
  readCode,
  readableExport,
  sealedExport,
  spaceKey,
  type Entry,
  type SealedKeyring,
  type SealedRecord,
  type Slot,
} from "../words/words";

interface Vectors {
  readonly me: string;
  readonly other: string;
  readonly space: string;
  readonly wordKey: string;
  readonly passphrase: string;
  readonly code: string;
  readonly passphrases: readonly [string, string][];
  readonly codes: { readonly read: readonly [string, string][]; readonly wrong: readonly string[] };
  readonly slots: readonly Slot[];
  readonly keyring: SealedKeyring;
  readonly spaceKeys: readonly { secret: string; space: string; sitting: string; key: string }[];
  readonly records: readonly { entry: Entry; record: SealedRecord }[];
  readonly lies: {
    readonly records: readonly { why: string; record: SealedRecord }[];
    readonly keyrings: readonly { why: string; keyring: SealedKeyring }[];
  };
  readonly versions: readonly { v: unknown; sealed: string }[];
  readonly export: string;
}

const vectors = JSON.parse(
  readFileSync("tests/vectors/words/words.json", "utf8"),
) as Vectors;
const { me, other, space, wordKey, keyring, records, slots } = vectors;

const unlocked = (least = 0) => Words.unlock(wordKey, me, keyring, least);
const all = records.map((one) => one.record);

// Codes and passphrases

test("a code is read however it was written down", () => {
  for (const [typed, read] of vectors.codes.read) assert.equal(readCode(typed), read);
  assert.equal(readCode("o".repeat(26) + "00"), readCode("0".repeat(28)));
  for (const wrong of vectors.codes.wrong) assert.equal(readCode(wrong), null);
});

test("a passphrase is the same from every keyboard, and nothing within it is left out", () => {
  for (const [typed, used] of vectors.passphrases) assert.equal(asUsed(typed), used);
});

test("no slip of one sign, and no swap of neighbours, makes another code", () => {
  const code = newCode().replaceAll("-", "");
  for (let at = 0; at < code.length; at++) {
    for (const sign of "0123456789ABCDEFGHJKMNPQRSTVWXYZ") {
      const slip = code.slice(0, at) + sign + code.slice(at + 1);
      if (slip !== code) assert.equal(readCode(slip), null);
    }
    const swap = code.slice(0, at) + (code[at + 1] ?? "") + (code[at] ?? "") + code.slice(at + 2);
    if (swap !== code && at < code.length - 1) assert.equal(readCode(swap), null);
  }
});

test("codes and offered passphrases are drawn anew each time", () => {
  const list = Array.from({ length: 2000 }, (_, i) => `word${i}`);
  assert.equal(new Set(Array.from({ length: 100 }, newCode)).size, 100);
  const offered = new Set(Array.from({ length: 100 }, () => offeredPassphrase(list)));
  assert.equal(offered.size, 100);
  for (const each of offered) assert.equal(each.split(" ").length, 6);
  assert.throws(() => offeredPassphrase(["one"]), RangeError);
});

// Slots

test("each slot opens with what it was made of, and with nothing else", async () => {
  const [passphrase, code] = slots as [Slot, Slot];
  assert.equal(await openSlot(passphrase, ` ${vectors.passphrase.normalize("NFD")}\n`), wordKey);
  assert.equal(await openSlot(code, vectors.code.toLowerCase()), wordKey);
  await assert.rejects(openSlot(passphrase, `${vectors.passphrase}s`), Unopened);
});

test("a slot that was made opens, and is small enough to be kept", async () => {
  const code = newCode();
  const slot = await makeSlot("code", code, wordKey);
  assert.deepEqual([slot.kind, slot.hint], ["code", ""]);
  assert(slot.sealed.length < 500);
});

test("a passphrase that is short, and a code that was mistyped, make no slot", async () => {
  await assert.rejects(makeSlot("passphrase", " eleven chr ", wordKey), RangeError);
  await assert.rejects(makeSlot("code", "0".repeat(27) + "1", wordKey), RangeError);
});

test("a slot whose work was changed is refused without being tried", async () => {
  const [passphrase] = slots as [Slot];
  const text = atob(passphrase.sealed);
  const began = performance.now();
  for (const factor of ["1", "9", "10", "16", "19", "20", "22", "64", "017", "+17", "17 17", ""]) {
    const changed = { ...passphrase, sealed: btoa(text.replace(/ 17\n/, ` ${factor}\n`)) };
    await assert.rejects(openSlot(changed, vectors.passphrase), Unopened);
  }
  const twice = text.replace(/(-> scrypt[^]*?)(---)/, "$1$1$2");
  await assert.rejects(openSlot({ ...passphrase, sealed: btoa(twice) }, "x".repeat(20)), Unopened);
  await assert.rejects(openSlot({ ...passphrase, kind: "passkey" }, "x".repeat(20)), Unopened);
  await assert.rejects(openSlot({ ...passphrase, sealed: all[0]?.sealed ?? "" }, "x"), Unopened);
  // Trying 20 alone would take longer.
  assert(performance.now() - began < 2000);
});

// Keyring and records

test("what is sealed opens again, in both scopes and by both of the two", async () => {
  const opened = await (await unlocked()).openAll(all);
  const entries = opened.map((one) => (one.state === "open" ? one.entry : null));
  assert.deepEqual(entries.filter((_, at) => at !== 1), records.map((one) => one.entry).filter((_, at) => at !== 1));
});

test("an earlier revision opens beside the newest, and not without it", async () => {
  const words = await unlocked();
  const [first, edited] = [all[1], all[2]] as [SealedRecord, SealedRecord];
  const given = async (...some: SealedRecord[]) => (await words.openAll(some)).map((one) => one.state);
  assert.deepEqual(await given(first, edited), ["open", "open"]);
  assert.deepEqual(await given(first), ["unopened"]);
  assert.deepEqual(await given(edited, first, edited), ["open", "open", "unopened"]);
});

test("sizes come in steps of 256 bytes", async () => {
  assert.deepEqual([padded("").length, padded("a").length], [0, PAD_BYTES]);
  assert.deepEqual([padded("a".repeat(256)).length, padded("a".repeat(257)).length], [256, 512]);
  const words = Words.begin(wordKey, me);
  const sizes = new Set<number>();
  for (let letters = 0; letters < 600; letters += 40) {
    const { record } = await words.seal({ kind: "note", scope: PRIVATE, body: "a".repeat(letters) });
    sizes.add(atob(record.sealed).length);
  }
  const steps = [...sizes].map((size, _, [least = 0]) => (size - least) % PAD_BYTES);
  assert.deepEqual(new Set(steps), new Set([0]));
  assert(sizes.size <= 4);
});

test("no recipient and no key is in anything that leaves", async () => {
  const words = Words.begin(await newWordKey(), me);
  await words.adopt(space, space, vectors.spaceKeys[0]?.secret ?? "");
  const { record } = await words.seal({ kind: "note", scope: space, body: "heron" });
  const leaves = JSON.stringify([record, await words.sealKeyring()]);
  for (const text of [leaves, ...(leaves.match(/[A-Za-z0-9+/=]{100,}/g) ?? []).map(atob)]) {
    assert(!/age1|AGE-SECRET|heron/i.test(text));
  }
});

test("the key of a space is the same at both, and another for every meeting", async () => {
  for (const { secret, space, sitting, key } of vectors.spaceKeys) {
    assert.equal(await spaceKey(secret, space, sitting), key);
    assert(key !== (await spaceKey(secret, sitting, `${space} `)));
  }
  const words = Words.begin(wordKey, me);
  const [first, second] = vectors.spaceKeys.map((each) => each.secret) as [string, string];
  assert.equal(words.canShare(space), false);
  await assert.rejects(words.seal({ kind: "note", scope: space, body: 1 }), RangeError);
  assert.equal(await words.adopt(space, "one", first), true);
  assert.equal(await words.adopt(space, "one", first), false);
  const before = await words.seal({ kind: "note", scope: space, body: 1 });
  assert.equal(await words.adopt(space, "two", second), true);
  const after = await words.seal({ kind: "note", scope: space, body: 1 });
  assert.deepEqual([before.entry.epoch, after.entry.epoch], ["one", "two"]);
  assert.deepEqual(await words.open(before.record), before.entry);
  await assert.rejects(words.adopt(space, "three", "short"), Error);
});

test("two devices' keyrings become one, and nothing of either is lost", async () => {
  const [here, there] = [await unlocked(), await unlocked()];
  await here.adopt("a", "one", vectors.spaceKeys[0]?.secret ?? "");
  await there.adopt("b", "one", vectors.spaceKeys[1]?.secret ?? "");
  here.note([{ scope: PRIVATE, id: "x", author: me, revision: 5 }]);
  there.note([{ scope: PRIVATE, id: "x", author: me, revision: 7 }]);
  await here.mergeKeyring(await there.sealKeyring());
  assert(here.canShare("a") && here.canShare("b") && here.canShare(space));
  const sealed = await here.sealKeyring();
  assert.equal(sealed.revision, keyring.revision + 2);
  const merged = await Words.unlock(wordKey, me, sealed, 0);
  assert.equal(merged.note([{ scope: PRIVATE, id: "x", author: me, revision: 7 }]), false);
  assert.equal(merged.note([{ scope: PRIVATE, id: "x", author: me, revision: 8 }]), true);
});

test("only one's own words are written anew, and under the next revision", async () => {
  const words = await unlocked();
  const [mine, theirs] = [records[2]?.entry, records[6]?.entry] as [Entry, Entry];
  const next = await words.seal({ kind: "note", scope: PRIVATE, body: 1, edits: mine });
  assert.deepEqual([next.entry.id, next.entry.revision], [mine.id, 3]);
  await assert.rejects(words.seal({ kind: "note", scope: space, body: 1, edits: theirs }), RangeError);
  await assert.rejects(words.seal({ kind: "keyring", scope: PRIVATE, body: 1 }), RangeError);
  const long = "a".repeat(MOST_RECORD_BYTES);
  await assert.rejects(words.seal({ kind: "note", scope: PRIVATE, body: long }), RangeError);
});

test("what was packed opens as it did, and only from the bytes that were packed", async () => {
  const words = await unlocked();
  const opened = await words.openAll(all);
  const pack = await words.openPack((await words.sealPack(opened)) ?? "");
  assert.equal(pack.size, all.length);
  assert.deepEqual(await words.openAll(all, pack), opened);
  // A pack that lies, to see that it is asked; and what is outside is compared all the same.
  const [record] = all as [SealedRecord];
  const lies = new Map([...pack].map(([hash, entry]) => [hash, { ...entry, body: "packed" }]));
  const state = async (changed: Partial<SealedRecord>) => {
    const [one] = await words.openAll([{ ...record, ...changed }], lies);
    return one?.state === "open" ? one.entry.body : one?.state;
  };
  assert.equal(await state({}), "packed");
  assert.equal(await state({ sealed: flipped(record.sealed, 300) }), "unopened");
  for (const changed of [{ scope: space }, { id: other }, { author: other }, { revision: 2 }]) {
    assert.equal(await state(changed), "unopened");
  }
  for (const sealed of [keyring.sealed, record.sealed, flipped(record.sealed, 9), ""]) {
    await assert.rejects(words.openPack(sealed), Unopened);
  }
  await assert.rejects(Words.begin(wordKey, other).openPack((await words.sealPack([])) ?? ""), Unopened);
});

test("locked words open and seal nothing", async () => {
  const words = await unlocked();
  assert.equal(JSON.stringify(words), "{}");
  words.lock();
  assert.equal(words.isLocked, true);
  await assert.rejects(words.open(all[0] as SealedRecord), Unopened);
  await assert.rejects(words.seal({ kind: "note", scope: PRIVATE, body: 1 }), Unopened);
  await assert.rejects(words.sealKeyring(), Unopened);
  await assert.rejects(words.sealPack([]), Unopened);
});

test("what a newer version has sealed says so, and nothing else does", async () => {
  const words = await unlocked();
  for (const { v, sealed } of vectors.versions) {
    const record = { ...(all[0] as SealedRecord), sealed };
    await assert.rejects(words.open(record), v === 2 ? Newer : Unopened);
    const [one] = await words.openAll([record]);
    assert.deepEqual(one, { state: v === 2 ? "newer" : "unopened", record });
  }
});

test("a keyring that a newer version has sealed says so, and is left as it is", async () => {
  const newer = vectors.versions.find(({ v }) => v === 2);
  const given = { revision: 9, sealed: newer?.sealed ?? "" };
  await assert.rejects(Words.unlock(wordKey, me, given, 0), Newer);
  const words = await unlocked();
  await assert.rejects(words.mergeKeyring(given), Newer);
  assert.equal(words.keyringRevision, keyring.revision);
});

test("ten megabytes are too long to be sealed, and too large to be opened", async () => {
  const words = await unlocked();
  const long = "x".repeat(10_000_000);
  await assert.rejects(words.seal({ kind: "note", scope: PRIVATE, body: long }), RangeError);
  const [one] = await words.openAll([{ ...(all[0] as SealedRecord), sealed: btoa(long) }]);
  assert.equal(one?.state, "unopened");
});

// A server that lies

async function states(words: Words): Promise<string[]> {
  return (await words.openAll(all)).map((one) => one.state);
}

function flipped(sealed: string, at: number): string {
  const bytes = Uint8Array.from(atob(sealed), (sign) => sign.charCodeAt(0));
  bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ 1;
  return btoa(String.fromCharCode(...bytes));
}

function cut(sealed: string, from: number, to?: number): string {
  return btoa(atob(sealed).slice(from, to));
}

function* ofSealed(sealed: string): Generator<string> {
  const size = atob(sealed).length;
  for (let at = 0; at < 40; at++) yield flipped(sealed, Math.floor((at * size) / 40));
  for (const left of [0, 1, 100, 300, size - 256, size - 17, size - 1]) yield cut(sealed, 0, left);
  yield cut(sealed, 1);
  yield sealed + "AAAA";
  yield btoa(`${atob(sealed)}\0`);
  yield sealed.slice(0, -4);
  yield "not base64!";
  yield "A".repeat(200_000);
  yield btoa(atob(sealed).replace("X25519", "scrypt"));
  yield btoa(atob(sealed).replace("X25519", "x25519"));
  yield btoa(atob(sealed).replace("v1", "v2"));
  yield btoa(atob(sealed).replace(/(-> X25519[^]*?)(---)/, "$1$1$2"));
  yield btoa(atob(sealed).replace(/(-> X25519[^]*?)(---)/, "$1-> grease x\n\n$2"));
  yield btoa(JSON.stringify({ v: 1, kind: "note", body: "forged" }));
}

function* ofRecord(record: SealedRecord): Generator<SealedRecord> {
  for (const sealed of ofSealed(record.sealed)) yield { ...record, sealed };
  for (const scope of [PRIVATE, space, other, ""]) if (scope !== record.scope) yield { ...record, scope };
  for (const id of [other, record.id.toUpperCase(), ""]) yield { ...record, id };
  for (const author of [me, other, "", space]) if (author !== record.author) yield { ...record, author };
  for (const by of [-1, 1, 1000, 0.5, Number.NaN]) yield { ...record, revision: record.revision + by };
  yield { ...record, revision: String(record.revision) as unknown as number };
  for (const { record: another } of records) {
    if (another.sealed !== record.sealed) yield { ...record, sealed: another.sealed };
  }
  yield { ...record, sealed: keyring.sealed };
  yield { ...record, sealed: slots[0]?.sealed ?? "" };
}

test("whatever a lying server changes in a record, nothing opens", async () => {
  const words = await unlocked();
  const before = await states(words);
  const tried = new Set<string>();
  for (const { entry, record } of records) {
    if (entry.id !== records[1]?.entry.id) assert.deepEqual(await words.open(record), entry);
    for (const changed of ofRecord(record)) {
      const what = JSON.stringify(changed);
      // The bytes of one revision under the number of another come about twice, and count once.
      if (tried.has(what)) continue;
      assert.notEqual(what, JSON.stringify(record));
      tried.add(what);
      await assert.rejects(words.open(changed), Unopened);
    }
    const packed = (await words.sealPack([{ state: "open", entry, record }])) ?? "";
    await assert.rejects(words.open({ ...record, sealed: packed }), Unopened);
  }
  assert(tried.size >= 400, `${tried.size}`);
  assert.deepEqual(await states(words), before);
  assert.equal((await words.sealKeyring()).revision, keyring.revision + 1);
});

test("whatever a lying server changes in a keyring, it does not open", async () => {
  await unlocked(keyring.revision);
  for (const sealed of ofSealed(keyring.sealed)) {
    await assert.rejects(Words.unlock(wordKey, me, { ...keyring, sealed }, 0), Unopened);
  }
  for (const revision of [0, keyring.revision - 1, keyring.revision + 1, 0.5]) {
    await assert.rejects(Words.unlock(wordKey, me, { ...keyring, revision }, 0), Unopened);
  }
  await assert.rejects(unlocked(keyring.revision + 1), Unopened);
  await assert.rejects(Words.unlock(wordKey, other, keyring, 0), Unopened);
  await assert.rejects(Words.unlock(await newWordKey(), me, keyring, 0), Unopened);
  for (const { sealed } of all) {
    await assert.rejects(Words.unlock(wordKey, me, { ...keyring, sealed }, 0), Unopened);
  }
});

test("what was sealed for the right key and lies about itself does not open", async () => {
  const words = await unlocked();
  for (const { why, record } of vectors.lies.records) await assert.rejects(words.open(record), Unopened, why);
  for (const { why, keyring: lying } of vectors.lies.keyrings) {
    await assert.rejects(Words.unlock(wordKey, me, lying, 0), Unopened, why);
  }
  // A pack is this browser's own, of whoever has signed in.
  const theirs = Words.begin(wordKey, other);
  const pack = (await theirs.sealPack([])) ?? "";
  assert.equal((await theirs.openPack(pack)).size, 0);
  await assert.rejects(words.openPack(pack), Unopened);
  await assert.rejects(words.openPack(keyring.sealed), Unopened);
});

test("another's record under the name of mine changes nothing of mine", async () => {
  const words = await unlocked();
  const mine = records[5] as { entry: Entry; record: SealedRecord };
  words.note([{ ...mine.entry, author: other, revision: 99 }]);
  const [one] = await words.openAll([mine.record]);
  assert.equal(one?.state, "open");
});

// Locking

test("five idle minutes lock, and an hour of sitting does not", () => {
  const idle = new Idle(0);
  idle.touched(1000);
  assert.equal(idle.isDue(IDLE_MS + 999), false);
  assert.equal(idle.isDue(IDLE_MS + 1000), true);
  idle.hold(true, 2000);
  assert.equal(idle.isDue(3_600_000), false);
  idle.hold(false, 3_600_000);
  assert.equal(idle.isDue(3_600_000 + IDLE_MS - 1), false);
  assert.equal(idle.isDue(3_600_000 + IDLE_MS), true);
});

test("a clock that is set back by a year locks, and keeps nothing open until it has caught up", () => {
  const year = 365 * 24 * 60 * 60_000;
  const idle = new Idle(year);
  assert.equal(idle.isDue(year - 1000), false);
  assert.equal(idle.isDue(0), true);
  const hidden = new Idle(year);
  hidden.hidden(year);
  assert.equal(hidden.isDue(year - 1000), false);
  assert.equal(hidden.isDue(year - HIDDEN_MS), true);
});

test("a page that was hidden for a minute is locked, however it comes back", () => {
  const idle = new Idle(0);
  idle.hidden(1000);
  idle.shown(1000 + HIDDEN_MS - 1);
  assert.equal(idle.isDue(1000 + HIDDEN_MS), false);
  idle.hidden(100_000);
  idle.hidden(130_000);
  idle.shown(100_000 + HIDDEN_MS);
  idle.touched(100_001 + HIDDEN_MS);
  assert.equal(idle.isDue(100_001 + HIDDEN_MS), true);
});

// Export

test("a sealed export has every record and way, line by line, and nothing else", () => {
  assert.equal(sealedExport({ me, slots, keyring }, all), vectors.export);
  const lines = vectors.export.trimEnd().split("\n").map((line) => JSON.parse(line) as object);
  assert.deepEqual(Object.keys(lines[0] ?? {}), ["words", "me", "slots", "keyring"]);
  assert.equal(lines.length, 1 + all.length);
  for (const line of lines.slice(1)) {
    assert.deepEqual(Object.keys(line), ["scope", "id", "author", "revision", "sealed"]);
  }
});

test("a readable export says what did not open, and runs nothing", async () => {
  const words = Words.begin(wordKey, me);
  const { record } = await words.seal({ kind: "note", scope: PRIVATE, body: { "<b>": ["<script>"] } });
  const opened = await words.openAll([record, { ...record, revision: 2 }]);
  const { json, html } = readableExport(opened, "Mine & yours");
  assert.equal((JSON.parse(json) as { unopened: number }).unopened, 1);
  assert(html.includes("&lt;script&gt;") && html.includes("Mine &amp; yours"));
  assert(!/<script|<b>/.test(html));
});

test("a drawn line stands in one paragraph of what is taken along, with a dash where nothing was read", () => {
  const { entry: first, record } = vectors.records[0]!;
  const entry: Entry = { ...first, body: { levels: [1, null, -0.5], names: ["Ada"] } };
  const { html } = readableExport([{ state: "open", entry, record }], "Mine");
  assert(html.includes("<dt>levels</dt><dd><p>1 – -0.5</p></dd>"), html);
  assert(html.includes("<ul><li><p>Ada</p></li></ul>"), html);
});
