// Letting this phone feel: a yes for this sitting alone, where the phone can lie, and taking it back.
//
// It is off until somebody says yes, and what the other has said is never known here. Nothing that is
// felt is shown on this page while the two sit; the two practices named for it are in swell.tsx.
// Without a sensor everything else goes on as it would.

import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { Felt } from "../sitting/live";
import { ask, Motion } from "./motion";
import type { Found, Line, Sense } from "./motion";
import { Camera } from "./pose";
import type { Reading } from "./pose-points";
import { Press } from "../page/press";
import type { Lens } from "../sitting/lens";
import { ByCamera, CameraIsOn, whyNot } from "./seeing";
import { Swell } from "./swell";
import { text } from "../page/text";
import type { Act, Hears, Own, Reflection, Shown } from "../sitting/wire";

/** How long an answer to “can it feel me?” may take before it counts as none. */
const HEARS_MS = 26_000;

/** Real time after the end in which both can ask to look; then the server has forgotten. */
const REFLECT_MS = 180_000;

/** Real time after the end in which both can ask to keep what they look at. */
const KEEP_MS = 360_000;

/** What has become of keeping it; this page knows of its own ask, and then of both at once. */
export type KeepingIt = "" | "open" | "asked" | "both" | "gone";

/** What has become of looking at it together: this page can't know of anything else. */
export type Looking = "" | "open" | "asked" | "came" | "gone";

/** What this page needs to say and to know. */
export interface FeelingLine extends Line {
  say(act: Act): void;
}

// A page that is loaded again goes on by camera, and not by a phone that lies on a table.
const BY_CAMERA = "rs-by-camera";

function remembered(): boolean {
  return sessionStorage.getItem(BY_CAMERA) === location.pathname;
}

function remember(camera: boolean): void {
  if (camera) sessionStorage.setItem(BY_CAMERA, location.pathname);
  else sessionStorage.removeItem(BY_CAMERA);
}

/** All that has to do with sensing on one page of one sitting. */
export class Feeling {
  readonly found = signal<Found | "asking" | "">("");
  readonly check = signal<Hears | "listening" | "">("");
  readonly looking = signal<Looking>("");
  /** One for each sense that felt them both. */
  readonly reflections = signal<readonly Reflection[]>([]);
  readonly keeping = signal<KeepingIt>("");
  readonly swell = new Swell();
  /** What may see movement instead, where this place and this practice have it. */
  readonly camera: Camera | null;
  /** Whether somebody's yes was to the camera. */
  readonly byCamera = signal(false);
  /** It has been on in this page already. */
  private cameraCame = false;
  private readonly motion: Motion;
  private checkTimer: ReturnType<typeof setTimeout> | undefined;
  private lookTimer: ReturnType<typeof setTimeout> | undefined;
  private closedMs = 0;
  private screen: Sense | "" = "";

  constructor(
    private readonly line: FeelingLine,
    /** What this practice would like to feel. */
    private readonly wanted: readonly Sense[],
    readonly showsBreath: boolean,
    /** Where the worker is that sees movement; empty where this place has none. */
    eye: string,
    lens: Lens,
    /** Two people sit at this device: nothing but its camera tells them apart. */
    readonly shared: boolean,
  ) {
    this.motion = new Motion(line);
    const seer = { stamp: (ms: number) => line.stamp(ms), moved: (all: readonly Reading[]) => this.motion.see(all) };
    this.camera = wanted.includes("movement") && eye !== "" ? new Camera(eye, lens, shared ? 2 : 1, seer) : null;
    this.byCamera.value = this.camera !== null && remembered();
  }

  private get senses(): readonly Sense[] {
    if (!this.shared) return this.wanted;
    return this.camera === null ? [] : ["movement"];
  }

  get sense(): Sense | undefined {
    return this.senses.includes("breath") ? "breath" : this.senses[0];
  }

  /** Somebody's yes to the camera, which sees already. */
  yesToCamera(): void {
    if (this.camera?.state.value !== "seeing") return;
    this.seeBy(true);
    this.cameraCame = true;
    this.line.say({ t: "feel", seen: this.shared });
  }

  private seeBy(camera: boolean): void {
    this.byCamera.value = camera;
    remember(camera);
    if (!camera) this.camera?.close();
  }

  /** Somebody's yes, in the tap itself: some platforms ask only then. */
  async yes(): Promise<void> {
    this.seeBy(false);
    this.found.value = "asking";
    this.found.value = await ask();
    if (this.found.value === "feels") this.line.say({ t: "feel", seen: false });
  }

  /** The page was loaded again after a yes: where the platform lets us, the sensor comes back by itself. */
  private async resume(): Promise<void> {
    if (this.byCamera.peek()) {
      // Once, and where the browser lets us: whoever turns it off finds it off.
      const first = !this.cameraCame;
      this.cameraCame = true;
      if (first) await this.camera?.open();
      return;
    }
    this.found.value = "asking";
    this.found.value = await ask();
    this.listen();
  }

  back(): void {
    this.line.say({ t: "unfeel" });
    this.seeBy(false);
    this.check.value = "";
    this.forget();
  }

  /** Its light goes out; a sentence about a camera that isn't there stays. */
  cameraOff(): void {
    if (this.camera?.isLive) this.camera.close();
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
    const over = shown?.stage === "landing" || shown?.stage === "closed";
    if (own.feels && this.found.value === "" && !over) void this.resume();
    if (shown?.stage === "sitting" && this.check.value === "listening") this.check.value = "";
    // A camera that was only tried is not left on, nor one that has nothing more to see.
    if (over || (shown?.stage === "sitting" && !own.feels)) this.cameraOff();
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
        this.reflections.value = [...this.reflections.value.filter((one) => one.kind !== message.kind), message];
        // First, for a page that has nothing more to ask ends its line.
        this.offerKeeping();
        this.looking.value = "came";
        break;
      case "both_keep":
        if (this.keeping.value === "asked") this.keeping.value = "both";
        break;
    }
  }

  taken(sequence: number | null, anew: boolean): void {
    this.motion.kept.taken(sequence);
    if (anew) this.motion.kept.again();
  }

  refused(act: Act): void {
    if (act.t === "hear_me") this.heard("nothing");
    if (act.t === "ask_keep") this.tooLate();
  }

  /** Whether the phone feels just now, so that a page that is hidden loses something of it. */
  get isListening(): boolean {
    return this.screen !== "" && (this.byCamera.value ? this.camera?.isLive === true : this.found.value === "feels");
  }

  /** The sitting has closed for somebody who had said yes: for a while both can ask to look. */
  closed(): void {
    if (this.looking.value !== "") return;
    this.motion.listen("");
    this.camera?.close();
    this.looking.value = "open";
    this.closedMs = performance.now();
    this.lookTimer = setTimeout(() => {
      this.forget();
      if (this.looking.value !== "came") this.looking.value = "gone";
    }, REFLECT_MS);
  }

  ask(): void {
    this.looking.value = "asked";
    this.line.say({ t: "ask_reflection" });
  }

  /** Two at one device have no words of their own there, and are asked for nothing to be kept. */
  private offerKeeping(): void {
    if (this.shared || this.keeping.value !== "") return;
    this.keeping.value = "open";
    setTimeout(() => this.tooLate(), KEEP_MS - (performance.now() - this.closedMs));
  }

  private tooLate(): void {
    if (this.keeping.value !== "both") this.keeping.value = "gone";
  }

  askKeep(): void {
    this.keeping.value = "asked";
    this.line.say({ t: "ask_keep" });
  }

  /** Nothing of what was felt is left on this page, but what the two have asked to look at. */
  forget(): void {
    this.screen = "";
    this.camera?.close();
    this.motion.forget();
    this.swell.end();
  }

  private heard(answer: Hears): void {
    clearTimeout(this.checkTimer);
    if (this.check.value === "listening") this.check.value = answer;
    this.listen();
  }

  private listen(): void {
    this.camera?.follow(this.byCamera.value && this.screen === "movement");
    if (this.byCamera.value) return this.motion.listen("");
    if (this.found.value !== "feels") return;
    this.motion.listen(this.check.value === "listening" ? "breath" : this.screen);
  }
}

/** One quiet line under the choice; whoever leaves it closed reads nothing more and is asked nothing. */
export function Consent({ feeling, own }: { readonly feeling: Feeling; readonly own: Own }) {
  const { sense } = feeling;
  // Whoever sets a camera up as the moment changes finds it where it was.
  const [open] = useState(feeling.camera?.isLive ?? false);
  if (sense === undefined) return null;
  return (
    <details class="feeling" open={open && !own.feels}>
      <summary>{own.feels ? text.feeling.given[sense] : feeling.shared ? text.camera.offer : text.feeling.offer[sense]}</summary>
      {own.feels ? (
        <Laid feeling={feeling} sense={sense} />
      ) : feeling.shared ? (
        <AskedTogether feeling={feeling} />
      ) : (
        <Asked feeling={feeling} sense={sense} />
      )}
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
        <li>
          {words.where} {words.keep}
        </li>
        <li>{feeling.showsBreath ? words.shows : words.unseen}</li>
        <li>{words.back}</li>
      </ul>
      <p>{words.alone}</p>
      {isSecureContext ? (
        <Press onPress={() => void feeling.yes()}>{words.yes}</Press>
      ) : (
        <p>{words.why.plain}</p>
      )}
      <p role="status">
        {found === "asking" ? words.asking : found === "" || found === "feels" ? "" : words.why[found]}
      </p>
      <h3>{words.more}</h3>
      <ul>
        <li>{words.later}</li>
        <li>{words.kept}</li>
        <li>{words.screen}</li>
      </ul>
      {sense === "movement" && isSecureContext && (
        <ByCamera camera={feeling.camera} yes={() => feeling.yesToCamera()} />
      )}
    </>
  );
}

/** Two at one device are asked aloud, and nothing that would not be private there. */
function AskedTogether({ feeling }: { readonly feeling: Feeling }) {
  const words = text.camera;
  return (
    <>
      <p>{words.together}</p>
      <ul>
        <li>{text.feeling.where}</li>
        <li>{words.back}</li>
        <li>{words.later}</li>
      </ul>
      {isSecureContext ? (
        <ByCamera camera={feeling.camera} yes={() => feeling.yesToCamera()} />
      ) : (
        <p>{words.why.plain}</p>
      )}
    </>
  );
}

function Laid({ feeling, sense }: { readonly feeling: Feeling; readonly sense: Sense }) {
  const words = text.feeling;
  const { camera } = feeling;
  if (feeling.byCamera.value && camera !== null) return <Watched feeling={feeling} camera={camera} />;
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

function Watched({ feeling, camera }: { readonly feeling: Feeling; readonly camera: Camera }) {
  return (
    <>
      <CameraIsOn camera={camera} />
      <p role="status">{whyNot(camera.state.value)}</p>
      <div class="row">
        {camera.state.value !== "seeing" && (
          <Press onPress={() => void camera.open()}>{text.camera.open}</Press>
        )}
        <Press quiet onPress={() => feeling.back()}>
          {text.feeling.takeBack}
        </Press>
      </div>
    </>
  );
}

/** In the middle: one tap, and neither phone feels any more. */
export function SensorOff({ feeling, tell }: { readonly feeling: Feeling; readonly tell: (words: string) => void }) {
  const isSeen = feeling.byCamera.value;
  // A call's camera stays on.
  const called = isSeen && feeling.camera?.lens.isShared === true;
  const off = () => {
    feeling.back();
    tell(called ? text.camera.isOffBesideCall : text.feeling.isOff);
  };
  return (
    <Press quiet onPress={off}>
      {called ? text.camera.offBesideCall : isSeen ? text.camera.off : text.feeling.sensorOff}
    </Press>
  );
}
