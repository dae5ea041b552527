// Two browsers find each other and stay together: the only file that knows RTCPeerConnection.
//
// Perfect negotiation over the sitting's own line. What is said before the other can hear it would be
// lost, and both would wait for ever: so each first says that it is there, and only then is anything
// offered. Every connection has a name of its own; what was meant for an earlier one is passed over.
// Whatever goes wrong, it is tried again for as long as both want the call. Nothing is recorded, and no
// address is kept or written down.

import type { CallSignal, Meeting } from "../sitting/wire";

/** Longer than this, a piece might not fit into the 4 KiB of one message. */
const PIECE_LETTERS = 1500;
const MOST_PIECES = 16;
/** Candidates come one by one; so long they are gathered, since each message counts. */
const GATHER_MS = 60;
/** A connection that is gone for a moment mostly comes back by itself. */
const PATIENCE_MS = 2500;
const AGAIN_MS = 8000;
/** Each wait is so much longer than the one before: a slow device must not be disturbed while it tries. */
const LONGER = 1.5;
const LONGEST_MS = 30_000;
/** After every so many tries in vain a new connection takes the place of the old one. */
const TRIES = 3;
/** So long nothing is said about it. */
export const QUIET_MS = 12_000;

/** What the two pages say to each other; the server passes it on unread. */
type Word =
  | { readonly kind: "here"; readonly answers: boolean }
  | { readonly kind: "description"; readonly description: RTCSessionDescriptionInit }
  | { readonly kind: "candidates"; readonly candidates: readonly RTCIceCandidateInit[] };

type Said = Word & { readonly from: string; readonly to: string };

export interface Outside {
  /** Say this piece to the other page, now or never. */
  say(signal: CallSignal): void;
  /** Tracks of the other's that have come, or nothing any more. */
  arrived(tracks: readonly MediaStreamTrack[]): void;
  /** Whether they are together, and whether they have not been for so long that it is worth a word. */
  state(together: boolean, long: boolean): void;
  connection(configuration: RTCConfiguration): RTCPeerConnection;
  newName(): string;
}

/** A browser's own connection; a test brings another. */
export function browserConnection(configuration: RTCConfiguration): RTCPeerConnection {
  return new RTCPeerConnection(configuration);
}

export function pieces(meeting: number, text: string): readonly CallSignal[] {
  const of = Math.max(1, Math.ceil(text.length / PIECE_LETTERS));
  if (of > MOST_PIECES) return [];
  return Array.from({ length: of }, (_, part) => ({
    t: "signal",
    meeting,
    part,
    of,
    data: text.slice(part * PIECE_LETTERS, (part + 1) * PIECE_LETTERS),
  }));
}

/** Puts pieces together again; a text of which one is missing is passed over. */
export class Whole {
  private parts: string[] = [];

  add({ part, of, data }: CallSignal): string | undefined {
    if (part === 0) this.parts = [];
    if (part !== this.parts.length) {
      this.parts = [];
      return undefined;
    }
    this.parts.push(data);
    if (this.parts.length < of) return undefined;
    const text = this.parts.join("");
    this.parts = [];
    return text;
  }
}

/** One call, from the moment at which this page can give sound until it is over. */
export class Call {
  private readonly whole = new Whole();
  private meeting: Meeting;
  private mine: string;
  private theirs = "";
  private peer: RTCPeerConnection | null = null;
  private making = false;
  private passedOver = false;
  private queue: Promise<unknown> = Promise.resolve();
  private gathered: RTCIceCandidateInit[] = [];
  private gathering: ReturnType<typeof setTimeout> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;
  private quiet: ReturnType<typeof setTimeout> | undefined;
  private together = false;
  private tries = 0;
  private ended = false;

  constructor(
    private readonly outside: Outside,
    private readonly tracks: () => readonly MediaStreamTrack[],
    private readonly stream: MediaStream,
    /** Whether this person would rather be found through a relay only. */
    private readonly hidden: boolean,
    meeting: Meeting,
  ) {
    this.meeting = meeting;
    this.mine = outside.newName();
    this.wait();
    this.sayHere(false);
    this.tryAgainIn(AGAIN_MS);
  }

  /** Both are here, perhaps anew: one of the two lines was gone, and what was said then is lost. */
  meet(meeting: Meeting): void {
    const anew = meeting.meeting !== this.meeting.meeting;
    this.meeting = meeting;
    if (anew) this.sayHere(false);
  }

  hear(signal: CallSignal): void {
    if (this.ended || signal.meeting !== this.meeting.meeting) return;
    const text = this.whole.add(signal);
    const said = text === undefined ? null : read(text);
    // One after the other, as they were said.
    if (said) this.queue = this.queue.then(() => this.take(said)).catch(() => undefined);
  }

  /** Give this in place of what was given of its kind; null gives nothing. */
  async give(kind: "audio" | "video", track: MediaStreamTrack | null): Promise<void> {
    await this.sender(kind)?.replaceTrack(track);
  }

  /** How good a sound may be: a song wants more than a voice. */
  async allow(bitsPerSecond: number | undefined): Promise<void> {
    const sender = this.sender("audio");
    const parameters = sender?.getParameters();
    if (!sender || !parameters?.encodings[0]) return;
    if (bitsPerSecond === undefined) delete parameters.encodings[0].maxBitrate;
    else parameters.encodings[0].maxBitrate = bitsPerSecond;
    await sender.setParameters(parameters);
  }

  /** About how late the other's picture is, in seconds; undefined while it can't be told. */
  async lateS(): Promise<number | undefined> {
    if (!this.peer) return undefined;
    const share = (whole: number, of: number) => (of > 0 ? whole / of : 0);
    const reports = new Map<string, Report>();
    (await this.peer.getStats()).forEach((report: Report, id: string) => reports.set(id, report));
    const all = [...reports.values()];
    // Several ways may have been named good; what is sent takes one.
    const taken = all.find((each) => each["type"] === "transport")?.["selectedCandidatePairId"];
    const way =
      typeof taken === "string"
        ? reports.get(taken)
        : all.find((each) => each["type"] === "candidate-pair" && each["nominated"] === true);
    const wayS = number(way, "currentRoundTripTime") / 2;
    const seen = all.find((each) => each["type"] === "inbound-rtp" && each["kind"] === "video");
    const frames = number(seen, "framesDecoded");
    const heldS =
      share(number(seen, "totalProcessingDelay"), frames) ||
      share(number(seen, "jitterBufferDelay"), number(seen, "jitterBufferEmittedCount"));
    return wayS === 0 || frames === 0 || heldS === 0 ? undefined : wayS + heldS;
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.again);
    clearTimeout(this.quiet);
    this.discard();
  }

  private sender(kind: "audio" | "video"): RTCRtpSender | undefined {
    return this.peer
      ?.getTransceivers()
      .find((each) => each.receiver.track.kind === kind)?.sender;
  }

  private say(word: Word): void {
    if (this.ended) return;
    const said: Said = { from: this.mine, to: this.theirs, ...word };
    for (const piece of pieces(this.meeting.meeting, JSON.stringify(said))) this.outside.say(piece);
  }

  private sayHere(answers: boolean): void {
    this.say({ kind: "here", answers });
  }

  private async take(said: Said): Promise<void> {
    if (this.ended) return;
    if (said.kind === "here") return this.meetPage(said, said.answers);
    if (said.from !== this.theirs || said.to !== this.mine || !this.peer) return;
    if (said.kind === "candidates") {
      for (const candidate of said.candidates) {
        // One that can't be used is as good as none.
        await this.peer.addIceCandidate(candidate).catch(() => undefined);
      }
      return;
    }
    await this.takeDescription(said.description, this.peer);
  }

  /** The other's page is there. Whatever had been begun with an earlier one of theirs is over. */
  private meetPage({ from, to }: Said, answers: boolean): void {
    // An answer to an earlier name of this page: its new one will be answered too.
    if (answers && to !== this.mine) return;
    const knew = from === this.theirs;
    this.theirs = from;
    if (!answers) this.sayHere(true);
    if (!knew) this.connect();
    else if (!answers) this.renew();
  }

  private async takeDescription(
    description: RTCSessionDescriptionInit,
    peer: RTCPeerConnection,
  ): Promise<void> {
    const offered = description.type === "offer";
    const collides = offered && (this.making || peer.signalingState !== "stable");
    this.passedOver = collides && !this.meeting.polite;
    if (this.passedOver) return;
    await peer.setRemoteDescription(description);
    if (!offered) return;
    await peer.setLocalDescription();
    if (peer === this.peer && peer.localDescription) {
      this.say({ kind: "description", description: peer.localDescription.toJSON() as RTCSessionDescriptionInit });
    }
  }

  private connect(): void {
    this.discard();
    const { servers, relayed } = this.meeting;
    const peer = this.outside.connection({
      iceServers: servers.map(({ urls, username, credential }) =>
        username === "" ? { urls: [...urls] } : { urls: [...urls], username, credential },
      ),
      iceTransportPolicy: relayed || this.hidden ? "relay" : "all",
      bundlePolicy: "max-bundle",
    });
    this.peer = peer;
    peer.onnegotiationneeded = () => void this.offer(peer);
    peer.onicecandidate = ({ candidate }) => {
      if (peer !== this.peer || !candidate) return;
      this.gathered.push(candidate.toJSON());
      this.gathering ??= setTimeout(() => this.sayCandidates(), GATHER_MS);
    };
    peer.ontrack = () => {
      if (peer === this.peer) this.outside.arrived(peer.getReceivers().map((each) => each.track));
    };
    peer.onconnectionstatechange = () => {
      if (peer === this.peer) this.look(peer);
    };
    for (const track of this.tracks()) peer.addTrack(track, this.stream);
    this.tryAgainIn(this.waitMs);
  }

  private async offer(peer: RTCPeerConnection): Promise<void> {
    this.making = true;
    try {
      await peer.setLocalDescription();
      const description = peer.localDescription;
      if (peer === this.peer && description?.type === "offer") {
        this.say({ kind: "description", description: description.toJSON() as RTCSessionDescriptionInit });
      }
    } catch {
      // It has been closed, or the other was quicker.
    } finally {
      this.making = false;
    }
  }

  private sayCandidates(): void {
    this.gathering = undefined;
    const candidates = this.gathered.splice(0);
    // A dozen of them fill a message or two.
    while (candidates.length > 0) this.say({ kind: "candidates", candidates: candidates.splice(0, 12) });
  }

  private look(peer: RTCPeerConnection): void {
    switch (peer.connectionState) {
      case "connected":
        this.tries = 0;
        this.together = true;
        clearTimeout(this.again);
        clearTimeout(this.quiet);
        this.quiet = undefined;
        this.outside.state(true, false);
        break;
      case "disconnected":
        this.wait();
        this.tryAgainIn(PATIENCE_MS);
        break;
      case "failed":
        this.wait();
        this.tryAgainIn(0);
        break;
    }
  }

  /** From now on they are not together; when that has lasted, there is a word about it. */
  private wait(): void {
    this.together = false;
    if (this.quiet !== undefined) return;
    this.outside.state(false, false);
    this.quiet = setTimeout(() => this.outside.state(false, true), QUIET_MS);
  }

  private get waitMs(): number {
    return Math.min(LONGEST_MS, AGAIN_MS * LONGER ** this.tries);
  }

  private tryAgainIn(ms: number): void {
    clearTimeout(this.again);
    this.again = setTimeout(() => {
      if (this.ended || this.together) return;
      this.tries += 1;
      if (this.tries % TRIES === 0) this.begin();
      else this.renew();
      this.tryAgainIn(this.waitMs);
    }, ms);
  }

  /** From the very beginning, under a new name. */
  private begin(): void {
    this.discard();
    this.mine = this.outside.newName();
    this.theirs = "";
    this.sayHere(false);
  }

  /** Find each other by other ways, where they are not together. */
  private renew(): void {
    const { peer } = this;
    if (!peer) return this.sayHere(false);
    if (peer.signalingState === "have-local-offer" && peer.localDescription) {
      // It or its answer was lost.
      this.say({ kind: "description", description: peer.localDescription.toJSON() as RTCSessionDescriptionInit });
    } else if (!this.together) {
      peer.restartIce();
    }
  }

  private discard(): void {
    clearTimeout(this.gathering);
    this.gathering = undefined;
    this.gathered = [];
    const { peer } = this;
    this.peer = null;
    if (!peer) return;
    peer.onnegotiationneeded = peer.onicecandidate = peer.ontrack = peer.onconnectionstatechange = null;
    peer.close();
    this.outside.arrived([]);
    if (!this.ended) this.wait();
  }
}

type Report = Readonly<Record<string, unknown>>;

function number(report: Report | undefined, name: string): number {
  const value = report?.[name];
  return typeof value === "number" ? value : 0;
}

function read(text: string): Said | null {
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said !== "object" || said === null) return null;
    const { kind, from, to, description, candidates } = said as Record<string, unknown>;
    if (typeof from !== "string" || from === "" || typeof to !== "string") return null;
    const whole =
      kind === "here" ||
      (kind === "description" && typeof description === "object" && description !== null) ||
      (kind === "candidates" && Array.isArray(candidates));
    return whole ? (said as Said) : null;
  } catch {
    return null;
  }
}
