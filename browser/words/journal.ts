// A person's words between the page and the server: what is sealed goes, what comes is opened.
//
// Nothing is sealed or opened here; that is `words.ts`. What is posted is built from a list, field by
// field, so that nothing else can leave. A save counts as kept once the server has answered; until then
// it lies sealed in this browser's storage and is sent again, so that neither a dead network nor a
// closed page loses it. What did not open is never written over.
//
// The keyring is kept anew with everything that is kept, so that its revision says how far a place is. One
// that has fallen behind was restored from a backup, and is given again what was kept here lately.

import {
  hashOf,
  Newer,
  newWordKey,
  openPasskeySlot,
  readableExport,
  sealedExport,
  Words,
  Unopened,
  PRIVATE,
  type Entry,
  type Opened,
  type Outside,
  type Pack,
  type Scope,
  type SealedKeyring,
  type SealedRecord,
  type Slot,
  type SlotKind,
  type Slots,
} from "./words";

export const MOST_WAITING = 50;
const MOST_TRIES = 3;
/** Twice what a server keeps in one scope: one that goes on is not to be followed. */
const MOST_RECORDS = 10_000;
/** So much of what was kept lately is remembered here, sealed, for a place that loses it. */
const MOST_LATELY = 300;
const MOST_LATELY_LETTERS = 1_000_000;
const DAY_MS = 24 * 60 * 60_000;
/** So many entries are opened one by one before all are packed anew. */
const FEW = 32;

/** For how many days an entry is kept; null for as long as its author wants. */
export type KeepDays = 30 | 90 | null;

/** A slot as the server names it. */
export interface KeptSlot extends Slot {
  readonly id: string;
  readonly day: string;
}

/** A record as the server names it: with the day it was kept, and the day on which it goes. */
export interface KeptRecord extends SealedRecord {
  readonly day: string;
  readonly until: string | null;
}

export interface Draft<Body = unknown> {
  readonly kind: string;
  readonly scope: Scope;
  readonly body: Body;
  readonly keepDays: KeepDays;
  readonly edits?: Entry;
}

export interface Kept {
  readonly entry: Entry;
  /** Whether the server has it; else it waits here, sealed. */
  readonly stored: boolean;
  /** Why it waits. */
  readonly why?: Why;
  /** Whether another device had written this entry meanwhile, so that this became one of its own. */
  readonly apart: boolean;
}

/** Why something was not done. After the first three, what was to be kept waits here; without room, it doesn't. */
export type Why =
  | "offline"
  | "often"
  | "signed out"
  | "no room"
  | "full"
  | "large"
  | "resting"
  | "plenty"
  | "gone"
  | "conflict"
  | "locked"
  | "refused";

const PASSES: ReadonlySet<Why> = new Set(["offline", "often", "signed out"]);

export class NotKept extends Error {
  constructor(readonly why: Why) {
    super(why);
  }
}

interface Begun {
  readonly me: string;
  readonly slots: readonly KeptSlot[];
  readonly keyring: SealedKeyring | null;
}

interface Posted {
  readonly scope: Scope;
  readonly id: string;
  readonly after: number;
  readonly revision: number;
  readonly sealed: string;
  readonly keep_days: KeepDays;
}

/** What this browser kept or removed lately: the newest revision of each, or that it is gone. */
type Lately = (Posted & { readonly atMs: number }) | { readonly scope: Scope; readonly id: string };

export interface Ways {
  readonly passphrase: string;
  readonly code: string;
}

export type Method = "GET" | "POST" | "DELETE";
export type Ask = (method: Method, address: string, body?: object) => Promise<Response>;

/** By the page's own token, and as JSON. */
export const askServer: Ask = (method, address, body) => {
  if (method === "GET") return fetch(address, { headers: { Accept: "application/json" } });
  const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]");
  return fetch(address, {
    method,
    headers: { "Content-Type": "application/json", "X-CSRFToken": token?.value ?? "" },
    ...(body && { body: JSON.stringify(body) }),
  });
};

/** What a browser keeps for itself; only what is sealed, and numbers, ever goes there. */
export type Storage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">;

export class Journal {
  private words: Words | null = null;
  private keyringIsDue = false;
  private settling: Promise<unknown> = Promise.resolve();
  private pack: Pack | null = null;
  private locks = 0;

  private constructor(
    private begun: Begun,
    private readonly slots: Slots,
    private readonly ask: Ask,
    private readonly storage: Storage,
  ) {}

  /** What the server holds for whoever has signed in. */
  static async arrive(
    slots: Slots,
    ask: Ask = askServer,
    storage: Storage = localStorage,
  ): Promise<Journal> {
    return new Journal(begunIn(await told(ask, "GET", "/sealed/")), slots, ask, storage);
  }

  get hasBegun(): boolean {
    return this.begun.keyring !== null;
  }

  get isOpen(): boolean {
    return this.words !== null && !this.words.isLocked;
  }

  get me(): string {
    return this.begun.me;
  }

  get ways(): readonly KeptSlot[] {
    return this.begun.slots;
  }

  // Opening and locking

  /** Make the word key with its first two ways, and open. Refused when there are words already. */
  async begin(ways: Ways): Promise<void> {
    const locks = this.locks;
    const wordKey = await newWordKey();
    const made = [
      await this.slots.make("passphrase", ways.passphrase, wordKey),
      await this.slots.make("code", ways.code, wordKey),
    ];
    const words = Words.begin(wordKey, this.me);
    const keyring = await words.sealKeyring();
    const slots = made.map(({ kind, sealed, hint }) => ({ kind, sealed, hint }));
    const body = { slots, keyring: keyring.sealed };
    this.begun = begunIn(await told(this.ask, "POST", "/sealed/begin/", body));
    words.keyringKept(keyring.revision);
    this.remember(keyring);
    this.opens(words, locks);
  }

  /** Open by a passphrase or a code; Unopened when it is wrong, or anything is not as it was kept. */
  async unlock(kind: "passphrase" | "code", secret: string): Promise<void> {
    const slot = this.ways.find((each) => each.kind === kind);
    if (!slot) throw new NotKept("gone");
    await this.unlockWith(this.slots.open(slot, secret));
  }

  async unlockByPasskey(slot: KeptSlot): Promise<void> {
    await this.unlockWith(openPasskeySlot(slot));
  }

  lock(): void {
    this.locks += 1;
    this.words?.lock();
    this.words = null;
    this.pack = null;
  }

  /**
   * A keyring that this browser has seen in a higher revision: the place was restored from a backup, or
   * lies. What is known here stands, and is given back.
   */
  private async unlockWith(opens: Promise<string>): Promise<void> {
    const locks = this.locks;
    const wordKey = await opens;
    const theirs = this.begun.keyring;
    if (theirs === null) throw new NotKept("gone");
    const ours = this.remembered();
    const knowsMore = ours !== null && ours.revision > theirs.revision;
    const words = knowsMore
      ? await Words.unlock(wordKey, this.me, ours, 0)
      : await Words.unlock(wordKey, this.me, theirs, ours?.revision ?? 0);
    if (knowsMore) await words.mergeKeyring(theirs);
    else this.remember(theirs);
    this.opens(words, locks);
    if (knowsMore) this.storage.setItem(this.at("behind"), "yes");
    await this.sendAgain();
    this.keyringIsDue = knowsMore;
    await this.settle();
  }

  private opens(words: Words, locks: number): void {
    // Somebody may have left while the key was looked for.
    if (this.locks !== locks) throw new NotKept("locked");
    this.words = words;
  }

  // Ways in

  async addWay(kind: "passphrase" | "code", secret: string): Promise<void> {
    const replaces = this.ways.find((each) => each.kind === kind);
    await this.postSlot(await this.open().slot(kind, secret, this.slots), replaces);
  }

  async addPasskey(name: string): Promise<void> {
    await this.postSlot(await this.open().passkeySlot(name), undefined);
  }

  /** Learn how things stand now: another device may have changed the ways, and, while this was locked, all. */
  async lookAgain(): Promise<void> {
    const now = begunIn(await told(this.ask, "GET", "/sealed/"));
    this.begun = this.isOpen ? { ...this.begun, slots: now.slots } : now;
  }

  async removeWay(slot: KeptSlot): Promise<void> {
    this.begun = begunIn(await told(this.ask, "DELETE", `/sealed/slots/?id=${slot.id}`));
  }

  private async postSlot(slot: Slot, replaces: KeptSlot | undefined): Promise<void> {
    const { kind, sealed, hint } = slot;
    const body = { kind, sealed, hint, replaces: replaces?.id ?? null };
    this.begun = begunIn(await told(this.ask, "POST", "/sealed/slots/", body));
  }

  // Entries

  /** Everything of a scope, opened. What did not open comes too, and says so. */
  async read(scope: Scope): Promise<Opened[]> {
    const words = this.open();
    const records = await this.records(scope);
    const pack = scope === PRIVATE ? await this.packed(words) : new Map<string, Entry>();
    const opened = await words.openAll(records, pack);
    // Nothing is shown, and nothing called shut, because somebody has locked meanwhile.
    if (words.isLocked) throw new NotKept("locked");
    if (scope === PRIVATE) await this.packAnew(words, opened, pack);
    if (words.note(opened.flatMap((one) => (one.state === "open" ? [one.entry] : [])))) {
      this.keyringIsDue = true;
    }
    await this.settle();
    return opened;
  }

  /** Seal this and keep it: at the server, or here until the server answers. */
  async keep(draft: Draft): Promise<Kept> {
    const words = this.open();
    const { entry, record } = await words.seal(draft);
    const posted = this.posted(record, draft.edits?.revision ?? 0, draft.keepDays);
    const waits = this.wait(posted);
    if (waits && this.waiting().some((each) => each.id === entry.id && each.revision < entry.revision)) {
      // What it follows waits too, and goes first.
      await this.sendWaiting();
      const stored = !this.waiting().some((each) => each.id === entry.id);
      return { entry, stored, apart: false };
    }
    try {
      await this.post(posted);
    } catch (error) {
      if (!(error instanceof NotKept)) throw error;
      if (PASSES.has(error.why)) {
        if (!waits) throw new NotKept("no room");
        return { entry, stored: false, why: error.why, apart: false };
      }
      this.forgetWaiting(posted);
      if (error.why !== "conflict" || !draft.edits) throw error;
      const { edits: _, ...anew } = draft;
      return { ...(await this.keep(anew)), apart: true };
    }
    this.forgetWaiting(posted);
    await this.noted(posted);
    return { entry, stored: true, apart: false };
  }

  async remove({ scope, id }: Outside): Promise<void> {
    await this.postRemoval(scope, id);
    await this.noted({ scope, id });
  }

  /** How much waits here, sealed, until the server has it. */
  get waits(): number {
    return this.waiting().length;
  }

  /** Send what waits here, and say how much still does. What the server refuses goes on waiting. */
  async sendWaiting(): Promise<number> {
    for (const posted of this.waiting()) {
      // Another tab may have sent it, or it has become part of another entry.
      if (!this.waiting().some((each) => isSame(each, posted))) continue;
      try {
        await this.sendOne(posted);
      } catch (error) {
        if (!(error instanceof NotKept)) throw error;
        if (PASSES.has(error.why)) break;
      }
    }
    return this.waiting().length;
  }

  private async sendOne(posted: Posted): Promise<void> {
    const author = this.me;
    try {
      await this.post(posted);
      this.forgetWaiting(posted);
      await this.noted(posted);
    } catch (error) {
      const conflict = error instanceof NotKept && error.why === "conflict";
      if (!conflict || posted.after === 0 || !this.isOpen) throw error;
      // Another device was first: what was written last here becomes an entry of its own, and both are
      // kept. What waits between would stand after the other's as if it had known it.
      const mine = this.waiting().filter((each) => each.id === posted.id);
      const last = mine.at(-1) ?? posted;
      const { kind, scope, body } = await this.open().open({ ...last, author });
      await this.keep({ kind, scope, body, keepDays: last.keep_days });
      for (const each of mine) this.forgetWaiting(each);
    }
  }

  // Spaces

  canShare(space: string): boolean {
    return this.open().canShare(space);
  }

  /** Take in a space's key; whoever calls this then forgets the secret it was made of. */
  async adopt(space: string, sitting: string, secret: string): Promise<void> {
    if (!(await this.open().adopt(space, sitting, secret))) return;
    this.keyringIsDue = true;
    if (!(await this.settle())) throw new NotKept("offline");
  }

  // Drafts: what is being typed, sealed in this browser's storage

  async keepDraft(name: string, body: unknown): Promise<void> {
    const { record } = await this.open().seal({ kind: "draft", scope: PRIVATE, body });
    this.setDrafts({ ...this.drafts(), [name]: record });
  }

  async draft(name: string): Promise<unknown> {
    const kept = this.drafts()[name];
    if (kept === undefined) return null;
    const [opened] = await this.open().openAll([kept]);
    return opened?.state === "open" ? opened.entry.body : null;
  }

  /** The drafts that are left here under names that begin so. */
  draftsNamed(begins: string): readonly string[] {
    return Object.keys(this.drafts()).filter((name) => name.startsWith(begins));
  }

  forgetDraft(name: string): void {
    const { [name]: _, ...others } = this.drafts();
    this.setDrafts(others);
  }

  private drafts(): Readonly<Record<string, SealedRecord>> {
    const kept = this.storage.getItem(this.at("drafts")) ?? "{}";
    return JSON.parse(kept) as Record<string, SealedRecord>;
  }

  private setDrafts(drafts: Readonly<Record<string, SealedRecord>>): void {
    this.storage.setItem(this.at("drafts"), JSON.stringify(drafts));
  }

  // Taking it along, and away

  /** Everything as it lies at the server, sealed; it needs no key. */
  async exportSealed(spaces: readonly string[]): Promise<string> {
    const { me, slots, keyring } = begunIn(await told(this.ask, "GET", "/sealed/"));
    if (keyring === null) throw new NotKept("gone");
    const scopes = await Promise.all([PRIVATE, ...spaces].map((scope) => this.records(scope)));
    return sealedExport({ me, slots, keyring }, scopes.flat());
  }

  /** Readable, but for the kinds that are a page's own notes. */
  async exportReadable(
    spaces: readonly string[],
    title: string,
    but: readonly string[] = [],
  ): Promise<{ readonly json: string; readonly html: string }> {
    const scopes: Opened[] = [];
    for (const scope of [PRIVATE, ...spaces]) scopes.push(...(await this.read(scope)));
    const theirs = scopes.filter((one) => one.state !== "open" || !but.includes(one.entry.kind));
    return readableExport(theirs, title);
  }

  /** Everything of mine goes, at the server and here. */
  async erase(): Promise<void> {
    this.begun = begunIn(await told(this.ask, "POST", "/sealed/erase/", {}));
    this.lock();
    for (const what of ["keyring", "waiting", "drafts", "pack", "lately", "behind"]) this.storage.removeItem(this.at(what));
  }

  // From here on: how it is done

  private open(): Words {
    if (this.words === null) throw new NotKept("locked");
    return this.words;
  }

  private async records(scope: Scope): Promise<KeptRecord[]> {
    const all: KeptRecord[] = [];
    let after = "";
    do {
      const said = await told(this.ask, "GET", `${recordsOf(scope)}?after=${after}`);
      const page = said as { readonly records?: readonly KeptRecord[]; readonly after?: string };
      if (!Array.isArray(page.records) || all.length > MOST_RECORDS) {
        throw new Unopened("The server has not said what it holds.");
      }
      // The scope is what was asked for, not what somebody answers.
      all.push(...page.records.map((record: KeptRecord) => ({ ...record, scope })));
      after = page.after ?? "";
    } while (after !== "");
    return all;
  }

  private async packed(words: Words): Promise<Pack> {
    if (this.pack === null) {
      const kept = this.storage.getItem(this.at("pack"));
      try {
        this.pack = kept === null ? new Map() : await words.openPack(kept);
      } catch {
        // Another key's, or a newer version's: it only saves time, and is made anew.
        this.pack = new Map();
      }
    }
    return this.pack;
  }

  /** Once there is enough that is new, or anything that is gone and is to be gone from here too. */
  private async packAnew(words: Words, opened: readonly Opened[], pack: Pack): Promise<void> {
    const here = new Set(opened.map((one) => hashOf(one.record)));
    const gone = [...pack.keys()].some((hash) => !here.has(hash));
    if (!gone && here.size - pack.size < FEW) return;
    const sealed = await words.sealPack(opened);
    if (sealed === null) return;
    try {
      this.storage.setItem(this.at("pack"), sealed);
      this.pack = null;
    } catch {
      // No room in this browser: then each is opened by itself.
    }
  }

  private posted(record: SealedRecord, after: number, keepDays: KeepDays): Posted {
    const { scope, id, revision, sealed } = record;
    return { scope, id, after, revision, sealed, keep_days: keepDays };
  }

  private async post(posted: Posted): Promise<void> {
    const { scope, ...body } = posted;
    await told(this.ask, "POST", recordsOf(scope), body);
  }

  private async postRemoval(scope: Scope, id: string): Promise<void> {
    await told(this.ask, "DELETE", `${recordsOf(scope)}?id=${id}`);
  }

  /** This has been kept or removed. */
  private async noted(done: Posted | { readonly scope: Scope; readonly id: string }): Promise<void> {
    if ("sealed" in done) this.words?.note([{ ...done, author: this.me }]);
    this.rememberLately("sealed" in done ? { ...done, atMs: Date.now() } : done);
    this.keyringIsDue = true;
    await this.settle();
  }

  /** Give a place that has fallen behind what was kept here lately; what it has since stays. */
  private async sendAgain(): Promise<void> {
    if (this.storage.getItem(this.at("behind")) === null) return;
    const lately = this.lately();
    for (const scope of new Set(lately.map((each) => each.scope))) {
      try {
        const there = new Map<string, number>();
        for (const { id, author, revision } of await this.records(scope)) {
          if (author === this.me) there.set(id, Math.max(there.get(id) ?? 0, revision));
        }
        for (const each of lately.filter((each) => each.scope === scope)) {
          await this.sendOneAgain(each, there.get(each.id) ?? 0);
        }
      } catch (error) {
        if (!(error instanceof NotKept)) throw error;
        // Tried again with the next unlocking; but a space that was left, or rests, holds up no other.
        if (PASSES.has(error.why)) return;
      }
    }
    this.storage.removeItem(this.at("behind"));
  }

  private async sendOneAgain(one: Lately, after: number): Promise<void> {
    if (!("sealed" in one)) {
      if (after > 0) await this.postRemoval(one.scope, one.id);
    } else if (one.revision > after && !isOver(one)) {
      const { atMs: _, ...posted } = one;
      await this.post({ ...posted, after });
    }
  }

  private lately(): readonly Lately[] {
    return JSON.parse(this.storage.getItem(this.at("lately")) ?? "[]") as Lately[];
  }

  private rememberLately(done: Lately): void {
    const all = [...this.lately().filter((each) => each.id !== done.id), done].slice(-MOST_LATELY);
    while (JSON.stringify(all).length > MOST_LATELY_LETTERS) all.shift();
    try {
      this.storage.setItem(this.at("lately"), JSON.stringify(all));
    } catch {
      // No room in this browser: another may remember it.
    }
  }

  /**
   * Keep the keyring if it has changed, and say whether it is kept as it was when this was asked. When that
   * cannot be, it is tried with the next thing kept. One after the other: two at once would each take the
   * other for another device, and what is answered late would stand for what is there.
   */
  private settle(): Promise<boolean> {
    const settled = this.settling.then(() => this.keepWhatIsDue());
    this.settling = settled.catch(() => false);
    return settled;
  }

  private async keepWhatIsDue(): Promise<boolean> {
    const words = this.words;
    let kept = !this.keyringIsDue;
    for (let tries = 0; this.keyringIsDue && words && !words.isLocked && tries < MOST_TRIES; tries++) {
      // Before anything is awaited: what changes meanwhile is due again.
      this.keyringIsDue = false;
      const now = await this.keepKeyring(words);
      kept ||= now;
      this.keyringIsDue ||= !now;
    }
    return kept;
  }

  /** Whether the keyring is kept; when another device was first, theirs is taken in. */
  private async keepKeyring(words: Words): Promise<boolean> {
    let sealed: SealedKeyring;
    try {
      sealed = await words.sealKeyring();
    } catch (error) {
      // After some thousand edits it is full. What was just kept is kept all the same.
      if (error instanceof RangeError) return false;
      throw error;
    }
    const after = this.begun.keyring?.revision ?? 0;
    const answer = await this.ask("POST", "/sealed/keyring/", { after, ...sealed }).catch(() => null);
    if (answer?.status === 409) {
      const theirs = (await answer.json()) as SealedKeyring;
      try {
        await words.mergeKeyring(theirs);
      } catch (error) {
        // What stands there does not open, or is a newer version's, and is not written over.
        if (error instanceof Unopened || error instanceof Newer) return false;
        throw error;
      }
      this.begun = { ...this.begun, keyring: theirs };
      return false;
    }
    if (!answer?.ok || answer.redirected) return false;
    words.keyringKept(sealed.revision);
    this.begun = { ...this.begun, keyring: sealed };
    this.remember(sealed);
    return true;
  }

  private at(what: string): string {
    return `words:${what}:${this.me}`;
  }

  private remember(keyring: SealedKeyring): void {
    const { revision, sealed } = keyring;
    try {
      this.storage.setItem(this.at("keyring"), JSON.stringify({ revision, sealed }));
    } catch {
      // No room in this browser: it remembers the one before, which is no higher.
    }
  }

  private remembered(): SealedKeyring | null {
    const kept = this.storage.getItem(this.at("keyring"));
    return kept === null ? null : (JSON.parse(kept) as SealedKeyring);
  }

  private waiting(): Posted[] {
    return JSON.parse(this.storage.getItem(this.at("waiting")) ?? "[]") as Posted[];
  }

  /** Whether there is room for this to wait. */
  private wait(posted: Posted): boolean {
    const all = [...this.waiting(), posted];
    try {
      if (all.length <= MOST_WAITING) this.setWaiting(all);
    } catch {
      return false;
    }
    return all.length <= MOST_WAITING;
  }

  private setWaiting(all: readonly Posted[]): void {
    this.storage.setItem(this.at("waiting"), JSON.stringify(all));
  }

  private forgetWaiting(posted: Posted): void {
    const all = this.waiting();
    const left = all.filter((each) => !isSame(each, posted));
    if (left.length < all.length) this.setWaiting(left);
  }
}

function isOver(kept: Posted & { readonly atMs: number }): boolean {
  return kept.keep_days !== null && Date.now() - kept.atMs >= kept.keep_days * DAY_MS;
}

function isSame(one: Posted, other: Posted): boolean {
  return one.id === other.id && one.revision === other.revision;
}

const REASONS: Readonly<Record<number, Why>> = {
  404: "gone",
  // The page's token is an old one: somebody has signed in anew beside it.
  403: "signed out",
  409: "conflict",
  413: "large",
  422: "plenty",
  423: "resting",
  429: "often",
  507: "full",
};

async function told(ask: Ask, method: Method, address: string, body?: object): Promise<unknown> {
  let answer: Response;
  try {
    answer = await ask(method, address, body);
  } catch {
    throw new NotKept("offline");
  }
  if (answer.status >= 500 && answer.status !== 507) throw new NotKept("offline");
  if (!answer.ok) throw new NotKept(REASONS[answer.status] ?? "refused");
  // Whoever was signed out meanwhile is led to a page for signing in.
  if (answer.redirected) throw new NotKept("signed out");
  return answer.json();
}

/** What the server holds, if it has the shape of that; what is in it is looked at when it is opened. */
function begunIn(said: unknown): Begun {
  const { me, slots, keyring } = said as Partial<Begun>;
  if (typeof me !== "string" || !Array.isArray(slots) || keyring === undefined) {
    throw new Unopened("The server has not said what it holds.");
  }
  return { me, slots, keyring };
}

function recordsOf(scope: Scope): string {
  return scope === PRIVATE ? "/sealed/records/" : `/sealed/spaces/${scope}/records/`;
}

export type { SlotKind };
