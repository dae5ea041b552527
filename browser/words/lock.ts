// When a page of words is to be locked: nobody has touched it, nobody has seen it, or somebody leaves.
//
// The times are in `words.ts`. Looking again every second is not enough by itself: a page that sleeps
// has no seconds, so it also looks at the moment at which it is shown again, before anybody reads.

import { LEAVING } from "../page/exit";
import { Idle } from "./words";

const LOOK_MS = 1000;

export interface Watch {
  /** While somebody sits, nothing locks. */
  hold(holds: boolean): void;
  /** Locked or closed: nothing more to watch. */
  end(): void;
}

/** Call `lock` once, when it is time. It has to empty the page as well as let go of the keys. */
export function watchForLock(lock: () => void): Watch {
  const idle = new Idle(Date.now());
  const ends = new AbortController();
  const { signal } = ends;
  const due = () => {
    ends.abort();
    lock();
  };
  const look = () => {
    if (!signal.aborted && idle.isDue(Date.now())) due();
  };
  const seen = () => {
    if (document.hidden) idle.hidden(Date.now());
    else idle.shown(Date.now());
    look();
  };
  const touched = () => {
    look();
    idle.touched(Date.now());
  };
  for (const touch of ["pointerdown", "keydown", "input"]) {
    addEventListener(touch, touched, { capture: true, signal });
  }
  document.addEventListener("visibilitychange", seen, { signal });
  addEventListener("pageshow", seen, { signal });
  addEventListener(LEAVING, due, { signal });
  const timer = setInterval(look, LOOK_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
  return { hold: (holds) => idle.hold(holds, Date.now()), end: () => ends.abort() };
}
