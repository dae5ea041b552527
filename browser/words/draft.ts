// What somebody is typing, sealed in this browser's storage while they type: a crash takes two seconds.
//
// It never speaks to the server. Once the words are kept, or let go, the draft is forgotten; what is
// still being sealed then does not come back.

export const SEALED_EVERY_MS = 2000;

/** What a draft needs of a journal. */
export interface DraftKeeper {
  keepDraft(name: string, body: unknown): Promise<void>;
  draft(name: string): Promise<unknown>;
  forgetDraft(name: string): void;
}

export class SealedDraft {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private next: { readonly body: unknown } | null = null;
  private sealing: Promise<void> = Promise.resolve();

  /** `full` is called when this browser has no room, or can't keep it for another reason. */
  constructor(
    private readonly keeper: DraftKeeper,
    private readonly name: string,
    private readonly full: () => void = () => undefined,
  ) {}

  /** What was being typed when this page was last closed; null when nothing was. */
  read(): Promise<unknown> {
    return this.keeper.draft(this.name);
  }

  changed(body: unknown): void {
    this.next = { body };
    this.timer ??= setTimeout(() => void this.flush(), SEALED_EVERY_MS);
  }

  /** Seal now what has been typed since. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { next } = this;
    this.next = null;
    if (next !== null) {
      this.sealing = this.sealing
        .then(() => this.keeper.keepDraft(this.name, next.body))
        .catch(() => this.full());
    }
    return this.sealing;
  }

  async forget(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.next = null;
    await this.sealing;
    this.keeper.forgetDraft(this.name);
  }
}
