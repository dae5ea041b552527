// Settling, sitting and landing: one sentence, a still picture, and a way to pause, lessen or stop.
//
// The picture is still where the practice asks for it, and nothing anywhere in it has a period.

import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Choice } from "./arriving";
import type { Gate } from "./arriving";
import { CallPlace, CallWish, TurnMark } from "../call/call-place";
import type { Calling } from "../call/calling";
import type { SittingData } from "../page/data";
import { Consent, SensorOff } from "../felt/feeling";
import type { Feeling } from "../felt/feeling";
import { CameraIsOn } from "../felt/seeing";
import { hasAccepted, wouldGoOn } from "./own";
import { Press } from "../page/press";
import { OthersBreath, Pace } from "../felt/swell";
import { text } from "../page/text";
import type { Hearing } from "./voice";
import type { Act, Own, Shown } from "./wire";

export interface Sound {
  readonly hearing: Signal<Hearing>;
  readonly volume: Signal<number>;
}

interface Props {
  readonly data: SittingData;
  readonly shown: Shown;
  readonly near: "" | "turn" | "whole";
  readonly own: Own;
  readonly thin: boolean;
  /** Paused here already, before the server has heard of it. */
  readonly pausedHere: boolean;
  /** Their answer was lost with the server's memory and may be given again. */
  readonly forgotten: boolean;
  readonly note: string;
  readonly sound: Sound;
  readonly gate: Gate;
  readonly feeling: Feeling;
  readonly calling: Calling;
  readonly at: () => number;
  readonly tell: (words: string) => void;
  readonly say: (act: Act) => void;
  readonly pause: () => void;
  readonly goOn: () => void;
  readonly stop: () => void;
  readonly choose: (rung: string, longer: boolean) => void;
  readonly notToday: () => void;
}

export function Room(props: Props) {
  const { data, shown, near, own, feeling, calling, thin, pausedHere, note, sound, stop } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  const still = pausedHere || shown.still;
  const seen = calling.picture.value !== null && shown.view !== "none" && !still;
  const felt = own.feels && shown.stage === "sitting";
  const smaller = !still && shown.may.includes("smaller");
  const { cue } = shown;
  const song = useSong(calling, cue, still, () => {
    if (cue !== null) props.say({ t: "song_ended", cue });
  });
  useEffect(() => heading.current?.focus(), []);
  useLayoutEffect(() => {
    // A control that had the focus has gone with its moment; the keyboard must not be lost with it.
    if (document.activeElement === document.body) heading.current?.focus();
  });
  const phase =
    shown.stage === "settling"
      ? text.sitting.settling
      : shown.stage === "landing"
        ? text.sitting.landing
        : text.sitting.heading;
  return (
    <section class="room" data-stage={shown.stage} data-turn={shown.turn} data-still={still} data-seen={seen}>
      <div class="top">
        <h1 class="phase" tabIndex={-1} ref={heading}>
          {phase}
        </h1>
        {/* It comes and goes by itself, and has its place: nothing that can be pressed moves with it. */}
        <p class="thin soft" role="status">
          {thin && !still && (
            <>
              <span aria-hidden="true">…</span>
              <span class="hidden">{text.sitting.thin}</span>
            </>
          )}
        </p>
      </div>
      {/* A change of turn by light, once: made anew with the cue and with nothing else. */}
      {shown.mark === "switch" && <div class="change" key={shown.cue} aria-hidden="true" />}
      <CallPlace data={data} calling={calling} shown={shown} still={still} />
      {/* In a call its own line says that the camera is on. */}
      {felt && feeling.byCamera.value && !feeling.camera?.lens.isShared && <CameraIsOn camera={feeling.camera} />}
      <Scene drifts={shown.picture === "drift" && !still} cue={shown.cue ?? 0} />
      {!still && <TurnMark data={data} shown={shown} />}
      <div class="words-place">
        {still ? (
          <Waiting {...props} held={shown.held && !pausedHere} />
        ) : (
          <div class="said" role="status">
            <p class="sentence" data-key={shown.key}>
              {shown.say}
            </p>
          </div>
        )}
        {/* For some seconds over the words: beside them it would move what can be pressed. */}
        <p class="note" role="status">
          {note}
        </p>
      </div>
      {!still && (
        <>
          <p class="near soft" role="status">
            {near === "turn" ? text.sitting.nearTurn : near === "whole" ? text.sitting.nearWhole : ""}
          </p>
          {/* Keyed by the cue: a press belongs to the moment that was on the screen. */}
          <Offers {...props} song={song} key={`${shown.stage}/${shown.cue}`} />
          {shown.show.includes("other-breath") && own.feels && <OthersBreath swell={feeling.swell} />}
          {shown.show.includes("pace") && <Pace begins_at={shown.begins_at} at={props.at} key={shown.key} />}
          {shown.may.includes("choose") && (
            <details open={props.forgotten} class="later">
              <summary>{text.arriving.change}</summary>
              <Choice {...props} />
              <Consent feeling={feeling} own={own} />
              <CallWish data={data} calling={calling} own={own} />
            </details>
          )}
        </>
      )}
      <div class="controls">
        <div class="holds">
          <div class="keys">
            {!still && (
              <Press class="pause" onPress={props.pause}>
                {text.sitting.pause}
              </Press>
            )}
            <Press quiet onPress={stop}>
              {shown.stage === "landing" ? text.sitting.enough : text.sitting.stop}
            </Press>
          </div>
          {(smaller || felt) && (
            <div class="keys less">
              {smaller && (
                <Press quiet onPress={() => props.say({ t: "smaller" })}>
                  {text.sitting.smaller}
                </Press>
              )}
              {felt && <SensorOff feeling={feeling} tell={props.tell} />}
            </div>
          )}
        </div>
        <Sounds {...sound} calling={calling} />
      </div>
    </section>
  );
}

/** What can be done just now besides pausing and stopping. */
function Offers({ data, shown, own, calling, say, song }: Props & { readonly song: Song }) {
  const { may, cue } = shown;
  const during = (t: "accept" | "pass" | "more_time" | "song_ended") => {
    if (cue !== null) say({ t, cue });
  };
  return (
    <div class="offers">
      {may.includes("accept") &&
        (hasAccepted(own, shown) ? (
          <p role="status">{text.sitting.accepted}</p>
        ) : (
          <Press class="wide" onPress={() => during("accept")}>
            {data.seating === "shared" ? text.sitting.acceptTogether : text.sitting.accept}
          </Press>
        ))}
      {may.includes("song_ended") && (
        <SongEnds song={song} called={calling.now.value !== "nothing"} mine={shown.turn !== "theirs"} ended={() => during("song_ended")} />
      )}
      <div class="row">
        {may.includes("pass") && (
          <Press quiet onPress={() => during("pass")}>
            {text.sitting.pass}
          </Press>
        )}
        {may.includes("more_time") && (
          <Press quiet onPress={() => during("more_time")}>
            {text.sitting.moreTime}
          </Press>
        )}
      </div>
      {shown.hints.length > 0 && (
        <details>
          <summary>{text.sitting.hints}</summary>
          {shown.hints.map(([label, hint]) => (
            <Hint key={`${data.practice.name}/${label}`} label={label} hint={hint} />
          ))}
        </details>
      )}
    </div>
  );
}

function Hint({ label, hint }: { readonly label: string; readonly hint: string }) {
  const open = useSignal(false);
  return (
    <div class="hint-row">
      <button type="button" class="quiet" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        {label}
      </button>
      {open.value && <p role="status">{hint}</p>}
    </div>
  );
}

/** A song of somebody's own: read by this page, played here, never sent anywhere. */
interface Song {
  readonly plays: boolean;
  readonly begin: (file: File | undefined, both: boolean) => void;
}

/** One song for one cue. It waits while the sitting does, and goes with its cue. */
function useSong(calling: Calling, cue: number | null, still: boolean, ended: () => void): Song {
  const playing = useSignal<HTMLAudioElement | null>(null);
  useEffect(() => {
    const song = playing.value;
    if (still) song?.pause();
    else void song?.play().catch(() => undefined);
  }, [still]);
  useEffect(
    () => () => {
      const song = playing.peek();
      song?.pause();
      void calling.endSong();
      if (song) URL.revokeObjectURL(song.src);
      playing.value = null;
    },
    [cue],
  );
  const begin = (file: File | undefined, both: boolean) => {
    if (!file) return;
    playing.peek()?.pause();
    const song = new Audio(URL.createObjectURL(file));
    song.onended = ended;
    playing.value = song;
    // The song itself goes through the call as it plays; the file goes nowhere.
    if (both) void calling.playToBoth(song).catch(() => undefined);
    void song.play().catch(() => undefined);
  };
  return { plays: playing.value !== null, begin };
}

interface SongProps {
  readonly song: Song;
  /** Whether there is a call for it to go through. */
  readonly called: boolean;
  readonly mine: boolean;
  readonly ended: () => void;
}

function SongEnds({ song, called, mine, ended }: SongProps) {
  const both = useSignal(true);
  return (
    <div class="song">
      {mine && !song.plays && called && (
        <label class="choice">
          <input
            type="checkbox"
            autocomplete="off"
            checked={both.value}
            onChange={(event) => (both.value = event.currentTarget.checked)}
          />
          {text.call.songBoth}
        </label>
      )}
      {mine && !song.plays && (
        <label>
          {text.sitting.song}
          <input
            type="file"
            accept="audio/*"
            autocomplete="off"
            onChange={(event) => song.begin(event.currentTarget.files?.[0], called && both.value)}
          />
          <span class="hint">{called && both.value ? text.call.songWhy : text.sitting.songWhy}</span>
        </label>
      )}
      {song.plays && <p role="status">{text.sitting.songPlays}</p>}
      <Press quiet class="wide" onPress={ended}>
        {text.sitting.songEnded}
      </Press>
    </div>
  );
}

function Waiting({ own, shown, held, pausedHere, goOn }: Props & { readonly held: boolean }) {
  return (
    <div class="waiting" role="alert">
      <p class="sentence">{held ? text.sitting.held : text.sitting.paused}</p>
      <p class="soft">{held ? text.sitting.heldMore : text.sitting.pausedMore}</p>
      {wouldGoOn(own, shown) ? (
        <p>{shown.stage === "sitting" ? text.sitting.goingOn : text.sitting.goingOnSoon}</p>
      ) : (
        // Where the line is gone there is nothing to press: it goes on when both can.
        (pausedHere || shown.may.includes("go_on")) && (
          <Press class="pause" onPress={goOn}>
            {text.sitting.goOn}
          </Press>
        )
      )}
    </div>
  );
}

function Sounds({ hearing, volume, calling }: Sound & { readonly calling: Calling }) {
  const choices: readonly [Hearing, string][] = [
    ["voice", text.sound.voice],
    ["bells", text.sound.bells],
    ["nothing", text.sound.nothing],
  ];
  return (
    <details class="sounds">
      <summary>{text.sound.heading}</summary>
      <div class="row" role="group" aria-label={text.sound.heading}>
        {choices.map(([kind, words]) => (
          <button
            type="button"
            class="quiet"
            aria-pressed={hearing.value === kind}
            onClick={() => (hearing.value = kind)}
          >
            {words}
          </button>
        ))}
      </div>
      {calling.now.value !== "nothing" && <p class="small">{text.call.echo}</p>}
      <label>
        {text.sound.volume}
        <input
          type="range"
          min={0}
          max={1}
          step={0.1}
          value={volume.value}
          autocomplete="off"
          onInput={(event) => (volume.value = Number(event.currentTarget.value))}
        />
      </label>
    </details>
  );
}

/** Two hills and a low light. Where the practice asks for stillness it never moves. */
export function Scene({ drifts, cue }: { readonly drifts: boolean; readonly cue: number }) {
  return (
    <svg
      class="scene"
      data-place={drifts ? cue % 3 : "still"}
      viewBox="0 0 400 220"
      preserveAspectRatio="xMidYMax slice"
      aria-hidden="true"
      focusable="false"
    >
      <circle class="light" cx="200" cy="104" r="46" />
      <path class="hill other" d="M-40 220V168C40 96 128 84 196 138c44 34 90 60 244 58v24z" />
      <path class="hill one" d="M440 220V176c-66-68-150-82-222-34-62 42-128 62-258 58v20z" />
    </svg>
  );
}
