// The line to the server: a ticket, a socket, hello, a heartbeat; and again whenever it breaks.
//
// The sitting goes on without it. A drop is never shown as somebody's absence, what somebody pressed
// is kept until the server has it, and a line that has been silent for 4 s is replaced by a new one:
// after a quiet loss of the way an old socket comes back only after tens of seconds.

import { Clock } from "./clock";
import { NOTHING_SAID, withUnheard } from "./own";
import { read, VERSION, write } from "./wire";
import type { Act, CallSignal, Meeting, Own, Said, Show, ToDevice } from "./wire";

const BEAT_MS = 650;
const THIN_MS = 2000;
const SILENT_MS = 4000;
const AWAY_MS = 12_000;
const ANSWER_MS = 5000;
const BURST = 8;
const BURST_MS = 60;
const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 5000;
const TOO_FAST_DELAY_MS = 3000;

/** What the server says of what phones feel. */
export type Felt = Extract<ToDevice, { readonly t: "hears" | "swell" | "reflection" | "both_keep" }>;

/** Why there is no more line, and none will be tried. */
export type Over = "lost" | "over" | "elsewhere";

export interface Hearer {
  show(show: Show): void;
  /** What has been said here in private; what is still unheard is part of it. */
  own(own: Own): void;
  /** It did not fit the moment. Without a `why` nobody knows whether it was heard. */
  refused(act: Act, why: string): void;
  /** The other's line, or this one's, is thin just now, or is no longer. */
  thin(on: boolean): void;
  /** The line has been gone for so long that the server holds both, or is back. */
  cutOff(on: boolean): void;
  over(why: Over): void;
  /** The server has every frame up to this one; `anew` is whether that is said by a new line. */
  taken(sequence: number | null, anew: boolean): void;
  felt(message: Felt): void;
  /** What both would have of a call, and that the other's device is here. */
  call(meeting: Meeting): void;
  /** What the other's page says about it. */
  signal(signal: CallSignal): void;
}

/** What the line needs from its page; a test brings its own. */
export interface World {
  ticket(signal: AbortSignal): Promise<Ticket>;
  socket(): WebSocket;
  nowMs(): number;
  random(): number;
}

export type Ticket =
  | { readonly kind: "ticket"; readonly ticket: string }
  | { readonly kind: "none" }
  | { readonly kind: "later" };

/** How long to wait before the next try: full jitter, so that a restarted server isn't stormed. */
export function delayMs(tries: number, random: number): number {
  return random * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(tries, 20));
}

export class Live {
  readonly clock = new Clock();
  private readonly unheard = new Map<string, Said>();
  private readonly sent = new Set<string>();
  private socket: WebSocket | null = null;
  private turn = 0;
  private tries = 0;
  private refusedTickets = 0;
  private heardMs = 0;
  private greetedMs = 0;
  private welcomed = false;
  private theirsThin = false;
  private oursThin = false;
  private isCutOff = false;
  private own = NOTHING_SAID;
  private finishing = false;
  private ended = false;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private beat: ReturnType<typeof setInterval> | undefined;
  private epoch = "";
  private number = 0;

  constructor(
    private readonly world: World,
    private readonly hearer: Hearer,
  ) {}

  start(): void {
    this.beat = setInterval(() => this.tick(), BEAT_MS);
    void this.connect();
  }

  /** Say this, now or as soon as there is a line; the server hears it once. */
  say(act: Act): void {
    if (this.ended) return;
    const said: Said = { ...act, id: newId() };
    this.unheard.set(said.id, said);
    if (this.welcomed) this.send(said);
    this.tellOwn();
  }

  /** Send a frame of what this phone feels; false when there is no line for it just now. */
  sendFrame(bytes: ArrayBuffer): boolean {
    if (!this.welcomed || this.socket?.readyState !== 1) return false;
    this.socket.send(bytes);
    return true;
  }

  /** Tell the other's page something about the call: now, or not at all. Whether it was said. */
  signal(signal: CallSignal): boolean {
    if (!this.welcomed || this.socket?.readyState !== 1) return false;
    this.send(signal);
    return true;
  }

  /** The page has woken, or the network has come back: don't wait for the next beat. */
  wake(): void {
    if (this.ended) return;
    if (this.world.nowMs() - this.heardMs > THIN_MS) {
      this.clock.restart();
      this.tries = 0;
      void this.connect();
    }
  }

  /** The sitting is over here: stay only until the server has heard what was said. */
  finish(): void {
    this.finishing = true;
    this.endWhenHeard();
  }

  /** Nothing more is said or heard. */
  end(): void {
    this.ended = true;
    this.turn += 1;
    clearInterval(this.beat);
    clearTimeout(this.retry);
    this.socket?.close(1000);
    this.socket = null;
  }

  private async connect(): Promise<void> {
    this.turn += 1;
    const turn = this.turn;
    clearTimeout(this.retry);
    this.socket?.close();
    this.socket = null;
    this.welcomed = false;
    const givenUp = new AbortController();
    const timer = setTimeout(() => givenUp.abort(), ANSWER_MS);
    const got = await this.world.ticket(givenUp.signal).catch((): Ticket => ({ kind: "later" }));
    clearTimeout(timer);
    if (turn !== this.turn) return;
    if (got.kind === "none") return this.stop("over");
    if (got.kind === "later") return this.again();
    this.open(got.ticket, turn);
  }

  private open(ticket: string, turn: number): void {
    const socket = this.world.socket();
    this.socket = socket;
    const { epoch, number } = this;
    const timer = setTimeout(() => turn === this.turn && !this.welcomed && this.again(), ANSWER_MS);
    socket.onopen = () => {
      this.greetedMs = this.world.nowMs();
      socket.send(write({ t: "hello", v: VERSION, ticket, epoch, number }));
    };
    socket.onmessage = (event) => {
      if (turn === this.turn && typeof event.data === "string") this.hear(event.data);
    };
    socket.onclose = (event) => {
      clearTimeout(timer);
      if (turn === this.turn) this.closed(event.code);
    };
  }

  private closed(code: number): void {
    if (code === 4404) return this.stop("over");
    if (code === 4409) return this.stop("elsewhere");
    if (code === 4401) {
      this.refusedTickets += 1;
      if (this.refusedTickets > 1) return this.stop("lost");
    }
    this.again(code === 4429 ? TOO_FAST_DELAY_MS : 0);
  }

  private again(atLeastMs = 0): void {
    this.turn += 1;
    this.welcomed = false;
    this.socket?.close();
    this.socket = null;
    clearTimeout(this.retry);
    const wait = atLeastMs + delayMs(this.tries, this.world.random());
    this.tries += 1;
    this.retry = setTimeout(() => void this.connect(), wait);
  }

  private stop(why: Over): void {
    this.end();
    this.hearer.over(why);
  }

  private tick(): void {
    const silentMs = this.world.nowMs() - this.heardMs;
    this.setOursThin(silentMs > THIN_MS && this.clock.knows);
    // A beat too early rather than too late: nobody here may reach the end while the other is held.
    if (silentMs > AWAY_MS - BEAT_MS && this.clock.knows) this.setCutOff(true);
    if (!this.welcomed) return;
    if (silentMs > SILENT_MS) {
      this.tries = 0;
      void this.connect();
      return;
    }
    this.ping();
  }

  private ping(): void {
    const nowMs = this.world.nowMs();
    const off = this.clock.mayBeOffS(nowMs);
    this.send({ t: "ping", sent: nowMs, shown: this.number, off });
  }

  private send(message: Said | Parameters<typeof write>[0]): void {
    if (this.socket?.readyState !== 1) return;
    if ("id" in message) this.sent.add(message.id);
    this.socket.send(write(message));
  }

  private forget(id: string): Said | undefined {
    const said = this.unheard.get(id);
    this.unheard.delete(id);
    this.sent.delete(id);
    return said;
  }

  /**
   * The server has been started again and no longer knows which presses it has heard. Most change
   * nothing when they are heard twice; these two would, so whoever pressed is asked to look.
   */
  private giveBackWhatWouldCountTwice(): void {
    for (const said of [...this.unheard.values()]) {
      if ((said.t === "smaller" || said.t === "more_time") && this.sent.has(said.id)) {
        this.forget(said.id);
        this.hearer.refused(said, "");
      }
    }
  }

  private hear(text: string): void {
    const nowMs = this.world.nowMs();
    const message = read(text);
    this.heardMs = nowMs;
    this.setOursThin(false);
    switch (message?.t) {
      case "welcome":
        this.welcomed = true;
        this.tries = 0;
        this.refusedTickets = 0;
        this.clock.pace = message.pace;
        this.clock.guess(this.greetedMs, nowMs, message.at);
        this.own = message.own;
        if (this.epoch !== "" && this.epoch !== message.epoch) this.giveBackWhatWouldCountTwice();
        this.tellOwn();
        this.hearer.taken(message.taken, true);
        for (const said of this.unheard.values()) this.send(said);
        for (let i = 0; i < BURST; i++) setTimeout(() => this.welcomed && this.ping(), i * BURST_MS);
        break;
      case "show":
        this.epoch = message.epoch;
        this.number = message.number;
        this.hearer.show(message);
        this.setCutOff(false);
        break;
      case "pong":
        this.clock.pong(message.sent, nowMs, message.at);
        this.hearer.taken(message.taken, false);
        // Not by the welcome: what was missed follows it, and then the first of these.
        this.setCutOff(false);
        break;
      case "heard":
        this.forget(message.id);
        this.own = message.own;
        this.tellOwn();
        this.endWhenHeard();
        break;
      case "refused": {
        const act = this.forget(message.id);
        this.tellOwn();
        if (act) this.hearer.refused(act, message.why);
        this.endWhenHeard();
        break;
      }
      case "call":
        this.hearer.call(message);
        break;
      case "signal":
        this.hearer.signal(message);
        break;
      case "dots":
        this.theirsThin = message.on;
        this.tellThin();
        break;
      case "hears":
      case "swell":
      case "reflection":
      case "both_keep":
        this.hearer.felt(message);
        break;
    }
  }

  private endWhenHeard(): void {
    if (this.finishing && this.unheard.size === 0) this.end();
  }

  private tellOwn(): void {
    this.hearer.own(withUnheard(this.own, this.unheard.values()));
  }

  private setCutOff(on: boolean): void {
    if (on === this.isCutOff) return;
    this.isCutOff = on;
    this.hearer.cutOff(on);
  }

  private setOursThin(on: boolean): void {
    if (on === this.oursThin) return;
    this.oursThin = on;
    this.tellThin();
  }

  private tellThin(): void {
    this.hearer.thin(this.theirsThin || this.oursThin);
  }
}

/** 128 random bits. `randomUUID` would not be there on plain http. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The line as a page has it: tickets by fetch, the browser's own socket and clock. */
export function pageWorld(
  urls: { readonly ticket: string; readonly live: string },
  sitting: string,
): World {
  const address = new URL(urls.live, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return {
    async ticket(signal) {
      const answer = await fetch(urls.ticket, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": formToken() },
        body: JSON.stringify({ sitting }),
        signal,
      });
      if (answer.ok) {
        const { ticket } = (await answer.json()) as { ticket: string };
        return { kind: "ticket", ticket };
      }
      return { kind: answer.status === 404 || answer.status === 403 ? "none" : "later" };
    },
    socket: () => new WebSocket(address),
    nowMs: () => performance.now(),
    random: () => Math.random(),
  };
}

/** Django's token, from the page's own form: its cookie can't be read by a script. */
function formToken(): string {
  return document.querySelector<HTMLInputElement>('input[name="csrfmiddlewaretoken"]')?.value ?? "";
}
