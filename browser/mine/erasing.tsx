// The room of erasing: everything that somebody has sealed, at once, once they have said so twice.

import { useState } from "preact/hooks";
import { Page } from "../sitting/questions";
import { Press } from "../page/press";
import type { RoomProps } from "./room";
import { mine } from "./text-mine";

export function Erasing({ open, go }: RoomProps) {
  const { erase } = mine;
  const [sure, setSure] = useState(false);
  const [said, setSaid] = useState("");
  const now = () => {
    setSaid(erase.working);
    open.erase().catch(() => setSaid(erase.not));
  };
  if (sure) {
    return (
      <Page title={erase.sureHeading} key="sure">
        <p>{erase.sure}</p>
        <p class="said" role="status">
          {said}
        </p>
        <div class="stack">
          <Press onPress={() => go("")}>{erase.keep}</Press>
          <Press quiet onPress={now}>
            {erase.last}
          </Press>
        </div>
      </Page>
    );
  }
  return (
    <Page title={erase.heading} key="first">
      <p>{erase.why}</p>
      <p>{erase.backups}</p>
      <div class="stack">
        <button type="button" onClick={() => go("")}>
          {erase.keep}
        </button>
        <button type="button" class="quiet" onClick={() => go("taking")}>
          {mine.taking.title}
        </button>
        <button type="button" class="quiet" onClick={() => setSure(true)}>
          {erase.first}
        </button>
      </div>
    </Page>
  );
}
