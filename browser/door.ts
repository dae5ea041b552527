// The door: the inviter's page with its code and link, the guest's page, and the page of keeping.
//
// On a guest's arrival the fragment leaves the address bar before anything else happens. The pages
// ask how things stand every two seconds; what they learn is a name at the door, or that it opened.

import qrcode from "qrcode-generator";
import {
  fourWords,
  forgetKept,
  forgetSpace,
  keep,
  secretOfDoor,
  secretOfSitting,
  takeFromAddress,
} from "./secret";
import { fill, text } from "./text";
import { pageData } from "./data";
import { SETTLED_MS } from "./press";

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

const ways = document.getElementById("ways");
const knocks = document.getElementById("knocks");
const waiting = document.getElementById("waiting");
const words = document.getElementById("four-words");

for (const id of ["door", "come"]) {
  const form = document.getElementById(id);
  if (form instanceof HTMLFormElement) sendInPlace(form);
}
if (ways) showWays(ways);
if (knocks) watchDoor(knocks);
if (waiting) wait(waiting);
if (words) void showWords(words);
const leaving = document.querySelector<HTMLFormElement>("form[data-leaves]");
leaving?.addEventListener("submit", () => forgetSpace(leaving.dataset["leaves"] ?? ""));

function showWays(ways: HTMLElement): void {
  const secret = secretOfDoor();
  const withSecret = (address: string | undefined) => (address ? `${address}#${secret}` : "");
  const code = withSecret(ways.dataset["qr"]);
  const link = withSecret(ways.dataset["link"]);
  const place = document.getElementById("qr");
  if (place && code) place.replaceChildren(drawn(code));
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

/** The address as a QR code: one SVG path, drawn here since the server never sees the fragment. */
function drawn(address: string): SVGSVGElement {
  const code = qrcode(0, "M");
  code.addData(address);
  code.make();
  const size = code.getModuleCount();
  const margin = 4;
  let path = "";
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (code.isDark(y, x)) path += `M${x + margin} ${y + margin}h1v1h-1z`;
    }
  }
  const svg = element("svg", {
    viewBox: `0 0 ${size + 2 * margin} ${size + 2 * margin}`,
    role: "img",
    "aria-label": text.door.qr,
    class: "qr",
    "shape-rendering": "crispEdges",
  });
  // Cameras want dark on light, whatever the page's colours are.
  svg.append(
    element("rect", { width: "100%", height: "100%", fill: "#ffffff" }),
    element("path", { d: path, fill: "#000000" }),
  );
  return svg as SVGSVGElement;
}

function element(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function button(words: string, press: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "quiet";
  made.textContent = words;
  made.addEventListener("click", press);
  return made;
}

/** Ask every two seconds, until `hear` says that it has heard enough. */
function ask<T>(address: string, hear: (state: T) => boolean, thin: () => void): void {
  let failed = 0;
  const look = async () => {
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
    knocks.dataset["state"] ?? "/door/state",
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
    waiting.dataset["state"] ?? "/waiting/state",
    (state) => {
      if (state.waiting) return false;
      if (state.sitting) location.replace(state.sitting);
      else waiting.replaceChildren(paragraph(text.door.closed));
      return true;
    },
    () => waiting.append(paragraph(text.door.lost)),
  );
}

/** Send this form so that where it leads takes this page's place in the history. */
function sendInPlace(form: HTMLFormElement): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
    const address = button?.hasAttribute("formaction") ? button.formAction : form.action;
    const body = new FormData(form, button);
    const plainly = () => {
      if (button?.name) form.append(hidden(button.name, button.value));
      form.action = address;
      form.submit();
    };
    fetch(address, { method: "POST", body }).then((answer) => {
      // What wasn't accepted is sent again as a form, so that the page itself can say why.
      if (answer.ok && answer.redirected) location.replace(answer.url);
      else plainly();
    }, plainly);
  });
}

function hidden(name: string, value: string): HTMLInputElement {
  const made = document.createElement("input");
  made.type = "hidden";
  made.name = name;
  made.value = value;
  return made;
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
