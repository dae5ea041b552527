// What somebody keeps for themselves: the kinds of entries, and what is in each.
//
// An entry is read here or not at all. A field that is missing is empty, so nobody has to fill in
// anything; a field or a kind that nobody here knows means that a newer version has written it. What is
// not read is shown as that, and is never written over: only what was read can be edited.
//
// A bond has the name that its writer gave it, never an account. A bridge doesn't say where it came from:
// whoever reads it aloud to one person has nothing of another before their eyes.

import { PRIVATE, type Entry } from "./words";

export const FORMAT = 1;
/** Where a slider ends; it begins at 0. */
export const MOST_MARK = 10;

/** One field: what it is when nobody has filled it in, and whether a value could stand there. */
interface Field<T> {
  readonly empty: T;
  readonly fits: (value: unknown) => boolean;
  /** Whether somebody wrote what stands there. */
  readonly writing?: true;
}

const text: Field<string> = { empty: "", fits: isText, writing: true };
/** What only the program reads. */
const name: Field<string> = { empty: "", fits: isText };
const texts: Field<readonly string[]> = {
  empty: [],
  writing: true,
  fits: (value) => Array.isArray(value) && value.every(isText),
};
const yes: Field<boolean> = { empty: false, fits: (value) => typeof value === "boolean" };
const mark: Field<number | null> = { empty: null, fits: isMark };
/** The marks of questions by their names. */
const marks: Field<Readonly<Record<string, number>>> = {
  empty: {},
  fits: (value) => isTable(value) && Object.values(value).every(isMark),
};
/** The answers to questions that give a choice, by their names. */
const choices: Field<Readonly<Record<string, string>>> = {
  empty: {},
  fits: (value) => isTable(value) && Object.values(value).every(isText),
};
/** A day of the calendar where its writer is, as 2026-11-30. */
const day: Field<string> = { empty: "", fits: (value) => value === "" || isDay(value) };

function oneOf<T extends string>(...these: readonly T[]): Field<T | ""> {
  return { empty: "", fits: (value) => value === "" || these.includes(value as T) };
}

/** What has to do with a sitting: with whom, in which space, which sitting, which practice. */
const ofSitting = { bond: text, space: name, sitting: name, practice: name };

/** Whatever a kind may hold. */
const KINDS = {
  /** The marks of a check-in; `words` are what the body says, as they stood on the screen. */
  "check-in": { when: oneOf("before", "after"), marks, choices, words: texts, ...ofSitting },
  /** What is written after a sitting, or on any day; `good` is one good detail. */
  reflection: { good: text, line: text, text, words: texts, ...ofSitting },
  /** What somebody was told and wants to have: another's words, which nobody here edits. */
  keepsake: { text, seen: text, bond: text, space: name, card: name, muted: yes },
  /** What pulled somebody away. */
  note: {
    what: text,
    words: texts,
    story: text,
    protects: text,
    protecting: text,
    helped: text,
    bond: text,
  },
  /** Something to bring to somebody. */
  bridge: { bond: text, what: text, words: text, again: day, happened: text },
  /** Somebody to practise with, perhaps. */
  person: {
    bond: text,
    rides: oneOf("hardly", "little", "much"),
    no: oneOf("yes", "sometimes", "not"),
    back: oneOf("yes", "sometimes", "not"),
    messy: oneOf("yes", "sometimes", "not"),
    text,
    asking: text,
  },
  /** How it has been of late, with one bond or, without a name, with people altogether. */
  slow: { safe: mark, ground: mark, resource: mark, text, bond: text },
} as const;

type Fields = Readonly<Record<string, Field<unknown>>>;
type Filled<F extends Fields> = {
  readonly [Name in keyof F]: F[Name] extends Field<infer T> ? T : never;
};

export type Kind = keyof typeof KINDS;
export type Body<K extends Kind> = Filled<(typeof KINDS)[K]>;

/** An entry that was read. */
export type Piece<K extends Kind = Kind> = {
  readonly [Each in K]: {
    readonly kind: Each;
    readonly body: Body<Each>;
    /** When it was first written, by the clock of that device. */
    readonly since: Date;
    readonly entry: Entry;
  };
}[K];

/** An entry that was opened and is not read: a newer version wrote it, or it is none of these. */
export interface Unread {
  readonly why: "newer" | "unreadable";
  readonly entry: Entry;
}

/** This entry as what it is. */
export function read(entry: Entry): Piece | Unread {
  const { kind, body } = entry;
  if (!isTable(body)) return { why: "unreadable", entry };
  if (!isKind(kind) || isNewer(body, KINDS[kind])) return { why: "newer", entry };
  const { format, since = entry.at, ...held } = body;
  const at = new Date(isText(since) ? since : NaN);
  const fits = Object.entries(held).every(([name, value]) => fieldsOf(kind)[name]?.fits(value));
  if (format !== FORMAT || !fits || Number.isNaN(at.getTime())) return { why: "unreadable", entry };
  return { kind, body: { ...emptyOf(kind), ...held }, since: at, entry } as Piece;
}

/** What was read, the latest first by when it was first written, and apart from it what was not. */
export function readAll(entries: readonly Entry[]): {
  readonly pieces: readonly Piece[];
  readonly unread: readonly Unread[];
} {
  const pieces: Piece[] = [];
  const unread: Unread[] = [];
  for (const one of entries.map(read)) {
    if ("why" in one) unread.push(one);
    else pieces.push(one);
  }
  return { pieces: pieces.sort((a, b) => b.since.getTime() - a.since.getTime()), unread };
}

/** Those of these kinds. */
export function ofKind<K extends Kind>(pieces: readonly Piece[], ...kinds: readonly K[]): Piece<K>[] {
  return pieces.filter((one) => (kinds as readonly Kind[]).includes(one.kind)) as Piece<K>[];
}

/** Every text that somebody wrote in this entry, in the order of its fields. */
export function writingIn({ kind, body }: Piece): readonly string[] {
  return Object.entries(fieldsOf(kind)).flatMap(([name, { writing }]) => {
    const value = (body as Readonly<Record<string, unknown>>)[name];
    if (!writing || value === "") return [];
    return (Array.isArray(value) ? value : [value]) as readonly string[];
  });
}

/** A body with nothing filled in. */
export function emptyOf<K extends Kind>(kind: K): Body<K> {
  const fields = Object.entries(fieldsOf(kind)).map(([name, field]) => [name, field.empty]);
  return Object.fromEntries(fields) as Body<K>;
}

/** What of this could stand in such an entry: for what was left of a draft. */
export function fitting<K extends Kind>(kind: K, held: Readonly<Record<string, unknown>>): Body<K> {
  const fits = Object.entries(fieldsOf(kind)).map(([name, field]) => {
    return [name, field.fits(held[name]) ? held[name] : field.empty];
  });
  return Object.fromEntries(fits) as Body<K>;
}

/** Whether nothing is filled in that somebody would miss: with whom it was is not enough by itself. */
export function isEmpty<K extends Kind>(kind: K, body: Body<K>): boolean {
  const named = kind === "person" || kind === "bridge";
  const around = [...Object.keys(ofSitting), "when"].filter((name) => !(named && name === "bond"));
  return Object.keys(bodyOf(kind, body)).every((name) => around.includes(name));
}

/**
 * What a desk keeps: only what is filled in, and of an edited one when it was first written. A
 * private entry has no earlier revisions, so it has to say so itself.
 */
export function draftOf<K extends Kind>(
  kind: K,
  body: Body<K>,
  edits?: Piece<K>,
): { readonly kind: K; readonly scope: string; readonly body: object; readonly edits?: Entry } {
  const since = edits && { since: edits.since.toISOString() };
  const held = { format: FORMAT, ...since, ...bodyOf(kind, body) };
  return { kind, scope: PRIVATE, body: held, ...(edits && { edits: edits.entry }) };
}

/** Two names that are one to their writer: how they are spaced and which letters are tall says nothing. */
export function isSameBond(one: string, other: string): boolean {
  return bondKey(one) === bondKey(other);
}

export function bondKey(name: string): string {
  return name.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();
}

/** The bonds that were named, each once and as last written, the latest first. */
export function bondsOf(pieces: readonly Piece[]): readonly string[] {
  const names = new Map<string, string>();
  for (const { body } of pieces) {
    const name = body.bond.trim();
    if (name !== "" && !names.has(bondKey(name))) names.set(bondKey(name), name);
  }
  return [...names.values()];
}

export function isDay(value: unknown): value is string {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const at = new Date(`${value}T00:00:00Z`);
  // 31 February is a day to some calendars of the machine, and to nobody else.
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value);
}

function bodyOf<K extends Kind>(kind: K, body: Body<K>): Record<string, unknown> {
  const given = Object.entries(fieldsOf(kind)).flatMap(([name, field]) => {
    const value = (body as Readonly<Record<string, unknown>>)[name];
    if (value === undefined || isSameAs(value, field.empty)) return [];
    if (!field.fits(value)) throw new RangeError(`No ${kind} has such a ${name}.`);
    return [[name, value]];
  });
  return Object.fromEntries(given) as Record<string, unknown>;
}

function isSameAs(value: unknown, empty: unknown): boolean {
  if (typeof value === "string") return value.trim() === empty;
  if (typeof value !== "object" || value === null) return value === empty;
  return Object.keys(value).length === 0;
}

function isNewer(body: Readonly<Record<string, unknown>>, fields: Fields): boolean {
  const { format, since: _, ...held } = body;
  const known = Object.keys(held).every((name) => Object.hasOwn(fields, name));
  return !known || (typeof format === "number" && format > FORMAT);
}

function fieldsOf(kind: Kind): Fields {
  return KINDS[kind];
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(KINDS, kind);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isMark(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MOST_MARK;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
