// What a page does about a call: asks its browser for sound and picture when somebody presses, says what
// is welcome, and is in a call while both would have one.
//
// Camera and microphone are only ever asked for inside a press of the person's own, and are let go as
// soon as they are of no use. Less takes effect here first and is told to the server afterwards. Nothing
// is recorded, and nobody is shown to themselves but for once, before it begins.

import { signal } from "@preact/signals";
import { browserConnection, Call } from "./call";
import type { Lens } from "../sitting/lens";
import { CALLS } from "../sitting/wire";
import type { Act, CallKind, CallSignal, Meeting, Own, View } from "../sitting/wire";

/** A song fills more than a voice does. */
const SONG_BITS_PER_SECOND = 96_000;
const VOICE: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
/** So long after they are together there is something to measure. */
const MEASURE_MS = 4000;

/** Why there is no sound or picture from this device. */
export type Trouble = "" | "none" | "refused" | "insecure";

interface Line {
  say(act: Act): void;
  signal(signal: CallSignal): boolean;
}

/** The smaller of two. */
export function least(one: CallKind, other: CallKind): CallKind {
  return CALLS[Math.min(CALLS.indexOf(one), CALLS.indexOf(other))] ?? "nothing";
}

export class Calling {
  /** What this device gives, or would. */
  readonly local = signal<MediaStream | null>(null);
  /** Whether this person is being shown to themselves, to see what the other would. */
  readonly framing = signal(false);
  readonly asking = signal(false);
  readonly trouble = signal<Trouble>("");
  /** The call that there is: what both would have, and this page has not ended. */
  readonly now = signal<CallKind>("nothing");
  readonly together = signal(false);
  /** They have not been together for so long that it is worth a word. */
  readonly lost = signal(false);
  readonly ended = signal(false);
  readonly picture = signal<MediaStream | null>(null);
  readonly lateS = signal<number | undefined>(undefined);
  /** Rather through a relay only, so that the other's device doesn't learn this one's address. */
  readonly hidden = signal(false);
  /** The cue in which it was said how late the picture is. */
  lateSaidIn: number | null | undefined;
  private readonly voices = new Map<string, HTMLAudioElement>();
  private wish: CallKind = "nothing";
  private meeting: Meeting | null = null;
  private call: Call | null = null;
  private seen = false;
  private song: { readonly context: AudioContext; readonly mixed: MediaStreamTrack } | null = null;
  private measuring: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly line: Line,
    private readonly lens: Lens,
  ) {}

  /** What the server, or this page, holds of this person's wish. */
  own(own: Own): void {
    this.wish = own.call;
    this.follow();
  }

  /** Call from a press. So much is welcome here; the browser may ask for its own yes first. */
  async choose(kind: CallKind): Promise<void> {
    this.trouble.value = "";
    if (kind === "nothing") {
      this.letGo();
      this.line.say({ t: "wish_call", call: kind });
      return;
    }
    if (await this.open(kind)) {
      this.framing.value = kind === "picture";
      // Else it would be a dark picture that somebody is shown.
      this.show(this.seen ? "face" : "none");
      this.line.say({ t: "wish_call", call: kind });
    }
  }

  /** Nothing of a call is welcome after all. */
  giveUp(): void {
    this.letGo();
    if (this.wish !== "nothing") this.line.say({ t: "wish_call", call: "nothing" });
  }

  /** Call from a press: the page was loaded again and has no sound or picture yet. */
  async again(relay: boolean): Promise<void> {
    this.trouble.value = "";
    // What somebody had chosen about their address isn't known any more: rather hidden, where it can be.
    if (relay) this.hidden.value = true;
    if (await this.open(this.now.value)) this.follow();
  }

  /** Less than there is, here at once and then for both. */
  less(kind: CallKind): void {
    this.wish = least(this.wish, kind);
    this.line.say({ t: "wish_call", call: kind });
    this.follow();
  }

  meet(meeting: Meeting): void {
    this.meeting = meeting;
    this.follow();
  }

  hear(signal: CallSignal): void {
    this.call?.hear(signal);
  }

  /** Whether and how the other is seen just now; where they aren't, nothing is sent of this side either. */
  show(view: View): void {
    this.seen = view !== "none";
    for (const track of this.local.value?.getVideoTracks() ?? []) {
      track.enabled = this.framing.value || this.seen;
    }
  }

  hideSelf(): void {
    this.framing.value = false;
    this.show(this.seen ? "face" : "none");
  }

  /** Play a song to the other too, in step with here. Call from a press. */
  async playToBoth(element: HTMLMediaElement): Promise<void> {
    const microphone = this.local.value?.getAudioTracks()[0];
    if (!this.call || !microphone) return;
    const context = new AudioContext();
    const song = context.createMediaElementSource(element);
    const both = context.createMediaStreamDestination();
    song.connect(context.destination);
    song.connect(both);
    context.createMediaStreamSource(new MediaStream([microphone])).connect(both);
    const mixed = both.stream.getAudioTracks()[0];
    if (!mixed) return;
    this.song = { context, mixed };
    await context.resume();
    await this.call.give("audio", mixed);
    await this.call.allow(SONG_BITS_PER_SECOND);
  }

  async endSong(): Promise<void> {
    const { song } = this;
    if (!song) return;
    this.song = null;
    await this.call?.give("audio", this.local.value?.getAudioTracks()[0] ?? null);
    await this.call?.allow(undefined);
    song.mixed.stop();
    await song.context.close();
  }

  /** It is over here: what there was of a call is gone, and camera and microphone are let go. */
  end(): void {
    this.meeting = null;
    this.wish = "nothing";
    this.ended.value = false;
    this.follow();
    this.letGo();
  }

  /** They have sat for a while, and the other would rather have no call, or couldn't. */
  letGoUnused(): void {
    if (this.now.value === "nothing") this.letGo();
  }

  private async open(kind: CallKind): Promise<boolean> {
    // Plain http has no such thing.
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (!devices) {
      this.trouble.value = "insecure";
      return false;
    }
    this.letGo();
    this.asking.value = true;
    try {
      const stream = await (kind === "picture" ? this.lens.lend(VOICE) : devices.getUserMedia({ audio: VOICE }));
      for (const track of stream.getTracks()) {
        // Unplugged, or taken back in the browser's own settings.
        track.onended = () => this.local.value === stream && this.less(track.kind === "video" ? "sound" : "nothing");
      }
      this.local.value = stream;
      this.show(this.seen ? "face" : "none");
      return true;
    } catch (error) {
      const found = error instanceof DOMException && error.name === "NotAllowedError";
      this.trouble.value = found ? "refused" : "none";
      return false;
    } finally {
      this.asking.value = false;
    }
  }

  private letGo(): void {
    void this.endSong();
    this.framing.value = false;
    const stream = this.local.value;
    this.local.value = null;
    this.lens.back(stream);
  }

  private follow(): void {
    const { meeting } = this;
    const kind = meeting ? least(meeting.call, this.wish) : "nothing";
    if (kind === "nothing" && this.now.value !== "nothing") {
      this.ended.value = true;
      this.stopCall();
      this.letGo();
    }
    this.now.value = kind;
    // Both sat down without it.
    if (meeting?.call === "nothing") this.letGo();
    if (kind === "nothing" || !meeting) return;
    if (kind === "sound") this.dropPicture();
    if (!this.local.value) return;
    if (this.call) this.call.meet(meeting);
    else this.begin(meeting, this.local.value);
  }

  private begin(meeting: Meeting, stream: MediaStream): void {
    this.framing.value = false;
    this.show(this.seen ? "face" : "none");
    this.call = new Call(
      {
        say: (piece) => void this.line.signal(piece),
        arrived: (tracks) => this.play(tracks),
        state: (together, long) => {
          this.together.value = together;
          this.lost.value = long;
          if (together) this.measure();
        },
        connection: browserConnection,
        newName: () => Array.from(crypto.getRandomValues(new Uint32Array(2)), (n) => n.toString(36)).join(""),
      },
      () => this.given(),
      stream,
      this.hidden.value,
      meeting,
    );
  }

  private given(): readonly MediaStreamTrack[] {
    const voice = this.song?.mixed ?? this.local.value?.getAudioTracks()[0];
    const picture = this.now.value === "picture" ? this.local.value?.getVideoTracks()[0] : undefined;
    return [voice, picture].filter((track) => track !== undefined);
  }

  private dropPicture(): void {
    for (const track of this.local.value?.getVideoTracks() ?? []) {
      this.lens.stop(track);
      this.local.value?.removeTrack(track);
    }
    void this.call?.give("video", null);
    this.picture.value = null;
  }

  private play(tracks: readonly MediaStreamTrack[]): void {
    const pictures = tracks.filter((track) => track.kind === "video");
    this.picture.value = pictures.length > 0 && this.now.value === "picture" ? new MediaStream(pictures) : null;
    const voices = tracks.filter((track) => track.kind === "audio");
    for (const [id, element] of this.voices) {
      if (voices.some((track) => track.id === id)) continue;
      element.pause();
      element.srcObject = null;
      this.voices.delete(id);
    }
    for (const track of voices) {
      if (this.voices.has(track.id)) continue;
      const element = new Audio();
      element.srcObject = new MediaStream([track]);
      this.voices.set(track.id, element);
      element.play().catch(() => undefined);
    }
  }

  private measure(): void {
    clearTimeout(this.measuring);
    if (this.lateS.value !== undefined) return;
    this.measuring = setTimeout(() => {
      void this.call?.lateS().then((lateS) => (this.lateS.value = lateS));
    }, MEASURE_MS);
  }

  private stopCall(): void {
    clearTimeout(this.measuring);
    this.call?.end();
    this.call = null;
    this.play([]);
    this.together.value = false;
    this.lost.value = false;
  }
}
