// Notes of what pulled somebody away, and what comes again in them. One field is enough; the rest is
// folded away, so that a note on a phone is one tap, a line and one more tap.

import { useMemo, useState } from "preact/hooks";
import { ofKind, type Piece } from "../words/entries";
import { againIn, notesWith, type Again as AgainIn, type NoteField } from "./patterns";
import { Page } from "../sitting/questions";
import { NoteFields } from "./room-fields";
import { Bond, List, usePieces, Writing } from "./room-parts";
import { One } from "./room-one";
import type { RoomProps } from "./room";
import { fill } from "../page/text";
import { roomsText } from "./text-rooms";

const { notes: words, patterns, writing } = roomsText;

type At = "writing" | "reading" | "patterns" | Piece<"note">;

export function Notes({ desk, go }: RoomProps) {
  const { pieces } = usePieces(desk);
  const notes = useMemo(() => ofKind(pieces, "note"), [pieces]);
  const [at, setAt] = useState<At>("writing");
  const turn = (to: At) => {
    desk.said.value = "";
    setAt(to);
  };
  if (typeof at === "object") {
    return <One desk={desk} piece={at} pieces={pieces} go={go} back={() => setAt("reading")} />;
  }
  if (at === "reading") {
    return (
      <Page key={at} title={words.title}>
        <List pieces={notes} none={patterns.none} open={setAt} line={noteLine} />
        <Back to={() => turn("writing")} />
      </Page>
    );
  }
  if (at === "patterns") return <Patterns notes={notes} open={setAt} back={() => turn("writing")} />;
  return (
    <Page key={at} title={words.title}>
      <p class="soft">{words.why}</p>
      <Writing desk={desk} kind="note" pieces={pieces} Fields={NoteFields} />
      {notes.length > 0 && (
        <div class="row onward">
          <button type="button" class="quiet" onClick={() => turn("reading")}>
            {words.read}
          </button>
          <button type="button" class="quiet" onClick={() => turn("patterns")}>
            {words.again}
          </button>
        </div>
      )}
    </Page>
  );
}

/** What a note is known by in a list: the first of its fields that has anything. */
export function noteLine({ body }: Piece<"note">): string {
  return body.what || body.story || body.words.join(", ") || body.protects || body.protecting || body.helped;
}

function Back({ to }: { readonly to: () => void }) {
  return (
    <div class="row">
      <button type="button" class="quiet" onClick={to}>
        {writing.back}
      </button>
    </div>
  );
}

const FIELDS: readonly NoteField[] = ["words", "helped", "protects", "protecting"];
const SHOWN_AT_ONCE = 8;

function Patterns({ notes, open, back }: {
  readonly notes: readonly Piece<"note">[];
  readonly open: (note: Piece<"note">) => void;
  readonly back: () => void;
}) {
  const [bond, setBond] = useState("");
  const [of, setOf] = useState<AgainIn | null>(null);
  const these = useMemo(() => notesWith(notes, bond), [notes, bond]);
  const found = FIELDS.map((field) => [field, againIn(these, field)] as const);
  if (of) {
    return (
      <Page key={of.phrase} title={fill(patterns.of, { phrase: of.phrase })}>
        <List pieces={of.notes} none={patterns.none} open={open} line={noteLine} />
        <Back to={() => setOf(null)} />
      </Page>
    );
  }
  return (
    <Page title={patterns.heading}>
      <p class="soft">{patterns.why}</p>
      {found.every(([, again]) => again.length === 0) && <p class="soft">{patterns.none}</p>}
      {found.map(([field, again]) => (
        <Phrases key={`${field} ${bond}`} label={words.fields[field]} again={again} open={setOf} />
      ))}
      <Bond label={patterns.only} value={bond} set={setBond} pieces={notes} />
      <Back to={back} />
    </Page>
  );
}

function Phrases({ label, again, open }: {
  readonly label: string;
  readonly again: readonly AgainIn[];
  readonly open: (again: AgainIn) => void;
}) {
  const [all, setAll] = useState(false);
  if (again.length === 0) return null;
  return (
    <section>
      <h2>{label}</h2>
      <ul class="phrases">
        {again.slice(0, all ? again.length : SHOWN_AT_ONCE).map((one) => (
          <li>
            <button type="button" class="door" onClick={() => open(one)}>
              <strong>{one.phrase}</strong>{" "}
              <span>
                {one.notes.length === 1 ? patterns.note : fill(patterns.notes, { n: `${one.notes.length}` })}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {again.length > SHOWN_AT_ONCE && !all && (
        <button type="button" class="quiet" onClick={() => setAll(true)}>
          {patterns.more}
        </button>
      )}
    </section>
  );
}
