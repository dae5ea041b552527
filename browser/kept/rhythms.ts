// What both have asked to keep of a sitting's two rhythms, as a record of their space; a pure part of it.
//
// Each of the two seals a copy for the space, of the same as both have looked at, so neither can take the
// other's away or write it anew. It is as small as what is drawn: a line is whole hundredths of its largest swing. Nothing here
// goes over more than one sitting: no two are compared, counted or put in a row.

import type { Shelf } from "../words/desk";
import type { Entry } from "../words/words";
import type { Moment, Reflection, Rhythm } from "../sitting/wire";

export const TWO_RHYTHMS = "two-rhythms";
export const FORMAT = 1;
const LEVELS = 100;
const MOST_POINTS = 4000;

/** One person's line: from when, how far apart its points are, and where each lies; null where nothing was read. */
interface KeptLine {
  readonly from: number;
  readonly every: number;
  readonly levels: readonly (number | null)[];
}

interface KeptRhythm extends Omit<Rhythm, "line"> {
  readonly line: KeptLine;
}

export interface RhythmsBody extends Omit<Reflection, "t" | "you" | "other"> {
  readonly format: number;
  readonly sitting: string;
  readonly practice: string;
  readonly you: KeptRhythm;
  readonly other: KeptRhythm;
}

/** What is to be seen again of one sitting by one sense. */
export interface KeptRhythms {
  readonly entry: Entry;
  readonly reflection: Reflection;
  /** Whether it is one's own copy. */
  readonly own: boolean;
}

export function bodyOf(reflection: Reflection, sitting: string, practice: string): RhythmsBody {
  const { t: _, you, other, ...shown } = reflection;
  return { format: FORMAT, sitting, practice, ...shown, you: toKept(you), other: toKept(other) };
}

/** Those of a space, the newest first: of each sitting and sense one's own copy, or else the other's. */
export function rhythmsOf(shelf: Shelf, me: string): readonly KeptRhythms[] {
  const kept = new Map<string, KeptRhythms>();
  for (const entry of shelf.entries) {
    const body = bodyIn(entry);
    if (body === null) continue;
    const own = entry.author === me;
    const name = `${body.sitting} ${body.kind}`;
    if (!kept.has(name) || own) kept.set(name, { entry, own, reflection: reflectionIn(body, own) });
  }
  return [...kept.values()].sort((one, other) => other.entry.at.localeCompare(one.entry.at));
}

/** Records of two rhythms that this page can't read: they are left as they are. */
export function unreadIn(shelf: Shelf): number {
  return shelf.entries.filter((entry) => entry.kind === TWO_RHYTHMS && bodyIn(entry) === null).length;
}

/** As its author saw it, or for the other with the two exchanged. */
function reflectionIn(body: RhythmsBody, own: boolean): Reflection {
  const { format: _, sitting: __, practice: ___, you, other, led, ...shown } = body;
  const [first, second] = own ? [you, other] : [other, you];
  const exchanged = { you: "other", other: "you", neither: "neither" } as const;
  return {
    t: "reflection",
    ...shown,
    you: fromKept(first),
    other: fromKept(second),
    led: own ? led : led.map((one) => ({ ...one, who: exchanged[one.who] })),
  };
}

function toKept({ line, ...rhythm }: Rhythm): KeptRhythm {
  const most = Math.max(...line.map(([, level]) => Math.abs(level ?? 0)), 1e-9);
  const [first, last] = [line[0]?.[0] ?? 0, line.at(-1)?.[0] ?? 0];
  const levels = line.map(([, level]) => (level === null ? null : Math.round((level / most) * LEVELS)));
  const every = line.length > 1 ? (last - first) / (line.length - 1) : 0;
  return { ...rhythm, line: { from: first, every: Math.round(every * 1e6) / 1e6, levels } };
}

function fromKept({ line: { from, every, levels }, ...rhythm }: KeptRhythm): Rhythm {
  return {
    ...rhythm,
    line: levels.map((level, i) => [from + i * every, level === null ? null : level / LEVELS] as const),
  };
}

function bodyIn({ kind, body }: Entry): RhythmsBody | null {
  if (kind !== TWO_RHYTHMS || !isTable(body)) return null;
  const { format, seconds, you, other, alike, apart, led } = body;
  const fits =
    format === FORMAT &&
    ["sitting", "practice", "reason", "sentence", "chance"].every((name) => typeof body[name] === "string") &&
    ["breath", "movement"].includes(body["kind"] as string) &&
    ["more than chance", "no more than chance", "could not tell"].includes(body["verdict"] as string) &&
    isMoment(seconds) &&
    [you, other].every(isRhythm) &&
    [alike, apart].every((moments) => Array.isArray(moments) && moments.every(isMoment)) &&
    Array.isArray(led) &&
    led.every(isLed);
  return fits ? (body as unknown as RhythmsBody) : null;
}

function isRhythm(value: unknown): boolean {
  if (!isTable(value) || !isTable(value["line"]) || typeof value["read"] !== "string") return false;
  const rate = value["rate_per_min"];
  const { from, every, levels } = value["line"];
  return (
    (rate === null || isNumber(rate)) &&
    isNumber(from) &&
    isNumber(every) &&
    Array.isArray(levels) &&
    levels.length <= MOST_POINTS &&
    levels.every((level) => level === null || (isNumber(level) && Math.abs(level) <= LEVELS))
  );
}

function isMoment(value: unknown): value is Moment {
  return Array.isArray(value) && value.length === 2 && value.every(isNumber);
}

function isLed(value: unknown): boolean {
  if (!isTable(value) || !isNumber(value["from"]) || !isNumber(value["to"])) return false;
  return ["you", "other", "neither"].includes(value["who"] as string);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
