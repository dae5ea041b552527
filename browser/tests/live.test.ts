// The line, with a server, a network and a clock that these tests move by hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { delayMs, Live } from "../sitting/live";
import type { Over, Ticket, World } from "../sitting/live";
import { NOTHING_SAID } from "../sitting/own";
import type { Own, Shown } from "../sitting/wire";

class FakeSocket {
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  frames: ArrayBuffer[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  send(data: string | ArrayBuffer): void {
    if (typeof data === "string") this.sent.push(JSON.parse(data) as Record<string, unknown>);
    else this.frames.push(data);
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  hear(message: Record<string, unknown>): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  drop(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  welcome(epoch = "e1", number = 0): void {
    this.hear({ t: "welcome", v: 1, epoch, number, recovered: true, at: 0, pace: 1, own: NOTHING_SAID, taken: null });
  }
}

class Told {
  nowMs = 0;
  sockets: FakeSocket[] = [];
  tickets: Ticket[] = [];
  overs: Over[] = [];
  thin: boolean[] = [];
  cutOff: boolean[] = [];
  taken: [number | null, boolean][] = [];
  felt: string[] = [];
  own: Own = NOTHING_SAID;
  refused: string[] = [];
  private timers: { atMs: number; everyMs: number; run: () => void; id: number }[] = [];
  private nextTimer = 1;
  readonly live: Live;

  constructor() {
    const world: World = {
      ticket: () => Promise.resolve(this.tickets.shift() ?? { kind: "ticket", ticket: "one" }),
      socket: () => {
        const socket = new FakeSocket();
        this.sockets.push(socket);
        return socket as unknown as WebSocket;
      },
      nowMs: () => this.nowMs,
      random: () => 0.5,
    };
    this.live = new Live(world, {
      show: () => undefined,
      own: (own) => (this.own = own),
      refused: (act) => this.refused.push(act.t),
      thin: (on) => this.thin.push(on),
      cutOff: (on) => this.cutOff.push(on),
      over: (why) => this.overs.push(why),
      taken: (sequence, anew) => this.taken.push([sequence, anew]),
      felt: (message) => this.felt.push(message.t),
      call: () => undefined,
      signal: () => undefined,
    });
  }

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error("no socket has been opened");
    return last;
  }

  said(kind: string): Record<string, unknown>[] {
    return this.socket.sent.filter((message) => message["t"] === kind);
  }

  async run(work: (told: Told) => Promise<void>): Promise<void> {
    const { setTimeout: t, setInterval: i, clearTimeout: ct, clearInterval: ci } = globalThis;
    const put = (run: () => void, ms: number, everyMs: number) => {
      const id = this.nextTimer++;
      this.timers.push({ atMs: this.nowMs + ms, everyMs, run, id });
      return id;
    };
    const take = (id: number) => {
      this.timers = this.timers.filter((timer) => timer.id !== id);
    };
    Object.assign(globalThis, {
      setTimeout: (run: () => void, ms = 0) => put(run, ms, 0),
      setInterval: (run: () => void, ms: number) => put(run, ms, ms),
      clearTimeout: take,
      clearInterval: take,
    });
    try {
      this.live.start();
      await this.settle();
      await work(this);
    } finally {
      this.live.end();
      Object.assign(globalThis, { setTimeout: t, setInterval: i, clearTimeout: ct, clearInterval: ci });
    }
  }

  /** Let what has been promised happen. */
  async settle(): Promise<void> {
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }

  async wait(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const next = this.timers.filter((one) => one.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.nowMs = Math.max(this.nowMs, next.atMs);
      if (next.everyMs > 0) next.atMs += next.everyMs;
      else this.timers = this.timers.filter((one) => one !== next);
      next.run();
      await this.settle();
    }
    this.nowMs = untilMs;
  }
}

test("it says hello with its ticket, then beats three times in two seconds", () =>
  new Told().run(async (told) => {
    told.socket.open();
    assert.deepEqual(told.said("hello"), [{ t: "hello", v: 1, ticket: "one", epoch: "", number: 0 }]);
    told.socket.welcome();
    await told.wait(500);
    const burst = told.said("ping").length;
    assert(burst >= 8);
    told.socket.hear({ t: "dots", on: false });
    await told.wait(2000);
    assert.equal(told.said("ping").length, burst + 3);
  }));

test("after four silent seconds there is a new socket, and a thin line is shown before", () =>
  new Told().run(async (told) => {
    told.socket.open();
    told.socket.welcome();
    await told.wait(3900);
    assert.equal(told.sockets.length, 1);
    await told.wait(200);
    assert.deepEqual(told.thin, [true]);
    await told.wait(1000);
    assert.equal(told.sockets.length, 2);
    told.socket.open();
    told.socket.welcome();
    assert.deepEqual(told.thin, [true, false]);
  }));

test("a device that hears nothing for twelve seconds waits, until it has what it missed", () =>
  new Told().run(async (told) => {
    told.socket.open();
    told.socket.welcome();
    told.socket.hear({ t: "show", epoch: "e1", number: 1, screens: [] });
    told.socket.hear({ t: "pong", sent: 0, at: 0 });
    await told.wait(10_900);
    assert.deepEqual(told.cutOff, []);
    await told.wait(1100);
    assert.deepEqual(told.cutOff, [true]);
    told.socket.open();
    told.socket.welcome();
    assert.deepEqual(told.cutOff, [true]);
    told.socket.hear({ t: "show", epoch: "e1", number: 2, screens: [] });
    assert.deepEqual(told.cutOff, [true, false]);
  }));

test("what somebody has pressed stands while the server is still being told", () =>
  new Told().run(async (told) => {
    told.socket.open();
    told.socket.welcome();
    told.live.say({ t: "choose", rung: "near", longer: true });
    told.live.say({ t: "ready" });
    const chosen = { ...NOTHING_SAID, ready: true, chosen: "near", longer: true };
    assert.deepEqual(told.own, chosen);
    told.socket.drop(1006);
    await told.wait(200);
    told.socket.open();
    // It comes from before anything was pressed.
    told.socket.welcome();
    assert.deepEqual(told.own, chosen);
    const id = told.said("choose")[0]?.["id"];
    told.socket.hear({ t: "refused", id, why: "That moment has passed." });
    assert.deepEqual(told.own, { ...NOTHING_SAID, ready: true });
  }));

test("what was pressed while the line was gone is said once it is back, under the same name", () =>
  new Told().run(async (told) => {
    told.socket.open();
    told.socket.welcome();
    told.live.say({ t: "pause" });
    const first = told.said("pause")[0];
    told.socket.drop(1006);
    told.live.say({ t: "stop" });
    await told.wait(200);
    assert.equal(told.sockets.length, 2);
    told.socket.open();
    assert.equal(told.said("stop").length, 0);
    told.socket.welcome();
    assert.deepEqual(told.said("pause"), [first]);
    assert.equal(told.said("stop").length, 1);
    told.socket.hear({ t: "heard", id: first?.["id"], own: NOTHING_SAID });
    told.socket.drop(1012);
    await told.wait(200);
    told.socket.open();
    told.socket.welcome();
    assert.equal(told.said("pause").length, 0);
    assert.equal(told.said("stop").length, 1);
  }));

test("after the server was started again, what would count twice is given back and the rest is said", () =>
  new Told().run(async (told) => {
    told.socket.open();
    told.socket.welcome("e1");
    told.socket.hear({ t: "show", epoch: "e1", number: 1, screens: [] });
    told.live.say({ t: "smaller" });
    told.live.say({ t: "more_time", cue: 3 });
    told.live.say({ t: "pause" });
    told.socket.drop(1006);
    told.live.say({ t: "smaller" });
    await told.wait(200);
    told.socket.open();
    told.socket.welcome("e2");
    assert.deepEqual(told.refused, ["smaller", "more_time"]);
    assert.equal(told.said("more_time").length, 0);
    assert.equal(told.said("pause").length, 1);
    // Pressed while there was no line: no server can have heard it.
    assert.equal(told.said("smaller").length, 1);
  }));

test("after a mere drop everything is said again", () =>
  new Told().run(async (told) => {
    told.socket.open();
    told.socket.welcome("e1");
    told.socket.hear({ t: "show", epoch: "e1", number: 1, screens: [] });
    told.live.say({ t: "smaller" });
    told.socket.drop(1006);
    await told.wait(200);
    told.socket.open();
    told.socket.welcome("e1");
    assert.deepEqual(told.refused, []);
    assert.equal(told.said("smaller").length, 1);
  }));

test("it names the last show that it has when it comes back", () =>
  new Told().run(async (told) => {
    told.socket.open();
    told.socket.welcome();
    const screens: Shown[] = [];
    told.socket.hear({ t: "show", epoch: "e7", number: 12, screens });
    told.socket.drop(1006);
    await told.wait(100);
    told.socket.open();
    assert.deepEqual(
      told.said("hello").map((hello) => [hello["epoch"], hello["number"]]),
      [["e7", 12]],
    );
  }));

test("a sitting that is over, or goes on elsewhere, is not tried again", async () => {
  for (const [code, why] of [
    [4404, "over"],
    [4409, "elsewhere"],
  ] as const) {
    await new Told().run(async (told) => {
      told.socket.open();
      told.socket.drop(code);
      await told.wait(60_000);
      assert.deepEqual(told.overs, [why]);
      assert.equal(told.sockets.length, 1);
    });
  }
});

test("a refused ticket is tried once more and then no longer", () =>
  new Told().run(async (told) => {
    told.socket.open();
    told.socket.drop(4401);
    await told.wait(200);
    assert.equal(told.sockets.length, 2);
    told.socket.open();
    told.socket.drop(4401);
    await told.wait(60_000);
    assert.deepEqual(told.overs, ["lost"]);
    assert.equal(told.sockets.length, 2);
  }));

test("no ticket for this browser means that the sitting is over here", async () => {
  const told = new Told();
  told.tickets.push({ kind: "none" });
  await told.run(async () => {
    await told.wait(10_000);
    assert.deepEqual(told.overs, ["over"]);
    assert.equal(told.sockets.length, 0);
  });
});

test("a page that wakes after a sleep doesn't wait for the next beat", () =>
  new Told().run(async (told) => {
    told.socket.open();
    told.socket.welcome();
    told.nowMs += 60_000;
    told.live.wake();
    await told.settle();
    assert.equal(told.sockets.length, 2);
  }));

test("a press that did not fit is given back", () =>
  new Told().run(async (told) => {
    told.socket.open();
    told.socket.welcome();
    told.live.say({ t: "pass", cue: 3 });
    const id = told.said("pass")[0]?.["id"];
    told.socket.hear({ t: "refused", id, why: "That moment has passed." });
    assert.deepEqual(told.refused, ["pass"]);
  }));

test("a sitting that has ended here stays on the line until its stop has been heard", () =>
  new Told().run(async (told) => {
    told.socket.open();
    told.socket.welcome();
    told.socket.drop(1006);
    told.live.say({ t: "stop" });
    told.live.finish();
    await told.wait(200);
    told.socket.open();
    told.socket.welcome();
    const id = told.said("stop")[0]?.["id"];
    assert.equal(told.socket.readyState, 1);
    told.socket.hear({ t: "heard", id, own: NOTHING_SAID });
    assert.equal(told.socket.readyState, 3);
    await told.wait(60_000);
    assert.equal(told.sockets.length, 2);
  }));

test("waits between tries are random, grow, and are never longer than five seconds", () => {
  assert.equal(delayMs(0, 1), 50);
  assert.equal(delayMs(3, 1), 400);
  assert.equal(delayMs(3, 0), 0);
  assert.equal(delayMs(500, 1), 5000);
});

test("a frame goes only to a server that has said welcome, and what it has taken is told", () =>
  new Told().run(async (told) => {
    const frame = new ArrayBuffer(16);
    told.socket.open();
    assert.equal(told.live.sendFrame(frame), false);
    told.socket.welcome();
    assert.equal(told.live.sendFrame(frame), true);
    told.socket.hear({ t: "pong", sent: 0, at: 1, taken: 0 });
    assert.deepEqual(told.taken, [[null, true], [0, false]]);
    assert.deepEqual(told.socket.frames, [frame]);
    told.socket.drop(1006);
    assert.equal(told.live.sendFrame(frame), false);
  }));

test("what is said of feeling comes through as it is", () =>
  new Told().run(async (told) => {
    told.socket.open();
    told.socket.welcome();
    told.socket.hear({ t: "hears", answer: "yes" });
    told.socket.hear({ t: "swell", at: 1, level: 0, trust: 1 });
    assert.deepEqual(told.felt, ["hears", "swell"]);
  }));
