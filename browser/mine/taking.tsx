// The room of taking along: everything sealed as it lies at the server, or readable, with what that means.
//
// The files are made in this browser, and have names that say nothing.

import { useState } from "preact/hooks";
import { saveFile } from "../words/beginning";
import { sentenceFor, SETTINGS } from "../words/desk";
import { Page } from "../sitting/questions";
import type { RoomProps } from "./room";
import { fill } from "../page/text";
import { mine } from "./text-mine";

export function Taking({ journal, data }: RoomProps) {
  const { taking } = mine;
  const [said, setSaid] = useState("");
  const spaces = data.spaces.map((space) => space.id);

  const gather = (how: () => Promise<string>) => {
    setSaid(taking.working);
    how().then(setSaid, (error: unknown) => setSaid(sentenceFor(error)));
  };
  const sealed = async () => {
    saveFile("words-sealed.jsonl", "application/jsonl", await journal.exportSealed(spaces));
    return taking.done;
  };
  const readable = async (as: "json" | "html") => {
    const made = await journal.exportReadable(spaces, taking.fileTitle, [SETTINGS]);
    if (as === "json") saveFile("words.json", "application/json", made.json);
    else saveFile("words.html", "text/html", made.html);
    const { unopened } = JSON.parse(made.json) as { readonly unopened: number };
    if (unopened === 0) return taking.done;
    return unopened === 1 ? taking.partlyOne : fill(taking.partly, { n: `${unopened}` });
  };
  return (
    <Page title={taking.title}>
      <p class="said" role="status">
        {said}
      </p>
      <section class="card">
        <h2>{taking.sealed}</h2>
        <p>{taking.sealedWhy}</p>
        <button type="button" onClick={() => gather(sealed)}>
          {taking.saveSealed}
        </button>
      </section>
      <section class="card notice">
        <h2>{taking.readable}</h2>
        <p>{taking.readableWhy}</p>
        <div class="stack">
          <button type="button" class="quiet" onClick={() => gather(() => readable("html"))}>
            {taking.savePage}
          </button>
          <button type="button" class="quiet" onClick={() => gather(() => readable("json"))}>
            {taking.saveJson}
          </button>
        </div>
      </section>
    </Page>
  );
}
