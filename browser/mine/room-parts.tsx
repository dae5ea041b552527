// What the private rooms share: reading what lies open, writing one entry, and showing it again.
//
// What is typed lives in a sealed draft until it is kept. An entry is written anew only by whoever has
// read it, and another's words, or marks of a moment that has passed, never are. Names stand folded away
// wherever they are offered: whoever looks over a shoulder at one bond reads of no other.

import type { ComponentChildren, ComponentType } from "preact";
import { useId, useMemo, useState } from "preact/hooks";
import type { Desk } from "../words/desk";
import {
  bondsOf,
  draftOf,
  emptyOf,
  fitting,
  isEmpty,
  MOST_MARK,
  readAll,
  type Body,
  type Kind,
  type Piece,
  type Unread,
} from "../words/entries";
import { offered, type Note, type NoteField } from "./patterns";
import { Press } from "../page/press";
import { fill } from "../page/text";
import { roomsText } from "./text-rooms";
import { KeepingFor, useDraft, Written } from "../words/writing";

const { writing, fields } = roomsText;

/** Everything private that lies open, as what it is. */
export function usePieces(desk: Desk): {
  readonly pieces: readonly Piece[];
  readonly unread: readonly Unread[];
} {
  const entries = desk.shelf().value?.entries;
  return useMemo(() => readAll(entries ?? []), [entries]);
}

// Days

/** A day as people write it where they are. */
export function dayText(at: Date): string {
  return new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
    day: "numeric",
    month: "long",
    year: "numeric",
  }).format(at);
}

// Fields

export interface FieldsProps<K extends Kind> {
  readonly body: Body<K>;
  readonly set: (body: Body<K>) => void;
  readonly pieces: readonly Piece[];
  /** Whether it was kept before and is written anew. */
  readonly edits: boolean;
}

interface LineProps {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
}

/** One line, that no browser remembers. */
export function Line({ label, value, set }: LineProps) {
  return (
    <label>
      {label}
      <input
        type="text"
        maxLength={200}
        autocomplete="off"
        autocapitalize="sentences"
        spellcheck={false}
        value={value}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
}

/** A name, and folded away those that were used before. */
export function Bond({ label, value, set, pieces }: LineProps & { pieces: readonly Piece[] }) {
  const names = useMemo(() => bondsOf(pieces), [pieces]);
  return (
    <>
      <Line label={label} value={value} set={set} />
      {names.length > 0 && (
        <details class="names">
          <summary>{writing.names}</summary>
          <div class="row">
            {names.map((name) => (
              <button type="button" class="quiet" onClick={() => set(name)}>
                {name}
              </button>
            ))}
          </div>
        </details>
      )}
    </>
  );
}

/** Words for what the body says: those of the check-in, those somebody used before, and their own. */
export function BodyWords({ label, words, set, notes }: {
  readonly label: string;
  readonly words: readonly string[];
  readonly set: (words: readonly string[]) => void;
  readonly notes: readonly Note[];
}) {
  const id = useId();
  // What is being typed is one of the words already, so that nobody has to press for it.
  const [own, setOwn] = useState("");
  const before = useMemo(() => offered(notes, "words", 12), [notes]);
  const others = words.filter((word) => word !== own.trim());
  const shown = [...new Set([...roomsText.notes.bodyWords, ...before, ...others])];
  const type = (typed: string) => {
    const word = typed.trim();
    set(word === "" || others.includes(word) ? others : [...others, word]);
    setOwn(typed);
  };
  return (
    <div class="ask" role="group" aria-labelledby={id}>
      <p class="asked" id={id}>
        {label}
      </p>
      <div class="row">
        {shown.map((word) => (
          <button
            type="button"
            class="quiet"
            aria-pressed={words.includes(word)}
            onClick={() => set(words.includes(word) ? words.filter((one) => one !== word) : [...words, word])}
          >
            {word}
          </button>
        ))}
      </div>
      <div class="beside-field">
        <Line label={roomsText.notes.ownWord} value={own} set={type} />
        <button type="button" class="quiet" onClick={() => setOwn("")}>
          {roomsText.notes.addWord}
        </button>
      </div>
    </div>
  );
}

/** A field with, folded away, what its writer wrote in it before. */
export function Again({ label, value, set, notes, field }: {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly notes: readonly Note[];
  readonly field: NoteField;
}) {
  const before = useMemo(() => offered(notes, field, 8), [notes, field]);
  const add = (phrase: string) => set(value.trim() === "" ? phrase : `${value.trimEnd()}\n${phrase}`);
  return (
    <>
      <Written label={label} value={value} set={set} rows={2} />
      {before.length > 0 && (
        <details class="names">
          <summary>{roomsText.notes.before}</summary>
          <div class="row">
            {before.map((phrase) => (
              <button type="button" class="quiet" onClick={() => add(phrase)}>
                {phrase}
              </button>
            ))}
          </div>
        </details>
      )}
    </>
  );
}

/** A question with a few answers, none of which has to be given; pressed again it is taken back. */
export function Choice<T extends string>({ label, answers, value, set, children }: {
  readonly label: string;
  readonly answers: Readonly<Record<T, string>>;
  readonly value: T | "";
  readonly set: (value: T | "") => void;
  readonly children?: ComponentChildren;
}) {
  const id = useId();
  return (
    <div class="ask" role="group" aria-labelledby={id}>
      <p class="asked" id={id}>
        {label}
      </p>
      <div class="row">
        {(Object.entries(answers) as [T, string][]).map(([answer, words]) => (
          <button
            type="button"
            class="quiet"
            aria-pressed={value === answer}
            onClick={() => set(value === answer ? "" : answer)}
          >
            {words}
          </button>
        ))}
      </div>
      {children}
    </div>
  );
}

// Writing one entry

interface WritingProps<K extends Kind> {
  readonly desk: Desk;
  readonly kind: K;
  readonly pieces: readonly Piece[];
  readonly Fields: ComponentType<FieldsProps<K>>;
  /** What is written anew; nothing for a new one. */
  readonly edits?: Piece<K>;
  /** What a new one begins with. */
  readonly begins?: Partial<Body<K>>;
  /**
   * An entry of the bond that it begins with: each bond has a draft of its own, so that nothing half
   * written for one person is found under another. It is named so since names of drafts are readable.
   */
  readonly beside?: Piece | undefined;
  readonly done?: () => void;
}

/** The fields of one kind, with a sealed draft behind them, and the press that keeps them. */
export function Writing<K extends Kind>({ desk, kind, pieces, Fields, edits, begins, beside, done }: WritingProps<K>) {
  const empty = useMemo(() => edits?.body ?? { ...emptyOf(kind), ...begins }, [edits, kind, begins?.bond]);
  const of = edits ? edits.entry.id : beside ? `beside ${beside.entry.id}` : "new";
  const draft = useDraft<Body<K>>(desk, `${kind}:${of}`, empty);
  const [busy, setBusy] = useState(false);
  // What was kept leaves fields as they were at first: folded, and with nothing half typed.
  const [times, setTimes] = useState(0);
  const body = fitting(kind, draft.body);
  const keep = async () => {
    if (busy) return;
    if (isEmpty(kind, body)) {
      desk.said.value = writing.nothing;
      return;
    }
    setBusy(true);
    // What was said of the one before is not to be taken for this one's.
    desk.said.value = "";
    const kept = await desk.keep(draftOf(kind, body, edits));
    if (kept) {
      await draft.forget();
      setTimes(times + 1);
      done?.();
    }
    setBusy(false);
  };
  return (
    <>
      <Fields key={times} body={body} set={draft.set} pieces={pieces} edits={edits !== undefined} />
      <KeepingFor key={`for ${times}`} desk={desk} />
      <div class="row">
        <button type="button" aria-disabled={busy} onClick={() => void keep()}>
          {writing.keep}
        </button>
        {done && (
          <button type="button" class="quiet" onClick={done}>
            {writing.back}
          </button>
        )}
      </div>
    </>
  );
}

/** Letting one go is asked once more, in its place. */
export function LetGo({ desk, piece, gone }: {
  readonly desk: Desk;
  readonly piece: Piece;
  readonly gone: () => void;
}) {
  const [asked, setAsked] = useState(false);
  if (!asked) {
    return (
      <button type="button" class="quiet" onClick={() => setAsked(true)}>
        {writing.let}
      </button>
    );
  }
  const remove = async () => {
    if (await desk.remove(piece.entry)) gone();
  };
  return (
    <div class="card" role="group">
      <p>{writing.sure}</p>
      <div class="row">
        <Press quiet onPress={() => void remove()}>{writing.yes}</Press>
        <button type="button" onClick={() => setAsked(false)}>
          {writing.no}
        </button>
      </div>
    </div>
  );
}

// Showing one entry

const LABELS: { readonly [K in Kind]: Readonly<Record<string, string>> } = {
  "check-in": fields,
  reflection: fields,
  keepsake: { ...fields, bond: fields.from },
  note: { ...roomsText.notes.fields, bond: fields.bond },
  bridge: { ...roomsText.bridges.fields, bond: roomsText.bridges.of.replace(" {name}", "") },
  person: { ...roomsText.whom.fields, bond: "" },
  slow: { ...fields, text: roomsText.slow.line },
};

/** What an entry is called in a list and above itself. */
export function nameOf({ kind, body }: Piece): string {
  return kind === "check-in" ? roomsText.kinds[kind][body.when] : roomsText.kinds[kind];
}

/** Everything that is filled in, each under its name. */
export function Shown({ piece }: { readonly piece: Piece }) {
  return (
    <dl class="shown">
      {rowsOf(piece).map(([label, value]) => (
        <div>
          {label !== "" && <dt>{label}</dt>}
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function rowsOf(piece: Piece): readonly (readonly [label: string, value: string])[] {
  const labels = LABELS[piece.kind];
  const machine = ["space", "sitting", "practice", "card", "when", "muted"];
  return Object.entries(piece.body).flatMap(([name, value]) => {
    if (machine.includes(name) || value === "" || value === null) return [];
    const label = labels[name] ?? "";
    if (name === "marks") return marksOf(value as Readonly<Record<string, number>>);
    if (name === "choices") return choicesOf(value as Readonly<Record<string, string>>);
    if (Array.isArray(value)) return value.length === 0 ? [] : [[label, value.join(", ")] as const];
    if (typeof value === "number") return [slowMark(name as keyof typeof roomsText.slow.questions, value)];
    if (piece.kind === "bridge" && name === "again") return [[label, dayText(new Date(`${value as string}T12:00:00`))] as const];
    if (piece.kind === "person") return [[label, answerIn(name, value as string)] as const];
    return [[label, String(value)] as const];
  });
}

function slowMark(name: keyof typeof roomsText.slow.questions, mark: number): readonly [string, string] {
  const { ask, low, high } = roomsText.slow.questions[name];
  return [ask, fill(roomsText.slow.step, { n: `${mark}`, low, high })];
}

function marksOf(marks: Readonly<Record<string, number>>): readonly (readonly [string, string])[] {
  return Object.entries(marks).map(([name, mark]) => {
    // The circles have seven places, the sliders eleven.
    const most = name === "closeness" ? 6 : MOST_MARK;
    return [questionNamed(name), fill(roomsText.markOf, { n: `${mark}`, most: `${most}` })];
  });
}

function choicesOf(choices: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(choices).map(([name, answer]) => [questionNamed(name), answer.replaceAll("-", " ")]);
}

function questionNamed(name: string): string {
  const known: Readonly<Record<string, string>> = roomsText.marks;
  return known[name] ?? name.replaceAll("-", " ");
}

function answerIn(name: string, value: string): string {
  const { rides, yes } = roomsText.whom;
  const answers: Readonly<Record<string, string>> | undefined =
    name === "rides" ? rides : ["no", "back", "messy"].includes(name) ? yes : undefined;
  return answers?.[value] ?? value;
}

// A list of entries

const SHOWN_AT_ONCE = 50;

/** The latest, and on a press those before. */
export function List<One extends Piece>({ pieces, none, open, line }: {
  readonly pieces: readonly One[];
  readonly none: string;
  readonly open: (piece: One) => void;
  readonly line: (piece: One) => string;
}) {
  const [most, setMost] = useState(SHOWN_AT_ONCE);
  if (pieces.length === 0) return <p class="soft">{none}</p>;
  return (
    <>
      <ul class="stack">
        {pieces.slice(0, most).map((piece) => (
          <li key={piece.entry.id}>
            <button type="button" class="door entry" onClick={() => open(piece)}>
              <span>{dayText(piece.since)}</span> <strong>{line(piece)}</strong>
            </button>
          </li>
        ))}
      </ul>
      {pieces.length > most && (
        <button type="button" class="quiet" onClick={() => setMost(most + SHOWN_AT_ONCE)}>
          {roomsText.reading.earlier}
        </button>
      )}
    </>
  );
}
