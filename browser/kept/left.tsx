// What somebody was writing after a sitting when the page went away: to be kept after all, or let go.

import { useState } from "preact/hooks";
import { draftOf, emptyOf, isEmpty } from "../words/entries";
import { OF_SITTING, Reflecting } from "./keeping";
import { Press } from "../page/press";
import { Page } from "../sitting/questions";
import type { RoomProps } from "../mine/room";
import { keeping } from "./text-keeping";
import { KeepingFor, useDraft } from "../words/writing";

export function Left({ desk, journal, go }: RoomProps) {
  const [names, setNames] = useState(() => journal.draftsNamed(OF_SITTING));
  const [name] = names;
  const next = () => {
    const left = journal.draftsNamed(OF_SITTING);
    setNames(left);
    if (left.length === 0) go("");
  };
  return (
    <Page title={keeping.left}>
      {name === undefined ? (
        <p>{keeping.leftNothing}</p>
      ) : (
        <One key={name} name={name} desk={desk} next={next} />
      )}
    </Page>
  );
}

function One({ name, desk, next }: Pick<RoomProps, "desk"> & { readonly name: string; readonly next: () => void }) {
  const written = useDraft(desk, name, emptyOf("reflection"));
  const keep = async () => {
    if (isEmpty("reflection", written.body)) desk.said.value = keeping.nothing;
    else if (await desk.keep(draftOf("reflection", written.body))) await letGo();
  };
  const letGo = async () => {
    await written.forget();
    next();
  };
  return (
    <>
      <p class="soft">{keeping.leftMore}</p>
      <Reflecting written={written} choices={[]} />
      <KeepingFor desk={desk} />
      <div class="stack">
        <Press onPress={() => void keep()}>{keeping.keep}</Press>
        <Press quiet onPress={() => void letGo()}>
          {keeping.letGo}
        </Press>
      </div>
    </>
  );
}
