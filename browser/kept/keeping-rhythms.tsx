// Keeping what two have looked at after a sitting, for the space that they share.
//
// Each asks alone, and a page says the same while it waits and when nothing comes, whatever the other has done. Nothing is
// sealed or sent before the server has told both pages, at once, that both have asked.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { SittingData } from "../page/data";
import type { Feeling } from "../felt/feeling";
import type { Desk } from "../words/desk";
import { Press } from "../page/press";
import { Page } from "../sitting/questions";
import { bodyOf, TWO_RHYTHMS } from "./rhythms";
import { rhythms } from "./text-rhythms";
import { KeepingFor } from "../words/writing";

interface Props {
  readonly desk: Desk;
  readonly data: SittingData;
  readonly feeling: Feeling;
  /** Whether it is before their eyes; what both have asked for is kept behind it, too. */
  readonly shown: boolean;
}

export function KeepingRhythms({ desk, data, feeling, shown }: Props) {
  const keeping = feeling.keeping.value;
  const kept = useRef(new Set<string>());
  const done = useSignal(false);
  const failed = useSignal(false);
  const keep = async () => {
    failed.value = false;
    for (const one of feeling.reflections.value) {
      if (kept.current.has(one.kind)) continue;
      kept.current.add(one.kind);
      const body = bodyOf(one, data.sitting, data.practice.name);
      if (await desk.keep({ kind: TWO_RHYTHMS, scope: data.space, body })) continue;
      kept.current.delete(one.kind);
      failed.value = true;
      return;
    }
    done.value = true;
  };
  useEffect(() => {
    if (keeping === "both" && desk.journal.canShare(data.space)) void keep();
  }, [keeping, desk]);
  if (!shown) return null;
  const ask = async () => {
    // What this device would not keep it does not ask for.
    if ((await desk.howLong()) !== undefined) feeling.askKeep();
  };
  if (!desk.journal.canShare(data.space)) {
    return (
      <Page title={rhythms.heading}>
        <p>{rhythms.noKey}</p>
      </Page>
    );
  }
  return (
    <Page title={rhythms.heading}>
      <p>{rhythms.why}</p>
      <p role="status">{done.value ? rhythms.kept : keeping === "asked" || keeping === "gone" ? rhythms[keeping] : ""}</p>
      {keeping === "open" && (
        <>
          <KeepingFor desk={desk} />
          <Press onPress={() => void ask()}>{rhythms.keep}</Press>
        </>
      )}
      {keeping === "both" && failed.value && <Press onPress={() => void keep()}>{rhythms.again}</Press>}
    </Page>
  );
}
