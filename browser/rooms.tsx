// The rooms of somebody's own page: what they find there once their words are open.
//
// To add one: a component in a file of its own, and a line in `rooms`. It is given
//   desk     what lies open: `desk.entries(kind)` to read, `desk.keep({ kind, body })` and
//            `desk.remove(entry)` to write; what came of it is said by the page itself
//   journal  the journal below it, for what a desk does not do
//   data     what the server wrote into the page: the spaces of this person
//   go       to another room, or to the list with ""
// Its fields are `Written` with `useDraft`, and `KeepingFor` stands where something is first kept
// (all in writing.tsx). It draws itself in a `Page`. Whatever it holds it holds in its own state: that goes when
// the words lock, and nothing readable may be anywhere else. A kind is a short word of small letters
// and dashes; "settings" is taken. A room without a `title` is not in the list, and is gone to by name.

import type { ComponentType } from "preact";
import type { Desk } from "./desk";
import type { Journal } from "./journal";

export interface SpaceData {
  readonly id: string;
  readonly name: string;
  readonly resting: boolean;
}

export interface MineData {
  readonly spaces: readonly SpaceData[];
}

export interface RoomProps {
  readonly desk: Desk;
  readonly journal: Journal;
  readonly data: MineData;
  readonly go: (room: string) => void;
}

export interface Room {
  /** In the address for the moment of coming: `/mine/#name`. */
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly Component: ComponentType<RoomProps>;
}

export const rooms: readonly Room[] = [];
