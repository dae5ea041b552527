import assert from "node:assert/strict";
import { test } from "node:test";
import { hasAccepted, NOTHING_SAID, withUnheard, wouldGoOn } from "../sitting/own";
import { screen } from "./screens";

test("a yes is for the cue that asked, and a later offer asks again", () => {
  const own = withUnheard(NOTHING_SAID, [{ t: "accept", cue: 7 }]);
  assert(hasAccepted(own, screen(0, { cue: 7 })));
  assert.equal(hasAccepted(own, screen(60, { cue: 9 })), false);
  assert.equal(hasAccepted(NOTHING_SAID, screen(0, { cue: null })), false);
});

test("a wish to go on is for one pause, and the next one asks again", () => {
  const pause = screen(100, { still: true });
  const own = { ...NOTHING_SAID, going_on: 100 };
  assert(wouldGoOn(own, pause));
  assert(wouldGoOn(own, { ...pause, held: true }));
  assert.equal(wouldGoOn(own, screen(100)), false);
  assert.equal(wouldGoOn(own, screen(130, { still: true })), false);
});

test("of what is still unheard the last word counts", () => {
  const own = withUnheard(NOTHING_SAID, [
    { t: "choose", rung: "touching", longer: true },
    { t: "ready" },
    { t: "smaller" },
    { t: "unchoose" },
  ]);
  assert.deepEqual(own, { ...NOTHING_SAID, ready: true });
});
