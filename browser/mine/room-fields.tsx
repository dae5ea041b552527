// The fields of each kind that its writer fills in and may change again, wherever that is.
//
// Every field may stay empty, nothing is filled in beforehand but what was written here, and an answer
// says what it says under its own question. The calendar's file is made here, so no server learns the day.

import { useId, useMemo, useRef, useState } from "preact/hooks";
import type { ComponentType } from "preact";
import { ofKind, type Kind } from "../words/entries";
import { notesBeside } from "./patterns";
import { Slider } from "../sitting/questions";
import { dayIn, reminderFile, today } from "./reminder";
import { Again, Bond, BodyWords, Choice, dayText, Line, type FieldsProps } from "./room-parts";
import type { Question } from "./slow";
import { roomsText } from "./text-rooms";
import { offersHelp, thoughtsOn, type PersonAnswers } from "./whom";
import { Written } from "../words/writing";

const { notes, bridges, whom, slow, fields: common, writing } = roomsText;

export function NoteFields({ body, set, pieces }: FieldsProps<"note">) {
  const written = useMemo(() => ofKind(pieces, "note"), [pieces]);
  const beside = useMemo(() => notesBeside(written, body.bond), [written, body.bond]);
  const { fields } = notes;
  const more = [body.bond, body.story, body.protects, body.protecting, body.helped, ...body.words];
  // Folded only if nothing that was written would be hidden by it; and not again while somebody writes.
  const open = useRef(false);
  open.current ||= more.some((each) => each !== "");
  return (
    <>
      <Written
        label={fields.what}
        hint={fields.whatHint}
        value={body.what}
        set={(what) => set({ ...body, what })}
      />
      <details open={open.current} class="more">
        <summary>{notes.more}</summary>
        <p class="soft">{notes.moreWhy}</p>
        <Bond label={writing.with} value={body.bond} set={(bond) => set({ ...body, bond })} pieces={pieces} />
        <BodyWords
          label={fields.words}
          words={body.words}
          set={(these) => set({ ...body, words: these })}
          notes={beside}
        />
        <Written label={fields.story} value={body.story} set={(story) => set({ ...body, story })} rows={2} />
        <Again
          label={fields.protects}
          value={body.protects}
          set={(protects) => set({ ...body, protects })}
          notes={beside}
          field="protects"
        />
        <Again
          label={fields.protecting}
          value={body.protecting}
          set={(protecting) => set({ ...body, protecting })}
          notes={beside}
          field="protecting"
        />
        <Again
          label={fields.helped}
          value={body.helped}
          set={(helped) => set({ ...body, helped })}
          notes={beside}
          field="helped"
        />
      </details>
    </>
  );
}

/** For whom has no calendar at hand: a week, two, a month. */
const DAYS = [7, 14, 30];

export function BridgeFields({ body, set, pieces, edits }: FieldsProps<"bridge">) {
  const { fields } = bridges;
  return (
    <>
      <Bond label={fields.bond} value={body.bond} set={(bond) => set({ ...body, bond })} pieces={pieces} />
      <Written label={fields.what} value={body.what} set={(what) => set({ ...body, what })} />
      <Written label={fields.words} value={body.words} set={(these) => set({ ...body, words: these })} />
      <Day day={body.again} set={(again) => set({ ...body, again })} />
      {(edits || body.happened !== "") && (
        <Written label={fields.happened} value={body.happened} set={(happened) => set({ ...body, happened })} />
      )}
    </>
  );
}

function Day({ day, set }: { readonly day: string; readonly set: (day: string) => void }) {
  const now = today();
  return (
    <div class="again">
      <label>
        {bridges.fields.again}
        <span class="hint">{bridges.againWhy}</span>
        <input
          type="date"
          min={now}
          autocomplete="off"
          value={day}
          onInput={(event) => set(event.currentTarget.value)}
        />
      </label>
      <div class="row">
        {DAYS.map((days) => {
          const then = dayIn(days, now);
          return (
            <button type="button" class="quiet" aria-pressed={day === then} onClick={() => set(then)}>
              {dayText(new Date(`${then}T12:00:00`))}
            </button>
          );
        })}
        <button type="button" class="quiet" aria-pressed={day === ""} onClick={() => set("")}>
          {bridges.noDay}
        </button>
      </div>
      {day !== "" && <Calendar day={day} />}
    </div>
  );
}

/** The day as a file for a calendar. It is made when it is pressed, and no server is asked. */
function Calendar({ day }: { readonly day: string }) {
  const take = () => {
    const file = reminderFile(day, bridges.fileTitle, new Date());
    const address = URL.createObjectURL(new Blob([file], { type: "text/calendar" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = bridges.fileName;
    link.click();
    // Some browsers read it only after this turn.
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };
  return (
    <>
      <button type="button" class="quiet" onClick={take}>
        {bridges.file}
      </button>
      <p class="soft">{bridges.fileWhy}</p>
    </>
  );
}

export function PersonFields({ body, set }: FieldsProps<"person">) {
  const { fields } = whom;
  const none = { rides: "", no: "", back: "", messy: "" } as const;
  /** What this one answer says. */
  const thought = (answer: Partial<PersonAnswers>) =>
    thoughtsOn({ ...none, ...answer }).map((name) => (
      <p class="thought" role="status">
        {whom.thoughts[name]}
      </p>
    ));
  return (
    <>
      <Line label={fields.bond} value={body.bond} set={(bond) => set({ ...body, bond })} />
      <Choice
        label={fields.rides}
        answers={whom.rides}
        value={body.rides}
        set={(rides) => set({ ...body, rides })}
      >
        {thought({ rides: body.rides })}
      </Choice>
      <Choice label={fields.no} answers={whom.yes} value={body.no} set={(no) => set({ ...body, no })}>
        {thought({ no: body.no })}
        {offersHelp(body) && (
          <p>
            {whom.afraid} <a href="/help/#alarm">{whom.alarm}</a>
          </p>
        )}
      </Choice>
      <Choice label={fields.back} answers={whom.yes} value={body.back} set={(back) => set({ ...body, back })}>
        {thought({ back: body.back })}
      </Choice>
      <Choice
        label={fields.messy}
        answers={whom.yes}
        value={body.messy}
        set={(messy) => set({ ...body, messy })}
      >
        {thought({ messy: body.messy })}
      </Choice>
      <p class="soft">{whom.yours}</p>
      <Written label={fields.text} value={body.text} set={(text) => set({ ...body, text })} />
      <Asking asking={body.asking} set={(asking) => set({ ...body, asking })} />
    </>
  );
}

function Asking({ asking, set }: { readonly asking: string; readonly set: (asking: string) => void }) {
  const [begun, setOwn] = useState(false);
  const own = begun || asking !== "";
  const [said, setSaid] = useState("");
  const text = own ? asking : whom.message;
  const copy = () => {
    navigator.clipboard?.writeText(text).then(
      () => setSaid(whom.copied),
      () => setSaid(whom.notCopied),
    );
  };
  // To close the sheet without sharing is a choice and no error.
  const share = () => void navigator.share({ text }).catch(() => undefined);
  const takeAsOwn = () => {
    set(whom.message);
    setOwn(true);
  };
  return (
    <details class="more">
      <summary>{whom.asking}</summary>
      {own ? (
        <Written label={whom.fields.asking} value={asking} set={set} rows={8} />
      ) : (
        <p class="card">{whom.message}</p>
      )}
      <div class="row">
        {"share" in navigator && (
          <button type="button" class="quiet" onClick={share}>
            {whom.share}
          </button>
        )}
        {"clipboard" in navigator && (
          <button type="button" class="quiet" onClick={copy}>
            {whom.copy}
          </button>
        )}
        {!own && (
          <button type="button" class="quiet" onClick={takeAsOwn}>
            {whom.own}
          </button>
        )}
      </div>
      <p role="status">{said}</p>
      <p class="soft">{whom.askingWhy}</p>
    </details>
  );
}

export function ReflectionFields({ body, set, pieces }: FieldsProps<"reflection">) {
  const written = useMemo(() => ofKind(pieces, "note"), [pieces]);
  return (
    <>
      <Written label={common.good} value={body.good} set={(good) => set({ ...body, good })} rows={2} />
      <Written label={common.line} value={body.line} set={(line) => set({ ...body, line })} rows={2} />
      <Written label={common.text} value={body.text} set={(text) => set({ ...body, text })} />
      <BodyWords
        label={common.words}
        words={body.words}
        set={(words) => set({ ...body, words })}
        notes={written}
      />
      <Bond label={writing.with} value={body.bond} set={(bond) => set({ ...body, bond })} pieces={pieces} />
    </>
  );
}

export const SLOW_QUESTIONS: readonly Question[] = ["safe", "ground", "resource"];

export function SlowFields({ body, set, pieces }: FieldsProps<"slow">) {
  return (
    <>
      <p class="soft">{slow.markWhy}</p>
      {SLOW_QUESTIONS.map((name) => (
        <Mark key={name} name={name} mark={body[name]} set={(mark) => set({ ...body, [name]: mark })} />
      ))}
      <Written label={slow.line} value={body.text} set={(text) => set({ ...body, text })} rows={2} />
      <Bond label={slow.bond} value={body.bond} set={(bond) => set({ ...body, bond })} pieces={pieces} />
    </>
  );
}

function Mark({ name, mark, set }: {
  readonly name: Question;
  readonly mark: number | null;
  readonly set: (mark: number) => void;
}) {
  const id = useId();
  const { ask, low, high } = slow.questions[name];
  const options = [
    { name: "low", label: low, leadsTo: "" },
    { name: "high", label: high, leadsTo: "" },
  ];
  const question = { name: `slow-${name}`, when: "", kind: "slider", ask, options, checkIn: true } as const;
  return (
    <div class="ask" role="group" aria-labelledby={id}>
      <p class="asked" id={id}>
        {ask}
      </p>
      <Slider question={question} answer={mark ?? undefined} set={(answer) => set(Number(answer))} id={id} />
    </div>
  );
}

/** The fields of what can be changed. Another's words and the marks of a moment that has passed have none. */
export const FIELDS: { readonly [K in Kind]?: ComponentType<FieldsProps<K>> } = {
  note: NoteFields,
  bridge: BridgeFields,
  person: PersonFields,
  reflection: ReflectionFields,
  slow: SlowFields,
};
