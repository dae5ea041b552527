// What the people at this device have said in private, as the server gives it back to this device
// alone. It never grows old: a yes names the cue that asked, a wish to go on names its pause, and
// what the server has not heard yet is laid over what it has.

import type { Act, Own, Shown } from "./wire";

export const NOTHING_SAID: Own = {
  ready: false,
  chosen: "",
  longer: false,
  accepted: null,
  going_on: null,
  feels: false,
  call: "nothing",
};

/** Whether a yes has been given here to what this screen asks. */
export function hasAccepted(own: Own, shown: Shown): boolean {
  return shown.cue !== null && own.accepted === shown.cue;
}

/** Whether somebody here would end this very pause. */
export function wouldGoOn(own: Own, shown: Shown): boolean {
  return shown.still && own.going_on === shown.begins_at;
}

/** What the server has heard, and over it what it is still being told. */
export function withUnheard(own: Own, unheard: Iterable<Act>): Own {
  let said = own;
  for (const act of unheard) {
    if (act.t === "ready") said = { ...said, ready: true };
    if (act.t === "choose") said = { ...said, chosen: act.rung, longer: act.longer };
    if (act.t === "unchoose") said = { ...said, chosen: "", longer: false };
    if (act.t === "accept") said = { ...said, accepted: act.cue };
    if (act.t === "feel") said = { ...said, feels: true };
    if (act.t === "unfeel") said = { ...said, feels: false };
    if (act.t === "wish_call") said = { ...said, call: act.call };
  }
  return said;
}
