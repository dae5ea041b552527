// Whom to practise with: a page to think of one to five people, each alone.
//
// What an answer says stands under its question and nowhere else; nothing adds it up. People stand in the
// order in which they were written down, and no one is ever ruled out.

import { useMemo, useState } from "preact/hooks";
import { ofKind, type Piece } from "../words/entries";
import { Page } from "../sitting/questions";
import { PersonFields } from "./room-fields";
import { LetGo, usePieces, Writing } from "./room-parts";
import type { RoomProps } from "./room";
import { roomsText } from "./text-rooms";
import { MOST_PEOPLE } from "./whom";

const { whom: words } = roomsText;

type At = "all" | "new" | Piece<"person">;

export function Whom({ desk }: RoomProps) {
  const { pieces } = usePieces(desk);
  // The order in which they were written down.
  const people = useMemo(() => ofKind(pieces, "person").reverse(), [pieces]);
  const [at, setAt] = useState<At>("all");
  const all = () => setAt("all");
  const turn = (to: At) => {
    desk.said.value = "";
    setAt(to);
  };
  if (at === "new") {
    return (
      <Page key="new" title={words.somebody}>
        <Writing desk={desk} kind="person" pieces={pieces} Fields={PersonFields} done={all} />
      </Page>
    );
  }
  if (at !== "all") {
    const now = people.find((each) => each.entry.id === at.entry.id) ?? at;
    return (
      <Page key={now.entry.id} title={now.body.bond.trim() || words.nobody}>
        <Writing desk={desk} kind="person" pieces={pieces} Fields={PersonFields} edits={now} done={all} />
        <LetGo desk={desk} piece={now} gone={all} />
      </Page>
    );
  }
  return (
    <Page key="all" title={words.heading}>
      <p class="soft">{words.why}</p>
      <ul class="stack">
        {people.map((person) => (
          <li key={person.entry.id}>
            <button type="button" class="door" onClick={() => turn(person)}>
              <strong>{person.body.bond.trim() || words.nobody}</strong>
            </button>
          </li>
        ))}
      </ul>
      {people.length < MOST_PEOPLE ? (
        <div class="row">
          <button type="button" onClick={() => turn("new")}>
            {people.length === 0 ? words.somebody : words.another}
          </button>
        </div>
      ) : (
        <p class="soft">{words.full}</p>
      )}
    </Page>
  );
}
