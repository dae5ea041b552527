// A camera that sees movement: its pictures → a worker beside the page → a few named points.
//
// It is opened only by somebody's tap, and closed by one. Nothing of it is fetched before. Pictures stay
// in this device's memory, are looked at one at a time and are gone with the look; what comes out are the
// points of pose-points.ts. Only when somebody begins to set it up is anybody else in the picture looked
// for, so as to say that they are there. When anything fails it says which of a few things it was, and the
// sitting goes on without it.

import { signal } from "@preact/signals";
import { scriptUrl } from "../page/beside";
import type { Lens } from "../sitting/lens";
import { isFramed, LEAST_HZ, Measure, One, Rate, TwoApart } from "./pose-points";
import type { Body, Picks, PoseAnswer, PoseQuestion, Reading } from "./pose-points";

/** Why there is no camera, or how far it is. */
export type CameraState =
  | "off"
  | "asking"
  | "fetching"
  | "seeing"
  /** This page came by plain http, where no browser has a camera. */
  | "plain"
  | "refused"
  | "none"
  /** Something else is using it. */
  | "busy"
  /** This browser, or this device, can't look at pictures beside the page. */
  | "unable"
  /** It was unplugged, or taken away, while it saw. */
  | "gone";

/** What the camera is for just now; for nothing, its pictures are let go unlooked at. */
type Purpose = "nothing" | "framing" | "movement";

/** What stands in the framing step: everybody in the picture, and how they would be followed. */
export interface View {
  /** The picture's width by its height. */
  readonly shape: number;
  readonly bodies: readonly (Body | null)[];
  readonly framed: boolean;
  /** Somebody else is in the picture. */
  readonly crowded: boolean;
}

/** A picture that has not been looked at after so long never will be. */
const LONGEST_LOOK_MS = 20_000;
/** A stamp of a picture further from now than this is by another clock than the page's. */
const OTHER_CLOCK_MS = 1000;
const FRAMED_FOR = 5;
/** In so many pictures nobody else was there. To go on looking for them would take half of all pictures. */
const ALONE_FOR = 10;
/** How many pictures there are in a second is said of at least so many seconds. */
const COUNTED_S = 0.8;

export interface Seer {
  /** Sitting time at a moment of the page's clock, or null while it isn't known. */
  stamp(ms: number): number | null;
  /** One reading for each person: one, or two at a shared device, from the left as they face it. */
  moved(readings: readonly Reading[]): void;
}

export class Camera {
  readonly state = signal<CameraState>("off");
  /** The share of what has to be fetched, once, that has come. */
  readonly fetched = signal(0);
  readonly view = signal<View | null>(null);
  /** Fewer pictures are looked at than a lag could be told from. */
  readonly slow = signal(false);
  /** For how many the worker has been asked to look. */
  private asked: 1 | 2 | null = null;
  private framing = false;
  private following = false;
  private followed = false;
  private purpose: Purpose = "nothing";
  private stream: MediaStream | null = null;
  private worker: Worker | null = null;
  private video: HTMLVideoElement | null = null;
  private looking: ReturnType<typeof setTimeout> | undefined;
  /** The newest picture that has not been looked at, and when it came and was taken, by the page's clock. */
  private newest: { readonly picture: VideoFrame | null; readonly nowMs: number; readonly takenMs: number } | null = null;
  /** Whether the worker waits for a picture. */
  private free = false;
  /** Whether a picture can be kept while the one before it is looked at. */
  private keeps = typeof VideoFrame !== "undefined";
  private picks: Picks | null = null;
  private measures: Measure[] = [];
  private rate = new Rate();
  private framedFor = 0;
  private aloneFor = 0;
  /** Every opening has its own number, so that what belongs to one that was closed changes nothing. */
  private turn = 0;

  constructor(
    private readonly address: string,
    readonly lens: Lens,
    readonly people: 1 | 2,
    private readonly seer: Seer,
  ) {}

  get isLive(): boolean {
    return this.stream !== null;
  }

  /** Two could have been taken for one another, so nothing more is told of them. */
  get lost(): boolean {
    return this.picks?.lost ?? false;
  }

  /** Inside a tap: browsers ask for a camera only there. */
  async open(): Promise<void> {
    this.close();
    const turn = this.turn;
    this.state.value = "asking";
    if (!isSecureContext || !navigator.mediaDevices) return this.fail("plain");
    if (this.address === "" || typeof Worker === "undefined" || typeof OffscreenCanvas === "undefined") {
      return this.fail("unable");
    }
    let stream: MediaStream;
    try {
      stream = await this.lens.lend();
    } catch (error) {
      if (turn === this.turn) this.fail(whyNot(error));
      return;
    }
    // Closed while the browser was asking.
    if (turn !== this.turn) return this.lens.back(stream);
    this.stream = stream;
    for (const track of stream.getVideoTracks()) {
      track.addEventListener("ended", () => turn === this.turn && this.fail("gone"));
    }
    this.state.value = "fetching";
    this.video = document.createElement("video");
    this.video.muted = true;
    this.video.playsInline = true;
    this.video.srcObject = stream;
    await this.video.play().catch(() => undefined);
    if (turn === this.turn) this.begin(turn);
  }

  /** Off, and the light beside the lens with it. */
  close(): void {
    this.letGo();
    this.state.value = "off";
  }

  /** Whether somebody is setting it up just now. */
  frame(on: boolean): void {
    this.framing = on;
    this.settle();
  }

  /** Whether movement is asked for just now, by the screen and by this person's yes. */
  follow(on: boolean): void {
    this.following = on;
    this.settle();
  }

  private settle(): void {
    const purpose = this.following ? "movement" : this.framing ? "framing" : "nothing";
    if (purpose === this.purpose) return;
    this.purpose = purpose;
    // Who is who is settled anew when it begins, and then for good.
    if (purpose === "movement" && !this.followed) this.picks = null;
    this.followed ||= purpose === "movement";
    if (purpose !== "framing") this.view.value = null;
    if (purpose === "nothing") this.drop();
    this.aloneFor = 0;
    this.lookFor();
  }

  private get looksFor(): 1 | 2 {
    return this.purpose === "framing" && this.aloneFor < ALONE_FOR ? 2 : this.people;
  }

  private lookFor(): void {
    if (!this.worker || this.asked === this.looksFor) return;
    this.asked = this.looksFor;
    // How many pictures there were a second of two says nothing about how many there will be of one.
    this.rate = new Rate();
    this.ask({ people: this.looksFor });
  }

  private begin(turn: number): void {
    const worker = new Worker(scriptUrl(this.address), { type: "module" });
    this.worker = worker;
    worker.addEventListener("error", () => turn === this.turn && this.fail("unable"));
    worker.addEventListener("message", ({ data }: MessageEvent<PoseAnswer>) => {
      if (turn === this.turn) this.hear(data, turn);
    });
    this.lookFor();
    this.watch(turn);
  }

  private ask(question: PoseQuestion, transfer: Transferable[] = []): void {
    this.worker?.postMessage(question, transfer);
  }

  private hear(answer: PoseAnswer, turn: number): void {
    if ("come" in answer) {
      this.fetched.value = Math.min(answer.come / answer.of, 1);
    } else if ("failed" in answer) {
      this.fail("unable");
    } else if ("ready" in answer) {
      this.state.value = "seeing";
      this.free = true;
    } else {
      clearTimeout(this.looking);
      this.seen(answer.bodies, answer.atMs);
      this.free = true;
      void this.look(turn);
    }
  }

  /** Of the pictures that come, the newest waits until the worker is free. */
  private watch(turn: number): void {
    const { video } = this;
    if (turn !== this.turn || !video) return;
    const came = (nowMs: number, takenMs: number) => {
      if (turn !== this.turn) return;
      this.put(video, nowMs, takenMs);
      void this.look(turn);
      this.watch(turn);
    };
    if ("requestVideoFrameCallback" in video) {
      video.requestVideoFrameCallback((nowMs, frame) => came(nowMs, frame.captureTime ?? nowMs));
    } else {
      requestAnimationFrame((nowMs) => came(nowMs, nowMs));
    }
  }

  private put(video: HTMLVideoElement, nowMs: number, takenMs: number): void {
    this.drop();
    if (this.purpose === "nothing" || this.state.value !== "seeing" || video.videoWidth === 0) return;
    const picture = this.free || !this.keeps ? null : kept(video);
    if (this.free || picture) this.newest = { picture, nowMs, takenMs };
  }

  private drop(): void {
    this.newest?.picture?.close();
    this.newest = null;
  }

  private async look(turn: number): Promise<void> {
    const { video, newest } = this;
    if (!this.free || !video || !newest) return;
    this.free = false;
    this.newest = null;
    const { nowMs, takenMs } = newest;
    try {
      const picture = await createImageBitmap(newest.picture ?? video);
      if (turn !== this.turn) return picture.close();
      const atMs = Math.abs(takenMs - nowMs) < OTHER_CLOCK_MS ? takenMs : nowMs;
      this.looking = setTimeout(() => turn === this.turn && this.fail("unable"), LONGEST_LOOK_MS);
      this.ask({ picture, atMs }, [picture]);
    } catch {
      // No picture just then, as while a camera wakes; or one that this browser can't keep.
      if (newest.picture) this.keeps = false;
      if (turn === this.turn) this.free = true;
    } finally {
      newest.picture?.close();
    }
  }

  private seen(bodies: readonly Body[], atMs: number): void {
    const { video } = this;
    if (!video) return;
    const shape = video.videoWidth / Math.max(video.videoHeight, 1);
    this.picks ??= this.people === 2 ? new TwoApart() : new One(shape);
    const picked = this.picks.pick(bodies, atMs / 1000);
    const enough = this.rate.count(atMs / 1000) >= LEAST_HZ;
    // It is told once there are some to count, and not while more people are looked for than will be.
    this.slow.value = !enough && this.rate.overS > COUNTED_S && this.asked === this.people;
    if (this.purpose === "framing") {
      const whole = picked.length === this.people && picked.every(isFramed);
      const crowded = bodies.length > this.people;
      this.aloneFor = crowded ? 0 : this.aloneFor + (whole ? 1 : 0);
      this.lookFor();
      // Not by one picture, which a wave of the hand would undo.
      this.framedFor = whole ? Math.min(this.framedFor + 1, FRAMED_FOR) : Math.max(this.framedFor - 1, 0);
      this.view.value = { shape, bodies: picked, framed: this.framedFor === FRAMED_FOR, crowded };
    }
    if (this.purpose !== "movement") return;
    const atS = this.seer.stamp(atMs);
    if (atS === null) return;
    const readings = picked.map((body, i) => {
      this.measures[i] ??= new Measure();
      // Too few pictures make a body that jumps: it is told as one that was not seen.
      return { atS, points: this.measures[i].told(enough ? body : null, atMs / 1000) };
    });
    // A picture has left and right the other way round.
    this.seer.moved(readings.reverse());
  }

  private fail(state: CameraState): void {
    this.letGo();
    this.state.value = state;
  }

  private letGo(): void {
    this.turn += 1;
    clearTimeout(this.looking);
    this.worker?.terminate();
    this.worker = null;
    this.asked = null;
    this.free = false;
    this.drop();
    this.lens.back(this.stream);
    this.stream = null;
    if (this.video) this.video.srcObject = null;
    this.video = null;
    this.picks = null;
    this.measures = [];
    this.rate = new Rate();
    this.framedFor = 0;
    this.aloneFor = 0;
    this.followed = false;
    this.fetched.value = 0;
    this.view.value = null;
    this.slow.value = false;
  }
}

/** This very picture, for later; null where the browser has none to give. */
function kept(video: HTMLVideoElement): VideoFrame | null {
  try {
    return new VideoFrame(video);
  } catch {
    return null;
  }
}

function whyNot(error: unknown): CameraState {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "refused";
    case "NotFoundError":
    case "OverconstrainedError":
      return "none";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "unable";
  }
}
