// The worker in which slots are made and opened, from a page.
//
// The page names the worker's address in `<meta name="slots-worker">`. Where there is none, or a browser
// refuses it, the same work is done in the page itself, which stands still for as long.

import { scriptUrl, workerAddress } from "../page/beside";
import { slotsHere, Unopened, type Slot, type Slots } from "./words";

export type SlotQuestion =
  | {
      readonly act: "make";
      readonly kind: "passphrase" | "code";
      readonly secret: string;
      readonly wordKey: string;
    }
  | { readonly act: "open"; readonly slot: Slot; readonly secret: string };

export type SlotAnswer =
  | { readonly done: Slot | string }
  | { readonly unopened: boolean; readonly why: string };

/** Slots that are made and opened beside the page, if it names a worker. */
export function slotsBeside(): Slots {
  const address = workerAddress("slots");
  if (!address || typeof Worker === "undefined") return slotsHere;
  return {
    make: (kind, secret, wordKey) =>
      ask(address, { act: "make", kind, secret, wordKey }, () =>
        slotsHere.make(kind, secret, wordKey),
      ),
    open: (slot, secret) =>
      ask(address, { act: "open", slot, secret }, () => slotsHere.open(slot, secret)),
  };
}

function ask<Done extends Slot | string>(
  address: string,
  question: SlotQuestion,
  here: () => Promise<Done>,
): Promise<Done> {
  return new Promise<Done>((resolve, reject) => {
    const worker = new Worker(scriptUrl(address), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<SlotAnswer>) => {
      worker.terminate();
      if ("done" in data) resolve(data.done as Done);
      else reject(data.unopened ? new Unopened(data.why) : new RangeError(data.why));
    });
    // A worker that does not start: an old browser without module workers, or a file that is gone.
    worker.addEventListener("error", () => {
      worker.terminate();
      resolve(here());
    });
    worker.postMessage(question);
  });
}
