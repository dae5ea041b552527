// Everything somebody wrote, to read again and to find a word in; and the times it was okay.
//
// A search is over what lies open in memory, and is forgotten with the page.

import { useMemo, useState } from "preact/hooks";
import { ofKind, writingIn, type Piece } from "../words/entries";
import { holds } from "./looking";
import { Page } from "../sitting/questions";
import { List, nameOf, usePieces, Writing, type FieldsProps } from "./room-parts";
import { One } from "./room-one";
import type { RoomProps } from "./room";
import { fill } from "../page/text";
import { roomsText } from "./text-rooms";
import { Written } from "../words/writing";

const { reading, okay } = roomsText;

export function Reading({ desk, go }: RoomProps) {
  const { pieces, unread } = usePieces(desk);
  const [looked, setLooked] = useState("");
  const [at, setAt] = useState<Piece | null>(null);
  const found = useMemo(() => pieces.filter((piece) => holds(piece, looked)), [pieces, looked]);
  if (at) return <One desk={desk} piece={at} pieces={pieces} go={go} back={() => setAt(null)} />;
  const open = (piece: Piece) => {
    desk.said.value = "";
    setAt(piece);
  };
  return (
    <Page key="all" title={reading.title}>
      <label>
        {reading.look}
        <input
          type="search"
          autocomplete="off"
          spellcheck={false}
          value={looked}
          onInput={(event) => setLooked(event.currentTarget.value)}
        />
      </label>
      <p role="status" class="soft found">
        {looked.trim() === "" ? "" : sentenceOf(found.length)}
      </p>
      <List
        key={looked}
        pieces={found}
        none={looked.trim() === "" ? reading.none : ""}
        open={open}
        line={lineOf}
      />
      {unread.map(({ why, entry }) => (
        <p class="card notice" key={entry.id}>
          {reading[why]}
        </p>
      ))}
    </Page>
  );
}

function sentenceOf(found: number): string {
  if (found === 0) return reading.nothing;
  return found === 1 ? reading.foundOne : fill(reading.found, { n: `${found}` });
}

/** What an entry is known by in the list of all: what it is, and how its writing begins; no name. */
function lineOf(piece: Piece): string {
  const begins = writingIn(piece).find((text) => text !== piece.body.bond) ?? "";
  return begins === "" ? nameOf(piece) : `${nameOf(piece)}: ${begins}`;
}

function OkayFields({ body, set }: FieldsProps<"reflection">) {
  return <Written label={okay.field} value={body.good} set={(good) => set({ ...body, good })} rows={2} />;
}

export function Okay({ desk, go }: RoomProps) {
  const { pieces } = usePieces(desk);
  const times = useMemo(
    () => ofKind(pieces, "reflection").filter(({ body }) => body.good.trim() !== ""),
    [pieces],
  );
  const [at, setAt] = useState<Piece | null>(null);
  if (at) return <One desk={desk} piece={at} pieces={pieces} go={go} back={() => setAt(null)} />;
  return (
    <Page key="all" title={okay.title}>
      <p class="soft">{okay.why}</p>
      <Writing desk={desk} kind="reflection" pieces={pieces} Fields={OkayFields} />
      <List pieces={times} none={okay.none} open={setAt} line={({ body }) => body.good} />
    </Page>
  );
}
