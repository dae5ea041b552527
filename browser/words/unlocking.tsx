// How locked words are opened: by the passphrase, the recovery code, or a passkey.
//
// A wrong one and a slot that was changed are answered alike. What was typed goes from the field with
// every try, and when the page is out of sight.

import { useEffect, useMemo, useState } from "preact/hooks";
import { NotKept, type Journal, type KeptSlot } from "./journal";
import { Lost } from "../mine/lost";
import { Page } from "../sitting/questions";
import { fill } from "../page/text";
import { mine } from "../mine/text-mine";
import { Tries } from "./tries";
import { Newer, passkeysHere, readCode, type SlotKind } from "./words";

interface Props {
  readonly journal: Journal;
  readonly spaces: readonly string[];
  readonly opened: (by: SlotKind) => Promise<void>;
  readonly erase: () => Promise<void>;
  /** Ask the server anew what it holds. */
  readonly again: () => void;
}

export function Unlocking({ journal, spaces, opened, again, erase }: Props) {
  const { unlock } = mine;
  const [by, setBy] = useState<"passphrase" | "code">("passphrase");
  const [typed, setTyped] = useState("");
  const [shown, setShown] = useState(false);
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);
  const [lost, setLost] = useState(false);
  const tries = useMemo(() => new Tries(journal.me), [journal]);
  const passkeys = passkeysHere() ? journal.ways.filter((way) => way.kind === "passkey") : [];

  useEffect(() => {
    const hidden = () => document.hidden && setTyped("");
    document.addEventListener("visibilitychange", hidden);
    return () => document.removeEventListener("visibilitychange", hidden);
  }, []);

  const open = async (kind: SlotKind, how: () => Promise<void>) => {
    const waitMs = tries.waitMs(Date.now());
    if (waitMs > 0) {
      setSaid(fill(unlock.wait, { seconds: `${Math.ceil(waitMs / 1000)}` }));
      return;
    }
    setBusy(true);
    setSaid(unlock.working);
    try {
      await how();
      tries.opened();
      await opened(kind);
      setSaid("");
    } catch (error) {
      setSaid(why(error));
    } finally {
      setTyped("");
      setBusy(false);
    }
  };
  const why = (error: unknown): string => {
    if (error instanceof Newer) return unlock.newer;
    if (error instanceof NotKept) {
      if (error.why === "gone" || error.why === "signed out") again();
      return mine.kept[error.why];
    }
    tries.wrong(Date.now());
    return unlock.wrong;
  };
  // This page may have been lying locked for long. Not before a passkey: a browser wants that at once.
  const asItStands = async (how: () => Promise<void>) => {
    await journal.lookAgain().catch((error: unknown) => {
      if (!(error instanceof NotKept && error.why === "offline")) throw error;
    });
    if (!journal.hasBegun) throw new NotKept("gone");
    await how();
  };
  const send = (event: Event) => {
    event.preventDefault();
    if (busy || typed.trim() === "") return;
    if (by === "code" && readCode(typed) === null) setSaid(unlock.slip);
    else void open(by, () => asItStands(() => journal.unlock(by, typed)));
  };
  const byPasskey = (way: KeptSlot) => void open("passkey", () => journal.unlockByPasskey(way));
  const other = () => {
    setBy(by === "code" ? "passphrase" : "code");
    setTyped("");
    setSaid("");
  };
  if (lost) return <Lost journal={journal} spaces={spaces} back={() => setLost(false)} erase={erase} />;
  return (
    <Page title={unlock.heading}>
      <p class="soft">{unlock.why}</p>
      <form onSubmit={send}>
        <label>
          {by === "code" ? unlock.code : unlock.passphrase}
          {by === "code" && <span class="hint">{unlock.codeHint}</span>}
          <input
            {...(by === "code" || shown ? { type: "text" } : { type: "password" })}
            autocomplete="off"
            autocapitalize={by === "code" ? "characters" : "off"}
            spellcheck={false}
            aria-describedby="unlock-said"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        {by === "passphrase" && (
          <label class="choice">
            <input type="checkbox" checked={shown} onChange={() => setShown(!shown)} />
            {unlock.show}
          </label>
        )}
        <p id="unlock-said" class="said" role="status">
          {said}
        </p>
        <div class="stack">
          <button aria-disabled={busy}>{unlock.open}</button>
          {passkeys.map((way) => (
            <button type="button" class="quiet" onClick={() => byPasskey(way)}>
              {unlock.byPasskey}
            </button>
          ))}
          <button type="button" class="quiet" onClick={other}>
            {by === "code" ? unlock.byPassphrase : unlock.byCode}
          </button>
          <button type="button" class="quiet" onClick={() => setLost(true)}>
            {unlock.lost}
          </button>
        </div>
      </form>
    </Page>
  );
}
