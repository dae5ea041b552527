// One entry, to read: and where its writer may, to change it, to let it go, or to begin a bridge from it.
//
// Another's words and the marks of a moment that has passed are not changed. A bridge begins empty: what
// stands here is not carried over.

import { useState } from "preact/hooks";
import type { ComponentType } from "preact";
import type { Desk } from "../words/desk";
import type { Kind, Piece } from "../words/entries";
import { Page } from "../sitting/questions";
import { FIELDS } from "./room-fields";
import { dayText, LetGo, nameOf, Shown, Writing, type FieldsProps } from "./room-parts";
import { fill } from "../page/text";
import { roomsText } from "./text-rooms";

const { writing } = roomsText;

interface Props {
  readonly desk: Desk;
  readonly piece: Piece;
  readonly pieces: readonly Piece[];
  readonly go: (room: string) => void;
  readonly back: () => void;
}

export function One({ desk, piece, pieces, go, back }: Props) {
  const [changing, setChanging] = useState(false);
  // What lies open now, once it has been changed here; the other of two when both were kept.
  const now = pieces.find((each) => each.entry.id === piece.entry.id) ?? piece;
  const Fields = FIELDS[now.kind] as ComponentType<FieldsProps<Kind>> | undefined;
  if (changing && Fields) {
    return (
      <Page key="changing" title={writing.changing}>
        <Writing
          desk={desk}
          kind={now.kind}
          pieces={pieces}
          Fields={Fields}
          edits={now as Piece<Kind>}
          done={() => setChanging(false)}
        />
      </Page>
    );
  }
  const changed = new Date(now.entry.at);
  const isChanged = now.entry.revision > 1 && dayText(changed) !== dayText(now.since);
  return (
    <Page key={now.entry.id} title={nameOf(now)}>
      <p class="soft">
        {isChanged
          ? fill(writing.of, { day: dayText(now.since), changed: dayText(changed) })
          : dayText(now.since)}
      </p>
      <Shown piece={now} />
      <div class="row">
        <button type="button" class="quiet" onClick={back}>
          {writing.back}
        </button>
        {Fields && (
          <button type="button" class="quiet" onClick={() => setChanging(true)}>
            {writing.change}
          </button>
        )}
        {(now.kind === "note" || now.kind === "reflection") && (
          <button type="button" class="quiet" onClick={() => go("bridge")}>
            {writing.bridge}
          </button>
        )}
        <LetGo desk={desk} piece={now} gone={back} />
      </div>
    </Page>
  );
}
