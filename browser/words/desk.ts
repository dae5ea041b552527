// What lies open before somebody: their entries, what was said of the last thing kept, and what waits.
//
// It holds readable words, so it lives from an unlocking to the next lock and is dropped then; nothing
// of it may be kept anywhere else. It seals nothing and knows no page: `journal.ts` does the work.

import { computed, signal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import { NotKept, type Draft, type Journal, type KeepDays, type Kept } from "./journal";
import { mine } from "../mine/text-mine";
import { PRIVATE, type Entry, type Opened, type Outside, type Scope } from "./words";

/** How long something is kept, or that it isn't. */
export type KeepFor = KeepDays | "not";

/** The kind of what the page notes for itself. */
export const SETTINGS = "settings";
const NO_SETTINGS: Entry = {
  kind: SETTINGS,
  scope: PRIVATE,
  id: "",
  epoch: "",
  author: "",
  revision: 0,
  at: "",
  body: {},
};
const SEND_AGAIN_MS = 30_000;

/** Everything of one scope, but for what the page notes for itself. */
export interface Shelf {
  /** As it came; what did not open is in it too. */
  readonly opened: readonly Opened[];
  /** What opened, the newest revision of each, the newest first: what `readAll` of entries.ts takes. */
  readonly entries: readonly Entry[];
  /** In a space: what stood there before it was edited, for 30 days. */
  readonly earlier: readonly Entry[];
  readonly unopened: number;
  readonly newer: number;
}

export interface ToKeep {
  readonly kind: string;
  readonly body: unknown;
  /** The private scope, unless a space is named. */
  readonly scope?: Scope;
  /** The entry that this is written in place of. */
  readonly edits?: Entry;
  /** As somebody chose for this one; else as they chose the first time. */
  readonly keepFor?: KeepFor;
}

export class Desk {
  /** One sentence about the last thing that was kept, or not: the page shows it in one place. */
  readonly said = signal("");
  /** How many wait on this device. */
  readonly waits = signal(0);
  /** Whether somebody has to sign in again before anything is sent. */
  readonly isSignedOut = signal(false);
  /** What somebody chose at their first write; undefined before that, and then nothing is kept. */
  readonly keepFor: ReadonlySignal<KeepFor | undefined>;
  /** Called before somebody locks, so that nothing typed is lost. */
  readonly flushes = new Set<() => Promise<void>>();

  private readonly shelves = new Map<Scope, Signal<Shelf | null>>();
  private readonly settings = signal<Entry | undefined>(undefined);
  private choosing: Promise<void> = Promise.resolve();
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly online = () => void this.send();

  constructor(readonly journal: Journal) {
    this.keepFor = computed(() => {
      const kept = this.settings.value?.body as { readonly keepFor?: KeepFor } | undefined;
      return kept?.keepFor;
    });
  }

  /** Begin: send what waits, then read. */
  async begin(): Promise<void> {
    this.timer = setInterval(() => this.waits.value > 0 && void this.send(), SEND_AGAIN_MS);
    addEventListener("online", this.online);
    await this.send();
    await this.read(PRIVATE);
  }

  end(): void {
    clearInterval(this.timer);
    removeEventListener("online", this.online);
    this.shelves.clear();
    this.said.value = "";
  }

  /** What was opened of a scope; null until it has been read. */
  shelf(scope: Scope = PRIVATE): ReadonlySignal<Shelf | null> {
    return this.shelfOf(scope);
  }

  /** The entries of one kind, the newest first. */
  entries<Body>(kind: string, scope: Scope = PRIVATE): readonly Entry<Body>[] {
    const all = this.shelfOf(scope).value?.entries ?? [];
    return all.filter((entry) => entry.kind === kind) as readonly Entry<Body>[];
  }

  /** Read a scope anew. What could not be read is said, and leaves what lay there. */
  async read(scope: Scope): Promise<void> {
    await this.saying(async () => {
      const opened = await this.journal.read(scope);
      if (scope === PRIVATE) this.settings.value = shelved(opened.filter(isSettings)).entries[0];
      this.shelfOf(scope).value = shelved(opened.filter((one) => !isSettings(one)));
    });
  }

  /** Keep something as somebody chose. Null when it is not kept; `said` then has the sentence. */
  async keep(what: ToKeep): Promise<Kept | null> {
    const keepFor = await this.howLong(what.keepFor);
    return keepFor === undefined ? null : this.keepFirmly(what, keepFor);
  }

  /** For how long things are kept; undefined, and said, where nothing is to be kept or nobody has chosen. */
  async howLong(chosen?: KeepFor): Promise<KeepDays | undefined> {
    // Whoever chooses and presses at once has chosen.
    await this.choosing;
    const keepFor = chosen === undefined ? this.keepFor.value : chosen;
    if (keepFor !== undefined && keepFor !== "not") return keepFor;
    this.said.value = keepFor === "not" ? mine.kept.not : mine.keepFor.first;
    return undefined;
  }

  /** Remember how long things are to be kept from now on. */
  choose(keepFor: KeepFor): Promise<void> {
    this.choosing = this.choosing.then(() => this.chooseFirmly(keepFor));
    return this.choosing;
  }

  private async chooseFirmly(keepFor: KeepFor): Promise<void> {
    const there = this.settings.value;
    const edits = there?.id ? there : undefined;
    const kept = await this.keepFirmly({ kind: SETTINGS, body: { keepFor }, ...(edits && { edits }) }, null);
    // It holds on this page even when it could not be kept; what kept it from that has been said.
    this.settings.value = kept?.entry ?? { ...NO_SETTINGS, body: { keepFor } };
    if (kept) this.said.value = "";
  }

  async remove(entry: Outside): Promise<boolean> {
    return this.saying(async () => {
      await this.journal.remove(entry);
      const shelf = this.shelfOf(entry.scope);
      if (shelf.value) shelf.value = without(shelf.value, entry);
      this.said.value = mine.kept.removed;
    });
  }

  private async keepFirmly(what: ToKeep, keepDays: KeepDays): Promise<Kept | null> {
    const { kind, body, scope = PRIVATE, edits } = what;
    const draft: Draft = { kind, scope, body, keepDays, ...(edits && { edits }) };
    let kept: Kept | null = null;
    await this.saying(async () => {
      kept = await this.journal.keep(draft);
      const shelf = this.shelfOf(scope);
      if (shelf.value && kind !== SETTINGS) shelf.value = withOne(shelf.value, kept.entry);
      // What another device wrote lies there too, and is not here yet.
      if (kept.apart) void this.read(scope);
      this.said.value = sentenceOf(kept);
      if (kept.why === "signed out") this.isSignedOut.value = true;
    });
    this.waits.value = this.journal.waits;
    return kept;
  }

  private async send(): Promise<void> {
    await this.saying(async () => {
      this.waits.value = this.journal.waits;
      if (this.waits.value > 0) this.waits.value = await this.journal.sendWaiting();
    });
  }

  private shelfOf(scope: Scope): Signal<Shelf | null> {
    const there = this.shelves.get(scope) ?? signal<Shelf | null>(null);
    this.shelves.set(scope, there);
    return there;
  }

  /** Do this; what keeps it from being done becomes a sentence. */
  private async saying(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      if (error instanceof NotKept && error.why === "signed out") this.isSignedOut.value = true;
      this.said.value = sentenceFor(error);
      return false;
    }
  }
}

/** What became of something, in one sentence. */
function sentenceOf({ stored, apart, why }: Kept): string {
  if (apart) return mine.kept.apart;
  if (stored) return mine.kept.stored;
  return why === "often" || why === "signed out" ? mine.kept.waitsFor[why] : mine.kept.waits;
}

/** Why something was not done, in one sentence. */
export function sentenceFor(error: unknown): string {
  if (error instanceof NotKept) return mine.kept[error.why];
  if (error instanceof RangeError) return mine.kept.large;
  return mine.kept.refused;
}

export function shelved(opened: readonly Opened[]): Shelf {
  const newest = new Map<string, Entry>();
  const earlier: Entry[] = [];
  for (const one of opened) {
    if (one.state !== "open") continue;
    const { entry } = one;
    const name = nameOf(entry);
    const there = newest.get(name);
    if (there) earlier.push(there.revision < entry.revision ? there : entry);
    if (!there || there.revision < entry.revision) newest.set(name, entry);
  }
  const count = (state: Opened["state"]) => opened.filter((one) => one.state === state).length;
  return {
    opened,
    entries: [...newest.values()].sort(newestFirst),
    earlier,
    unopened: count("unopened"),
    newer: count("newer"),
  };
}

/** With what was just kept. In private nothing stands before it any more; in a space it still does. */
function withOne(shelf: Shelf, entry: Entry): Shelf {
  const { scope, id, author, revision } = entry;
  const one: Opened = { state: "open", entry, record: { scope, id, author, revision, sealed: "" } };
  const others = shelf.opened.filter(
    ({ record }) => scope !== PRIVATE || nameOf(record) !== nameOf(entry),
  );
  return shelved([...others, one]);
}

function without(shelf: Shelf, gone: Outside): Shelf {
  return shelved(shelf.opened.filter(({ record }) => nameOf(record) !== nameOf(gone)));
}

function isSettings(one: Opened): boolean {
  return one.state === "open" && one.entry.kind === SETTINGS;
}

function nameOf(entry: Outside): string {
  return `${entry.author}/${entry.id}`;
}

function newestFirst(one: Entry, other: Entry): number {
  return other.at.localeCompare(one.at);
}
