// Screens for the tests of what plays them.

import type { Show, Shown } from "../sitting/wire";

export function screen(begins_at: number, over: Partial<Shown> = {}): Shown {
  return {
    key: `sitting/${begins_at}/both`,
    stage: "sitting",
    begins_at,
    ends_at: begins_at + 60,
    cue: begins_at,
    say: `words of ${begins_at}`,
    voice: "",
    turn: "both",
    mark: "none",
    picture: "still",
    still: false,
    held: false,
    offer: "",
    may: ["pause", "stop"],
    hints: [],
    sense: [],
    show: [],
    view: "none",
    ...over,
  };
}

export function show(number: number, screens: readonly Shown[], epoch = "e1"): Show {
  return { t: "show", epoch, number, screens };
}
