// Plays a score: shows each screen when its moment has come, and says once that it has begun.
//
// Timers only say when to look again; what is shown is always read from the clock. So a page that
// slept comes back to the screen of now.

import { signal } from "@preact/signals";
import { EMPTY, landingFrom, merge, nearEnd, nextAt, Sayings, shownAt } from "./score";
import type { Score } from "./score";
import type { Show, Shown } from "./wire";

const LOOK_MS = 1000;

export interface Time {
  /** Sitting time now. */
  at(): number;
  readonly pace: number;
}

/** Called once for each screen that begins; `speak` and `ring` only while it is fresh. */
export type Begin = (screen: Shown, now: { readonly speak: boolean; readonly ring: boolean }) => void;

export class Player {
  readonly shown = signal<Shown | undefined>(undefined);
  readonly near = signal<"" | "turn" | "whole">("");
  private score: Score = EMPTY;
  private held: Shown | null = null;
  private readonly sayings = new Sayings();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly time: Time,
    private readonly begin: Begin,
  ) {}

  get screens(): readonly Shown[] {
    return this.score.screens;
  }

  take(show: Show): void {
    this.score = merge(this.score, show);
    this.look();
  }

  /** Play a landing from now on: the one that was held, else these words. */
  landNow(words: readonly string[]): void {
    this.held = null;
    this.score = landingFrom(this.score, this.time.at(), words);
    this.look();
  }

  /**
   * Wait in this moment, if it is one of sitting: the line has been gone for so long that the other
   * is waiting too. Only stopping is of any use here until it is back.
   */
  hold(): void {
    const shown = this.shown.value;
    if (shown?.stage !== "sitting" || shown.still) return;
    this.held = { ...shown, still: true, held: true, may: ["stop"] };
    this.look();
  }

  /** The line is back, and what is held by the server comes from there. */
  release(): void {
    this.held = null;
    this.look();
  }

  end(): void {
    clearTimeout(this.timer);
  }

  look(): void {
    clearTimeout(this.timer);
    if (this.held) {
      this.shown.value = this.held;
      this.near.value = "";
      return;
    }
    const at = this.time.at();
    const screen = shownAt(this.score, at);
    this.shown.value = screen;
    this.near.value = nearEnd(this.score, at);
    if (!screen) return;
    const lateS = (at - screen.begins_at) / this.time.pace;
    const now = this.sayings.begin(screen, lateS);
    if (now.speak || now.ring) this.begin(screen, now);
    const next = nextAt(this.score, at);
    const untilMs = next === undefined ? LOOK_MS : ((next - at) / this.time.pace) * 1000;
    // Never 0: a clock that is corrected while we wait must not make this a busy loop.
    this.timer = setTimeout(() => this.look(), Math.min(Math.max(untilMs, 4), LOOK_MS));
  }
}
