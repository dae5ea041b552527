// Arriving: what will happen, and one choice that nobody else sees.
//
// Any of the answers says `ready` in the same way; "not today" says nothing else. What is shown
// afterwards is the same for each of them.

import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { CallWish } from "../call/call-place";
import type { Calling } from "../call/calling";
import type { Question, SittingData } from "../page/data";
import { Consent } from "../felt/feeling";
import type { Feeling } from "../felt/feeling";
import { Press } from "../page/press";
import { Ask, focus, leadsTo, Page } from "./questions";
import type { Answer } from "./questions";
import { text } from "../page/text";
import type { Own } from "./wire";

/** What is asked before the choice, if anything, and where the answer has led: "" is nowhere yet. */
export interface Gate {
  readonly question: Question | undefined;
  readonly led: Signal<"" | "on" | "safety">;
}

interface Props {
  readonly data: SittingData;
  readonly own: Own;
  readonly gate: Gate;
  readonly feeling: Feeling;
  readonly calling: Calling;
  readonly choose: (rung: string, longer: boolean) => void;
  readonly notToday: () => void;
  readonly stop: () => void;
  /** What may be done beside it. */
  readonly children?: ComponentChildren;
}

export function Arriving(props: Props) {
  const { data, own, feeling, calling, stop, children } = props;
  const apart =
    data.seating === "apart" ? data.practice.adaptations.find((each) => each.need === "two places")?.text : undefined;
  return own.ready ? (
    <Page title={text.arriving.thanks} key="thanks">
      <p>{text.arriving.thanksMore}</p>
      {/* Whoever has said yes to “a call with video” may well think that this was it. */}
      {data.call && own.call === "nothing" && <p>{text.call.apart}</p>}
      <CallWish data={data} calling={calling} own={own} />
      <Consent feeling={feeling} own={own} />
      <details>
        <summary>{text.arriving.change}</summary>
        <Choice {...props} />
      </details>
      <Adaptations data={data} />
      {children}
      <div class="row">
        <Press quiet onPress={stop}>
          {text.arriving.leave}
        </Press>
      </div>
    </Page>
  ) : (
    <Page title={data.practice.title} key="arriving">
      <p>{data.practice.promise}</p>
      {/* It tells how each chooses alone, which two at one device can't. */}
      {data.seating !== "shared" && <p>{apart ?? data.practice.touch}</p>}
      <p>
        {text.arriving.happens} {text.arriving.adults}
      </p>
      <details>
        <summary>{text.arriving.adapt}</summary>
        <ul>
          {data.practice.cautions.map((caution) => (
            <li>{caution}</li>
          ))}
        </ul>
      </details>
      <Choice {...props} />
      <Consent feeling={feeling} own={own} />
      <CallWish data={data} calling={calling} own={own} />
      <Adaptations data={data} />
      {children}
    </Page>
  );
}

/** The choice; where the practice has a gate, that comes first and may be all that comes. */
export function Choice(props: Props) {
  const { question, led } = props.gate;
  if (!question || led.value === "on") return <Rungs {...props} />;
  if (led.value === "safety") return <p>{text.gate.stays}</p>;
  return <First question={question} {...props} />;
}

/** One question to answer before anything else. Whoever it leads to safety says "not today". */
function First({ question, gate, notToday }: Props & { readonly question: Question }) {
  const answers = useSignal<Readonly<Record<string, Answer>>>({});
  const answer = answers.value[question.name];
  const next = () => {
    const safety = leadsTo(question, answer) === "safety";
    gate.led.value = safety ? "safety" : "on";
    if (safety) notToday();
  };
  return (
    <section aria-labelledby="first">
      <h2 id="first">{text.gate.heading}</h2>
      <Ask question={question} answers={answers} />
      <p class="soft small">{text.gate.why}</p>
      <div class="stack">
        {answer !== undefined && <Press onPress={next}>{text.gate.next}</Press>}
        <Press quiet onPress={notToday}>
          {text.arriving.notToday}
        </Press>
      </div>
    </section>
  );
}

/** The rungs that are offered; alone also "not today", which one shared device doesn't ask. */
function Rungs({ data, own, gate, choose, notToday, stop }: Props) {
  const longer = useSignal(own.longer);
  const shared = data.seating === "shared";
  return (
    <div role="group" aria-labelledby="choice">
      {/* Whoever has just answered what came before it is led on to it. */}
      <h2 id="choice" tabIndex={-1} ref={gate.question ? focus : null}>
        {shared ? text.arriving.together : text.arriving.choice}
      </h2>
      <p class="soft small">{shared ? text.arriving.togetherWhy : text.arriving.choiceWhy}</p>
      {data.practice.lengths && (
        <label class="choice">
          <input
            type="checkbox"
            autocomplete="off"
            checked={longer.value}
            onChange={(event) => (longer.value = event.currentTarget.checked)}
          />
          {text.arriving.longer}
        </label>
      )}
      <div class="stack">
        {[...data.practice.rungs].reverse().map((rung) => (
          <Press class="door" onPress={() => choose(rung.name, longer.value)}>
            <strong>{rung.label}</strong>
          </Press>
        ))}
        {shared ? (
          <Press quiet onPress={stop}>
            {text.arriving.leave}
          </Press>
        ) : (
          <Press class="door" onPress={notToday}>
            <strong>{text.arriving.notToday}</strong>
          </Press>
        )}
      </div>
    </div>
  );
}

function Adaptations({ data }: { readonly data: SittingData }) {
  if (data.practice.adaptations.length === 0) return null;
  return (
    <details>
      <summary>{text.arriving.bodies}</summary>
      <ul>
        {data.practice.adaptations.map((each) => (
          <li>{each.text}</li>
        ))}
      </ul>
    </details>
  );
}
