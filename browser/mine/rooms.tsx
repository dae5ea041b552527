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
import type { Desk } from "../words/desk";
import { Devices } from "./devices";
import { Erasing } from "./erasing";
import type { Journal } from "../words/journal";
import { Keepsakes } from "../kept/keepsakes";
import { Left } from "../kept/left";
import type { Open } from "../words/opening";
import { aboutBridges, Bridges, NewBridge } from "./room-bridges";
import { Notes } from "./room-notes";
import { Okay, Reading } from "./room-reading";
import { Slow } from "./room-slow";
import { Whom } from "./room-whom";
import { SpaceKeys } from "./space-keys";
import { Taking } from "./taking";
import { keepsakes } from "../kept/text-keepsakes";
import { mine } from "./text-mine";
import { roomsText } from "./text-rooms";
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
  /** What has to do with the sealing stands apart from what somebody writes. */
  readonly of?: "sealing";
  readonly title: string;
  /** One line under the title; what lies open may change it, quietly. */
  readonly about: string | ((desk: Desk) => string);
  readonly Component: ComponentType<RoomProps>;
}

const { notes, bridges, okay, slow, whom, reading } = roomsText;
const { ways, spaces, devices, taking, erase } = mine;

export const rooms: readonly Room[] = [
  { name: "notes", title: notes.title, about: notes.about, Component: Notes },
  { name: "bridges", title: bridges.title, about: aboutBridges, Component: Bridges },
  { name: "bridge", title: "", about: "", Component: NewBridge },
  { name: "okay", title: okay.title, about: okay.about, Component: Okay },
  { name: "whom", title: whom.title, about: whom.about, Component: Whom },
  { name: "slow", title: slow.title, about: slow.about, Component: Slow },
  { name: "keepsakes", title: keepsakes.title, about: keepsakes.about, Component: Keepsakes },
  { name: "reading", title: reading.title, about: reading.about, Component: Reading },
  { name: "spaces", of: "sealing", title: spaces.title, about: spaces.about, Component: SpaceKeys },
  { name: "ways", of: "sealing", title: ways.title, about: ways.about, Component: WaysIn },
  { name: "devices", of: "sealing", title: devices.title, about: devices.about, Component: Devices },
  { name: "taking", of: "sealing", title: taking.title, about: taking.about, Component: Taking },
  { name: "erase", of: "sealing", title: erase.title, about: erase.about, Component: Erasing },
  { name: "left", title: "", about: "", Component: Left },
];
