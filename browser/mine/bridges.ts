// Bridges: what somebody would like to bring to somebody, and whether to look again.
//
// To look again is a quiet line from its day on, in the room of bridges alone. It is no badge and no
// message; after two weeks, or once something is written about it, it goes as it came.

import type { Piece } from "../words/entries";
import { dayIn } from "./reminder";

export type Bridge = Piece<"bridge">;

const SHOWN_DAYS = 14;

/** The bridges to look at again about this day. */
export function toLookAt(bridges: readonly Bridge[], today: string): readonly Bridge[] {
  return bridges.filter(({ body: { again, happened } }) => {
    if (again === "" || happened.trim() !== "") return false;
    return again <= today && today <= dayIn(SHOWN_DAYS, again);
  });
}
