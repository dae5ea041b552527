import assert from "node:assert/strict";
import { test } from "node:test";
import { Encrypter, identityToRecipient } from "age-encryption";
import { Journal, NotKept, type Ask, type Draft, type KeptRecord } from "../words/journal";
import { Memory } from "./memory";
import { Newer, PRIVATE, Unopened, Words, type Slot, type Slots } from "../words/words";

const ME = "0b5a3c1e-1d2f-4a6b-8c7d-9e0f1a2b3c4d";
const SPACE = "3f2e1d0c-4b5a-4968-8776-655443322110";
const SECRET = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const WAYS = { passphrase: "a heron in the reeds", code: "code" };

/** Slots that cost nothing: what these tests are about is what happens around them. */
const slots: Slots = {
  make: (kind, secret, wordKey) =>
    Promise.resolve({ kind, sealed: btoa(`${secret} ${wordKey}`), hint: "" }),
  open: (slot: Slot, secret: string) => {
    const [made, wordKey] = atob(slot.sealed).split(` AGE`) as [string, string];
    return made === secret ? Promise.resolve(`AGE${wordKey}`) : Promise.reject(new Unopened(""));
  },
};

interface Sent extends Slot {
  readonly slots: readonly Slot[];
  readonly keyring: string;
  readonly id: string;
  readonly after: number;
  readonly revision: number;
}

type Row = KeptRecord & { readonly after: number };

/** The server's rules in a few lines; tests/words has the real ones. */
class Server {
  slots: (Slot & { id: string; day: string })[] = [];
  keyring: { revision: number; sealed: string } | null = null;
  rows: Row[] = [];
  /** What it answers instead, if anything: a status, or no answer at all. */
  instead: number | "nothing" | null = null;
  readonly posted: object[] = [];

  ask: Ask = (method, address, body) => {
    if (this.instead === "nothing") return Promise.reject(new TypeError("network"));
    if (this.instead !== null) return Promise.resolve(said({}, this.instead));
    const sent = JSON.parse(JSON.stringify(body ?? {})) as Sent;
    if (body) this.posted.push(sent);
    return Promise.resolve(this.answer(method, new URL(address, "https://here"), sent));
  };

  private answer(method: string, address: URL, sent: Sent): Response {
    const path = address.pathname;
    if (path === "/sealed/begin/") {
      this.slots = sent.slots.map((slot, at) => ({ ...slot, id: `${at}`, day: "" }));
      this.keyring = { revision: 1, sealed: sent.keyring };
    } else if (path === "/sealed/keyring/") {
      if (sent.after !== this.keyring?.revision) return said(this.keyring, 409);
      this.keyring = { revision: sent.revision, sealed: sent.sealed };
      return said({});
    } else if (path === "/sealed/slots/") {
      const { kind, sealed, hint } = sent;
      const others = this.slots.filter((slot) => slot.kind !== kind);
      this.slots = [...others, { kind, sealed, hint, id: `new ${kind}`, day: "" }];
    } else if (path.endsWith("/records/")) {
      return this.records(method, address, sent);
    }
    return said({ me: ME, slots: this.slots, keyring: this.keyring });
  }

  private records(method: string, address: URL, sent: Sent): Response {
    const scope = address.pathname.split("/").at(3) === SPACE ? SPACE : PRIVATE;
    const here = this.rows.filter((row) => row.scope === scope);
    const id = address.searchParams.get("id");
    if (method === "DELETE") this.rows = this.rows.filter((row) => row.id !== id);
    if (method === "GET") return said({ records: here.map((row) => ({ ...row, scope: "lie" })), after: "" });
    if (method === "POST") {
      const newest = here.filter((row) => row.id === sent.id).at(-1)?.revision ?? 0;
      if (newest !== sent.after) return said({}, 409);
      this.rows = this.rows.filter((row) => row.id !== sent.id);
      this.rows.push({ ...sent, scope, author: ME, day: "", until: null });
    }
    return said({});
  }
}

function said(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status });
}

async function begun(): Promise<{ server: Server; memory: Memory; journal: Journal }> {
  const [server, memory] = [new Server(), new Memory()];
  const journal = await Journal.arrive(slots, server.ask, memory);
  await journal.begin(WAYS);
  return { server, memory, journal };
}

async function another(server: Server, memory = new Memory()): Promise<Journal> {
  const journal = await Journal.arrive(slots, server.ask, memory);
  await journal.unlock("passphrase", WAYS.passphrase);
  return journal;
}

const note = (body: unknown, edits?: Draft["edits"]): Draft => ({
  kind: "note",
  scope: PRIVATE,
  body,
  keepDays: null,
  ...(edits && { edits }),
});

async function bodies(journal: Journal, scope = PRIVATE): Promise<string> {
  const opened = await journal.read(scope);
  return opened.map((one) => (one.state === "open" ? String(one.entry.body) : one.state)).sort().join();
}

async function why(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "done",
    (error: unknown) => (error instanceof NotKept ? error.why : "something else"),
  );
}

test("what one device keeps another opens, and a wrong passphrase nothing", async () => {
  const { server, journal } = await begun();
  const kept = await journal.keep(note("one"));
  assert.deepEqual([kept.stored, kept.apart], [true, false]);
  await journal.keep(note("two", kept.entry));
  const there = await another(server);
  assert.equal(await bodies(there), "two");
  const wrong = await Journal.arrive(slots, server.ask, new Memory());
  await assert.rejects(wrong.unlock("passphrase", "another heron"), Unopened);
  assert.equal(wrong.isOpen, false);
});

test("a page left locked opens by what another device has made of the ways since", async () => {
  const { server, memory, journal } = await begun();
  journal.lock();
  const other = await another(server, memory);
  await other.addWay("passphrase", "three other reeds");
  await journal.lookAgain();
  await assert.rejects(journal.unlock("passphrase", WAYS.passphrase), Unopened);
  await journal.unlock("passphrase", "three other reeds");
  await other.keep(note("meanwhile"));
  // While it is open only the ways are taken anew; the keyring is merged when it is next kept.
  await journal.lookAgain();
  assert.equal((await journal.keep(note("here"))).stored, true);
  assert.equal(server.keyring?.revision, 3);
});

test("only what is on the list leaves, and no word in it can be read", async () => {
  const { server, journal } = await begun();
  const { entry } = await journal.keep({ ...note("quetzal"), keepDays: 30 });
  await journal.keep(note("quetzal again", entry));
  const fields = new Set(server.posted.map((body) => Object.keys(body).sort().join()));
  assert.deepEqual(
    fields,
    new Set(["keyring,slots", "after,id,keep_days,revision,sealed", "after,revision,sealed"]),
  );
  assert(!JSON.stringify(server.posted).includes("quetzal"));
});

test("a save that got no answer waits here, sealed, and goes when the network is back", async () => {
  const { server, memory, journal } = await begun();
  server.instead = "nothing";
  const kept = await journal.keep(note("quetzal"));
  assert.equal(kept.stored, false);
  assert(![...memory.kept.values()].join().includes("quetzal"));
  assert.equal(await journal.sendWaiting(), 1);
  server.instead = null;
  // Another start of the same browser, before anything is unlocked.
  const later = await Journal.arrive(slots, server.ask, memory);
  assert.equal(await later.sendWaiting(), 0);
  assert.equal(await bodies(await another(server)), "quetzal");
});

test("each refusal has its reason, and what was refused for good does not wait", async () => {
  const { server, memory, journal } = await begun();
  const reasons = { 400: "refused", 404: "gone", 413: "large", 423: "resting", 507: "full" };
  for (const [status, reason] of Object.entries(reasons)) {
    server.instead = Number(status);
    assert.equal(await why(journal.keep(note("one"))), reason);
  }
  assert.equal(memory.getItem(`words:waiting:${ME}`), "[]");
  for (const status of [429, 500, 502]) {
    server.instead = status;
    assert.equal((await journal.keep(note("one"))).stored, false);
  }
});

test("two devices that edit one entry at once both keep what they wrote", async () => {
  const { server, journal } = await begun();
  const { entry } = await journal.keep(note("first"));
  const there = await another(server);
  await there.keep(note("there", entry));
  const kept = await journal.keep(note("here", entry));
  assert.deepEqual([kept.stored, kept.apart], [true, true]);
  assert.equal(await bodies(there), "here,there");
});

test("an edit that waited while another device edited becomes an entry of its own", async () => {
  const { server, memory, journal } = await begun();
  const { entry } = await journal.keep(note("first"));
  const there = await another(server);
  server.instead = "nothing";
  await journal.keep(note("here", entry));
  server.instead = null;
  await there.keep(note("there", entry));
  assert.equal(await journal.sendWaiting(), 0);
  assert.equal(await bodies(there), "here,there");
  assert.equal(memory.getItem(`words:waiting:${ME}`), "[]");
});

test("edits that waited in a row go in their order, and never over another device's", async () => {
  const { server, journal } = await begun();
  const { entry } = await journal.keep(note("first"));
  server.instead = "nothing";
  const second = await journal.keep(note("second", entry));
  server.instead = null;
  // Back on the network, but the one before has not gone yet.
  const third = await journal.keep(note("third", second.entry));
  assert.deepEqual([third.stored, third.entry.revision], [true, 3]);
  assert.equal(await bodies(journal), "third");

  const there = await another(server);
  server.instead = "nothing";
  const fourth = await journal.keep(note("fourth", third.entry));
  await journal.keep(note("fifth", fourth.entry));
  server.instead = null;
  await there.keep(note("there", third.entry));
  assert.equal(await journal.sendWaiting(), 0);
  assert.equal(await bodies(there), "fifth,there");
});

test("what is noted while the keyring is on its way is kept with the next", async () => {
  const { server, journal } = await begun();
  await Promise.all([
    journal.adopt(SPACE, "one", SECRET),
    journal.adopt("another", "one", SECRET),
    journal.adopt("a third", "one", SECRET),
  ]);
  const there = await another(server);
  assert(["another", "a third", SPACE].every((space) => there.canShare(space)));
});

test("what is noted while many keyrings are on their way is kept, however late each answer is", async () => {
  for (let world = 0; world < 20; world++) {
    const { server, memory } = await begun();
    // In each world other answers are late, the same ones every time.
    let asked = 0;
    const slow: Ask = async (method, address, body) => {
      const answer = await server.ask(method, address, body);
      const late = (world * 7 + ++asked * asked * 5) % 11;
      for (let turns = 0; turns < late; turns++) await new Promise((done) => setTimeout(done));
      return answer;
    };
    const journal = await Journal.arrive(slots, slow, memory);
    await journal.unlock("passphrase", WAYS.passphrase);
    const spaces = ["a", "b", "c", "d", "e", "f"].map((name) => `space ${name}`);
    const asks = spaces.map((space) => why(journal.adopt(space, "one", SECRET)));
    assert.deepEqual(await Promise.all(asks), spaces.map(() => "done"));
    const there = await another(server);
    assert(spaces.every((space) => there.canShare(space)));
  }
});

test("two devices that note at once end with one keyring that knows both", async () => {
  const { server, journal } = await begun();
  const there = await another(server);
  await journal.adopt(SPACE, "one", SECRET);
  await there.adopt("another space", "one", SECRET);
  const third = await another(server);
  assert(third.canShare(SPACE) && third.canShare("another space"));
});

test("a keyring older than this browser has seen is given back what is known here", async () => {
  const { server, memory, journal } = await begun();
  const old = server.keyring;
  await journal.adopt(SPACE, "one", SECRET);
  server.keyring = old;
  const again = await another(server, memory);
  assert(again.canShare(SPACE));
  assert.equal(server.keyring?.revision, 3);
  assert((await another(server)).canShare(SPACE));
});

test("a place that was restored from a backup is given again what was kept since", async () => {
  const { server, memory, journal } = await begun();
  const { entry: old } = await journal.keep(note("old"));
  const { entry: gone } = await journal.keep(note("to be removed"));
  const backup = { rows: [...server.rows], keyring: server.keyring };
  await journal.keep(note("old, edited", old));
  await journal.keep(note("new"));
  await journal.keep({ ...note("for a month"), keepDays: 30 });
  await journal.remove(gone);
  const before = await bodies(journal);
  assert.equal(before, "for a month,new,old, edited");

  Object.assign(server, backup);
  const again = await another(server, memory);
  assert.equal(await bodies(again), before);
  assert.equal(await bodies(await another(server)), before);
  // Told once: what is removed elsewhere since then stays removed.
  server.rows = [];
  assert.equal(await bodies(await another(server, memory)), "");
});

test("what was to go meanwhile is not brought back", async () => {
  const { server, memory, journal } = await begun();
  const backup = { rows: [], keyring: server.keyring };
  await journal.keep({ ...note("for a month"), keepDays: 30 });
  await journal.keep(note("for ever"));
  Object.assign(server, backup);
  const now = Date.now;
  Date.now = () => now() + 30 * 24 * 60 * 60_000;
  try {
    assert.equal(await bodies(await another(server, memory)), "for ever");
  } finally {
    Date.now = now;
  }
});

test("a record that was rolled back is not taken for the newest, nor written over", async () => {
  const { server, memory, journal } = await begun();
  const { entry } = await journal.keep(note("first"));
  const old = [...server.rows];
  await journal.keep(note("second", entry));
  server.rows = old;
  assert.equal(await bodies(journal), "unopened");
  assert.equal(await bodies(await another(server, memory)), "unopened");
  assert.deepEqual(server.rows, old);
});

test("what does not open is left where it is, and is in the export", async () => {
  const { server, journal } = await begun();
  await journal.keep(note("mine"));
  const [row] = server.rows as [Row];
  server.rows.push({ ...row, id: SPACE });
  const before = JSON.stringify(server.rows);
  assert.equal(await bodies(journal), "mine,unopened");
  const sealed = await journal.exportSealed([]);
  assert.equal(sealed.trimEnd().split("\n").length, 3);
  assert.equal(JSON.stringify(server.rows), before);
  const { json } = await journal.exportReadable([], "Mine");
  assert.equal((JSON.parse(json) as { unopened: number }).unopened, 1);
});

test("many entries are packed, sealed, and read the same from the pack", async () => {
  const { server, memory, journal } = await begun();
  for (let number = 10; number < 45; number++) await journal.keep(note(`quetzal ${number}`));
  const one_by_one = await bodies(journal);
  const pack = memory.getItem(`words:pack:${ME}`) ?? "";
  assert(pack.length > 1000);
  assert(!atob(pack).includes("quetzal"));
  assert.equal(await bodies(journal), one_by_one);
  assert.equal(await bodies(await another(server, memory)), one_by_one);
  // What is removed is gone from the pack with the next reading.
  const [first] = server.rows as [Row];
  await journal.remove(first);
  await journal.read(PRIVATE);
  assert(memory.getItem(`words:pack:${ME}`) !== pack);
  const left = await bodies(journal);
  assert.equal(left.split(",").length, 34);
  // Another's pack, or a broken one, costs time and nothing else.
  memory.setItem(`words:pack:${ME}`, "AAAA");
  assert.equal(await bodies(await another(server, memory)), left);
});

test("without room in the browser a save still reaches the server, and says when it doesn't", async () => {
  const { server, memory, journal } = await begun();
  memory.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  assert.equal((await journal.keep(note("one"))).stored, true);
  server.instead = "nothing";
  assert.equal(await why(journal.keep(note("two"))), "no room");
});

test("a keyring that does not open is not written over", async () => {
  const { server, journal } = await begun();
  const broken = { revision: 7, sealed: btoa("broken") };
  server.keyring = broken;
  assert.equal(await why(journal.adopt(SPACE, "one", SECRET)), "offline");
  assert.equal(server.keyring, broken);
});

test("a keyring of a newer version is left as it is, and stops no word from being kept or read", async () => {
  const { server, journal } = await begun();
  const wordKey = atob(server.slots[0]?.sealed ?? "").replace(/^.* (?=AGE)/, "");
  const age = new Encrypter();
  age.addRecipient(await identityToRecipient(wordKey));
  const file = await age.encrypt(JSON.stringify({ v: 2, kind: "keyring" }).padEnd(256));
  const newer = { revision: 9, sealed: btoa(String.fromCharCode(...file)) };
  server.keyring = newer;
  const { stored } = await journal.keep(note("beside a newer device"));
  assert.equal(stored, true);
  assert.equal(await bodies(journal), "beside a newer device");
  assert.equal(server.keyring, newer);
  // Whoever opens them now is told that this page is too old, and nothing is tried further.
  await assert.rejects(another(server), Newer);
});

test("a keyring that has grown too large stops no word from being kept", async () => {
  const { server, journal } = await begun();
  const sealKeyring = Words.prototype.sealKeyring;
  Words.prototype.sealKeyring = () => Promise.reject(new RangeError("too large"));
  try {
    assert.equal((await journal.keep(note("kept"))).stored, true);
    assert.equal(await bodies(journal), "kept");
    assert.equal(await why(journal.adopt(SPACE, "one", SECRET)), "offline");
  } finally {
    Words.prototype.sealKeyring = sealKeyring;
  }
  assert.equal(await bodies(await another(server)), "kept");
});

test("a device whose clock is a year off keeps, edits and reads as any other", async () => {
  const { server, journal } = await begun();
  const now = Date.now;
  const here = Date;
  for (const year of [-1, 1]) {
    const offMs = year * 365 * 24 * 60 * 60_000;
    globalThis.Date = class extends here {
      constructor() {
        super(now() + offMs);
      }
      static override now = () => now() + offMs;
    } as DateConstructor;
    try {
      const { entry } = await journal.keep(note(`written ${year}`));
      assert.equal((await journal.keep(note(`edited ${year}`, entry))).stored, true);
    } finally {
      globalThis.Date = here;
    }
  }
  assert.equal(await bodies(journal), "edited -1,edited 1");
  assert.equal(await bodies(await another(server)), "edited -1,edited 1");
});

test("a draft is sealed where it lies, and gone when it is forgotten", async () => {
  const { memory, journal } = await begun();
  await journal.keepDraft("note", { line: "quetzal" });
  assert(![...memory.kept.values()].join().includes("quetzal"));
  assert.deepEqual(await journal.draft("note"), { line: "quetzal" });
  journal.forgetDraft("note");
  assert.equal(await journal.draft("note"), null);
});

test("a server that answers in another shape gets nothing opened and nothing sent", async () => {
  const { server, journal } = await begun();
  const ask = server.ask;
  for (const said of [{}, [], { records: {} }, { records: null, after: "" }]) {
    Object.assign(journal, { ask: () => Promise.resolve(new Response(JSON.stringify(said))) });
    await assert.rejects(journal.read(PRIVATE), Unopened);
    const arriving = Journal.arrive(slots, () => Promise.resolve(new Response("{}")), new Memory());
    await assert.rejects(arriving, Unopened);
  }
  const odd = { records: [{}, { id: 1, sealed: null }, { sealed: [], author: {} }], after: "" };
  Object.assign(journal, { ask: () => Promise.resolve(new Response(JSON.stringify(odd))) });
  assert.equal(await bodies(journal), "unopened,unopened,unopened");
  const endless = { records: Array(5000).fill({}), after: "x" };
  Object.assign(journal, { ask: () => Promise.resolve(new Response(JSON.stringify(endless))) });
  await assert.rejects(journal.read(PRIVATE), Unopened);
  Object.assign(journal, { ask });
  assert.equal((await journal.keep(note("one"))).stored, true);
});

test("whoever leaves while the key is looked for, or while words open, finds them locked", async () => {
  const { server, journal } = await begun();
  await journal.keep(note("one"));
  const reading = why(journal.read(PRIVATE));
  journal.lock();
  assert.equal(await reading, "locked");
  const there = await Journal.arrive(slots, server.ask, new Memory());
  const unlocking = why(there.unlock("passphrase", WAYS.passphrase));
  there.lock();
  assert.equal(await unlocking, "locked");
  assert.equal(there.isOpen, false);
});

test("after locking nothing is read or kept, and what is erased is gone here too", async () => {
  const { server, memory, journal } = await begun();
  await journal.keepDraft("note", "quetzal");
  journal.lock();
  assert.equal(await why(journal.keep(note("one"))), "locked");
  assert.equal(await why(journal.read(PRIVATE)), "locked");
  server.slots = [];
  server.keyring = null;
  await journal.erase();
  assert.equal(journal.hasBegun, false);
  assert.deepEqual([...memory.kept.keys()], []);
});
