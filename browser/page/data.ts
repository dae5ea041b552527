// What a page is told when it is made: JSON that the server writes into it.

export interface Option {
  readonly name: string;
  readonly label: string;
  readonly leadsTo: string;
}

export interface Question {
  readonly name: string;
  readonly when: string;
  readonly kind: "choice" | "circles" | "line" | "slider" | "words";
  readonly ask: string;
  readonly options: readonly Option[];
  readonly checkIn: boolean;
}

/** What a practice leads to, some days later. */
export interface Link {
  readonly title: string;
  readonly days: number;
  readonly calendar: string;
}

export interface PracticeData {
  readonly name: string;
  readonly title: string;
  readonly promise: string;
  readonly touch: string;
  readonly cautions: readonly string[];
  readonly adaptations: readonly { readonly need: string; readonly text: string }[];
  readonly rungs: readonly { readonly name: string; readonly label: string }[];
  readonly lengths: boolean;
  readonly turns: boolean;
  readonly song: boolean;
  /** What phones may feel somewhere in it, and what of the other it may show while it runs. */
  readonly senses: readonly ("breath" | "movement")[];
  readonly shows: readonly string[];
  readonly questions: readonly Question[];
  readonly link: Link | null;
}

export interface Urls {
  readonly ticket: string;
  readonly live: string;
  readonly help: string;
  readonly care: string;
  readonly over: string;
  readonly keep: string;
}

export interface SittingData {
  readonly sitting: string;
  readonly seats: readonly ("one" | "other")[];
  readonly seating: "beside" | "apart" | "shared";
  readonly speaks: boolean;
  /** The space that this sitting belongs to, if it is kept already. */
  readonly space: string;
  readonly kept: boolean;
  /** Where whoever has signed in finds their own words; empty for everybody else, and at a shared device. */
  readonly mine: string;
  /** What they call the other: the name by which they know them in their space. */
  readonly bond: string;
  readonly checkIn: boolean;
  /** The most that a call can be here, and whether it can or does go through a relay; null in one room. */
  readonly call: {
    readonly most: "sound" | "picture";
    readonly relay: boolean;
    readonly relayed: boolean;
  } | null;
  readonly practice: PracticeData;
  readonly urls: Urls;
}

/** The value in the page's `<script type="application/json">` of this id. */
export function pageData<T>(id: string): T | null {
  const element = document.getElementById(id);
  return element?.textContent ? (JSON.parse(element.textContent) as T) : null;
}
