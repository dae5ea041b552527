// A camera that sees movement: its pictures → a worker beside the page → a few named points.
//
// It is opened only by somebody's tap, and closed by one. Nothing of it is fetched before. Pictures stay
// in this device's memory, are looked at one at a time and are gone with the look; what comes out are the
// points of pose-points.ts. Only while somebody sets it up is anybody else in the picture looked for, so as
// to say that they are there. When anything fails it says which of a few things it was, and the sitting
// goes on without it.

import { signal } from "@preact/signals";
import { scriptUrl } from "../page/beside";
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

const ASKED_FOR: MediaStreamConstraints = {
  audio: false,
  // More would only be made smaller again: a network looks at 256 by 256.
  video: {
    facingMode: "user",
    width: { ideal: 640 },
    height: { ideal: 480 },
    frameRate: { ideal: 30, max: 30 },
  },
};

/** A picture that has not been looked at after so long never will be. */
const LONGEST_LOOK_MS = 20_000;
/** A stamp of a picture further from now than this is by another clock than the page's. */
const OTHER_CLOCK_MS = 1000;
const FRAMED_FOR = 5;

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
  private framing = false;
  private following = false;
  private followed = false;
  private purpose: Purpose = "nothing";
  private stream: MediaStream | null = null;
  private worker: Worker | null = null;
  private video: HTMLVideoElement | null = null;
  private looking: ReturnType<typeof setTimeout> | undefined;
  private picks: Picks | null = null;
  private measures: Measure[] = [];
  private rate = new Rate();
  private framedFor = 0;
  /** Every opening has its own number, so that what belongs to one that was closed changes nothing. */
  private turn = 0;

  constructor(
    private readonly address: string,
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
      stream = await navigator.mediaDevices.getUserMedia(ASKED_FOR);
    } catch (error) {
      if (turn === this.turn) this.fail(whyNot(error));
      return;
    }
    // Closed while the browser was asking.
    if (turn !== this.turn) return stopped(stream);
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
    this.ask({ people: this.looksFor });
  }

  private get looksFor(): 1 | 2 {
    return this.purpose === "framing" ? 2 : this.people;
  }

  private begin(turn: number): void {
    const worker = new Worker(scriptUrl(this.address), { type: "module" });
    this.worker = worker;
    worker.addEventListener("error", () => turn === this.turn && this.fail("unable"));
    worker.addEventListener("message", ({ data }: MessageEvent<PoseAnswer>) => {
      if (turn === this.turn) this.hear(data, turn);
    });
    this.ask({ people: this.looksFor });
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
      this.next(turn);
    } else {
      clearTimeout(this.looking);
      this.seen(answer.bodies, answer.atMs);
      this.next(turn);
    }
  }

  /** The next picture that comes, once the last has been looked at. */
  private next(turn: number): void {
    const { video } = this;
    if (!video) return;
    const look = (nowMs: number, atMs: number) => void this.look(turn, nowMs, atMs);
    if ("requestVideoFrameCallback" in video) {
      video.requestVideoFrameCallback((nowMs, frame) => look(nowMs, frame.captureTime ?? nowMs));
    } else {
      requestAnimationFrame((nowMs) => look(nowMs, nowMs));
    }
  }

  private async look(turn: number, nowMs: number, takenMs: number): Promise<void> {
    const { video } = this;
    if (turn !== this.turn || !video) return;
    if (this.purpose === "nothing" || video.videoWidth === 0) return this.next(turn);
    try {
      const picture = await createImageBitmap(video);
      if (turn !== this.turn) return picture.close();
      const atMs = Math.abs(takenMs - nowMs) < OTHER_CLOCK_MS ? takenMs : nowMs;
      this.looking = setTimeout(() => turn === this.turn && this.fail("unable"), LONGEST_LOOK_MS);
      this.ask({ picture, atMs }, [picture]);
    } catch {
      // No picture just then, as while a camera wakes.
      setTimeout(() => this.next(turn), 100);
    }
  }

  private seen(bodies: readonly Body[], atMs: number): void {
    const { video } = this;
    if (!video) return;
    const shape = video.videoWidth / Math.max(video.videoHeight, 1);
    this.picks ??= this.people === 2 ? new TwoApart() : new One(shape);
    const picked = this.picks.pick(bodies, atMs / 1000);
    const hz = this.rate.count(atMs / 1000);
    this.slow.value = hz < LEAST_HZ;
    if (this.purpose === "framing") {
      const whole = picked.length === this.people && picked.every(isFramed);
      const crowded = bodies.length > this.people;
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
      return { atS, points: this.measures[i].told(this.slow.value ? null : body, atMs / 1000) };
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
    if (this.stream) stopped(this.stream);
    this.stream = null;
    if (this.video) this.video.srcObject = null;
    this.video = null;
    this.picks = null;
    this.measures = [];
    this.rate = new Rate();
    this.framedFor = 0;
    this.followed = false;
    this.fetched.value = 0;
    this.view.value = null;
    this.slow.value = false;
  }
}

function stopped(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
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
