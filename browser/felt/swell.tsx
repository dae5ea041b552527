// The two things that may be shown of a rhythm while two sit, where a cue is made for it: the other's
// breath from far away, and a pace that both follow.
//
// Both are off or silent unless the cue shows them. Of the other's breath each chooses how it comes,
// and until then it doesn't. It fades and never flashes, and the quicker a change the less of it is
// shown. A pace is drawn from sitting time alone, so that it is the same for both.

import { signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { text } from "../page/text";
import type { ToDevice } from "../sitting/wire";

type Message = Extract<ToDevice, { readonly t: "swell" }>;

/** The ways in which the other's breath may come. */
export type Way = "sound" | "tremble" | "light";

/** What is drawn follows what came so closely, ms: slower than a flash, quicker than it is noticed. */
const FOLLOWS_MS = 120;
/** A page that was busy for longer goes on softly, and not in one leap. */
const LONGEST_STEP_MS = 50;
/** After so long without news it goes down to rest. */
const STALE_MS = 1500;
const LEAST_TRUST = 0.3;
const LOUDEST = 0.12;
const TREMBLE_MS = 30;
const BETWEEN_TREMBLES_MS = 250;

/** From rest to fullest; the newest message wins. */
export class Swell {
  readonly ways;
  /** Whether anything has come lately. */
  readonly comes = signal(false);
  /** Sitting time of what was drawn last, for whoever measures how late that is. */
  drawnAt = 0;
  private wanted = 0;
  private shown = 0;
  private newest = -Infinity;
  private cameMs = -Infinity;
  private drewMs = 0;
  private trembledMs = -Infinity;
  private frame = 0;
  private place: HTMLElement | null = null;
  private sound: { readonly context: AudioContext; readonly gain: GainNode } | null = null;

  constructor(...ways: readonly Way[]) {
    this.ways = signal<ReadonlySet<Way>>(new Set(ways));
  }

  take(message: Message): void {
    if (!(message.at > this.newest)) return;
    this.newest = message.at;
    this.cameMs = performance.now();
    const level = Math.min(Math.max((message.level + 1) / 2, 0), 1);
    this.wanted = message.trust >= LEAST_TRUST ? level : 0;
    this.comes.value = message.trust >= LEAST_TRUST;
    if (this.frame === 0 && this.ways.value.size > 0) this.begin();
  }

  /** Choose a way, or drop it: in the tap itself, which is when a browser lets a page sound. */
  choose(way: Way): void {
    const ways = new Set(this.ways.value);
    if (!ways.delete(way)) ways.add(way);
    this.ways.value = ways;
    if (ways.has("sound")) this.open();
    else this.close();
    if (!ways.has("tremble")) navigator.vibrate?.(0);
    if (ways.size > 0 && this.frame === 0) this.begin();
  }

  drawIn(place: HTMLElement | null): void {
    this.place = place;
  }

  /** Nothing more is to come just now. */
  rest(): void {
    this.wanted = 0;
    this.comes.value = false;
  }

  end(): void {
    this.rest();
    this.close();
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }

  private begin(): void {
    this.drewMs = performance.now();
    this.frame = requestAnimationFrame((now) => this.draw(now));
  }

  private draw(nowMs: number): void {
    const passedMs = Math.min(Math.max(nowMs - this.drewMs, 0), LONGEST_STEP_MS);
    this.drewMs = nowMs;
    if (performance.now() - this.cameMs > STALE_MS) this.rest();
    this.shown += (this.wanted - this.shown) * (1 - Math.exp(-passedMs / FOLLOWS_MS));
    this.drawnAt = this.newest;
    const ways = this.ways.value;
    if (this.place) {
      const light = ways.has("light") ? this.shown : 0;
      this.place.style.setProperty("--swell", light.toFixed(3));
      this.place.dataset["at"] = `${this.drawnAt}`;
    }
    this.sound?.gain.gain.setTargetAtTime(this.shown * LOUDEST, this.sound.context.currentTime, FOLLOWS_MS / 1000);
    if (ways.has("tremble") && this.shown > 0.5 && nowMs - this.trembledMs > BETWEEN_TREMBLES_MS) {
      this.trembledMs = nowMs;
      navigator.vibrate?.(TREMBLE_MS);
    }
    const rests = this.wanted === 0 && this.shown < 0.002;
    if (ways.size === 0 || rests) {
      this.frame = 0;
      this.place?.style.setProperty("--swell", "0");
      return;
    }
    this.frame = requestAnimationFrame((now) => this.draw(now));
  }

  private open(): void {
    if (this.sound) return;
    try {
      const context = new AudioContext();
      const gain = context.createGain();
      gain.gain.value = 0;
      // Something like wind: a low tone and its fifth would be music, and music sets a pace.
      const wind = context.createBufferSource();
      wind.buffer = noise(context);
      wind.loop = true;
      const soft = context.createBiquadFilter();
      soft.type = "lowpass";
      soft.frequency.value = 420;
      wind.connect(soft).connect(gain).connect(context.destination);
      wind.start();
      void context.resume().catch(() => undefined);
      this.sound = { context, gain };
    } catch {
      this.sound = null;
    }
  }

  private close(): void {
    void this.sound?.context.close().catch(() => undefined);
    this.sound = null;
  }
}

/** Four seconds of even noise, faded into itself so that its loop has no beat. */
function noise(context: AudioContext): AudioBuffer {
  const length = 4 * context.sampleRate;
  const seam = context.sampleRate / 2;
  const buffer = context.createBuffer(1, length, context.sampleRate);
  const values = buffer.getChannelData(0);
  for (let i = 0; i < length; i++) values[i] = Math.random() * 2 - 1;
  for (let i = 0; i < seam; i++) {
    const share = i / seam;
    values[i] = values[i]! * Math.sqrt(share) + (Math.random() * 2 - 1) * Math.sqrt(1 - share);
  }
  return buffer;
}

/** A swell in the ways that somebody here has chosen. */
function Ways({ swell, heading }: { readonly swell: Swell; readonly heading: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    swell.drawIn(place.current);
    return () => swell.drawIn(null);
  }, []);
  const ways = swell.ways.value;
  const choices: readonly Way[] = "vibrate" in navigator ? ["sound", "tremble", "light"] : ["sound", "light"];
  return (
    <>
      <div class="swell" ref={place} aria-hidden="true" />
      <p class="soft small swells">{heading}</p>
      <div class="row swells" role="group" aria-label={heading}>
        {choices.map((way) => (
          <button type="button" class="quiet" aria-pressed={ways.has(way)} onClick={() => swell.choose(way)}>
            {text.swell[way]}
          </button>
        ))}
      </div>
    </>
  );
}

/** The other's breath. It is off until somebody here has chosen how it comes. */
export function OthersBreath({ swell }: { readonly swell: Swell }) {
  return (
    <>
      <Ways swell={swell} heading={text.swell.heading} />
      {/* Not read aloud: it would come between two breaths. */}
      <p class="near soft">{swell.ways.value.size > 0 && !swell.comes.value ? text.swell.quiet : ""}</p>
    </>
  );
}

/** Sitting seconds of one rise and one fall. */
export const RISES_S = 4.5;
export const FALLS_S = 5.5;

/** How far a pace has risen, 0 to 1, so long after its cue began; it begins at rest. */
export function paced(sinceS: number): { readonly height: number; readonly rising: boolean } {
  const whole = RISES_S + FALLS_S;
  const within = ((sinceS % whole) + whole) % whole;
  const rising = within < RISES_S;
  const share = rising ? within / RISES_S : 1 - (within - RISES_S) / FALLS_S;
  return { height: (1 - Math.cos(Math.PI * share)) / 2, rising };
}

/** A pace that both follow, if they like: by light, sound or tremble, and in a word. */
export function Pace({ begins_at, at }: { readonly begins_at: number; readonly at: () => number }) {
  const swell = useMemo(() => new Swell("light"), []);
  const word = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    let frame = requestAnimationFrame(draw);
    function draw(): void {
      const atS = at();
      const { height, rising } = paced(atS - begins_at);
      swell.take({ t: "swell", at: atS, level: 2 * height - 1, trust: 1 });
      const said = rising ? text.pace.rising : text.pace.falling;
      if (word.current && word.current.textContent !== said) word.current.textContent = said;
      frame = requestAnimationFrame(draw);
    }
    return () => {
      cancelAnimationFrame(frame);
      swell.end();
    };
  }, [begins_at]);
  return (
    <>
      <Ways swell={swell} heading={text.pace.heading} />
      <p class="near soft" ref={word} />
    </>
  );
}
