// How somebody's sealed words begin: the limits first, then a passphrase, a recovery code that they
// say they have, and only then is anything made or sent.
//
// What is drawn here is in this component's memory alone. A page that is left lying drops it all, and
// says that a code noted meanwhile opens nothing.

import { useEffect, useRef, useState } from "preact/hooks";
import { Covered } from "./covered";
import { LEAVING } from "../page/exit";
import { NotKept, type Journal } from "./journal";
import { Page } from "../sitting/questions";
import { mine } from "../mine/text-mine";
import { asUsed, IDLE_MS, LEAST_PASSPHRASE_LETTERS, newCode, offeredPassphrase } from "./words";

interface Props {
  readonly journal: Journal;
  readonly opened: () => Promise<void>;
  /** They were begun on another device meanwhile. */
  readonly elsewhere: () => void;
}

type Step = "limits" | "passphrase" | "code" | "confirm" | "working";

export function Beginning({ journal, opened, elsewhere }: Props) {
  const [step, setStep] = useState<Step>("limits");
  const [list, setList] = useState<readonly string[]>([]);
  const [offered, setOffered] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const [code, setCode] = useState("");
  const [said, setSaid] = useState("");

  const drop = (words: string) => {
    setOffered("");
    setPassphrase("");
    setCode("");
    setSaid(words);
    setStep("limits");
  };
  useDropped(step !== "limits" && step !== "working", () => drop(mine.begin.dropped));

  const goOn = () => {
    setSaid("");
    wordList()
      .then((words) => {
        setList(words);
        setOffered(offeredPassphrase(words));
        setStep("passphrase");
      })
      .catch(() => setSaid(mine.begin.unsent));
  };
  const take = (words: string) => {
    setPassphrase(words);
    setCode((there) => there || newCode());
    setStep("code");
  };
  const begin = () => {
    setStep("working");
    journal.begin({ passphrase, code }).then(
      () => opened(),
      (error: unknown) => {
        const conflict = error instanceof NotKept && error.why === "conflict";
        if (conflict) return elsewhere();
        setSaid(mine.begin.unsent);
        setStep("confirm");
      },
    );
  };

  if (step === "limits") return <Limits said={said} next={goOn} />;
  if (step === "working") {
    return (
      <Page title={mine.begin.begin}>
        <p role="status">{mine.begin.working}</p>
      </Page>
    );
  }
  const again = () => setOffered(offeredPassphrase(list));
  return (
    <Covered>
      {step === "passphrase" && <Passphrase offered={offered} again={again} take={take} />}
      {step === "code" && <Code code={code} next={() => setStep("confirm")} />}
      {step === "confirm" && <Confirm code={code} said={said} back={() => setStep("code")} begin={begin} />}
    </Covered>
  );
}

/** The list from which a passphrase is drawn; the drawing happens here. */
export async function wordList(): Promise<readonly string[]> {
  const answer = await fetch("/sealed/list/", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return ((await answer.json()) as { readonly words: readonly string[] }).words;
}

/** Nobody has touched the page for five minutes, or somebody leaves. Hidden it may be: codes get noted. */
function useDropped(watches: boolean, drop: () => void): void {
  const latest = useRef(drop);
  latest.current = drop;
  useEffect(() => {
    if (!watches) return undefined;
    const ends = new AbortController();
    const { signal } = ends;
    let touchedMs = Date.now();
    const look = () => Date.now() - touchedMs >= IDLE_MS && latest.current();
    const touched = () => (touchedMs = Date.now());
    for (const touch of ["pointerdown", "keydown", "input"]) {
      addEventListener(touch, touched, { capture: true, signal });
    }
    document.addEventListener("visibilitychange", look, { signal });
    addEventListener(LEAVING, () => latest.current(), { signal });
    const timer = setInterval(look, 1000);
    signal.addEventListener("abort", () => clearInterval(timer));
    return () => ends.abort();
  }, [watches]);
}

function Limits({ said, next }: { readonly said: string; readonly next: () => void }) {
  const { limits } = mine;
  return (
    <Page title={limits.heading}>
      {said !== "" && (
        <p class="card notice" role="status">
          {said}
        </p>
      )}
      <p class="lede">{limits.lede}</p>
      <ul>
        {limits.points.map((point) => (
          <li>{point}</li>
        ))}
      </ul>
      <p class="links">
        <a href="/seen/">{limits.seen}</a>
      </p>
      <div class="row">
        <button type="button" onClick={next}>
          {limits.next}
        </button>
        <a class="button quiet" href="/account/">
          {limits.not}
        </a>
      </div>
    </Page>
  );
}

interface PassphraseProps {
  readonly offered: string;
  readonly again: () => void;
  readonly take: (passphrase: string) => void;
}

/** A passphrase that is offered, or one of their own. */
export function Passphrase({ offered, again, take }: PassphraseProps) {
  const { begin } = mine;
  const [own, setOwn] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  if (own === null) {
    return (
      <Page title={begin.passphrase} key="offered">
        <p>{begin.passphraseWhy}</p>
        <p class="card secret">{offered}</p>
        <div class="stack">
          <button type="button" onClick={() => take(offered)}>
            {begin.take}
          </button>
          <button type="button" class="quiet" onClick={again}>
            {begin.other}
          </button>
          <button type="button" class="quiet" onClick={() => setOwn("")}>
            {begin.own}
          </button>
        </div>
      </Page>
    );
  }
  const send = (event: Event) => {
    event.preventDefault();
    if (asUsed(own).length < LEAST_PASSPHRASE_LETTERS) setSaid(begin.ownShort);
    else take(own);
  };
  return (
    <Page title={begin.passphrase} key="own">
      <form onSubmit={send}>
        <p id="own-why">{begin.ownWhy}</p>
        <label>
          {begin.ownLabel}
          <input
            type="text"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            aria-describedby="own-why own-said"
            value={own}
            onInput={(event) => setOwn(event.currentTarget.value)}
          />
        </label>
        <p id="own-said" class="said" role="status">
          {said}
        </p>
        <div class="row">
          <button>{begin.ownTake}</button>
          <button type="button" class="quiet" onClick={() => setOwn(null)}>
            {begin.drawn}
          </button>
        </div>
      </form>
    </Page>
  );
}

/** The recovery code, to be kept somewhere. */
export function Code({ code, next }: { readonly code: string; readonly next: () => void }) {
  const { begin } = mine;
  const [said, setSaid] = useState("");
  const copy = () => {
    navigator.clipboard.writeText(code).then(
      () => setSaid(begin.copied),
      () => setSaid(begin.copyBy),
    );
  };
  const save = () => {
    saveFile("code.txt", "text/plain", `${code}\n`);
    setSaid(begin.saved);
  };
  return (
    <Page title={begin.code}>
      <p>{begin.codeWhy}</p>
      <p class="card secret code">{code}</p>
      <p>
        <strong>{begin.gone}</strong>
      </p>
      <div class="row">
        {"clipboard" in navigator && (
          <button type="button" class="quiet" onClick={copy}>
            {begin.copy}
          </button>
        )}
        <button type="button" class="quiet" onClick={save}>
          {begin.save}
        </button>
      </div>
      <p class="said" role="status">
        {said}
      </p>
      <button type="button" onClick={next}>
        {begin.codeHave}
      </button>
    </Page>
  );
}

interface ConfirmProps {
  readonly code: string;
  readonly said: string;
  readonly back: () => void;
  readonly begin: () => void;
  /** What the press does, where it isn't beginning. */
  readonly act?: string;
}

/** The end of the code, typed once by whoever has it. */
export function Confirm({ code, said, back, begin, act }: ConfirmProps) {
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const send = (event: Event) => {
    event.preventDefault();
    const end = typed.toUpperCase().replace(/[\s-]/g, "").replace(/[IL]/g, "1").replace(/O/g, "0");
    if (end === code.slice(-4)) begin();
    else setWrong(true);
  };
  return (
    <Page title={mine.begin.confirm}>
      <form onSubmit={send}>
        <p id="confirm-why">{mine.begin.confirmWhy}</p>
        <label>
          {mine.begin.confirmLabel}
          <input
            type="text"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            maxLength={12}
            aria-describedby="confirm-why confirm-said"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <p id="confirm-said" class="said" role="status">
          {wrong ? mine.begin.confirmWrong : said}
        </p>
        <div class="row">
          <button>{act ?? mine.begin.begin}</button>
          <button type="button" class="quiet" onClick={back}>
            {mine.begin.back}
          </button>
        </div>
      </form>
    </Page>
  );
}

/** Hand somebody a file that this page has made. */
export function saveFile(name: string, type: string, content: string): void {
  const address = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read by then; later nobody finds it here.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
