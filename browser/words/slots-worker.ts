// Makes and opens slots beside the page: scrypt takes a second or more, and the page stays alive.
//
// It answers one question and is ended by whoever asked, so that what it was told goes with it.

import { makeSlot, openSlot, Unopened } from "./words";
import type { SlotAnswer, SlotQuestion } from "./slots";

addEventListener("message", (event: MessageEvent<SlotQuestion>) => {
  const asked = event.data;
  const work =
    asked.act === "make"
      ? makeSlot(asked.kind, asked.secret, asked.wordKey)
      : openSlot(asked.slot, asked.secret);
  const answer = (said: SlotAnswer) => postMessage(said);
  work.then(
    (done) => answer({ done }),
    (error: Error) => answer({ unopened: error instanceof Unopened, why: error.message }),
  );
});
