// Bridges: what somebody would like to bring to somebody, one bond at a time.
//
// The room begins with names alone. What is for one of them is shown only when that name is opened, and
// nothing says from which bond it came.

import { useMemo, useState } from "preact/hooks";
import { toLookAt } from "./bridges";
import type { Desk } from "../words/desk";
import { bondKey, bondsOf, isSameBond, ofKind, readAll, type Piece } from "../words/entries";
import { Page } from "../sitting/questions";
import { today } from "./reminder";
import { BridgeFields } from "./room-fields";
import { List, usePieces, Writing } from "./room-parts";
import { One } from "./room-one";
import type { RoomProps } from "./room";
import { fill } from "../page/text";
import { roomsText } from "./text-rooms";

const { bridges: words, writing } = roomsText;
type At =
  | { readonly is: "names" }
  | { readonly is: "new"; readonly bond: string }
  | { readonly is: "bond"; readonly bond: string }
  | { readonly is: "one"; readonly piece: Piece<"bridge"> };

/** What stands under the room's name: that there is something to look at again, and of no one's. */
export function aboutBridges(desk: Desk): string {
  const { pieces } = readAll(desk.entries("bridge"));
  return toLookAt(ofKind(pieces, "bridge"), today()).length > 0 ? words.aboutNow : words.about;
}

/** The room; gone to from a note it begins with a new one. */
export function Bridges(props: RoomProps) {
  return <From {...props} begins={{ is: "names" }} />;
}

export function NewBridge(props: RoomProps) {
  return <From {...props} begins={{ is: "new", bond: "" }} />;
}

function From({ desk, go, begins }: RoomProps & { readonly begins: At }) {
  const { pieces } = usePieces(desk);
  const bridges = useMemo(() => ofKind(pieces, "bridge"), [pieces]);
  const [at, setAt] = useState<At>(begins);
  const turn = (to: At) => {
    desk.said.value = "";
    setAt(to);
  };
  const names = () => turn({ is: "names" });
  if (at.is === "one") {
    const { bond } = at.piece.body;
    return <One desk={desk} piece={at.piece} pieces={pieces} go={go} back={() => setAt({ is: "bond", bond })} />;
  }
  if (at.is === "new") {
    return (
      <Page key={at.is} title={words.newTitle}>
        <p class="soft">{words.why}</p>
        <Writing
          desk={desk}
          kind="bridge"
          pieces={pieces}
          Fields={BridgeFields}
          begins={{ bond: at.bond }}
          beside={at.bond === "" ? undefined : firstOf(bridges, at.bond)}
          done={() => setAt({ is: "names" })}
        />
      </Page>
    );
  }
  if (at.is === "bond") {
    const theirs = bridges.filter(({ body }) => isSameBond(body.bond, at.bond));
    return (
      <Page key={`of ${at.bond}`} title={titleOf(at.bond)}>
        <List
          pieces={theirs}
          none={words.none}
          open={(piece) => turn({ is: "one", piece })}
          line={({ body }) => body.what || body.words || body.happened || titleOf(body.bond)}
        />
        <div class="row">
          <button type="button" class="quiet" onClick={names}>
            {writing.back}
          </button>
          <button type="button" class="quiet" onClick={() => turn({ is: "new", bond: at.bond })}>
            {words.fresh}
          </button>
        </div>
      </Page>
    );
  }
  const named = bondsOf(bridges);
  const nameless = bridges.some(({ body }) => bondKey(body.bond) === "");
  return (
    <Page key={at.is} title={words.title}>
      <p>{words.heading}</p>
      {toLookAt(bridges, today()).map((piece) => (
        <p class="card" key={piece.entry.id}>
          {piece.body.bond.trim() === ""
            ? words.lookAgainNobody
            : fill(words.lookAgain, { name: piece.body.bond.trim() })}{" "}
          <button type="button" class="quiet" onClick={() => turn({ is: "one", piece })}>
            {words.look}
          </button>
        </p>
      ))}
      <ul class="stack">
        {[...named, ...(nameless ? [""] : [])].map((bond) => (
          <li>
            <button type="button" class="door" onClick={() => turn({ is: "bond", bond })}>
              <strong>{titleOf(bond)}</strong>
            </button>
          </li>
        ))}
      </ul>
      <div class="row">
        <button type="button" onClick={() => turn({ is: "new", bond: "" })}>
          {words.fresh}
        </button>
      </div>
    </Page>
  );
}

/** The first that was written for this bond: it stays the same however many there are. */
function firstOf(bridges: readonly Piece<"bridge">[], bond: string): Piece | undefined {
  return bridges.findLast(({ body }) => isSameBond(body.bond, bond));
}

function titleOf(bond: string): string {
  return bond.trim() === "" ? words.nobody : fill(words.of, { name: bond.trim() });
}
