// The door: the inviter's page with its code and link, the guest's page, and the page of keeping.
//
// On a guest's arrival the fragment leaves the address bar before anything else happens. The pages
// ask how things stand every two seconds; what they learn is a name at the door, or that it opened.

import { drawn } from "../page/qr";
import {
  bringOnly,
  fourWords,
  forgetKept,
  forgetSpace,
  forgetWordsOf,
  keep,
  secretOfDoor,
  secretOfSitting,
  takeFromAddress,
} from "./secret";
import { fill, text } from "../page/text";
import { pageData } from "../page/data";
import { SETTLED_MS } from "../page/press";
import { forgetTerms, keepTerms } from "./terms";

takeFromAddress();

const ASK_MS = 2000;

interface DoorState {
  readonly open: boolean;
  readonly knocks?: readonly { readonly id: string; readonly name: string }[];
  readonly left?: Readonly<Record<string, number>>;
  readonly sitting?: string;
}

interface WaitingState {
  readonly waiting: boolean;
  readonly sitting?: string;
}

begin();

/** Give what is on the page its work. Also for a page that was answered and is shown in its place. */
function begin(): void {
  const door = document.querySelector<HTMLFormElement>("form#door");
  const come = document.querySelector<HTMLFormElement>("form#come");
  const ways = document.getElementById("ways");
  const knocks = document.getElementById("knocks");
  const waiting = document.getElementById("waiting");
  const words = document.getElementById("four-words");
  const leaving = document.querySelector<HTMLFormElement>("form[data-leaves]");
  if (door) {
    keepTerms(door, door.dataset["door"] ?? "");
    sendInPlace(door, forgetTerms);
  }
  if (come) {
    const byWords = come.dataset["by"] === "words";
    if (!byWords) bringOnly(location.pathname);
    sendInPlace(come, () => byWords && bringOnly(null));
  }
  if (door && ways) showWays(ways, secretOfDoor(door.dataset["door"] ?? ""));
  if (knocks) watchDoor(knocks);
  if (waiting) wait(waiting);
  if (words) void showWords(words);
  leaving?.addEventListener("submit", () => {
    const space = leaving.dataset["leaves"] ?? "";
    forgetSpace(space);
    forgetWordsOf(space);
  });
}

function showWays(ways: HTMLElement, secret: string): void {
  const withSecret = (address: string | undefined) => (address ? `${address}#${secret}` : "");
  const code = withSecret(ways.dataset["qr"]);
  const link = withSecret(ways.dataset["link"]);
  const place = document.getElementById("qr");
  if (place && code) place.replaceChildren(drawn(code, text.door.qr));
  const field = document.getElementById("link");
  if (!(field instanceof HTMLInputElement) || !link) return;
  field.value = link;
  const row = document.createElement("div");
  row.className = "row";
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  row.append(button(text.door.copy, () => void copy(field, said)));
  if ("share" in navigator) {
    const share = { text: text.door.shareText, url: link };
    row.append(button(text.door.share, () => void navigator.share(share).catch(() => undefined)));
  }
  (field.closest("p") ?? field).after(row, said);
}

async function copy(field: HTMLInputElement, said: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(field.value);
    said.textContent = text.door.copied;
  } catch {
    // On plain http there is no clipboard for a page.
    field.select();
    said.textContent = text.door.copyBy;
  }
}

function button(words: string, press: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "quiet";
  made.textContent = words;
  made.addEventListener("click", press);
  return made;
}

/** Ask every two seconds while this is on the page, until `hear` says that it has heard enough. */
function ask<T>(place: HTMLElement, hear: (state: T) => boolean, thin: () => void): void {
  const address = place.dataset["state"] ?? "";
  let failed = 0;
  const look = async () => {
    if (!place.isConnected) return;
    let done = false;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`${answer.status}`);
      failed = 0;
      done = hear((await answer.json()) as T);
    } catch {
      failed += 1;
      if (failed === 3) thin();
    }
    if (!done) setTimeout(() => void look(), ASK_MS * Math.min(1 + failed, 5));
  };
  void look();
}

function watchDoor(knocks: HTMLElement): void {
  const shown = new Map<string, HTMLElement>();
  for (const one of knocks.querySelectorAll<HTMLButtonElement>("button[name=knock]")) {
    shown.set(one.value, one.closest("p") ?? one);
  }
  const template = knocks.dataset["letIn"] ?? "/door/let-in/";
  ask<DoorState>(
    knocks,
    (state) => {
      if (!state.open) {
        if (state.sitting) location.replace(state.sitting);
        else location.reload();
        return true;
      }
      const here = new Set(state.knocks?.map((knock) => knock.id));
      for (const [id, row] of shown) {
        if (!here.has(id)) {
          row.remove();
          shown.delete(id);
        }
      }
      for (const knock of state.knocks ?? []) {
        if (!shown.has(knock.id)) shown.set(knock.id, knocks.appendChild(knockRow(knock, template)));
      }
      showLeft(state.left ?? {});
      return false;
    },
    () => knocks.append(paragraph(text.door.lost)),
  );
}

function knockRow(knock: { id: string; name: string }, letIn: string): HTMLElement {
  const row = document.createElement("p");
  row.className = "knock";
  const let_in = document.createElement("button");
  let_in.name = "knock";
  let_in.value = knock.id;
  let_in.formAction = letIn;
  let_in.textContent = fill(text.door.letIn, { name: knock.name });
  const since = performance.now();
  // It appears under a finger that may be coming down for something else.
  let_in.addEventListener("click", (event) => {
    if (performance.now() - since < SETTLED_MS) event.preventDefault();
  });
  row.append(let_in);
  return row;
}

function showLeft(left: Readonly<Record<string, number>>): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-left]")) {
    const seconds = left[place.dataset["left"] ?? ""];
    place.textContent = seconds === undefined ? text.door.expired : inWords(seconds);
  }
}

function inWords(seconds: number): string {
  const minutes = Math.max(Math.ceil(seconds / 60), 1);
  if (minutes === 1) return text.door.minute;
  if (minutes < 90) return fill(text.door.minutes, { n: String(minutes) });
  const hours = Math.round(minutes / 60);
  return hours === 1 ? text.door.hour : fill(text.door.hours, { n: String(hours) });
}

function paragraph(words: string): HTMLElement {
  const made = document.createElement("p");
  made.textContent = words;
  return made;
}

function wait(waiting: HTMLElement): void {
  ask<WaitingState>(
    waiting,
    (state) => {
      if (state.waiting) return false;
      if (state.sitting) location.replace(state.sitting);
      else waiting.replaceChildren(paragraph(text.door.closed));
      return true;
    },
    () => waiting.append(paragraph(text.door.lost)),
  );
}

/**
 * Send this form, once a press, so that what it leads to takes this page's place in the history: a
 * page that goes on, or this page again with what isn't right yet and all that was typed.
 */
function sendInPlace(form: HTMLFormElement, accepted: () => void): void {
  let sending = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    const button = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
    const address = button?.hasAttribute("formaction") ? button.formAction : form.action;
    post(address, new FormData(form, button)).then(
      ({ url, page }) => {
        if (url === address) return showInPlace(page);
        accepted();
        location.replace(url);
      },
      () => {
        sending = false;
        said(form).textContent = text.door.unsent;
      },
    );
  });
}

/** A form's answer as a document: read by the browser's own request, which makes no page of text. */
function post(address: string, body: FormData): Promise<{ url: string; page: Document }> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "document";
    request.onload = () => {
      const page = request.responseXML;
      if (page) done({ url: request.responseURL, page });
      else failed(new Error(`${request.status}`));
    };
    request.onerror = () => failed(new Error("no answer"));
    request.send(body);
  });
}

function showInPlace(page: Document): void {
  const [here, there] = [document.querySelector("main"), page.querySelector("main")];
  if (!here || !there) return location.reload();
  document.title = page.title;
  here.replaceWith(document.adoptNode(there));
  begin();
  const first = there.querySelector<HTMLElement>("[aria-invalid=true], h1");
  if (first?.tagName === "H1") first.tabIndex = -1;
  first?.focus();
}

function said(form: HTMLFormElement): HTMLElement {
  const there = form.querySelector<HTMLElement>("p[role=status].lost");
  if (there) return there;
  const made = paragraph("");
  made.className = "lost";
  made.setAttribute("role", "status");
  return form.appendChild(made);
}

async function showWords(place: HTMLElement): Promise<void> {
  const sitting = place.dataset["sitting"] ?? "";
  const secret = secretOfSitting(sitting);
  for (const form of document.querySelectorAll("form")) {
    form.addEventListener("submit", (event) => {
      const by = event.submitter;
      if (!(by instanceof HTMLButtonElement) || by.name !== "wanted") return;
      if (by.value === "yes") keep(sitting);
      else forgetKept(sitting);
    });
  }
  const four = secret && (await fourWords(secret, pageData<string[]>("word-list") ?? []));
  place.hidden = !four;
  if (!four) return;
  const said = document.createElement("strong");
  said.className = "words";
  said.textContent = four.join(" ");
  place.replaceChildren(paragraph(text.door.words), said, paragraph(text.door.wordsWhy));
}
