// What a room of somebody's own page is, and what each is given.
//
// To add one: a component in a file of its own, and a line in `rooms.tsx`. It is given
//   desk     what lies open: `desk.entries(kind)` to read, `desk.keep({ kind, body })` and
//            `desk.remove(entry)` to write; what came of it is said by the page itself
//   journal  the journal below it, for what a desk does not do
//   data     what the server wrote into the page: the spaces of this person
//   go       to another room, or to the list with ""
//   open     how the words were opened, and how they are erased
// Its fields are `Written` with `useDraft`, and `KeepingFor` stands where something is first kept
// (all in writing.tsx). It draws itself in a `Page`. Whatever it holds it holds in its own state: that goes when
// the words lock, and nothing readable may be anywhere else. A kind is a short word of small letters
// and dashes; "settings" is taken. A room without a `title` is not in the list, and is gone to by name.

import type { ComponentType } from "preact";
import type { Desk } from "../words/desk";
import type { Journal } from "../words/journal";
import type { Open } from "../words/opening";

export interface SpaceData {
  readonly id: string;
  readonly name: string;
  readonly resting: boolean;
}

export interface MineData {
  /** Where another device finds this page. */
  readonly address: string;
  readonly spaces: readonly SpaceData[];
}

export interface RoomProps {
  readonly desk: Desk;
  readonly journal: Journal;
  readonly data: MineData;
  readonly go: (room: string) => void;
  readonly open: Open;
}

export interface Room {
  /** In the address for the moment of coming: `/mine/#name`. */
  readonly name: string;
  /** What has to do with the sealing stands apart from what somebody writes. */
  readonly of?: "sealing";
  readonly title: string;
  /** One line under the title; what lies open may change it, quietly. */
  readonly about: string | ((desk: Desk) => string);
  readonly Component: ComponentType<RoomProps>;
}
