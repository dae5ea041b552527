// The way to somebody's open words, for any page: it says the limits and begins, or unlocks, and then
// shows what it is given the open desk for. It locks by itself, and everything goes from the page then.
//
// What it shows while the page is out of sight is covered until somebody taps. A page that is not all
// about words fetches this with `await import("./opening")`, names the slots' worker in its template
// (`{% built_worker "slots" %}`) and has a `{% csrf_token %}`.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Beginning } from "./beginning";
import { Covered } from "./covered";
import { Desk } from "./desk";
import { Journal, NotKept } from "./journal";
import { watchForLock, type Watch } from "./lock";
import { Page } from "../sitting/questions";
import { slotsBeside } from "./slots";
import { mine } from "../mine/text-mine";
import { Unlocking } from "./unlocking";
import { PRIVATE, type SlotKind } from "./words";

export interface Open {
  readonly journal: Journal;
  readonly desk: Desk;
  readonly lock: () => void;
  /** How they were opened: whoever used the code may want a new passphrase. */
  readonly by: SlotKind | "begun";
  /** Erase everything, here and at the server, and say so. Rejects when that could not be done. */
  readonly erase: () => Promise<void>;
}

interface Props {
  /** While somebody sits, nothing locks. */
  readonly holds?: boolean;
  /** Their spaces, so that a sealed copy that is taken along before beginning anew is whole. */
  readonly spaces?: readonly string[];
  readonly children: (open: Open) => ComponentChildren;
}

type Stage =
  | "unsealed"
  | "arriving"
  | "unreachable"
  | "signed out"
  | "beginning"
  | "locked"
  | "open"
  | "erased";

export function Opening({ holds = false, spaces = [], children }: Props) {
  const [stage, setStage] = useState<Stage>("arriving");
  const [journal, setJournal] = useState<Journal | null>(null);
  const [desk, setDesk] = useState<Desk | null>(null);
  const [by, setBy] = useState<Open["by"]>("begun");
  const watch = useRef<Watch | null>(null);
  const here = useRef<{ readonly journal: Journal; readonly desk: Desk } | null>(null);

  const arrive = () => {
    if (!isSecureContext) return setStage("unsealed");
    setStage("arriving");
    Journal.arrive(slotsBeside()).then(
      (come) => {
        setJournal(come);
        setStage(come.hasBegun ? "locked" : "beginning");
      },
      (error: unknown) => {
        const out = error instanceof NotKept && error.why === "signed out";
        setStage(out ? "signed out" : "unreachable");
      },
    );
  };

  const lock = () => {
    watch.current?.end();
    watch.current = null;
    here.current?.desk.end();
    here.current?.journal.lock();
    here.current = null;
    setDesk(null);
    setStage((now) => (now === "open" ? "locked" : now));
  };

  const opened = async (open: Journal, how: Open["by"]) => {
    const laid = new Desk(open);
    here.current = { journal: open, desk: laid };
    watch.current = watchForLock(lock);
    watch.current.hold(holds);
    await laid.begin();
    // It may have locked while it was reading.
    if (!open.isOpen) return;
    setBy(how);
    setDesk(laid);
    setStage("open");
  };

  const erase = async (all: Journal) => {
    await all.erase();
    lock();
    setStage("erased");
  };

  useEffect(arrive, []);
  useEffect(() => watch.current?.hold(holds), [holds]);
  useEffect(() => {
    addEventListener("pagehide", lock);
    return () => {
      removeEventListener("pagehide", lock);
      lock();
    };
  }, []);

  if (stage === "arriving") return <p role="status">{mine.arriving}</p>;
  if (stage === "unsealed") {
    return (
      <Page title={mine.unsealed}>
        <p>{mine.unsealedMore}</p>
        <a class="button" href="/phones/">
          {mine.phones}
        </a>
      </Page>
    );
  }
  if (stage === "unreachable") {
    return (
      <Page title={mine.unreachable}>
        <p>{mine.unreachableMore}</p>
        <button type="button" onClick={arrive}>
          {mine.again}
        </button>
      </Page>
    );
  }
  if (stage === "signed out" || journal === null) {
    return (
      <Page title={mine.signedOut}>
        <a class="button" href={signIn()}>
          {mine.signIn}
        </a>
      </Page>
    );
  }
  if (stage === "erased") return <Erased next={() => setStage("beginning")} />;
  if (stage === "beginning") {
    return <Beginning journal={journal} opened={() => opened(journal, "begun")} elsewhere={arrive} />;
  }
  if (stage === "locked" || desk === null) {
    return (
      <Unlocking
        journal={journal}
        spaces={spaces}
        opened={(how) => opened(journal, how)}
        again={arrive}
        erase={() => erase(journal)}
      />
    );
  }
  return (
    <Covered>
      <OpenWords open={{ journal, desk, lock, by, erase: () => erase(journal) }}>{children}</OpenWords>
    </Covered>
  );
}

/** Signing in, and back to this page. */
function signIn(): string {
  return `/account/login/?next=${encodeURIComponent(location.pathname)}`;
}

function Erased({ next }: { readonly next: () => void }) {
  return (
    <Page title={mine.erase.done}>
      <p>{mine.erase.doneMore}</p>
      <div class="row">
        <button type="button" class="quiet" onClick={next}>
          {mine.erase.anew}
        </button>
      </div>
    </Page>
  );
}

function OpenWords({ open, children }: { readonly open: Open; readonly children: Props["children"] }) {
  const { desk } = open;
  const locks = () => {
    const typed = [...desk.flushes].map((flush) => flush());
    void Promise.all(typed).finally(open.lock);
  };
  return (
    <>
      <div class="at-hand">
        <button type="button" class="quiet" onClick={locks}>
          {mine.lock}
        </button>
      </div>
      {children(open)}
      {desk.shelf().value === null && (
        <button type="button" class="quiet" onClick={() => void desk.read(PRIVATE)}>
          {mine.readAgain}
        </button>
      )}
      <p class="said came-of-it" role="status">
        {desk.said.value}
      </p>
      {desk.waits.value > 0 && <p class="soft">{mine.kept.waiting}</p>}
      {desk.isSignedOut.value && (
        <p class="links">
          <a href={signIn()}>{mine.signIn}</a>
        </p>
      )}
    </>
  );
}
