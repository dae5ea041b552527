// The player of a score: screens and a sitting time → what is shown. Pure; it knows no clock.
//
// The server sends the screens as they would come if nobody did anything. A new show takes the place
// of everything from its first screen on. What has been said is not said again: a pause, a reload or
// a reconnection shows the words, and only a cue that has just begun is spoken.

import type { Show, Shown } from "./wire";

/** Real seconds into a cue after which its words are shown and no longer spoken. */
export const STILL_FRESH_S = 3;

/** Sitting seconds before an end in which the time left is told. */
const NEAR_TURN_S = 15;
const NEAR_END_S = 60;

export interface Score {
  readonly epoch: string;
  readonly number: number;
  readonly screens: readonly Shown[];
}

export const EMPTY: Score = { epoch: "", number: 0, screens: [] };

/** The score after this show; the same score when the show is one that it already has. */
export function merge(score: Score, show: Show): Score {
  const { epoch, number } = show;
  if (epoch === score.epoch && number <= score.number) return score;
  const first = show.screens[0];
  if (first === undefined) return { ...score, epoch, number };
  const before = score.screens.filter((screen) => screen.begins_at < first.begins_at);
  return { epoch, number, screens: [...before, ...show.screens] };
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
  if (now?.stage !== "sitting" || now.still) return "";
  const landing = score.screens.find((s) => s.stage === "landing" && s.begins_at > at);
  if (landing && landing.begins_at - at <= NEAR_END_S) return "whole";
  // Of a song nobody here knows the end, and what is short is over before it could be read.
  const short = now.ends_at === null || now.ends_at - now.begins_at <= 2 * NEAR_TURN_S;
  if (now.turn === "both" || short || now.may.includes("song_ended")) return "";
  return (now.ends_at ?? 0) - at <= NEAR_TURN_S ? "turn" : "";
}

/** The landing that the score already holds, begun at this moment: for someone who has stopped. */
export function landingFrom(score: Score, at: number): Score {
  const landing = score.screens.filter((s) => s.stage === "landing" || s.stage === "closed");
  const first = landing[0];
  if (first?.stage !== "landing") return { ...score, screens: [] };
  const earlier = Math.max(first.begins_at - at, 0);
  const screens = landing.map((s) => ({
    ...s,
    begins_at: s.begins_at - earlier,
    ends_at: s.ends_at === null ? null : s.ends_at - earlier,
  }));
  return { ...score, screens };
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
