// When a way in is lost: what still opens, and, when nothing does, how to begin anew.
//
// Nothing is erased before somebody has said so twice, and the sealed ones can be taken along first: a
// slip of paper may turn up.

import { useState } from "preact/hooks";
import { saveFile } from "../words/beginning";
import type { Journal } from "../words/journal";
import { Press } from "../page/press";
import { Page } from "../sitting/questions";
import { mine } from "./text-mine";

interface Props {
  readonly journal: Journal;
  readonly spaces: readonly string[];
  readonly back: () => void;
  readonly erase: () => Promise<void>;
}

export function Lost({ journal, spaces, back, erase }: Props) {
  const { lost } = mine;
  const [sure, setSure] = useState(false);
  const [said, setSaid] = useState("");
  const take = () => {
    journal.exportSealed(spaces).then(
      (sealed) => {
        saveFile("words-sealed.jsonl", "application/jsonl", sealed);
        setSaid(mine.taking.done);
      },
      () => setSaid(mine.unreachable),
    );
  };
  const begin = () => {
    setSaid(mine.erase.working);
    erase().catch(() => setSaid(mine.erase.not));
  };
  if (sure) {
    return (
      <Page title={lost.sureHeading} key="sure">
        <p>{lost.sure}</p>
        <p class="said" role="status">
          {said}
        </p>
        <div class="stack">
          <Press onPress={back}>{lost.keep}</Press>
          <Press quiet onPress={begin}>
            {lost.erase}
          </Press>
        </div>
      </Page>
    );
  }
  return (
    <Page title={lost.heading} key="lost">
      <p>{lost.other}</p>
      <p>{lost.damaged}</p>
      <p>{lost.time}</p>
      <p>{lost.both}</p>
      <p class="said" role="status">
        {said}
      </p>
      <div class="stack">
        <button type="button" onClick={back}>
          {lost.back}
        </button>
        <button type="button" class="quiet" onClick={take}>
          {lost.sealed}
        </button>
        <button type="button" class="quiet" onClick={() => setSure(true)}>
          {lost.anew}
        </button>
      </div>
    </Page>
  );
}
