// The rooms of somebody's own page: what they find there once their words are open.
//
// To add one: a component in a file of its own, and a line in `rooms`. It is given
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
import type { Desk } from "./desk";
import { Devices } from "./devices";
import { Erasing } from "./erasing";
import type { Journal } from "./journal";
import { Left } from "./left";
import type { Open } from "./opening";
import { SpaceKeys } from "./space-keys";
import { Taking } from "./taking";
import { mine } from "./text-mine";
import { WaysIn } from "./ways-in";

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
  readonly title: string;
  readonly about: string;
  readonly Component: ComponentType<RoomProps>;
}

const { ways, spaces, devices, taking, erase } = mine;

export const rooms: readonly Room[] = [
  { name: "spaces", title: spaces.title, about: spaces.about, Component: SpaceKeys },
  { name: "ways", title: ways.title, about: ways.about, Component: WaysIn },
  { name: "devices", title: devices.title, about: devices.about, Component: Devices },
  { name: "taking", title: taking.title, about: taking.about, Component: Taking },
  { name: "erase", title: erase.title, about: erase.about, Component: Erasing },
  { name: "left", title: "", about: "", Component: Left },
];
