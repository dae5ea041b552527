// The last page of a sitting, and those of a page that has lost its seat. Warm, and the same words
// for every way in which something ends by itself.

import type { ComponentChildren } from "preact";
import { Aftercare, CareLinks, Page, Safety } from "./questions";
import { text } from "../page/text";

interface Props {
  readonly title: string;
  readonly words: readonly string[];
  readonly urls: { readonly care: string; readonly help: string; readonly over: string };
  /** Whether the card of what may help is shown in full, and not only linked to. */
  readonly card: boolean;
  /** Whether an answer has led to safety. */
  readonly safety?: boolean;
  readonly children?: ComponentChildren;
}

/** An end: some words, what may help, perhaps something more, and the way on. */
export function Closing({ title, words, urls, card, safety, children }: Props) {
  return (
    <Page title={title}>
      {words.map((each) => (
        <p>{each}</p>
      ))}
      {card ? <Aftercare urls={urls} /> : <CareLinks urls={urls} />}
      {safety && <Safety urls={urls} />}
      {children}
      <p>
        <a class="button quiet" href={urls.over}>
          {text.closed.leave}
        </a>
      </p>
    </Page>
  );
}

/** This page can't go on with the sitting: it is open elsewhere, or the page has lost its ticket. */
export function Astray({ elsewhere, over }: { readonly elsewhere: boolean; readonly over: string }) {
  const { closed } = text;
  return (
    <Page title={elsewhere ? closed.elsewhere : closed.lost}>
      <p>{elsewhere ? closed.elsewhereMore : closed.lostMore}</p>
      <div class="row">
        <button type="button" onClick={() => location.reload()}>
          {elsewhere ? closed.here : closed.reload}
        </button>
        <a class="button quiet" href={over}>
          {closed.leave}
        </a>
      </div>
    </Page>
  );
}
