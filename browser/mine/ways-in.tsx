// The room of the ways in: which there are, a new passphrase or code in place of the old one, and
// passkeys beside them.
//
// A new way has been opened once before it is sent, and the server takes it in the place of the old one in
// one step. Two ways stay at the least, one of them the code.

import { useState } from "preact/hooks";
import { Code, Confirm, Passphrase, wordList } from "../words/beginning";
import { NotKept, type Journal, type KeptSlot } from "../words/journal";
import { Page } from "../sitting/questions";
import type { RoomProps } from "./room";
import { fill } from "../page/text";
import { mine } from "./text-mine";
import { newCode, offeredPassphrase, passkeysHere } from "../words/words";

type Step =
  | { readonly at: "list" | "working" }
  | { readonly at: "passphrase"; readonly list: readonly string[]; readonly offered: string }
  | { readonly at: "code" | "confirm"; readonly code: string }
  | { readonly at: "removing"; readonly way: KeptSlot };

export function WaysIn({ journal }: RoomProps) {
  const { ways } = mine;
  const [step, setStep] = useState<Step>({ at: "list" });
  const [said, setSaid] = useState("");

  const change = (how: () => Promise<void>, done: string, failed: string = ways.unchanged) => {
    setSaid("");
    setStep({ at: "working" });
    how()
      .then(() => setSaid(done))
      .catch((error: unknown) => setSaid(why(error, failed)))
      .finally(() => setStep({ at: "list" }));
  };
  const why = (error: unknown, failed: string): string => {
    if (!(error instanceof NotKept)) return failed;
    if (error.why === "full") return ways.full;
    if (error.why === "offline" || error.why === "often") return ways.unchanged;
    return error.why === "conflict" ? ways.elsewhere : mine.kept[error.why];
  };
  const newPassphrase = () => {
    wordList()
      .then((list) => setStep({ at: "passphrase", list, offered: offeredPassphrase(list) }))
      .catch(() => setSaid(ways.unchanged));
  };
  const list = () => setStep({ at: "list" });

  if (step.at === "working") {
    return (
      <Page title={ways.title} key="working">
        <p role="status">{ways.making}</p>
      </Page>
    );
  }
  if (step.at === "passphrase") {
    return (
      <>
        <Passphrase
          offered={step.offered}
          again={() => setStep({ ...step, offered: offeredPassphrase(step.list) })}
          take={(words) => change(() => changed(journal, "passphrase", words), ways.madePassphrase)}
        />
        <Cancel back={list} />
      </>
    );
  }
  if (step.at === "code") {
    return (
      <>
        <Code code={step.code} next={() => setStep({ at: "confirm", code: step.code })} />
        <Cancel back={list} />
      </>
    );
  }
  if (step.at === "confirm") {
    return (
      <>
        <Confirm
          code={step.code}
          said=""
          act={mine.ways.newCode}
          back={() => setStep({ at: "code", code: step.code })}
          begin={() => change(() => changed(journal, "code", step.code), ways.madeCode)}
        />
        <Cancel back={list} />
      </>
    );
  }
  if (step.at === "removing") {
    return (
      <Page title={ways.removeSure} key="removing">
        <div class="row">
          <button type="button" class="quiet" onClick={() => change(() => journal.removeWay(step.way), ways.removed)}>
            {ways.remove}
          </button>
          <button type="button" onClick={list}>
            {ways.cancel}
          </button>
        </div>
      </Page>
    );
  }
  return (
    <Page title={ways.title} key="list">
      <p>{ways.why}</p>
      <p class="said" role="status">
        {said}
      </p>
      <ul class="ways">
        {journal.ways.map((way) => (
          <li key={way.id}>
            <p>
              <strong>{ways.kinds[way.kind]}</strong>{" "}
              <span class="soft">{fill(ways.since, { day: dayInWords(way.day) })}</span>
            </p>
            {way.kind === "passkey" && (
              <button type="button" class="quiet" onClick={() => setStep({ at: "removing", way })}>
                {ways.remove}
              </button>
            )}
          </li>
        ))}
      </ul>
      <div class="stack">
        <button type="button" class="quiet" onClick={newPassphrase}>
          {ways.newPassphrase}
        </button>
        <button type="button" class="quiet" onClick={() => setStep({ at: "code", code: newCode() })}>
          {ways.newCode}
        </button>
      </div>
      <p class="soft">{ways.old}</p>
      {passkeysHere() ? (
        <>
          <p>{ways.passkeyWhy}</p>
          <button
            type="button"
            class="quiet"
            onClick={() => change(() => journal.addPasskey("Space"), ways.madePasskey, ways.noPasskey)}
          >
            {ways.addPasskey}
          </button>
        </>
      ) : (
        <p class="soft">{ways.notHere}</p>
      )}
    </Page>
  );
}

function Cancel({ back }: { readonly back: () => void }) {
  return (
    <p>
      <button type="button" class="quiet" onClick={back}>
        {mine.ways.cancel}
      </button>
    </p>
  );
}

/** When another device was first, this one learns how things stand, and changes nothing. */
async function changed(journal: Journal, kind: "passphrase" | "code", secret: string): Promise<void> {
  try {
    await journal.addWay(kind, secret);
  } catch (error) {
    if (error instanceof NotKept && error.why === "conflict") await journal.lookAgain();
    throw error;
  }
}

/** A day as its reader writes it; the server knows nothing finer. */
export function dayInWords(day: string): string {
  const at = new Date(`${day}T12:00:00`);
  if (Number.isNaN(at.getTime())) return day;
  return at.toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "long", year: "numeric" });
}
