// Just me for now: the minute that settles, played by the same score without a server.

import { signal } from "@preact/signals";
import { render } from "preact";
import "./sitting.css";
import { pageData } from "./data";
import { Player } from "./player";
import { Press } from "./press";
import { Page } from "./questions";
import { Scene } from "./room";
import { text } from "./text";
import { Voice } from "./voice";
import { WakeLock } from "./wakelock";
import type { Shown } from "./wire";

interface AloneData {
  readonly pace: number;
  readonly screens: readonly Shown[];
  readonly urls: { readonly over: string; readonly care: string; readonly help: string };
}

function begin(data: AloneData, root: HTMLElement): void {
  const begun = signal(false);
  const pausedAt = signal<number | null>(null);
  const stopped = signal(false);
  const voice = new Voice(document.documentElement.lang);
  const wakeLock = new WakeLock();
  let beganMs = 0;
  const time = {
    pace: data.pace,
    at: () => pausedAt.value ?? ((performance.now() - beganMs) / 1000) * data.pace,
  };
  let player = newPlayer();

  function newPlayer(): Player {
    return new Player(time, (screen, now) => {
      if (now.ring) voice.ring(screen.mark);
      if (now.speak) voice.say(screen);
    });
  }

  function start(): void {
    voice.unlock();
    voice.prepare(data.screens);
    wakeLock.hold();
    player.end();
    player = newPlayer();
    beganMs = performance.now();
    pausedAt.value = null;
    stopped.value = false;
    player.take({ t: "show", epoch: "alone", number: 1, screens: data.screens });
    begun.value = true;
  }

  function pause(): void {
    voice.hush();
    pausedAt.value = time.at();
    player.end();
  }

  function goOn(): void {
    beganMs = performance.now() - ((pausedAt.value ?? 0) / data.pace) * 1000;
    pausedAt.value = null;
    player.look();
  }

  function stop(): void {
    voice.hush();
    wakeLock.release();
    player.end();
    stopped.value = true;
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && begun.value && pausedAt.value === null && !stopped.value) player.look();
  });
  render(<Alone />, root);

  function Alone() {
    if (!begun.value) return <Press onPress={start}>{text.alone.begin}</Press>;
    const shown = player.shown.value;
    if (stopped.value || !shown || shown.stage === "closed") {
      wakeLock.release();
      return (
        <Page title={text.alone.ended}>
          <div class="row">
            <Press onPress={start}>{text.alone.again}</Press>
            <a class="button quiet" href={data.urls.over}>
              {text.closed.leave}
            </a>
          </div>
        </Page>
      );
    }
    const still = pausedAt.value !== null;
    return (
      <section class="room" data-stage="settling">
        <Scene drifts={false} cue={0} />
        <div class="said" role="status">
          <p class="sentence" data-key={shown.key}>
            {still ? text.sitting.paused : shown.say}
          </p>
        </div>
        <div class="controls">
          <Press class="pause" onPress={still ? goOn : pause}>
            {still ? text.alone.goOn : text.alone.pause}
          </Press>
          <div class="row">
            <Press quiet onPress={stop}>
              {text.alone.stop}
            </Press>
          </div>
        </div>
      </section>
    );
  }
}

const data = pageData<AloneData>("alone-data");
const root = document.getElementById("alone");
if (data && root) begin(data, root);
