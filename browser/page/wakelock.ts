// Keeps the screen on while a sitting needs it, where the platform lets us, and asks again whenever
// the page comes back: a lock ends by itself when a page is hidden.

export class WakeLock {
  private wanted = false;
  private lock: WakeLockSentinel | null = null;
  private readonly again = () => void this.ask();

  hold(): void {
    if (this.wanted) return;
    this.wanted = true;
    document.addEventListener("visibilitychange", this.again);
    void this.ask();
  }

  release(): void {
    this.wanted = false;
    document.removeEventListener("visibilitychange", this.again);
    void this.lock?.release().catch(() => undefined);
    this.lock = null;
  }

  private async ask(): Promise<void> {
    if (!this.wanted || document.hidden || (this.lock && !this.lock.released)) return;
    // Not there on plain http, and refused when the battery is low: the sitting goes on without it.
    if (!("wakeLock" in navigator)) return;
    try {
      const lock = await navigator.wakeLock.request("screen");
      if (this.wanted) this.lock = lock;
      else await lock.release();
    } catch {
      this.lock = null;
    }
  }
}
