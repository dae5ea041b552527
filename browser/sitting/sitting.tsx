// The page of a sitting: joins the line, the player and the voice, and shows where it is.
//
// Pause and stop take effect here first and are told to the server afterwards, so both work with the
// network gone. What somebody answers in private is in `before` and `after`, and goes nowhere unless they
// keep it for themselves: what that takes is fetched only then (`keeping.tsx`).

import { batch, effect, signal, untracked } from "@preact/signals";
import { render } from "preact";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import "../mine/mine.css";
import "./sitting.css";
import { workerAddress } from "../page/beside";
import { Arriving } from "./arriving";
import type { Gate } from "./arriving";
import { Calling } from "../call/calling";
import { Astray, Closing } from "./closing";
import { pageData } from "../page/data";
import type { Link, SittingData } from "../page/data";
import { LEAVING } from "../page/exit";
import { Feeling } from "../felt/feeling";
import { Lens } from "./lens";
import { Live, pageWorld } from "./live";
import type { Over } from "./live";
import { NOTHING_SAID } from "./own";
import { Player } from "./player";
import { Press } from "../page/press";
import { After, asked, CheckIn, gateOf, marksOf, noAnswers } from "./questions";
import { Rhythms } from "../felt/reflection";
import { Room } from "./room";
import { keepMeeting, nameAfterSitting } from "../door/secret";
import { fill, text } from "../page/text";
import { Voice } from "./voice";
import type { Hearing } from "./voice";
import { WakeLock } from "../page/wakelock";
import type { Act, Own, Stage } from "./wire";

const NOTE_MS = 4000;
/** So long after they have sat down a camera that nobody wants is let go. */
const UNUSED_MS = 15_000;

function begin(data: SittingData, root: HTMLElement): void {
  const shared = data.seating === "shared";
  if (!shared) nameAfterSitting(data.sitting);
  if (data.space) keepMeeting(data.space, data.sitting);
  const questions = shared ? [] : data.practice.questions;
  const beforehand = asked(questions, "before", data.checkIn);
  const afterwards = asked(questions, "after", data.checkIn);

  const own = signal<Own>(NOTHING_SAID);
  const thin = signal(false);
  const over = signal<Over | "">("");
  const pausedHere = signal(false);
  const stoppedIn = signal<Stage | "">("");
  const sat = signal(false);
  const chosenHere = signal(false);
  const checkedIn = signal(beforehand.length === 0);
  const note = signal("");
  const before = noAnswers();
  const after = noAnswers();
  const words = signal<"" | "coming" | "shown" | "aside">("");
  /** Whether they are opened for what both have looked at. */
  const ofBoth = signal(false);
  const Keeping = signal<typeof import("../kept/keeping").Keeping | null>(null);
  const gate: Gate = { question: gateOf(questions), led: signal("") };
  const hearing = signal<Hearing>(data.speaks ? "voice" : "nothing");
  const volume = signal(0.8);

  const voice = new Voice(document.documentElement.lang, {
    pause: () => inRoom(player.shown.value?.stage) && acts.pause(),
    play: () => player.shown.value?.may.includes("go_on") && acts.goOn(),
  });
  const wakeLock = new WakeLock();
  const live = new Live(pageWorld(data.urls, data.sitting), {
    show(show) {
      // Nobody is called back from where they answer for themselves.
      if (ended()) return;
      // Somebody who has stopped is not shown a sitting that goes on until the server has heard it.
      const goesOn = show.screens.some((s) => s.stage !== "landing" && s.stage !== "closed");
      if (stoppedIn.value !== "" && goesOn) return;
      player.take(show);
      voice.prepare(player.screens);
    },
    own: (said) => (own.value = said),
    refused(act, why) {
      feeling.refused(act);
      if (act.t === "pause") pausedHere.value = false;
      if (act.t !== "go_on") tell(why ? text.sitting.refused : text.sitting.perhaps);
    },
    thin: (on) => (thin.value = on),
    cutOff: (on) => (on ? player.hold() : player.release()),
    over: (why) => (over.value = why),
    taken: (sequence, anew) => feeling.taken(sequence, anew),
    felt: (message) => feeling.felt(message),
    call: (meeting) => calling.meet(meeting),
    signal: (said) => calling.hear(said),
  });
  const lens = new Lens();
  const feeling = new Feeling(
    {
      say: (act) => live.say(act),
      send: (bytes) => live.sendFrame(bytes),
      stamp: (ms) => live.clock.stamp(ms),
    },
    data.practice.senses,
    data.practice.shows.includes("other-breath"),
    workerAddress("pose"),
    lens,
    shared,
  );
  const calling = new Calling({ say: (act) => live.say(act), signal: (said) => live.signal(said) }, lens);
  const time = {
    at: () => live.clock.at(performance.now()),
    get pace() {
      return live.clock.pace;
    },
  };
  const player = new Player(time, (screen, now) => {
    if (pausedHere.value) return;
    if (now.ring) voice.ring(screen.mark);
    if (now.speak) voice.say(screen);
  });

  let unused: ReturnType<typeof setTimeout> | undefined;
  let noteTimer: ReturnType<typeof setTimeout> | undefined;
  function tell(words: string): void {
    note.value = words;
    clearTimeout(noteTimer);
    noteTimer = setTimeout(() => (note.value = ""), NOTE_MS);
  }

  const acts = {
    say: (act: Act) => live.say(act),
    choose(rung: string, longer: boolean) {
      chosenHere.value = true;
      live.say({ t: "choose", rung, longer });
      live.say({ t: "ready" });
    },
    notToday() {
      calling.giveUp();
      if (chosenHere.value || own.value.chosen !== "") live.say({ t: "unchoose" });
      chosenHere.value = false;
      live.say({ t: "ready" });
    },
    pause() {
      pausedHere.value = true;
      voice.hush();
      live.say({ t: "pause" });
    },
    goOn() {
      pausedHere.value = false;
      live.say({ t: "go_on" });
    },
    stop() {
      const stage = player.shown.value?.stage ?? "arriving";
      voice.hush();
      untracked(() => calling.end());
      live.say({ t: "stop" });
      batch(() => {
        pausedHere.value = false;
        stoppedIn.value = stage;
        if (stage === "sitting") player.landNow(text.closed.landing);
      });
    },
  };

  effect(() => {
    const shown = player.shown.value;
    if (!shown) return;
    if (shown.still) {
      pausedHere.value = false;
      voice.hush();
    }
    if (shown.stage === "sitting" || shown.stage === "landing") sat.value = true;
    // Whoever had said yes may still ask to look; for everybody else there is nothing more to hear.
    if (shown.stage === "closed" && own.peek().feels) feeling.closed();
    const waits = feeling.looking.value === "open" || feeling.looking.value === "asked";
    const keeps = feeling.keeping.value === "open" || feeling.keeping.value === "asked";
    if (shown.stage === "closed" && !waits && !keeps) live.finish();
  });
  effect(() => feeling.follow(player.shown.value, own.value));
  effect(() => {
    if (feeling.camera?.state.value === "gone" && inRoom(player.shown.peek()?.stage)) tell(text.camera.gone);
  });
  effect(() => {
    const said = own.value;
    untracked(() => calling.own(said));
  });
  effect(() => {
    const shown = player.shown.value;
    const sees = shown?.stage === "sitting" && !pausedHere.value;
    untracked(() => calling.show(sees ? shown.view : "none"));
    if (shown?.stage === "sitting" && unused === undefined) {
      unused = setTimeout(() => calling.letGoUnused(), UNUSED_MS);
    }
  });
  effect(() => voice.want(hearing.value));
  effect(() => voice.setVolume(volume.value));

  const ended = () =>
    over.value !== "" ||
    player.shown.value?.stage === "closed" ||
    (stoppedIn.value !== "" && stoppedIn.value !== "sitting");
  effect(() => {
    if (ended()) {
      wakeLock.release();
      voice.hush();
      untracked(() => {
        calling.end();
        feeling.cameraOff();
      });
    } else if (own.value.ready) {
      wakeLock.hold();
    }
    const room = !ended() && inRoom(player.shown.value?.stage);
    document.documentElement.classList.toggle("room-only", room);
    // What comes after stays dim: nobody should look up from there into a bright page.
    if (room) document.documentElement.classList.add("dim");
  });

  /** Show what somebody's own words need, in front of where they are. */
  async function openWords(both = false): Promise<void> {
    ofBoth.value = both;
    if (words.value === "coming") return;
    words.value = "coming";
    try {
      Keeping.value ??= (await import("../kept/keeping")).Keeping;
      words.value = "shown";
    } catch {
      words.value = "";
      tell(text.closed.mineLost);
    }
  }

  const forget = () => {
    calling.end();
    feeling.forget();
    feeling.reflections.value = [];
    before.value = {};
    after.value = {};
    gate.led.value = "";
  };
  addEventListener("pagehide", () => {
    forget();
    // A page kept for the Back button must not bring back what somebody wrote.
    render(null, root);
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  addEventListener(LEAVING, () => {
    acts.stop();
    voice.end();
    forget();
  });
  const wake = () => {
    live.wake();
    voice.wake();
    player.look();
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) {
      if (feeling.isListening) tell(text.feeling.hidden);
      return wake();
    }
    // Somebody else may be the next to look at this screen. Marks say little; written words go.
    after.value = {};
    before.value = marksOf(before.value);
    gate.led.value = "";
  });
  document.addEventListener("resume", wake);
  addEventListener("online", wake);

  // Any touch will do: after a reload there may be nothing to choose.
  document.addEventListener("click", () => voice.unlock(), { capture: true });

  // Looking something up must not take somebody out of their seat.
  const help = document.querySelector<HTMLAnchorElement>(`.bar a[href="${data.urls.help}"]`);
  if (help) help.target = "_blank";

  live.start();
  render(<Sitting />, root);

  function Sitting() {
    const stage = player.shown.value?.stage ?? "arriving";
    const room = inRoom(stage) && !ended();
    const Words = Keeping.value;
    // A sitting that begins comes before whatever somebody was about to open.
    const inFront = words.value === "shown" && !room;
    const [mine, stages] = [useRef<HTMLDivElement>(null), useRef<HTMLDivElement>(null)];
    useEffect(() => {
      // What was hidden could not take the focus when it was drawn.
      if (words.value !== "") (inFront ? mine : stages).current?.querySelector("h1")?.focus();
    }, [inFront]);
    return (
      <>
        {Words && words.value !== "" && (
          <div hidden={!inFront} ref={mine}>
            <Words
              data={data}
              before={before}
              after={after}
              feeling={feeling}
              both={ofBoth.value}
              early={!ended()}
              shown={inFront}
              holds={!ended()}
              back={() => (words.value = "aside")}
            >
              <p>
                <a class="button quiet" href={data.mine} onClick={inPlace}>
                  {text.closed.mineYours}
                </a>
              </p>
            </Words>
          </div>
        )}
        <div hidden={inFront} ref={stages}>
          <Stages />
        </div>
      </>
    );
  }

  function Stages() {
    const shown = player.shown.value;
    const stage = shown?.stage ?? "arriving";
    const { closed } = text;
    if (stoppedIn.value === "arriving" || stoppedIn.value === "settling") {
      return (
        <Ending title={closed.stopped} words={[closed.stoppedMore, closed.landing[0]]}>
          <ToKeep />
        </Ending>
      );
    }
    const landed = stage === "closed" || stoppedIn.value === "landing" || over.value === "over";
    if (sat.value && landed) return <Landed />;
    if (stage === "closed") {
      return (
        <Ending title={closed.softly} words={[closed.softlyMore]}>
          <ToKeep />
        </Ending>
      );
    }
    if (over.value === "over") {
      return <Ending title={closed.over} words={[closed.overMore]} />;
    }
    if (over.value !== "") {
      return <Astray elsewhere={over.value === "elsewhere"} over={data.urls.over} />;
    }
    if (shown && inRoom(stage)) {
      return (
        <Room
          data={data}
          shown={shown}
          near={player.near.value}
          own={own.value}
          thin={thin.value}
          pausedHere={pausedHere.value}
          forgotten={chosenHere.value && own.value.chosen === "" && stage === "settling"}
          note={note.value}
          sound={{ hearing, volume }}
          gate={gate}
          feeling={feeling}
          calling={calling}
          at={time.at}
          tell={tell}
          {...acts}
        />
      );
    }
    if (!checkedIn.value && !own.value.ready) {
      return (
        <CheckIn
          questions={beforehand}
          answers={before}
          why={data.mine ? text.checkIn.whyMine : text.checkIn.why}
          done={() => (checkedIn.value = true)}
        >
          <First />
        </CheckIn>
      );
    }
    return (
      <Arriving data={data} own={own.value} gate={gate} feeling={feeling} calling={calling} {...acts}>
        <First />
      </Arriving>
    );
  }

  /** For whoever would rather open their words before than after. */
  function First() {
    if (data.mine === "" || words.value === "aside") return null;
    return <OfMine label={text.arriving.mine} more={text.arriving.mineMore} />;
  }

  /** However it ended, a line about it may be worth keeping. */
  function ToKeep() {
    return data.mine === "" ? null : <OfMine label={text.closed.mine} more={text.closed.mineMore} />;
  }

  function OfMine({ label, more }: { readonly label: string; readonly more: string }) {
    return (
      <section>
        <Press quiet describedBy="of-mine" onPress={() => void openWords()}>
          {label}
        </Press>
        <p id="of-mine" class="soft small">
          {more}
        </p>
        <p role="status">{note.value}</p>
      </section>
    );
  }

  function Landed() {
    const early = stoppedIn.value === "sitting";
    const { keep } = data.urls;
    // Who shares a space and words with the other may ask that it be kept for them both.
    const both = data.mine !== "" && data.space !== "" ? () => void openWords(true) : null;
    const end = (card: boolean) => (
      <Ending title={early ? text.closed.stopped : text.closed.ended} words={[]} card={card}>
        <Rhythms feeling={feeling} keep={both} />
        <ToKeep />
        {data.mine === "" && !shared && <p class="soft small">{text.closed.mineGuest}</p>}
        {!early && !card && data.practice.link && <Later link={data.practice.link} />}
        {keep !== "" && (
          <p>
            <a href={keep} onClick={inPlace}>
              {data.kept ? text.closed.keepDay : text.closed.keep}
            </a>
          </p>
        )}
      </Ending>
    );
    const why = data.mine ? text.after.whyMine : text.after.why;
    const below = <Rhythms feeling={feeling} keep={both} />;
    return <After questions={afterwards} before={before} answers={after} urls={data.urls} {...{ why, below, end }} />;
  }

  /** Two at one device were asked nothing in private, so both see the whole card. */
  function Ending(props: { title: string; words: readonly string[]; card?: boolean; children?: ComponentChildren }) {
    const safety = gate.led.value === "safety";
    return <Closing {...props} card={shared || (props.card ?? false)} safety={safety} urls={data.urls} />;
  }
}

/** What this practice leads to. Nothing is arranged by it, and each takes the day along alone. */
function Later({ link }: { readonly link: Link }) {
  const when = link.days === 1 ? text.closed.inADay : fill(text.closed.inDays, { days: `${link.days}` });
  return (
    <section class="card">
      <p>
        {when} <strong>{link.title}</strong>
      </p>
      <p>
        <a href={link.calendar} download>
          {text.closed.calendar}
        </a>
      </p>
    </section>
  );
}

/** Go where a link leads, and leave no sitting behind in the history. */
function inPlace(event: MouseEvent & { readonly currentTarget: HTMLAnchorElement }): void {
  event.preventDefault();
  location.replace(event.currentTarget.href);
}

function inRoom(stage: Stage | undefined): boolean {
  return stage === "settling" || stage === "sitting" || stage === "landing";
}

const data = pageData<SittingData>("sitting-data");
const root = document.getElementById("sitting");
if (data && root) begin(data, root);
