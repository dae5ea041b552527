// Every message of the socket, as relational_space/live/wire.py has them; text ↔ values.
//
// A message that isn't one of these is null and is passed over: the server may be newer than this
// page. `tests/vectors/wire.json` is read by both sides, so that neither changes alone.

export const VERSION = 1;

export type Stage = "arriving" | "settling" | "sitting" | "landing" | "closed";
export type Mark = "none" | "begin" | "switch" | "end";
export type TurnOf = "both" | "yours" | "theirs" | "one" | "other";

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
}

export interface Own {
  readonly ready: boolean;
  readonly chosen: string;
  readonly longer: boolean;
  /** The cue whose offer has had a yes here. */
  readonly accepted: number | null;
  /** The pause that somebody here would end, by when it began. */
  readonly going_on: number | null;
}

/** What somebody does here; an id is added when it is said, so that saying it twice does nothing. */
export type Act =
  | { readonly t: "choose"; readonly rung: string; readonly longer: boolean }
  | { readonly t: "unchoose" | "ready" | "smaller" | "pause" | "go_on" | "stop" }
  | { readonly t: "accept" | "pass" | "more_time" | "song_ended"; readonly cue: number };

export type Said = Act & { readonly id: string };

export type FromDevice =
  | {
      readonly t: "hello";
      readonly v: number;
      readonly ticket: string;
      readonly epoch: string;
      readonly number: number;
    }
  | { readonly t: "ping"; readonly sent: number; readonly shown: number }
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
}

export interface Show {
  readonly t: "show";
  readonly epoch: string;
  readonly number: number;
  readonly screens: readonly Shown[];
}

export type ToDevice =
  | Welcome
  | Show
  | { readonly t: "pong"; readonly sent: number; readonly at: number }
  | { readonly t: "heard"; readonly id: string; readonly own: Own }
  | { readonly t: "refused"; readonly id: string; readonly why: string }
  | { readonly t: "dots"; readonly on: boolean };

const KNOWN: ReadonlySet<unknown> = new Set(["welcome", "show", "pong", "heard", "refused", "dots"]);

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
