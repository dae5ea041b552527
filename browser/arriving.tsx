// Arriving: what will happen, and one choice that nobody else sees.
//
// Any of the answers says `ready` in the same way; "not today" says nothing else. What is shown
// afterwards is the same for each of them.

import { useSignal } from "@preact/signals";
import type { SittingData } from "./data";
import { Press } from "./press";
import { Page } from "./questions";
import { text } from "./text";
import type { Own } from "./wire";

interface Props {
  readonly data: SittingData;
  readonly own: Own;
  readonly choose: (rung: string, longer: boolean) => void;
  readonly notToday: () => void;
  readonly stop: () => void;
}

export function Arriving(props: Props) {
  const { data, own, stop } = props;
  return own.ready ? (
    <Page title={text.arriving.thanks} key="thanks">
      <p>{text.arriving.thanksMore}</p>
      <details>
        <summary>{text.arriving.change}</summary>
        <Choice {...props} />
      </details>
      <Adaptations data={data} />
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
      {data.seating !== "shared" && <p>{data.practice.touch}</p>}
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
      <Adaptations data={data} />
    </Page>
  );
}

/** The rungs that are offered; alone also "not today", which one shared device doesn't ask. */
export function Choice({ data, own, choose, notToday, stop }: Props) {
  const longer = useSignal(own.longer);
  const shared = data.seating === "shared";
  return (
    <div role="group" aria-labelledby="choice">
      <h2 id="choice">{shared ? text.arriving.together : text.arriving.choice}</h2>
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
