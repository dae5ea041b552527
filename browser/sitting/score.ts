// The player of a score: screens and a sitting time → what is shown. Pure; it knows no clock.
//
// The server sends the screens as they would come if nobody did anything. A new show takes the place
// of everything from its first screen on. What has been said is not said again: a pause, a reload or
// a reconnection shows the words, and only a cue that has just begun is spoken.

import type { Show, Shown } from "./wire";

/** Real seconds into a cue after which its words are shown and no longer spoken. */
const STILL_FRESH_S = 3;

/** Sitting seconds before an end in which the time left is told. */
const NEAR_TURN_S = 15;
const NEAR_END_S = 60;

/** Sitting seconds for each sentence of a landing that the page makes itself. */
const OWN_LANDING_S = 20;

export interface Score {
  readonly epoch: string;
  readonly number: number;
  readonly screens: readonly Shown[];
  /** The last landing that was held: a pause ends the score before it, and stopping still needs it. */
  readonly landing: readonly Shown[];
}

export const EMPTY: Score = { epoch: "", number: 0, screens: [], landing: [] };

/** The score after this show; the same score when the show is one that it already has. */
export function merge(score: Score, show: Show): Score {
  const { epoch, number } = show;
  if (epoch === score.epoch && number <= score.number) return score;
  const first = show.screens[0];
  if (first === undefined) return { ...score, epoch, number };
  const before = score.screens.filter((screen) => screen.begins_at < first.begins_at);
  const landing = landingOf(show.screens);
  return {
    epoch,
    number,
    screens: [...before, ...show.screens],
    landing: landing.length > 0 ? landing : score.landing,
  };
}

function landingOf(screens: readonly Shown[]): readonly Shown[] {
  const landing = screens.filter((s) => s.stage === "landing" || s.stage === "closed");
  return landing[0]?.stage === "landing" ? landing : [];
}

/** The screen at this sitting time: the last that has begun, else the first there is. */
export function shownAt(score: Score, at: number): Shown | undefined {
  return score.screens.findLast((screen) => screen.begins_at <= at) ?? score.screens[0];
}

/** When the next screen begins, if one is held. */
export function nextAt(score: Score, at: number): number | undefined {
  return score.screens.find((screen) => screen.begins_at > at)?.begins_at;
}

/** What somebody may want to know near an end: of this turn, or of the whole. */
export function nearEnd(score: Score, at: number): "" | "turn" | "whole" {
  const now = shownAt(score, at);
  // What is only offered may come or not, and nobody is told until both have been asked.
  if (now?.stage !== "sitting" || now.still || now.may.includes("accept")) return "";
  const landing = score.screens.find((s) => s.stage === "landing" && s.begins_at > at);
  if (landing && landing.begins_at - at <= NEAR_END_S) return "whole";
  // Of a song nobody here knows the end, and what is short is over before it could be read.
  const short = now.ends_at === null || now.ends_at - now.begins_at <= 2 * NEAR_TURN_S;
  if (now.turn === "both" || short || now.may.includes("song_ended")) return "";
  return (now.ends_at ?? 0) - at <= NEAR_TURN_S ? "turn" : "";
}

/**
 * A landing begun at this moment, for someone who has stopped: the one that was held, else these
 * words, so that stopping never waits for the network.
 */
export function landingFrom(score: Score, at: number, words: readonly string[]): Score {
  const landing = score.landing.length > 0 ? score.landing : ownLanding(score, words);
  const first = landing[0]?.begins_at ?? at;
  const screens = landing.map((s) => ({
    ...s,
    begins_at: s.begins_at - first + at,
    ends_at: s.ends_at === null ? null : s.ends_at - first + at,
  }));
  return { ...score, screens };
}

function ownLanding(score: Score, words: readonly string[]): readonly Shown[] {
  const like = shownAt(score, Infinity);
  if (!like) return [];
  const one = { ...like, offer: "", hints: [], sense: [], show: [], view: "none" as const, still: false, held: false };
  const said = words.map((say, i): Shown => {
    const begins_at = i * OWN_LANDING_S;
    const ends_at = begins_at + OWN_LANDING_S;
    const key = `landing/own/${i}`;
    return { ...one, key, stage: "landing", begins_at, ends_at, cue: null, say, voice: "", turn: "both", mark: i === 0 ? "end" : "none", may: ["stop"] };
  });
  const begins_at = words.length * OWN_LANDING_S;
  return [...said, { ...one, key: "closed", stage: "closed", begins_at, ends_at: null, cue: null, say: "", voice: "", mark: "none", may: [] }];
}

/** Remembers what has been said and rung here, so that nothing is said twice. */
export class Sayings {
  private readonly said = new Set<string>();
  private readonly rung = new Set<string>();

  /** Whether a screen's words are to be spoken now and its bell rung: once each, and only while fresh. */
  begin(screen: Shown, lateS: number): { readonly speak: boolean; readonly ring: boolean } {
    if (screen.still || lateS < 0) return { speak: false, ring: false };
    const fresh = lateS <= STILL_FRESH_S;
    // A smaller form changes the words of a cue under way; its bell has been heard.
    const ring = once(this.rung, `${screen.stage}/${screen.cue}`) && screen.mark !== "none";
    return { speak: once(this.said, screen.key) && fresh, ring: ring && fresh };
  }
}

function once(seen: Set<string>, name: string): boolean {
  if (seen.has(name)) return false;
  seen.add(name);
  return true;
}
