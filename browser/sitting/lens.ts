// The one camera of this device, lent to whatever on the page of a sitting somebody has said yes to.
//
// Each use is asked for by itself, in a press of its own: a yes to being followed is none to being seen. The
// camera is opened once, since some phones blind the first who asks when a second one does. Every borrower
// has a track of their own, which they can darken and give back without the other noticing; its light goes
// out with the last. Nothing of what it sees is kept here.

import { signal } from "@preact/signals";

const ASKED_FOR: MediaTrackConstraints = {
  facingMode: "user",
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 24, max: 30 },
};

export class Lens {
  private readonly lent = signal<readonly MediaStreamTrack[]>([]);
  private asking: Promise<unknown> = Promise.resolve();

  /** Whether more than one looks through it, so that its light says nothing about either alone. */
  get isShared(): boolean {
    return this.lent.value.length > 1;
  }

  /** A picture of one's own, and sound with it where that is wanted. Call from a press. */
  lend(sound: MediaTrackConstraints | false = false): Promise<MediaStream> {
    // One at a time: two who ask at once would open it twice.
    const asked = this.asking.then(() => this.ask(sound));
    this.asking = asked.catch(() => undefined);
    return asked;
  }

  /** What was lent, and whatever came with it, is of no use any more. */
  back(stream: MediaStream | null): void {
    for (const track of stream?.getTracks() ?? []) this.stop(track);
  }

  /** The same of one track, which ends here. */
  stop(track: MediaStreamTrack): void {
    track.stop();
    this.lent.value = this.lent.peek().filter((each) => each !== track);
  }

  private async ask(sound: MediaTrackConstraints | false): Promise<MediaStream> {
    // Before the browser is asked for more, so that the light doesn't go out meanwhile.
    const beside = this.lent.peek().find((each) => each.readyState === "live")?.clone();
    if (!beside) return this.took(await navigator.mediaDevices.getUserMedia({ video: ASKED_FOR, audio: sound }));
    // The first may be dark just now; that is no matter of the second's.
    beside.enabled = true;
    let stream: MediaStream | undefined;
    try {
      stream = sound ? await navigator.mediaDevices.getUserMedia({ audio: sound }) : new MediaStream();
      if (beside.readyState === "ended") throw new DOMException("It went meanwhile.", "NotFoundError");
      stream.addTrack(beside);
      return this.took(stream);
    } catch (error) {
      beside.stop();
      this.back(stream ?? null);
      throw error;
    }
  }

  private took(stream: MediaStream): MediaStream {
    for (const track of stream.getVideoTracks()) {
      this.lent.value = [...this.lent.peek(), track];
      // Unplugged, for everybody.
      track.addEventListener("ended", () => this.stop(track));
    }
    return stream;
  }
}
