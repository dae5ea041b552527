// Every message of the socket, as relational_space/live/wire.py has them; text ↔ values.
//
// A message that isn't one of these is null and is passed over: the server may be newer than this
// page. `tests/vectors/wire.json` is read by both sides, so that neither changes alone.

export const VERSION = 1;

export type Stage = "arriving" | "settling" | "sitting" | "landing" | "closed";
export type Mark = "none" | "begin" | "switch" | "end";
export type TurnOf = "both" | "yours" | "theirs" | "one" | "other";

/** How two in two places are joined besides the guide, from the least to the most. */
export const CALLS = ["nothing", "sound", "picture"] as const;
export type CallKind = (typeof CALLS)[number];
export type View = "none" | "mirror" | "face" | "window";

export interface Shown {
  readonly key: string;
  readonly stage: Stage;
  readonly begins_at: number;
  readonly ends_at: number | null;
  readonly cue: number | null;
  readonly say: string;
  readonly voice: string;
  readonly turn: TurnOf;
  readonly mark: Mark;
  readonly picture: "still" | "drift";
  readonly still: boolean;
  readonly held: boolean;
  readonly offer: string;
  readonly may: readonly string[];
  readonly hints: readonly (readonly [label: string, text: string])[];
  readonly sense: readonly string[];
  readonly show: readonly string[];
  /** How each would see the other just now, where they have a call. */
  readonly view: View;
}

export interface Own {
  readonly ready: boolean;
  readonly chosen: string;
  readonly longer: boolean;
  /** The cue whose offer has had a yes here. */
  readonly accepted: number | null;
  /** The pause that somebody here would end, by when it began. */
  readonly going_on: number | null;
  /** This phone may feel its person. Whether anybody is felt hangs on the other too, and isn't told. */
  readonly feels: boolean;
  /** The most of a call that is welcome here. Whether there is one hangs on the other too. */
  readonly call: CallKind;
}

/** What somebody does here; an id is added when it is said, so that saying it twice does nothing. */
export type Act =
  | { readonly t: "choose"; readonly rung: string; readonly longer: boolean }
  | { readonly t: "unchoose" | "ready" | "smaller" | "pause" | "go_on" | "stop" }
  /** `seen` is whether it is the camera of a device that two people share. */
  | { readonly t: "feel"; readonly seen: boolean }
  | { readonly t: "unfeel" | "ask_reflection" | "ask_keep" | "hear_me" }
  | { readonly t: "wish_call"; readonly call: CallKind }
  | { readonly t: "accept" | "pass" | "more_time" | "song_ended"; readonly cue: number };

export type Said = Act & { readonly id: string };

/** A piece of what one page says to the other about their call; the server passes it on unread. */
export interface CallSignal {
  readonly t: "signal";
  readonly meeting: number;
  readonly part: number;
  readonly of: number;
  readonly data: string;
}

/** What both would have of a call, told once both devices are here; in place of what was told before. */
export interface Meeting {
  readonly t: "call";
  readonly call: CallKind;
  readonly meeting: number;
  readonly polite: boolean;
  readonly servers: readonly {
    readonly urls: readonly string[];
    readonly username: string;
    readonly credential: string;
  }[];
  readonly relayed: boolean;
}

export type FromDevice =
  | CallSignal
  | {
      readonly t: "hello";
      readonly v: number;
      readonly ticket: string;
      readonly epoch: string;
      readonly number: number;
    }
  /** `off` is how far the stamps of this page may be from sitting time, in real seconds. */
  | { readonly t: "ping"; readonly sent: number; readonly shown: number; readonly off: number }
  | Said;

export interface Welcome {
  readonly t: "welcome";
  readonly v: number;
  readonly epoch: string;
  readonly number: number;
  readonly recovered: boolean;
  readonly at: number;
  readonly pace: number;
  readonly own: Own;
  /** The sequence of the last frame that came from this page, null before the first. */
  readonly taken: number | null;
}

export interface Show {
  readonly t: "show";
  readonly epoch: string;
  readonly number: number;
  readonly screens: readonly Shown[];
}

/** One person's own rhythm: sitting time and level, null where it could not be read. */
export interface Rhythm {
  readonly rate_per_min: number | null;
  readonly line: readonly (readonly [at: number, level: number | null])[];
  readonly read: string;
}

export type Moment = readonly [from: number, to: number];

/** What was felt, once both have asked; the same for both, but for who is "you". */
export interface Reflection {
  readonly t: "reflection";
  readonly kind: "breath" | "movement";
  readonly verdict: "more than chance" | "no more than chance" | "could not tell";
  readonly reason: string;
  readonly sentence: string;
  readonly chance: string;
  readonly seconds: Moment;
  readonly you: Rhythm;
  readonly other: Rhythm;
  readonly alike: readonly Moment[];
  readonly apart: readonly Moment[];
  readonly led: readonly {
    readonly from: number;
    readonly to: number;
    readonly who: "you" | "other" | "neither";
  }[];
}

export type Hears = "yes" | "too faint" | "moving" | "nothing";

export type ToDevice =
  | Welcome
  | Show
  | {
      readonly t: "pong";
      readonly sent: number;
      readonly at: number;
      readonly taken: number | null;
    }
  | { readonly t: "heard"; readonly id: string; readonly own: Own }
  | { readonly t: "refused"; readonly id: string; readonly why: string }
  | { readonly t: "dots"; readonly on: boolean }
  | { readonly t: "hears"; readonly answer: Hears }
  /** The other's breath at a moment of sitting time, −1 to 1; which end is the inhale isn't known. */
  | { readonly t: "swell"; readonly at: number; readonly level: number; readonly trust: number }
  | Meeting
  | CallSignal
  | Reflection
  /** Both have asked to keep what they look at. */
  | { readonly t: "both_keep" };

const KNOWN: ReadonlySet<unknown> = new Set([
  "welcome",
  "show",
  "pong",
  "heard",
  "refused",
  "dots",
  "hears",
  "swell",
  "reflection",
  "both_keep",
  "call",
  "signal",
]);

/** The message in this text, or null when it is none that this page knows. */
export function read(text: string): ToDevice | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !("t" in value)) return null;
  return KNOWN.has(value.t) ? (value as ToDevice) : null;
}

export function write(message: FromDevice): string {
  return JSON.stringify(message);
}
