// What somebody sees of a call: the wish beforehand, the other's picture while a practice wants one, what
// is on here, and the way out of it.
//
// The names of practices are nowhere here: how the other is seen is said by the screen. Nobody is shown to
// themselves but once, before it begins, and no word says whose wish was smaller or who ended it.

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Calling } from "./calling";
import type { SittingData } from "../page/data";
import { Press } from "../page/press";
import { fill, text } from "../page/text";
import type { CallKind, Own, Shown } from "../sitting/wire";

interface Props {
  readonly data: SittingData;
  readonly calling: Calling;
}

/** Before they sit: what is welcome here, said to nobody. */
export function CallWish({ data, calling, own }: Props & { readonly own: Own }) {
  const { call } = data;
  if (!call) return null;
  const words = text.call;
  const kinds: readonly CallKind[] = call.most === "picture" ? ["nothing", "sound", "picture"] : ["nothing", "sound"];
  return (
    <details class="call-wish">
      <summary>{own.call === "nothing" ? words.offer[call.most] : words.wished[own.call]}</summary>
      <ul>
        <li>{words.both}</li>
        <li>{words.alone}</li>
        <li>{words.out}</li>
        {call.most === "picture" && <li>{words.covered}</li>}
        <li>{words.recorded}</li>
        <li>{call.relayed ? words.relayed : words.direct}</li>
      </ul>
      {call.relay && !call.relayed && (
        <label class="choice">
          <input
            type="checkbox"
            autocomplete="off"
            checked={calling.hidden.value}
            onChange={(event) => (calling.hidden.value = event.currentTarget.checked)}
          />
          {words.hide}
        </label>
      )}
      {isSecureContext ? (
        <div class="stack" role="group" aria-label={words.group}>
          {kinds.map((kind) => (
            <Press quiet pressed={own.call === kind} onPress={() => void calling.choose(kind)} key={kind}>
              {words.kinds[kind]}
            </Press>
          ))}
        </div>
      ) : (
        <p>{words.trouble.insecure}</p>
      )}
      <Given calling={calling} />
    </details>
  );
}

/** What the browser has given here, and once how it looks. */
function Given({ calling }: { readonly calling: Calling }) {
  const words = text.call;
  const [local, trouble] = [calling.local.value, calling.trouble.value];
  const seen = local !== null && local.getVideoTracks().length > 0;
  return (
    <>
      <p role="status">
        {calling.asking.value
          ? words.asking
          : trouble !== ""
            ? words.trouble[trouble]
            : local
              ? words.given[seen ? "picture" : "sound"]
              : ""}
      </p>
      {calling.framing.value && local && (
        <figure class="framing">
          <Picture stream={local} label={words.self} mirrored />
          <figcaption>{words.framing}</figcaption>
          <Press quiet onPress={() => calling.hideSelf()}>
            {words.hideSelf}
          </Press>
        </figure>
      )}
    </>
  );
}

function Picture({ stream, label, mirrored }: { stream: MediaStream; label: string; mirrored?: boolean }) {
  const video = useRef<HTMLVideoElement>(null);
  useLayoutEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = stream;
    element.play().catch(() => undefined);
    return () => {
      element.srcObject = null;
    };
  }, [stream]);
  return <video ref={video} class={mirrored ? "mirrored" : ""} aria-label={label} muted playsInline autoplay />;
}

/** While they sit: the other's picture, where there is one and this moment wants it, and how it stands. */
export function CallPlace({ data, calling, shown, still }: Props & { readonly shown: Shown; readonly still: boolean }) {
  const words = text.call;
  if (!data.call) return null;
  const kind = calling.now.value;
  const picture = calling.picture.value;
  const sees = kind === "picture" && !still && shown.view !== "none";
  return (
    <div class="call" data-view={sees && picture ? shown.view : "none"}>
      {sees && picture && !calling.lost.value && (
        <div class="their-picture">
          <Picture stream={picture} label={words.other} mirrored={shown.view === "mirror"} />
        </div>
      )}
      <CallControls calling={calling} relay={data.call.relay} />
      <p class="call-state soft" role="status">
        {kind === "nothing"
          ? calling.ended.value && shown.stage !== "closed" && words.ended
          : calling.lost.value && calling.local.value
            ? words.lost
            : ""}
      </p>
      {kind !== "nothing" && calling.lost.value && calling.local.value && <Weak data={data} />}
      {sees && picture && shown.view === "mirror" && <Late calling={calling} cue={shown.cue} />}
    </div>
  );
}

/** What the practice offers where a signal is weak. */
function Weak({ data }: { readonly data: SittingData }) {
  const weak = data.practice.adaptations.find((each) => each.need === "weak signal");
  return weak ? <p class="soft small">{weak.text}</p> : null;
}

/** How late the picture is: said once, while the moment lasts in which it was measured. */
function Late({ calling, cue }: { readonly calling: Calling; readonly cue: number | null }) {
  const saidIn = useSignal<number | null | undefined>(undefined);
  const lateS = calling.lateS.value;
  useEffect(() => {
    if (lateS !== undefined && calling.lateSaidIn === undefined) calling.lateSaidIn = cue;
    saidIn.value = calling.lateSaidIn;
  }, [lateS, cue]);
  if (lateS === undefined || saidIn.value !== cue) return null;
  const tenths = Math.round(lateS * 10) / 10;
  return (
    <p class="call-late soft small" role="status">
      {tenths < 0.1 ? text.call.soon : fill(text.call.late, { seconds: `${tenths}` })}
    </p>
  );
}

/** Whose turn it is, in two places, for whoever looks up or couldn't hear. */
export function TurnMark({ data, shown }: { readonly data: SittingData; readonly shown: Shown }) {
  if (data.seating !== "apart" || (shown.turn !== "yours" && shown.turn !== "theirs")) return null;
  return (
    <p class="turn-mark" data-turn={shown.turn}>
      {shown.turn === "yours" ? text.call.yours : text.call.theirs}
    </p>
  );
}

/** What is on here, and one press that ends it. */
function CallControls({ calling, relay }: { readonly calling: Calling; readonly relay: boolean }) {
  const words = text.call;
  const kind = calling.now.value;
  if (kind === "nothing") return null;
  const on = calling.local.value !== null;
  const trouble = calling.trouble.value;
  return (
    <div class="call-controls">
      {on ? (
        <p class="live small">
          <span class="dot" aria-hidden="true" />
          {kind === "picture" ? words.live.picture : words.live.sound}
        </p>
      ) : (
        <>
          <p class="small">{trouble === "" ? words.wantsTap : words.trouble[trouble]}</p>
          <Press onPress={() => void calling.again(relay)}>{words.again[kind]}</Press>
        </>
      )}
      <div class="row">
        {kind === "picture" && (
          <Press quiet onPress={() => calling.less("sound")}>
            {words.less}
          </Press>
        )}
        <Press quiet onPress={() => calling.less("nothing")}>
          {words.end}
        </Press>
      </div>
    </div>
  );
}
