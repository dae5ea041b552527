// How soon a passphrase or a code may be tried again in this browser.
//
// It slows somebody down who guesses at a screen, across reloads of the page. Whoever takes the slots
// away is slowed by scrypt alone. Only a count and a moment are kept.

import type { Storage } from "./journal";

const FREE = 5;
const FIRST_MS = 5_000;
const LONGEST_MS = 5 * 60_000;

export class Tries {
  constructor(
    private readonly me: string,
    private readonly storage: Storage = localStorage,
  ) {}

  /** For how long nothing is tried; 0 when something may be. */
  waitMs(nowMs: number): number {
    const { wrong, atMs } = this.kept();
    if (wrong < FREE) return 0;
    const pauseMs = Math.min(FIRST_MS * 2 ** (wrong - FREE), LONGEST_MS);
    // A clock that was set back makes nobody wait for a year.
    return nowMs < atMs ? 0 : Math.max(atMs + pauseMs - nowMs, 0);
  }

  wrong(nowMs: number): void {
    this.storage.setItem(this.at(), JSON.stringify({ wrong: this.kept().wrong + 1, atMs: nowMs }));
  }

  opened(): void {
    this.storage.removeItem(this.at());
  }

  private kept(): { readonly wrong: number; readonly atMs: number } {
    const kept = this.storage.getItem(this.at());
    return kept === null ? { wrong: 0, atMs: 0 } : (JSON.parse(kept) as { wrong: number; atMs: number });
  }

  private at(): string {
    return `words:tries:${this.me}`;
  }
}
