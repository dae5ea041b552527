// Leaving at once, on every page: the button, or Shift three times.
//
// First the page is emptied, then what it held is dropped, then its place in the history is taken by
// a neutral site. A browser can't be made to forget the pages before it; the help page says so.
// Without scripts the button is a plain link.

const THRICE_MS = 1500;

/** Told to the page before it goes, so that a sitting can end kindly for the other. */
export const LEAVING = "leaving";

function leave(link: HTMLAnchorElement): void {
  document.body.replaceChildren();
  document.title = "";
  window.dispatchEvent(new Event(LEAVING));
  try {
    sessionStorage.clear();
  } catch {
    // A browser that refuses storage holds nothing to clear.
  }
  location.replace(link.href);
}

/** How many times Shift has been pressed and let go alone, soon after one another. */
export class Thrice {
  private readonly at: number[] = [];
  private alone = false;

  down(key: string): void {
    this.alone = key === "Shift";
    if (!this.alone) this.at.length = 0;
  }

  /** Whether this was the third. */
  up(key: string, nowMs: number): boolean {
    if (key !== "Shift" || !this.alone) return false;
    this.alone = false;
    while (this.at.length > 0 && nowMs - (this.at[0] ?? 0) > THRICE_MS) this.at.shift();
    this.at.push(nowMs);
    return this.at.length >= 3;
  }
}

export function watchForLeaving(): void {
  const link = document.querySelector<HTMLAnchorElement>("a[data-exit]");
  if (!link) return;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave(link);
  });
  const thrice = new Thrice();
  addEventListener("keydown", (event) => thrice.down(event.key));
  addEventListener("keyup", (event) => {
    if (thrice.up(event.key, event.timeStamp)) leave(link);
  });
}
