// Letting this phone feel: a yes for this sitting alone, where the phone can lie, and taking it back.
//
// It is off until somebody says yes, and what the other has said is never known here. Nothing that is
// felt is shown on this page while the two sit; the two practices named for it are in swell.tsx.
// Without a sensor everything else goes on as it would.

import { signal } from "@preact/signals";
import type { Felt } from "./live";
import { ask, Motion } from "./motion";
import type { Found, Line, Sense } from "./motion";
import { Press } from "./press";
import { Swell } from "./swell";
import { text } from "./text";
import type { Act, Hears, Own, Reflection, Shown } from "./wire";

/** How long an answer to “can it feel me?” may take before it counts as none. */
const HEARS_MS = 26_000;

/** Real time after the end in which both can ask to look; then the server has forgotten. */
const REFLECT_MS = 180_000;

/** What has become of looking at it together: this page can't know of anything else. */
export type Looking = "" | "open" | "asked" | "came" | "gone";

/** What this page needs to say and to know. */
export interface FeelingLine extends Line {
  say(act: Act): void;
}

/** All that has to do with sensing on one page of one sitting. */
export class Feeling {
  readonly found = signal<Found | "asking" | "">("");
  readonly check = signal<Hears | "listening" | "">("");
  readonly looking = signal<Looking>("");
  readonly reflection = signal<Reflection | null>(null);
  readonly swell = new Swell();
  private readonly motion: Motion;
  private checkTimer: ReturnType<typeof setTimeout> | undefined;
  private lookTimer: ReturnType<typeof setTimeout> | undefined;
  private screen: Sense | "" = "";

  constructor(
    private readonly line: FeelingLine,
    /** What this practice would like to feel; nothing where two sit at one device. */
    readonly senses: readonly Sense[],
    readonly showsBreath: boolean,
  ) {
    this.motion = new Motion(line);
  }

  get sense(): Sense | undefined {
    return this.senses.includes("breath") ? "breath" : this.senses[0];
  }

  /** Somebody's yes, in the tap itself: some platforms ask only then. */
  async yes(): Promise<void> {
    this.found.value = "asking";
    this.found.value = await ask();
    if (this.found.value === "feels") this.line.say({ t: "feel" });
  }

  /** The page was loaded again after a yes: where the platform lets us, the sensor comes back by itself. */
  private async resume(): Promise<void> {
    this.found.value = "asking";
    this.found.value = await ask();
    this.listen();
  }

  back(): void {
    this.line.say({ t: "unfeel" });
    this.check.value = "";
    this.forget();
  }

  hearMe(): void {
    this.check.value = "listening";
    this.line.say({ t: "hear_me" });
    this.listen();
    clearTimeout(this.checkTimer);
    this.checkTimer = setTimeout(() => this.heard("nothing"), HEARS_MS);
  }

  /** What the screen asks for, of what this person has said yes to. */
  follow(shown: Shown | undefined, own: Own): void {
    const asked = shown?.stage === "sitting" && !shown.still && own.feels ? shown.sense : [];
    this.screen = this.senses.find((sense) => asked.includes(sense)) ?? "";
    if (!own.feels && this.found.value === "feels" && this.check.value === "") this.motion.forget();
    if (own.feels && this.found.value === "") void this.resume();
    if (shown?.stage === "sitting" && this.check.value === "listening") this.check.value = "";
    if (!shown?.show.includes("other-breath") || shown.still || !own.feels) this.swell.rest();
    this.listen();
  }

  felt(message: Felt): void {
    switch (message.t) {
      case "hears":
        this.heard(message.answer);
        break;
      case "swell":
        this.swell.take(message);
        break;
      case "reflection":
        clearTimeout(this.lookTimer);
        this.reflection.value = message;
        this.looking.value = "came";
        break;
    }
  }

  taken(sequence: number | null, anew: boolean): void {
    this.motion.kept.taken(sequence);
    if (anew) this.motion.kept.again();
  }

  refused(act: Act): void {
    if (act.t === "hear_me") this.heard("nothing");
  }

  /** Whether the phone feels just now, so that a page that is hidden loses something of it. */
  get isListening(): boolean {
    return this.screen !== "" && this.found.value === "feels";
  }

  /** The sitting has closed for somebody who had said yes: for a while both can ask to look. */
  closed(): void {
    if (this.looking.value !== "") return;
    this.motion.listen("");
    this.looking.value = "open";
    this.lookTimer = setTimeout(() => {
      this.forget();
      if (this.looking.value !== "came") this.looking.value = "gone";
    }, REFLECT_MS);
  }

  ask(): void {
    this.looking.value = "asked";
    this.line.say({ t: "ask_reflection" });
  }

  /** Nothing of what was felt is left on this page, but what the two have asked to look at. */
  forget(): void {
    this.screen = "";
    this.motion.forget();
    this.swell.end();
  }

  private heard(answer: Hears): void {
    clearTimeout(this.checkTimer);
    if (this.check.value === "listening") this.check.value = answer;
    this.listen();
  }

  private listen(): void {
    if (this.found.value !== "feels") return;
    this.motion.listen(this.check.value === "listening" ? "breath" : this.screen);
  }
}

/** One quiet line under the choice; whoever leaves it closed reads nothing more and is asked nothing. */
export function Consent({ feeling, own }: { readonly feeling: Feeling; readonly own: Own }) {
  const { sense } = feeling;
  if (sense === undefined) return null;
  return (
    <details class="feeling">
      <summary>{own.feels ? text.feeling.given[sense] : text.feeling.offer[sense]}</summary>
      {own.feels ? <Laid feeling={feeling} sense={sense} /> : <Asked feeling={feeling} sense={sense} />}
    </details>
  );
}

function Asked({ feeling, sense }: { readonly feeling: Feeling; readonly sense: Sense }) {
  const words = text.feeling;
  const found = feeling.found.value;
  return (
    <>
      <p>{words.off[sense]}</p>
      <ul>
        <li>{words.what}</li>
        <li>{words.where}</li>
        <li>{feeling.showsBreath ? words.shows : words.unseen}</li>
        <li>{words.alone}</li>
        <li>{words.back}</li>
        <li>{words.later}</li>
        <li>{words.screen}</li>
      </ul>
      {isSecureContext ? (
        <Press onPress={() => void feeling.yes()}>{words.yes}</Press>
      ) : (
        <p>{words.why.plain}</p>
      )}
      <p role="status">
        {found === "asking" ? words.asking : found === "" || found === "feels" ? "" : words.why[found]}
      </p>
    </>
  );
}

function Laid({ feeling, sense }: { readonly feeling: Feeling; readonly sense: Sense }) {
  const words = text.feeling;
  const [found, check] = [feeling.found.value, feeling.check.value];
  const lost = found !== "" && found !== "feels" && found !== "asking";
  return (
    <>
      <h3>{words.place}</h3>
      <ul>
        {words.places[sense].map((place) => (
          <li>{place}</li>
        ))}
      </ul>
      <p class="soft small">{words.screen}</p>
      {lost && <p>{words.why[found]}</p>}
      <div class="row">
        {lost && <Press onPress={() => void feeling.yes()}>{words.again}</Press>}
        {sense === "breath" && found === "feels" && check !== "listening" && (
          <Press onPress={() => feeling.hearMe()}>{words.check}</Press>
        )}
        <Press quiet onPress={() => feeling.back()}>
          {words.takeBack}
        </Press>
      </div>
      <p role="status">
        {check === "listening" ? words.checking : check === "" ? "" : words.hears[check]}
      </p>
    </>
  );
}

/** In the middle: one tap, and neither phone feels any more. */
export function SensorOff({ feeling, tell }: { readonly feeling: Feeling; readonly tell: (words: string) => void }) {
  const off = () => {
    feeling.back();
    tell(text.feeling.isOff);
  };
  return (
    <Press quiet onPress={off}>
      {text.feeling.sensorOff}
    </Press>
  );
}
