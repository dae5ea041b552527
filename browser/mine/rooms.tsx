// The rooms of somebody's own page: what they find there once their words are open. `room.ts` tells how to add one.

import { Devices } from "./devices";
import { Erasing } from "./erasing";
import { Keepsakes } from "../kept/keepsakes";
import { Left } from "../kept/left";
import { aboutBridges, Bridges, NewBridge } from "./room-bridges";
import { Notes } from "./room-notes";
import { Okay, Reading } from "./room-reading";
import type { Room } from "./room";
import { Slow } from "./room-slow";
import { Whom } from "./room-whom";
import { SpaceKeys } from "./space-keys";
import { Taking } from "./taking";
import { keepsakes } from "../kept/text-keepsakes";
import { mine } from "./text-mine";
import { roomsText } from "./text-rooms";
import { WaysIn } from "./ways-in";

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
