// Sitting time, as well as this device can know it. It never reads a clock: whoever asks says what
// the device's own clock shows, in milliseconds.
//
// A pong says what the sitting time was somewhere between sending and hearing. The quicker the way,
// the less that "somewhere" can hide, so the quickest quarter of the recent pings decides. What they
// leave open is said too, never less than it is: who of two moved first is worth no more than that.

const KEPT = 40;

/** Crystals run within this of each other. */
const STEADY = 200e-6;

/** As much as is ever said: then the device knows nothing of sitting time. */
const MOST_OFF_S = 3600;

interface Heard {
  readonly tookMs: number;
  readonly heardMs: number;
  readonly offsetS: number;
}

export class Clock {
  private readonly heard: Heard[] = [];
  private offsetS: number | null = null;
  private guessedWithinS = MOST_OFF_S;
  private latest = -Infinity;
  pace = 1;

  /** Begin again, as after a sleep in which the device's own clock may have stood still. */
  restart(): void {
    this.heard.length = 0;
    this.guessedWithinS = MOST_OFF_S;
    this.latest = -Infinity;
  }

  /** One ping: sent and heard by the device's clock, answered at this sitting time. */
  pong(sentMs: number, heardMs: number, at: number): void {
    const tookMs = heardMs - sentMs;
    if (!(tookMs >= 0) || !Number.isFinite(at)) return;
    const offsetS = at - this.pace * ((sentMs + heardMs) / 2000);
    this.heard.push({ tookMs, heardMs, offsetS });
    if (this.heard.length > KEPT) this.heard.shift();
    const quick = [...this.heard].sort((a, b) => a.tookMs - b.tookMs);
    const offsets = quick.slice(0, Math.ceil(quick.length / 4)).map((one) => one.offsetS);
    this.offsetS = middle(offsets);
  }

  /** A first guess, until a ping has come back: this sitting time was since then, and lately. */
  guess(sentMs: number, nowMs: number, at: number): void {
    if (this.heard.length > 0) return;
    this.offsetS = at - (this.pace * nowMs) / 1000;
    this.guessedWithinS = (nowMs - sentMs) / 1000;
  }

  /** How far a stamp of now may be from sitting time, in real seconds, whichever way was the slower. */
  mayBeOffS(nowMs: number): number {
    const { offsetS } = this;
    if (offsetS === null) return MOST_OFF_S;
    // Each answer has its own bound, and all of them are true.
    const bounds = this.heard.map(
      (one) =>
        one.tookMs / 2000 +
        Math.abs(one.offsetS - offsetS) / this.pace +
        (STEADY * Math.max(nowMs - one.heardMs, 0)) / 1000,
    );
    return Math.min(MOST_OFF_S, ...(bounds.length > 0 ? bounds : [this.guessedWithinS]));
  }

  get knows(): boolean {
    return this.offsetS !== null;
  }

  /** Sitting time of a reading with this stamp; what is drawn meanwhile has no part in it. */
  stamp(ms: number): number | null {
    return this.offsetS === null ? null : this.offsetS + (this.pace * ms) / 1000;
  }

  /** Sitting time when the device's clock shows this. A better estimate never sets it back a little. */
  at(nowMs: number): number {
    const at = (this.offsetS ?? 0) + (this.pace * nowMs) / 1000;
    const backS = this.latest - at;
    if (backS > 0 && backS < this.pace) return this.latest;
    this.latest = at;
    return at;
  }
}

function middle(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}
