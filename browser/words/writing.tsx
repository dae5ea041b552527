// What private words are written with: a draft that is sealed while somebody types, a field, and the
// choice of how long it is kept.
//
// No field has a name, nothing is filled in by the browser, and nothing typed outlives the page but
// as a sealed draft. `Opening` covers all of it while the page is out of sight.

import { useEffect, useId, useMemo, useState } from "preact/hooks";
import type { Desk, KeepFor } from "./desk";
import { SealedDraft } from "./draft";
import { fill } from "../page/text";
import { mine } from "../mine/text-mine";

export interface Draft<Body> {
  readonly body: Body;
  readonly set: (body: Body) => void;
  /** Once it is kept, or let go: nothing of it stays here. */
  readonly forget: () => Promise<void>;
}

/**
 * What somebody types in the fields of one form, sealed every two seconds under this name. It begins
 * with what was left of it, else with `empty`.
 */
export function useDraft<Body extends object>(desk: Desk, name: string, empty: Body): Draft<Body> {
  const [body, setBody] = useState(empty);
  const draft = useMemo(
    () => new SealedDraft(desk.journal, name, () => (desk.said.value = mine.kept.noDraft)),
    [desk, name],
  );
  useEffect(() => {
    let typed = false;
    const flush = () => draft.flush();
    const hidden = () => document.hidden && void flush();
    draft.read().then(
      (left) => {
        if (!typed && left !== null) setBody({ ...empty, ...(left as Partial<Body>) });
      },
      () => undefined,
    );
    desk.flushes.add(flush);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      typed = true;
      void flush();
      desk.flushes.delete(flush);
      document.removeEventListener("visibilitychange", hidden);
    };
  }, [draft]);
  const set = (next: Body) => {
    setBody(next);
    draft.changed(next);
  };
  const forget = () => {
    setBody(empty);
    return draft.forget();
  };
  return { body, set, forget };
}

interface WrittenProps {
  readonly label: string;
  readonly value: string;
  readonly set: (words: string) => void;
  readonly hint?: string;
  readonly rows?: number;
  readonly maxLength?: number;
}

/** A field for private words. */
export function Written({ label, value, set, hint, rows = 3, maxLength = 8000 }: WrittenProps) {
  return (
    <label class="written">
      {label}
      {hint && <span class="hint">{hint}</span>}
      <textarea
        rows={rows}
        maxLength={maxLength}
        autocomplete="off"
        spellcheck={false}
        value={value}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
}

const CHOICES: readonly (readonly [keyof typeof mine.keepFor.choices, KeepFor])[] = [
  ["keep", null],
  ["90", 90],
  ["30", 30],
  ["not", "not"],
];

/**
 * How long things are kept: asked openly before the first is, folded away from then on. `desk.keep`
 * goes by it, and keeps nothing before somebody has chosen.
 */
export function KeepingFor({ desk }: { readonly desk: Desk }) {
  const { keepFor } = mine;
  const id = useId();
  const now = desk.keepFor.value;
  // It does not fold away under the finger that chooses.
  const [asked] = useState(now === undefined);
  const chosen = CHOICES.find(([, value]) => value === now)?.[0];
  const choices = (
    <fieldset>
      <legend>{keepFor.legend}</legend>
      <p class="soft">{keepFor.why}</p>
      {CHOICES.map(([choice, value]) => (
        <label class="choice">
          <input
            type="radio"
            // Radios need a name to be one group; it is in no form, and is sent nowhere.
            name={id}
            checked={choice === chosen}
            onChange={() => void desk.choose(value)}
          />
          {keepFor.choices[choice]}
        </label>
      ))}
      {now === "not" && <p class="soft">{keepFor.notWhy}</p>}
    </fieldset>
  );
  if (asked || chosen === undefined) return choices;
  return (
    <details>
      <summary>{fill(keepFor.now, { choice: keepFor.choices[chosen] })}</summary>
      {choices}
    </details>
  );
}
