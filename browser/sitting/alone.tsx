// Just me for now: the minute that settles, played by the same score without a server.
//
// The page holds the words as a list to read. With scripts it can be played: the list gives way to
// one sentence at a time, and comes back afterwards.

import { signal } from "@preact/signals";
import { render } from "preact";
import "./sitting.css";
import { Player } from "./player";
import { Press } from "../page/press";
import { focus, Page } from "./questions";
import { Scene } from "./room";
import { text } from "../page/text";
import { Voice } from "./voice";
import { WakeLock } from "../page/wakelock";
import type { Shown } from "./wire";

/** The list's cues laid end to end; each item says how many seconds it lasts. */
function screensOf(list: HTMLElement): readonly Shown[] {
  const items = [...list.querySelectorAll<HTMLElement>("li[data-seconds]")];
  let at = 0;
  const screens = items.map((item, cue): Shown => {
    const begins_at = at;
    at += Number(item.dataset["seconds"]);
    const say = item.textContent.trim();
    const mark = cue === 0 ? "begin" : "none";
    return { ...EMPTY, key: `${cue}`, begins_at, ends_at: at, cue, say, voice: item.dataset["voice"] ?? "", mark };
  });
  return [...screens, { ...EMPTY, key: "closed", stage: "closed", begins_at: at, mark: "end" }];
}

const EMPTY: Shown = {
  key: "",
  stage: "settling",
  begins_at: 0,
  ends_at: null,
  cue: null,
  say: "",
  voice: "",
  turn: "both",
  mark: "none",
  picture: "still",
  still: false,
  held: false,
  offer: "",
  may: [],
  hints: [],
  sense: [],
  show: [],
  view: "none",
};

function begin(place: HTMLElement, list: HTMLElement, controls: HTMLElement): void {
  const screens = screensOf(list);
  const pace = Number(place.dataset["pace"] ?? 1);
  const room = place.appendChild(document.createElement("div"));
  const pausedAt = signal<number | null>(null);
  const voice = new Voice(document.documentElement.lang, { pause, play: goOn });
  const wakeLock = new WakeLock();
  let beganMs = 0;
  const time = {
    pace,
    at: () => pausedAt.value ?? ((performance.now() - beganMs) / 1000) * pace,
  };
  let player = newPlayer();

  controls.hidden = false;
  controls.querySelector("[data-alone-begin]")?.addEventListener("click", start);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || !player.shown.value || pausedAt.value !== null) return;
    voice.wake();
    player.look();
  });

  function newPlayer(): Player {
    return new Player(time, (screen, now) => {
      if (now.ring) voice.ring(screen.mark);
      if (now.speak) voice.say(screen);
      if (screen.stage === "closed") wakeLock.release();
    });
  }

  function start(): void {
    voice.unlock();
    voice.prepare(screens);
    wakeLock.hold();
    player.end();
    player = newPlayer();
    beganMs = performance.now();
    pausedAt.value = null;
    render(null, room);
    player.take({ t: "show", epoch: "alone", number: 1, screens });
    show(true);
    render(<Minute />, room);
  }

  function show(playing: boolean): void {
    list.hidden = playing;
    controls.hidden = playing;
    document.documentElement.classList.toggle("room-only", playing);
    document.documentElement.classList.toggle("dim", playing);
  }

  function pause(): void {
    if (pausedAt.value !== null) return;
    voice.hush();
    pausedAt.value = time.at();
    player.end();
  }

  function goOn(): void {
    if (pausedAt.value === null) return;
    beganMs = performance.now() - (pausedAt.value / pace) * 1000;
    pausedAt.value = null;
    player.look();
  }

  function leave(): void {
    voice.hush();
    wakeLock.release();
    player.end();
    render(null, room);
    show(false);
    controls.querySelector<HTMLElement>("[data-alone-begin]")?.focus();
  }

  function Minute() {
    const shown = player.shown.value;
    if (!shown || shown.stage === "closed") {
      return (
        <Page title={text.alone.ended}>
          <div class="row">
            <Press onPress={start}>{text.alone.again}</Press>
            <Press quiet onPress={leave}>
              {text.closed.leave}
            </Press>
          </div>
        </Page>
      );
    }
    const still = pausedAt.value !== null;
    return (
      <section class="room" data-stage="settling">
        <h1 class="phase" tabIndex={-1} ref={focus}>
          {text.sitting.settling}
        </h1>
        <Scene drifts={false} cue={0} />
        <div class="said" role="status">
          <p class="sentence" data-key={shown.key}>
            {still ? text.sitting.paused : shown.say}
          </p>
        </div>
        <div class="controls">
          <div class="holds">
            <div class="keys">
              <Press class="pause" onPress={still ? goOn : pause}>
                {still ? text.sitting.goOn : text.sitting.pause}
              </Press>
              <Press quiet onPress={leave}>
                {text.sitting.stop}
              </Press>
            </div>
          </div>
        </div>
      </section>
    );
  }
}

const place = document.querySelector<HTMLElement>("[data-alone]");
const list = place?.querySelector<HTMLElement>("ol");
const controls = place?.querySelector<HTMLElement>("[data-alone-controls]");
if (place && list && controls) begin(place, list, controls);
