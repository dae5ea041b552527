// What is heard and felt: the guide's words, three bells, three vibrations.
//
// A recording is played through one media element, which plays silence between the words so that the
// platform takes the page for one that is playing and lets it go on with the screen off. Without a
// recording the browser's own speech is used if it has a voice. The words are always on the screen,
// so nothing here may fail loudly. Nothing here repeats, and nothing keeps time with a breath.

import type { Mark, Shown } from "./wire";

/** What somebody wants to hear on this device. */
export type Hearing = "voice" | "bells" | "nothing";

/** Begin long, switch two short, end three soft. */
const VIBRATIONS: Readonly<Record<Exclude<Mark, "none">, number[]>> = {
  begin: [600],
  switch: [150, 150, 150],
  end: [80, 200, 80, 200, 80],
};

interface Stroke {
  readonly atS: number;
  readonly hz: number;
  readonly loudness: number;
}

const BELLS: Readonly<Record<Exclude<Mark, "none">, readonly Stroke[]>> = {
  begin: [{ atS: 0, hz: 264, loudness: 0.5 }],
  switch: [
    { atS: 0, hz: 330, loudness: 0.4 },
    { atS: 0.3, hz: 396, loudness: 0.4 },
  ],
  end: [
    { atS: 0, hz: 396, loudness: 0.3 },
    { atS: 0.7, hz: 330, loudness: 0.25 },
    { atS: 1.4, hz: 264, loudness: 0.2 },
  ],
};

const RINGS_S = 3.5;

export class Voice {
  private readonly element = new Audio();
  private readonly silence = URL.createObjectURL(new Blob([silentWav(2)], { type: "audio/wav" }));
  /** Recordings fetched ahead, so that the guide goes on without the network. */
  private readonly ahead = new Map<string, string>();
  private fetching = false;
  private wanted: readonly string[] = [];
  private context: AudioContext | null = null;
  private unlocked = false;
  private hearing: Hearing = "voice";
  private volume = 0.8;
  private saying = "";

  constructor(
    private readonly language: string,
    /** What the buttons of a locked screen or of headphones do. */
    private readonly buttons: { readonly pause: () => void; readonly play: () => void },
  ) {
    this.element.preload = "auto";
    this.element.onended = () => this.rest();
  }

  /** Call from a press: browsers give sound only to a page that somebody has touched. */
  unlock(): void {
    if (this.unlocked) return;
    this.unlocked = true;
    this.rest();
    try {
      this.context ??= new AudioContext();
      void this.context.resume().catch(() => undefined);
    } catch {
      this.context = null;
    }
    if ("mediaSession" in navigator) {
      // What a locked screen shows names neither the place nor a person.
      navigator.mediaSession.metadata = new MediaMetadata({ title: "Audio" });
      navigator.mediaSession.setActionHandler("pause", this.buttons.pause);
      navigator.mediaSession.setActionHandler("play", this.buttons.play);
    }
    // A first question, so that the browser has its voices ready when one is wanted.
    if ("speechSynthesis" in window) speechSynthesis.getVoices();
  }

  /** The page has come back: a call or a locked screen may have stopped the sound. */
  wake(): void {
    if (!this.unlocked) return;
    void this.context?.resume().catch(() => undefined);
    if (this.element.paused) this.rest();
  }

  want(hearing: Hearing): void {
    this.hearing = hearing;
    if (hearing === "voice") void this.fetchAhead();
    else this.hush();
  }

  /** From 0 to 1, apart from the system's own volume. */
  setVolume(volume: number): void {
    this.volume = volume;
    this.element.volume = volume;
  }

  /** Fetch the recordings that will be wanted, one after another. */
  prepare(screens: readonly Shown[]): void {
    this.wanted = screens.map((screen) => screen.voice).filter((address) => address !== "");
    void this.fetchAhead();
  }

  say(screen: Shown): void {
    if (this.hearing !== "voice" || !this.unlocked || screen.say === "") return;
    this.hush();
    this.saying = screen.key;
    if (screen.voice !== "") this.play(screen);
    else this.speak(screen.say);
  }

  ring(mark: Mark): void {
    if (mark === "none") return;
    if (this.unlocked) navigator.vibrate?.(VIBRATIONS[mark]);
    if (this.hearing !== "nothing") this.strike(BELLS[mark]);
  }

  /** Silence at once. */
  hush(): void {
    this.saying = "";
    if ("speechSynthesis" in window) speechSynthesis.cancel();
    if (this.unlocked) this.rest();
  }

  /** Nothing more will be heard here, and nothing fetched is kept. */
  end(): void {
    this.hush();
    this.element.pause();
    this.element.removeAttribute("src");
    for (const address of this.ahead.values()) URL.revokeObjectURL(address);
    this.ahead.clear();
    this.wanted = [];
    this.unlocked = false;
    void this.context?.close().catch(() => undefined);
    this.context = null;
  }

  private play(screen: Shown): void {
    const { element } = this;
    element.loop = false;
    element.src = this.ahead.get(screen.voice) ?? screen.voice;
    element.volume = this.volume;
    element.play().catch(() => {
      if (this.saying === screen.key) this.speak(screen.say);
    });
  }

  private speak(words: string): void {
    if (!("speechSynthesis" in window)) return;
    const own = speechSynthesis.getVoices();
    const base = this.language.split("-")[0] ?? this.language;
    const voice = own.find((one) => one.lang === this.language) ?? own.find((one) => one.lang.startsWith(base));
    if (!voice) return;
    const utterance = new SpeechSynthesisUtterance(words);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.rate = 0.85;
    utterance.volume = this.volume;
    speechSynthesis.speak(utterance);
  }

  private rest(): void {
    const { element } = this;
    if (element.src !== this.silence) element.src = this.silence;
    element.loop = true;
    element.play().catch(() => undefined);
  }

  private strike(strokes: readonly Stroke[]): void {
    const { context } = this;
    if (!context || context.state !== "running") return;
    const begin = context.currentTime + 0.02;
    for (const { atS, hz, loudness } of strokes) {
      // A bell's second partial a little above the octave; both fade, the higher one first.
      for (const [partial, share, ringsS] of [[1, 1, RINGS_S], [2.02, 0.3, RINGS_S / 2]] as const) {
        const tone = context.createOscillator();
        const gain = context.createGain();
        tone.frequency.value = hz * partial;
        gain.gain.setValueAtTime(0, begin + atS);
        gain.gain.linearRampToValueAtTime(loudness * share * this.volume, begin + atS + 0.03);
        gain.gain.exponentialRampToValueAtTime(0.0001, begin + atS + ringsS);
        tone.connect(gain).connect(context.destination);
        tone.start(begin + atS);
        tone.stop(begin + atS + ringsS);
      }
    }
  }

  private async fetchAhead(): Promise<void> {
    if (this.fetching) return;
    this.fetching = true;
    for (let next = this.missing(); next !== undefined; next = this.missing()) {
      try {
        const answer = await fetch(next);
        if (!answer.ok) throw new Error(`${answer.status}`);
        this.ahead.set(next, URL.createObjectURL(await answer.blob()));
      } catch {
        // The element will ask for it itself when its moment comes.
        this.ahead.set(next, next);
      }
    }
    this.fetching = false;
  }

  private missing(): string | undefined {
    if (this.hearing !== "voice") return undefined;
    return this.wanted.find((address) => !this.ahead.has(address));
  }
}

/** So many seconds of silence as a WAV file: 8 kHz, 8 bit, one channel. */
function silentWav(seconds: number): ArrayBuffer {
  const rate = 8000;
  const length = rate * seconds;
  const buffer = new ArrayBuffer(44 + length);
  const view = new DataView(buffer);
  const letters = (at: number, text: string) =>
    [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  letters(0, "RIFF");
  view.setUint32(4, 36 + length, true);
  letters(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  letters(36, "data");
  view.setUint32(40, length, true);
  new Uint8Array(buffer, 44).fill(128);
  return buffer;
}
