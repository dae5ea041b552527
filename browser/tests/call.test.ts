// Two pages that find each other over a line that loses things: with connections that only know what an
// offer and an answer are, and a clock that these tests move by hand.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Call, pieces, QUIET_MS, Whole } from "../call/call";
import { least } from "../call/calling";
import type { CallSignal, Meeting } from "../sitting/wire";

let names = 0;

/** As much of a browser's connection as negotiation needs: two with each other's words are together. */
class FakePeer {
  static all: FakePeer[] = [];
  signalingState: RTCSignalingState = "stable";
  connectionState: RTCPeerConnectionState = "new";
  localDescription: { type: string; sdp: string; toJSON: () => object } | null = null;
  remote = "";
  closed = false;
  restarts = 0;
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: ((event: { candidate: unknown }) => void) | null = null;
  ontrack: (() => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  private offers = 0;
  private readonly name = `peer-${(names += 1)}`;

  constructor(readonly configuration: RTCConfiguration) {
    FakePeer.all.push(this);
  }

  addTrack(): void {
    queueMicrotask(() => this.onnegotiationneeded?.());
  }

  restartIce(): void {
    this.restarts += 1;
    queueMicrotask(() => this.onnegotiationneeded?.());
  }

  getReceivers(): [] {
    return [];
  }

  getTransceivers(): [] {
    return [];
  }

  async setLocalDescription(): Promise<void> {
    await Promise.resolve();
    if (this.closed) throw new Error("closed");
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    this.offers += 1;
    const sdp = `${this.name}/${this.offers}`;
    this.localDescription = { type, sdp, toJSON: () => ({ type, sdp }) };
    this.signalingState = type === "offer" ? "have-local-offer" : "stable";
    this.look();
  }

  async setRemoteDescription({ type, sdp }: { type: string; sdp: string }): Promise<void> {
    await Promise.resolve();
    if (this.closed) throw new Error("closed");
    if (type === "answer" && this.signalingState !== "have-local-offer") throw new Error("no offer");
    this.remote = sdp;
    this.signalingState = type === "offer" ? "have-remote-offer" : "stable";
    this.look();
  }

  async addIceCandidate(): Promise<void> {}

  reports: Record<string, Record<string, unknown>> = {};

  getStats(): Promise<Map<string, Record<string, unknown>>> {
    return Promise.resolve(new Map(Object.entries(this.reports)));
  }

  close(): void {
    this.closed = true;
    this.connectionState = "closed";
  }

  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  private look(): void {
    if (this.signalingState === "stable" && this.remote !== "") setTimeout(() => this.meet(), 10);
  }

  private meet(): void {
    const other = FakePeer.all.find((each) => !each.closed && each.localDescription?.sdp === this.remote);
    if (this.closed || !other || other.remote !== this.localDescription?.sdp) return;
    for (const each of [this, other]) if (each.connectionState !== "connected") each.become("connected");
  }
}

/** One page: it has a call from the moment at which it is ready. */
class Side {
  call: Call | null = null;
  peers: FakePeer[] = [];
  together = false;
  long = false;
  loses: (signal: CallSignal) => boolean = () => false;
  other!: Side;
  said = 0;

  constructor(readonly polite: boolean) {}

  meet(meeting: number, more: Partial<Meeting> = {}): void {
    const told: Meeting = {
      t: "call",
      call: "sound",
      meeting,
      polite: this.polite,
      servers: [],
      relayed: false,
      ...more,
    };
    if (this.call) this.call.meet(told);
    else this.begin(told);
  }

  /** As a page that has been loaded again. */
  loadAgain(): void {
    this.call?.end();
    this.call = null;
    this.peers.forEach((each) => each.close());
  }

  get peer(): FakePeer {
    const last = this.peers.at(-1);
    if (!last) throw new Error("no connection has been made");
    return last;
  }

  private begin(meeting: Meeting): void {
    this.call = new Call(
      {
        say: (signal) => {
          this.said += 1;
          assert(JSON.stringify(signal).length < 4096);
          if (!this.loses(signal)) setTimeout(() => this.other.call?.hear(signal), 20);
        },
        arrived: () => undefined,
        state: (together, long) => {
          this.together = together;
          this.long = long;
        },
        connection: (configuration) => {
          const peer = new FakePeer(configuration);
          this.peers.push(peer);
          return peer as unknown as RTCPeerConnection;
        },
        newName: () => `page-${(names += 1)}`,
      },
      () => [{} as MediaStreamTrack],
      {} as MediaStream,
      false,
      meeting,
    );
  }
}

function two(): [Side, Side] {
  FakePeer.all = [];
  const sides: [Side, Side] = [new Side(false), new Side(true)];
  sides[0].other = sides[1];
  sides[1].other = sides[0];
  return sides;
}

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10) {
    mock.timers.tick(10);
    // Whatever follows from it, some steps deep.
    for (let i = 0; i < 12; i += 1) await Promise.resolve();
  }
}

function story(name: string, tell: (ada: Side, ben: Side) => Promise<void>): void {
  test(name, async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    const sides = two();
    try {
      await tell(...sides);
    } finally {
      sides.forEach((side) => side.call?.end());
      mock.timers.reset();
    }
  });
}

const areTogether = (...sides: Side[]) => sides.every((side) => side.together && side.peer.connectionState === "connected");

story("two who are there at once are together, though both offer", async (ada, ben) => {
  ada.meet(1);
  ben.meet(1);
  await pass(400);
  assert(areTogether(ada, ben));
  assert.equal(ada.peers.length + ben.peers.length, 2);
  assert.deepEqual(ada.peer.configuration.iceServers, []);
});

story("whoever is ready only later is not waited for in vain", async (ada, ben) => {
  ada.meet(1);
  await pass(5000);
  assert.equal(ada.peers.length, 0);
  ben.meet(1);
  await pass(400);
  assert(areTogether(ada, ben));
});

for (const lost of [1, 2, 3, 4, 5, 6]) {
  story(`whatever is lost, they find each other later: number ${lost}`, async (ada, ben) => {
    let said = 0;
    ada.loses = ben.loses = () => (said += 1) === lost;
    ada.meet(1);
    ben.meet(1);
    await pass(30_000);
    assert(areTogether(ada, ben));
  });
}

story("when a line comes back both meet anew, and who is still together stays so", async (ada, ben) => {
  ada.meet(1);
  ben.meet(1);
  await pass(400);
  const before = [ada.peer, ben.peer];
  ada.meet(2);
  ben.meet(2);
  await pass(1000);
  assert.deepEqual([ada.peer, ben.peer], before);
  assert(areTogether(ada, ben));
  assert.equal(ada.peer.restarts + ben.peer.restarts, 0);
});

story("a page that was loaded again is met as a new one", async (ada, ben) => {
  ada.meet(1);
  ben.meet(1);
  await pass(400);
  const before = ada.peer;
  ben.loadAgain();
  await pass(100);
  ada.meet(2);
  ben.meet(2);
  await pass(600);
  assert(before.closed);
  assert(areTogether(ada, ben));
});

story("a way that has gone is looked for anew, and comes back", async (ada, ben) => {
  ada.meet(1);
  ben.meet(1);
  await pass(400);
  const before = [ada.peer, ben.peer];
  ada.peer.become("disconnected");
  ben.peer.become("failed");
  assert(!ada.together && !ben.together);
  await pass(3000);
  assert(ada.peer.restarts + ben.peer.restarts > 0);
  assert(areTogether(ada, ben));
  assert.deepEqual([ada.peer, ben.peer], before);
});

story("where no way is found there is one word about it, and no end of trying", async (ada, ben) => {
  ada.loses = ben.loses = ({ data }) => data.includes("description");
  ada.meet(1);
  ben.meet(1);
  await pass(QUIET_MS - 100);
  assert(!ada.long && !ben.long);
  await pass(200);
  assert(ada.long && ben.long);
  const [before, said] = [ada.peers.length, ada.said];
  await pass(60_000);
  assert(ada.long && ada.peers.length > before);
  // Far below what the server lets through.
  assert(ada.said - said < 60);
  ada.loses = ben.loses = () => false;
  await pass(30_000);
  assert(areTogether(ada, ben));
  assert(!ada.long && !ben.long);
});

story("what was said of an earlier meeting counts for nothing", async (ada, ben) => {
  ada.meet(1);
  ben.meet(1);
  await pass(400);
  const [peer, state] = [ben.peer, ben.peer.signalingState];
  const nonsense = ["{", "null", '{"kind":"description"}', '{"kind":"here","from":"","to":""}', '{"kind":"x","from":"a","to":""}'];
  for (const data of nonsense) ben.call?.hear({ t: "signal", meeting: 1, part: 0, of: 1, data });
  ben.call?.hear({ t: "signal", meeting: 0, part: 0, of: 1, data: '{"kind":"here","from":"a","to":"","answers":false}' });
  await pass(400);
  assert.equal(ben.peer, peer);
  assert.equal(ben.peer.signalingState, state);
});

story("after the end nothing is said and nothing is heard", async (ada, ben) => {
  ada.meet(1);
  ben.meet(1);
  await pass(400);
  ada.call?.end();
  const said = ada.said;
  await pass(60_000);
  assert.equal(ada.said, said);
  assert(ada.peer.closed);
});

story("servers are those that the host has named, and whoever hides is found by a relay alone", async (ada, ben) => {
  const servers = [
    { urls: ["stun:stun.example"], username: "", credential: "" },
    { urls: ["turn:turn.example"], username: "1:a", credential: "b" },
  ];
  ada.meet(1, { servers, relayed: true });
  ben.meet(1, { servers });
  await pass(400);
  assert.deepEqual(ada.peer.configuration.iceServers, [
    { urls: ["stun:stun.example"] },
    { urls: ["turn:turn.example"], username: "1:a", credential: "b" },
  ]);
  assert.equal(ada.peer.configuration.iceTransportPolicy, "relay");
  assert.equal(ben.peer.configuration.iceTransportPolicy, "all");
});

story("how late the picture is goes by the way that is taken, and is not told before it is known", async (ada, ben) => {
  for (const side of [ada, ben]) side.meet(1);
  await pass(1000);
  const picture = { type: "inbound-rtp", kind: "video", framesDecoded: 40, totalProcessingDelay: 4 };
  const taken = { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.5 };
  const left = { type: "candidate-pair", nominated: true };
  const transport = { type: "transport", selectedCandidatePairId: "taken" };
  ada.peer.reports = { picture, left, transport };
  assert.equal(await ada.call?.lateS(), undefined);
  ada.peer.reports = { taken, left, transport };
  assert.equal(await ada.call?.lateS(), undefined);
  ada.peer.reports = { picture, taken, left, transport };
  assert.equal(await ada.call?.lateS(), 0.25 + 0.1);
  // A browser that doesn't say which is taken.
  ada.peer.reports = { picture, taken };
  assert.equal(await ada.call?.lateS(), 0.25 + 0.1);
});

test("what is long goes in pieces, and is whole only with all of them in order", () => {
  const text = "v=0\r\n".repeat(1200);
  const whole = new Whole();
  const all = pieces(3, text);
  assert.equal(all.length, 4);
  assert.deepEqual(all.map((piece) => whole.add(piece)), [undefined, undefined, undefined, text]);
  const [first, second, third, last] = all as [CallSignal, CallSignal, CallSignal, CallSignal];
  assert.deepEqual([first, third, last].map((piece) => whole.add(piece)), [undefined, undefined, undefined]);
  assert.deepEqual([first, second, first, second, third, last].map((piece) => whole.add(piece)).at(-1), text);
  assert.deepEqual(pieces(3, "x".repeat(40_000)), []);
  assert.equal(pieces(3, "").length, 1);
});

test("of two wishes the smaller is what happens", () => {
  assert.equal(least("picture", "sound"), "sound");
  assert.equal(least("nothing", "picture"), "nothing");
  assert.equal(least("picture", "picture"), "picture");
});
