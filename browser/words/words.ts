// Words that stay somebody's own: whatever is sealed or opened happens in this file.
//
// The rules:
//  1. The word key, the space keys, a passphrase, a code and what a passkey derives are in memory, or
//     sealed. They are in no address, no storage and no message but those to the slots' own worker.
//  2. Recipients (public keys) never leave either: whoever lacks them can make nothing that opens, so
//     a host can withhold and delete, and not forge.
//  3. Everything sealed is an age file with exactly one recipient: X25519 for records and keyrings,
//     scrypt or a passkey for slots. Its header is looked at before a key touches it, and a work
//     factor outside of the bounds below is refused without being tried.
//  4. What is inside has to equal what the server says outside: scope, id, author, revision, and of a
//     keyring the owner. Of a record or keyring no lower revision is taken than was seen. Whatever
//     does not fit is `Unopened`, for one reason as for another, and is never written over.
//  5. What a newer version has sealed is `Newer`: left as it is, and exported as it is.
//  6. What is sealed is padded with spaces to a multiple of 256 bytes, so that its size says little.
//  7. A slot has been opened once with what opens it before it is given away.
//
// It speaks to no server and knows no page: `journal.ts` carries what is made here to and fro, from a
// list of what may leave. The format is in docs/words.md; Python reads the same in words/opening.py.

import { sha256 } from "@noble/hashes/sha2.js";
import { base64, bech32 } from "@scure/base";
import {
  Decrypter,
  Encrypter,
  generateX25519Identity,
  identityToRecipient,
  webauthn,
} from "age-encryption";

export const FORMAT = 1;
export const PAD_BYTES = 256;
export const WORK_FACTOR = 17;
export const MOST_WORK_FACTOR = 18;
export const MOST_SLOT_BYTES = 1024;
export const MOST_RECORD_BYTES = 32 * 1024;
export const MOST_KEYRING_BYTES = 256 * 1024;
export const MOST_PACK_BYTES = 1536 * 1024;
export const LEAST_PASSPHRASE_LETTERS = 12;

/** The scope of what only its author opens; every other scope is the id of a space. */
export const PRIVATE = "private";

export type SlotKind = "passphrase" | "code" | "passkey";
export type Scope = string;

/** One way to the word key: an age file, and for a passkey the hint by which the browser finds it. */
export interface Slot {
  readonly kind: SlotKind;
  readonly sealed: string;
  readonly hint: string;
}

export interface SealedKeyring {
  readonly revision: number;
  readonly sealed: string;
}

/** What the server is told of a record, and tells. */
export interface Outside {
  readonly scope: Scope;
  readonly id: string;
  readonly author: string;
  readonly revision: number;
}

export interface SealedRecord extends Outside {
  readonly sealed: string;
}

/** What is inside of a record. */
export interface Entry<Body = unknown> extends Outside {
  readonly kind: string;
  readonly epoch: string;
  readonly at: string;
  readonly body: Body;
}

export type Opened =
  | { readonly state: "open"; readonly entry: Entry; readonly record: SealedRecord }
  | { readonly state: "unopened" | "newer"; readonly record: SealedRecord };

interface SpaceKey {
  readonly epoch: string;
  readonly key: string;
}

/** What a keyring holds: a space's keys with the newest last, and the revision seen of what was edited. */
interface Keyring {
  readonly owner: string;
  readonly revision: number;
  readonly spaces: Readonly<Record<string, readonly SpaceKey[]>>;
  readonly seen: Readonly<Record<string, number>>;
}

/** Entries that were opened before, by the hash of what was opened. */
export type Pack = ReadonlyMap<string, Entry>;

/** This could not be opened: the wrong key, another's, changed, cut, swapped or older than was seen. */
export class Unopened extends Error {}

/** A newer version of this place has sealed this. */
export class Newer extends Error {}

// Sealing and opening one age file ---------------------------------------------------------------

type Stanza = readonly string[];

const VERSION_LINE = "age-encryption.org/v1";
const PASSKEY_STANZA = "age-encryption.org/fido2prf";
const BODY_OF_32_BYTES = /^[A-Za-z0-9+/]{43}$/;

/** The one stanza of this file's header; Unopened unless there is exactly one, of a file key alone. */
export function stanzaOf(file: Uint8Array): Stanza {
  // A header with one stanza is short; what follows is not text.
  const head = new TextDecoder("latin1").decode(file.subarray(0, 400)).split("\n");
  const [version, line, body, mac] = head;
  const alone =
    version === VERSION_LINE &&
    line?.startsWith("-> ") &&
    BODY_OF_32_BYTES.test(body ?? "") &&
    /^--- [A-Za-z0-9+/]{43}$/.test(mac ?? "");
  if (!alone) throw new Unopened("This is no sealed file with one recipient.");
  return (line ?? "").slice(3).split(" ");
}

function isOfKey(stanza: Stanza): boolean {
  return stanza[0] === "X25519" && stanza.length === 2;
}

function isOfSlot(kind: SlotKind, stanza: Stanza): boolean {
  if (kind === "passkey") return stanza[0] === PASSKEY_STANZA && stanza.length === 2;
  const factor = stanza[2] ?? "";
  return (
    stanza[0] === "scrypt" &&
    stanza.length === 3 &&
    /^\d\d$/.test(factor) &&
    Number(factor) >= WORK_FACTOR &&
    Number(factor) <= MOST_WORK_FACTOR
  );
}

async function sealFor(identity: string, value: object): Promise<Uint8Array> {
  const age = new Encrypter();
  age.addRecipient(await identityToRecipient(identity));
  return age.encrypt(padded(JSON.stringify(value)));
}

/** The value in this file, sealed for this key. */
async function openWith(identity: string, file: Uint8Array): Promise<Record<string, unknown>> {
  if (!isOfKey(stanzaOf(file))) throw new Unopened("This is sealed for something else than a key.");
  const age = new Decrypter();
  age.addIdentity(identity);
  let value: unknown;
  try {
    const plain = await age.decrypt(file);
    if (plain.length === 0 || plain.length % PAD_BYTES !== 0) throw new Error("not padded");
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(plain));
  } catch {
    throw new Unopened("This could not be opened.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Unopened("This holds no record.");
  }
  const held = value as Record<string, unknown>;
  if (isCount(held["v"]) && held["v"] > FORMAT) throw new Newer("A newer version has sealed this.");
  if (held["v"] !== FORMAT) throw new Unopened("This holds no version.");
  return held;
}

/** The text with spaces behind it, which JSON does not mind. */
export function padded(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const whole = new Uint8Array(Math.ceil(bytes.length / PAD_BYTES) * PAD_BYTES).fill(0x20);
  whole.set(bytes);
  return whole;
}

function toBytes(sealed: string, most: number): Uint8Array {
  if (typeof sealed !== "string" || sealed.length > Math.ceil(most / 3) * 4) {
    throw new Unopened("This is larger than anything that was sealed here.");
  }
  try {
    return base64.decode(sealed);
  } catch {
    throw new Unopened("This is no sealed file.");
  }
}

// Slots: the ways to the word key ----------------------------------------------------------------

const IDENTITY = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/;

export function newWordKey(): Promise<string> {
  return generateX25519Identity();
}

/** A passphrase as it is used: without what keyboards add, and the same from any of them. */
export function asUsed(passphrase: string): string {
  return passphrase.normalize("NFC").trim();
}

/**
 * The word key sealed by a passphrase or a code, and opened once to be sure. It takes seconds: pages
 * call it through `Slots`, whose worker keeps them alive meanwhile.
 */
export async function makeSlot(
  kind: "passphrase" | "code",
  secret: string,
  wordKey: string,
): Promise<Slot> {
  const used = kind === "code" ? readCode(secret) : asUsed(secret);
  if (used === null) throw new RangeError("This is no recovery code.");
  if (kind === "passphrase" && used.length < LEAST_PASSPHRASE_LETTERS) {
    throw new RangeError(`A passphrase has at least ${LEAST_PASSPHRASE_LETTERS} letters.`);
  }
  const age = new Encrypter();
  age.setScryptWorkFactor(WORK_FACTOR);
  age.setPassphrase(used);
  const slot = { kind, sealed: base64.encode(await age.encrypt(`${wordKey}\n`)), hint: "" };
  if ((await openSlot(slot, secret)) !== wordKey) throw new Unopened("The new slot does not open.");
  return slot;
}

/** The word key behind this passphrase or code. A wrong one and a changed slot answer the same. */
export async function openSlot(slot: Slot, secret: string): Promise<string> {
  const used = slot.kind === "code" ? readCode(secret) : asUsed(secret);
  if (used === null || used === "") throw new Unopened("This could not be opened.");
  const age = new Decrypter();
  age.addPassphrase(used);
  return wordKeyIn(slot, age);
}

/** Whether a passkey can be tried here: a name for an address, by https, and a browser that has them. */
export function passkeysHere(): boolean {
  return isSecureContext && "PublicKeyCredential" in globalThis && !/^[\d.]+$|:/.test(location.hostname);
}

/** The word key sealed by a new passkey of its own. The browser asks twice: to make it, and to use it. */
export async function makePasskeySlot(name: string, wordKey: string): Promise<Slot> {
  const hint = await webauthn.createCredential({ keyName: name });
  const age = new Encrypter();
  age.addRecipient(new webauthn.WebAuthnRecipient({ identity: hint }));
  const sealed = base64.encode(await age.encrypt(`${wordKey}\n`));
  const slot: Slot = { kind: "passkey", sealed, hint };
  if ((await openPasskeySlot(slot)) !== wordKey) throw new Unopened("The new slot does not open.");
  return slot;
}

export async function openPasskeySlot(slot: Slot): Promise<string> {
  const age = new Decrypter();
  age.addIdentity(new webauthn.WebAuthnIdentity({ identity: slot.hint }));
  return wordKeyIn(slot, age);
}

async function wordKeyIn(slot: Slot, age: Decrypter): Promise<string> {
  const file = toBytes(slot.sealed, MOST_SLOT_BYTES);
  if (!isOfSlot(slot.kind, stanzaOf(file))) throw new Unopened("This is no slot of that kind.");
  let wordKey: string;
  try {
    wordKey = (await age.decrypt(file, "text")).trimEnd();
  } catch {
    throw new Unopened("This could not be opened.");
  }
  if (!IDENTITY.test(wordKey)) throw new Unopened("This slot holds no key.");
  return wordKey;
}

// A recovery code: 26 signs of 5 random bits, and two by which a slip of the pen is found. One wrong
// sign, or two neighbours swapped, never give the same remainder by a prime. No sign is I, L, O or U.

const SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_SIGNS = 26;
const CHECK_PRIME = 1021n;

export function newCode(): string {
  const drawn = crypto.getRandomValues(new Uint8Array(CODE_SIGNS));
  const signs = Array.from(drawn, (byte) => SIGNS[byte % 32]).join("");
  return grouped(signs + checkOf(signs));
}

/** The code as it is used, however it was typed; null when something in it was mistyped. */
export function readCode(typed: string): string | null {
  const signs = typed.toUpperCase().replace(/[\s-]/g, "").replace(/[IL]/g, "1").replace(/O/g, "0");
  if (signs.length !== CODE_SIGNS + 2 || [...signs].some((sign) => !SIGNS.includes(sign))) return null;
  return checkOf(signs.slice(0, CODE_SIGNS)) === signs.slice(CODE_SIGNS) ? grouped(signs) : null;
}

function checkOf(signs: string): string {
  let number = 0n;
  for (const sign of signs) number = number * 32n + BigInt(SIGNS.indexOf(sign));
  const rest = Number(number % CHECK_PRIME);
  return (SIGNS[rest >> 5] ?? "") + (SIGNS[rest & 31] ?? "");
}

function grouped(signs: string): string {
  return signs.match(/.{4}/g)?.join("-") ?? "";
}

/** A passphrase to offer: six words of a list, some 66 bits of 2,000 words. */
export function offeredPassphrase(list: readonly string[]): string {
  if (new Set(list).size < 1024) throw new RangeError("This list of words is too short.");
  // 2³² is so much more than the list is long that no word is noticeably likelier.
  const drawn = crypto.getRandomValues(new Uint32Array(6));
  return Array.from(drawn, (number) => list[number % list.length] ?? "").join(" ");
}

// Words that are unlocked ------------------------------------------------------------------------

/**
 * One person's unlocked words: the word key and the keyring, until `lock`.
 *
 * `me` is who the server says has signed in; a keyring of anybody else does not open.
 */
export class Words {
  // Not fields that a log or a JSON of this value would show.
  #wordKey: string;
  #keyring: Keyring;

  private constructor(wordKey: string, keyring: Keyring) {
    this.#wordKey = wordKey;
    this.#keyring = keyring;
  }

  /** Words that begin now, with this new word key. */
  static begin(wordKey: string, me: string): Words {
    return new Words(wordKey, { owner: me, revision: 0, spaces: {}, seen: {} });
  }

  /**
   * Words that were begun before. `leastRevision` is the highest revision of the keyring that this
   * browser has seen; 0 when it has seen none.
   */
  static async unlock(
    wordKey: string,
    me: string,
    sealed: SealedKeyring,
    leastRevision: number,
  ): Promise<Words> {
    return new Words(wordKey, await openKeyring(wordKey, me, sealed, leastRevision));
  }

  get me(): string {
    return this.#keyring.owner;
  }

  get isLocked(): boolean {
    return this.#wordKey === "";
  }

  /** Let go of every key. What a page still shows is the page's to take away. */
  lock(): void {
    this.#wordKey = "";
    this.#keyring = { owner: "", revision: 0, spaces: {}, seen: {} };
  }

  /** One more way to the word key. */
  slot(kind: "passphrase" | "code", secret: string, slots: Slots): Promise<Slot> {
    return slots.make(kind, secret, this.unlocked());
  }

  passkeySlot(name: string): Promise<Slot> {
    return makePasskeySlot(name, this.unlocked());
  }

  // The keyring

  get keyringRevision(): number {
    return this.#keyring.revision;
  }

  /** The keyring as it is now, under the next revision; to be noted by `keyringKept` once it is kept. */
  async sealKeyring(): Promise<SealedKeyring> {
    const { owner, spaces, seen } = this.#keyring;
    const revision = this.#keyring.revision + 1;
    const held = { v: FORMAT, kind: "keyring", owner, revision, spaces, seen };
    const file = await sealFor(this.unlocked(), held);
    if (file.length > MOST_KEYRING_BYTES) throw new RangeError("The keyring has grown too large.");
    return { revision, sealed: base64.encode(file) };
  }

  keyringKept(revision: number): void {
    if (this.isLocked) return;
    this.#keyring = { ...this.#keyring, revision };
  }

  /** Take in what another device has kept meanwhile; nothing of either is lost. */
  async mergeKeyring(sealed: SealedKeyring): Promise<void> {
    const other = await openKeyring(this.unlocked(), this.me, sealed, 0);
    this.unlocked();
    const seen: Record<string, number> = { ...this.#keyring.seen };
    for (const [id, revision] of Object.entries(other.seen)) {
      seen[id] = Math.max(seen[id] ?? 0, revision);
    }
    const spaces: Record<string, readonly SpaceKey[]> = { ...this.#keyring.spaces };
    for (const [space, theirs] of Object.entries(other.spaces)) {
      const ours = spaces[space] ?? [];
      const more = ours.filter((one) => !theirs.some((each) => each.key === one.key));
      spaces[space] = [...theirs, ...more];
    }
    const revision = Math.max(this.#keyring.revision, other.revision);
    this.#keyring = { owner: this.me, revision, spaces, seen };
  }

  // The keys of spaces

  /** Whether something can be sealed for both of this space. */
  canShare(space: string): boolean {
    return (this.#keyring.spaces[space]?.length ?? 0) > 0;
  }

  /**
   * Take in the key that two browsers share since they met at a door: made from the secret of the
   * door's fragment, and named after the sitting. True when it is new, and the keyring is to be kept.
   */
  async adopt(space: string, sitting: string, secret: string): Promise<boolean> {
    const key = await spaceKey(secret, space, sitting);
    this.unlocked();
    const keys = this.#keyring.spaces[space] ?? [];
    if (keys.some((each) => each.key === key)) return false;
    const spaces = { ...this.#keyring.spaces, [space]: [...keys, { epoch: sitting, key }] };
    this.#keyring = { ...this.#keyring, spaces };
    return true;
  }

  // Records

  /**
   * Seal an entry: a new one, or the next revision of one that was opened. Shared ones are sealed with
   * the space's newest key.
   */
  async seal<Body>(draft: {
    readonly kind: string;
    readonly scope: Scope;
    readonly body: Body;
    readonly edits?: Entry;
    readonly at?: Date;
  }): Promise<{ readonly entry: Entry<Body>; readonly record: SealedRecord }> {
    const { kind, scope, body, edits } = draft;
    if (edits && (edits.author !== this.me || edits.scope !== scope)) {
      throw new RangeError("Only one's own words can be written anew, where they are.");
    }
    if (!/^[a-z][a-z-]{0,31}$/.test(kind) || OURS.has(kind)) {
      throw new RangeError("The kind of an entry is a short word.");
    }
    const newest = this.keysOf(scope).at(-1);
    if (!newest) throw new RangeError("There is no key for this space yet.");
    const id = edits?.id ?? crypto.randomUUID();
    const revision = edits ? Math.max(edits.revision, this.seen(edits)) + 1 : 1;
    const at = (draft.at ?? new Date()).toISOString();
    const entry = { kind, scope, id, epoch: newest.epoch, revision, author: this.me, at, body };
    const file = await sealFor(newest.key, { v: FORMAT, ...entry });
    if (file.length > MOST_RECORD_BYTES) throw new RangeError("This is too long to be kept.");
    const sealed = base64.encode(file);
    return { entry, record: { scope, id, author: entry.author, revision, sealed } };
  }

  /** What is inside, if it is what the server says it is. */
  async open(record: SealedRecord): Promise<Entry> {
    const file = toBytes(record.sealed, MOST_RECORD_BYTES);
    for (const { epoch, key } of [...this.keysOf(record.scope)].reverse()) {
      let held: Record<string, unknown>;
      try {
        held = await openWith(key, file);
      } catch (error) {
        if (error instanceof Unopened) continue;
        throw error;
      }
      return fitting(held, record, epoch);
    }
    throw new Unopened("This could not be opened.");
  }

  /**
   * Open all that the server has sent, newest revisions and earlier ones of the same. One that is
   * older than was seen, and comes without what was seen, is not taken; nor one that comes again.
   */
  async openAll(records: readonly SealedRecord[], pack?: Pack): Promise<Opened[]> {
    const opened = await Promise.all(records.map((record) => this.opened(record, pack)));
    const newest = new Map<string, number>();
    const twice = new Set<Opened>();
    const come = new Set<string>();
    for (const one of opened) {
      if (one.state !== "open") continue;
      const name = this.name(one.record);
      newest.set(name, Math.max(newest.get(name) ?? 0, one.record.revision));
      const revision = `${name} ${one.record.revision}`;
      if (come.has(revision)) twice.add(one);
      come.add(revision);
    }
    const isOld = (record: Outside) => (newest.get(this.name(record)) ?? 0) < this.seen(record);
    return opened.map((one) =>
      one.state === "open" && (twice.has(one) || isOld(one.record))
        ? { state: "unopened", record: one.record }
        : one,
    );
  }

  /** Remember the revisions of what was opened or kept; true when the keyring is to be kept anew. */
  note(entries: readonly Outside[]): boolean {
    this.unlocked();
    const seen: Record<string, number> = { ...this.#keyring.seen };
    // A first revision has none before it, and needs no memory.
    for (const entry of entries) {
      if (entry.revision > 1) seen[this.name(entry)] = Math.max(this.seen(entry), entry.revision);
    }
    const more = Object.keys(seen).some((name) => seen[name] !== this.#keyring.seen[name]);
    if (more) this.#keyring = { ...this.#keyring, seen };
    return more;
  }

  /** Another's record is remembered beside mine, even if it comes under the same id. */
  private name(entry: Outside): string {
    return entry.author === this.me ? entry.id : `${entry.author}/${entry.id}`;
  }

  private seen(entry: Outside): number {
    return this.#keyring.seen[this.name(entry)] ?? 0;
  }

  /**
   * What was opened, sealed together for this browser to keep: one key's work in place of a thousand. It
   * saves the opening and no check, since it knows each record by the hash of all its bytes.
   */
  async sealPack(opened: readonly Opened[]): Promise<string | null> {
    const entries = opened.flatMap((one) =>
      one.state === "open" ? [[hashOf(one.record), one.entry]] : [],
    );
    const held = { v: FORMAT, kind: "pack", owner: this.me, entries: Object.fromEntries(entries) };
    const file = await sealFor(this.unlocked(), held);
    return file.length > MOST_PACK_BYTES ? null : base64.encode(file);
  }

  async openPack(sealed: string): Promise<Pack> {
    const held = await openWith(this.unlocked(), toBytes(sealed, MOST_PACK_BYTES));
    if (held["kind"] !== "pack" || held["owner"] !== this.me || !isTable(held["entries"])) {
      throw new Unopened("This is no pack of mine.");
    }
    return new Map(Object.entries(held["entries"] as Record<string, Entry>));
  }

  private async opened(record: SealedRecord, pack?: Pack): Promise<Opened> {
    try {
      const known = pack?.get(hashOf(record));
      const entry = known
        ? fitting({ v: FORMAT, ...known }, record, known.epoch)
        : await this.open(record);
      return { state: "open", entry, record };
    } catch (error) {
      if (error instanceof Newer) return { state: "newer", record };
      if (error instanceof Unopened) return { state: "unopened", record };
      throw error;
    }
  }

  private keysOf(scope: Scope): readonly SpaceKey[] {
    const wordKey = this.unlocked();
    return scope === PRIVATE ? [{ epoch: "", key: wordKey }] : (this.#keyring.spaces[scope] ?? []);
  }

  private unlocked(): string {
    if (this.isLocked) throw new Unopened("These words are locked.");
    return this.#wordKey;
  }
}

/** The key that both browsers make of the secret they share: an age identity by HKDF-SHA-256. */
export async function spaceKey(secret: string, space: string, epoch: string): Promise<string> {
  const bytes = base64.decode(`${secret.replaceAll("-", "+").replaceAll("_", "/")}=`);
  if (bytes.length !== 32) throw new RangeError("This is no secret of a door.");
  const from = await crypto.subtle.importKey("raw", new Uint8Array(bytes), "HKDF", false, [
    "deriveBits",
  ]);
  const info = new TextEncoder().encode(`relational-space space key ${space} ${epoch}`);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  const scalar = new Uint8Array(await crypto.subtle.deriveBits(hkdf, from, 256));
  return bech32.encodeFromBytes("AGE-SECRET-KEY-", scalar).toUpperCase();
}

async function openKeyring(
  wordKey: string,
  me: string,
  sealed: SealedKeyring,
  leastRevision: number,
): Promise<Keyring> {
  const held = await openWith(wordKey, toBytes(sealed.sealed, MOST_KEYRING_BYTES));
  const { owner, revision, spaces, seen } = held;
  const fits =
    held["kind"] === "keyring" &&
    owner === me &&
    isCount(revision) &&
    revision === sealed.revision &&
    revision >= leastRevision &&
    isTable(spaces) &&
    Object.values(spaces).every((keys) => Array.isArray(keys) && keys.every(isSpaceKey)) &&
    isTable(seen) &&
    Object.values(seen).every(isCount);
  if (!fits) throw new Unopened("This keyring is not what the server says it is.");
  return { owner: me, revision, spaces, seen } as Keyring;
}

/** The entry in what was opened, if it fits what the server says and the key that opened it. */
function fitting(held: Record<string, unknown>, outside: Outside, epoch: string): Entry {
  const fits =
    held["scope"] === outside.scope &&
    held["id"] === outside.id &&
    held["author"] === outside.author &&
    isCount(held["revision"]) &&
    held["revision"] > 0 &&
    held["revision"] === outside.revision &&
    held["epoch"] === epoch &&
    typeof held["kind"] === "string" &&
    !OURS.has(held["kind"]) &&
    typeof held["at"] === "string" &&
    "body" in held;
  if (!fits) throw new Unopened("This is not what the server says it is.");
  const { v: _, ...entry } = held;
  return entry as unknown as Entry;
}

/** By which a pack knows what was opened. */
export function hashOf(record: SealedRecord): string {
  return base64.encode(sha256(new TextEncoder().encode(record.sealed)));
}

/** What else is sealed for a word key, and is never an entry. */
const OURS: ReadonlySet<string> = new Set(["keyring", "pack"]);

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSpaceKey(value: unknown): value is SpaceKey {
  return (
    isTable(value) && typeof value["epoch"] === "string" && IDENTITY.test(String(value["key"]))
  );
}

// The slots' worker ------------------------------------------------------------------------------

/** Where slots are made and opened: a worker where there is one, else this very thread. */
export interface Slots {
  make(kind: "passphrase" | "code", secret: string, wordKey: string): Promise<Slot>;
  open(slot: Slot, secret: string): Promise<string>;
}

export const slotsHere: Slots = { make: makeSlot, open: openSlot };

// Locking ----------------------------------------------------------------------------------------

export const IDLE_MS = 5 * 60_000;
export const HIDDEN_MS = 60_000;

/** Whether it is time to lock: nobody has touched the page, or it has been hidden. Never in a sitting. */
export class Idle {
  private hiddenMs: number | null = null;
  private held = false;

  constructor(private touchedMs: number) {}

  touched(nowMs: number): void {
    this.touchedMs = nowMs;
  }

  hidden(nowMs: number): void {
    this.hiddenMs ??= nowMs;
  }

  shown(nowMs: number): void {
    // What was due while nobody looked stays due.
    if (!this.isDue(nowMs)) this.hiddenMs = null;
  }

  /** While somebody sits, nothing locks; when they no longer do, time is counted from then. */
  hold(holds: boolean, nowMs: number): void {
    this.held = holds;
    this.touchedMs = nowMs;
    if (this.hiddenMs !== null) this.hiddenMs = nowMs;
  }

  isDue(nowMs: number): boolean {
    if (this.held) return false;
    // A clock that was set back is no reason to stay open: how far it went either way counts.
    const hidden = this.hiddenMs !== null && Math.abs(nowMs - this.hiddenMs) >= HIDDEN_MS;
    return hidden || Math.abs(nowMs - this.touchedMs) >= IDLE_MS;
  }
}

// Export -----------------------------------------------------------------------------------------

/** What the server holds of one person, as it came: nothing of it needs to be opened for this. */
export interface Sealed {
  readonly me: string;
  readonly slots: readonly Slot[];
  readonly keyring: SealedKeyring;
}

/** Everything sealed, a JSON value a line: the ways in, then each record. */
export function sealedExport(all: Sealed, records: readonly SealedRecord[]): string {
  const slots = all.slots.map(({ kind, sealed, hint }) => ({ kind, sealed, hint }));
  const { revision, sealed } = all.keyring;
  const head = { words: FORMAT, me: all.me, slots, keyring: { revision, sealed } };
  const lines = records.map(({ scope, id, author, revision, sealed }) => ({
    scope,
    id,
    author,
    revision,
    sealed,
  }));
  return [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** Everything readable: as JSON, and as a page that needs nothing else. What did not open is counted. */
export function readableExport(
  opened: readonly Opened[],
  title: string,
): { readonly json: string; readonly html: string } {
  const entries = opened.flatMap((one) => (one.state === "open" ? [one.entry] : []));
  entries.sort((a, b) => a.at.localeCompare(b.at));
  const unopened = opened.length - entries.length;
  const json = `${JSON.stringify({ words: FORMAT, entries, unopened }, null, 2)}\n`;
  const articles = entries.map(
    (entry) =>
      `<article><h2>${escaped(entry.kind)}</h2><p><time>${escaped(entry.at)}</time></p>` +
      `${asHtml(entry.body)}</article>`,
  );
  const html =
    `<!doctype html><meta charset="utf-8"><title>${escaped(title)}</title>` +
    `<h1>${escaped(title)}</h1>\n${articles.join("\n")}\n`;
  return { json, html };
}

function asHtml(value: unknown): string {
  // A row of numbers, as a drawn line is, would be pages of a list.
  const numbers = (each: unknown) => each === null || typeof each === "number";
  if (Array.isArray(value) && value.every(numbers)) return `<p>${value.map((each) => each ?? "–").join(" ")}</p>`;
  if (Array.isArray(value)) return `<ul>${value.map((each) => `<li>${asHtml(each)}</li>`).join("")}</ul>`;
  if (!isTable(value)) return `<p>${escaped(value === null ? "" : String(value))}</p>`;
  const rows = Object.entries(value).map(
    ([name, each]) => `<dt>${escaped(name)}</dt><dd>${asHtml(each)}</dd>`,
  );
  return `<dl>${rows.join("")}</dl>`;
}

function escaped(text: string): string {
  const signs: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (sign) => signs[sign] ?? "");
}
