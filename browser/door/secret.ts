// The secret that two browsers share and the server never sees.
//
// It travels in the fragment of a door's address, which browsers do not send. It is taken out of the
// address bar before anything else, and lies in this tab's storage until the tab is closed. For a
// space that is kept it moves to the browser's own storage, where sealed words will find it.

const AT_DOOR = "space:door";
const OF_DOOR = "space:door:of";
const SITTING = "space:sitting:";
const MET = "space:met:";
/** So many meetings wait; with more, the oldest is forgotten. */
const MOST_MET = 8;
const BYTES = 32;

export function newSecret(): string {
  return toText(crypto.getRandomValues(new Uint8Array(BYTES)));
}

/** The inviter's secret for this door: one for each door, and the same when the page is loaded again. */
export function secretOfDoor(door: string): string {
  const kept = sessionStorage.getItem(AT_DOOR);
  if (kept !== null && isSecret(kept) && sessionStorage.getItem(OF_DOOR) === door) return kept;
  const secret = newSecret();
  keepAtDoor(secret, door);
  return secret;
}

/** The secret that came with an address, which no longer shows it afterwards. */
export function takeFromAddress(): void {
  const fragment = location.hash.slice(1);
  if (fragment === "") return;
  history.replaceState(history.state, "", location.pathname + location.search);
  if (isSecret(fragment)) keepAtDoor(fragment, location.pathname);
}

/** Whoever comes to this door brings no other door's secret; by three words nobody brings any. */
export function bringOnly(door: string | null): void {
  if (door === null || sessionStorage.getItem(OF_DOOR) !== door) forgetDoor();
}

function keepAtDoor(secret: string, door: string): void {
  sessionStorage.setItem(AT_DOOR, secret);
  sessionStorage.setItem(OF_DOOR, door);
}

function forgetDoor(): void {
  sessionStorage.removeItem(AT_DOOR);
  sessionStorage.removeItem(OF_DOOR);
}

/** The door has become a sitting: what belonged to the one belongs to the other. */
export function nameAfterSitting(sitting: string): void {
  const secret = sessionStorage.getItem(AT_DOOR);
  if (secret === null) return;
  sessionStorage.setItem(SITTING + sitting, secret);
  forgetDoor();
}

export function secretOfSitting(sitting: string): string | null {
  return sessionStorage.getItem(SITTING + sitting) ?? localStorage.getItem(SITTING + sitting);
}

export function keep(sitting: string): void {
  const secret = secretOfSitting(sitting);
  if (secret !== null) localStorage.setItem(SITTING + sitting, secret);
}

export function forgetKept(sitting: string): void {
  localStorage.removeItem(SITTING + sitting);
}

/** A meeting of the two of a space whose key their words have not taken in. */
export interface Met {
  readonly sitting: string;
  readonly secret: string;
}

/** The two of a space have met at a door of theirs: this sitting's secret waits for their words. */
export function keepMeeting(space: string, sitting: string): void {
  const secret = secretOfSitting(sitting);
  if (secret === null) return;
  const others = metAgain(space).filter((each) => each.sitting !== sitting);
  setMet(space, [...others, { sitting, secret }].slice(-MOST_MET));
}

/** The secrets of the doors at which the two of a space met here, the newest last, until their words have their keys. */
export function secretsOfSpace(space: string): readonly Met[] {
  // A space has the number of the sitting that it began with.
  const first = localStorage.getItem(SITTING + space);
  const begun = first !== null && isSecret(first) ? [{ sitting: space, secret: first }] : [];
  return [...begun, ...metAgain(space)];
}

/** Somebody's words have the key that this meeting gave, or it was not the same on both screens. */
export function forgetMeeting(space: string, sitting: string): void {
  setMet(space, metAgain(space).filter((each) => each.sitting !== sitting));
  forgetKept(sitting);
  sessionStorage.removeItem(SITTING + sitting);
}

/** Somebody leaves: no secret of this space is here any longer. */
export function forgetSpace(space: string): void {
  for (const { sitting } of secretsOfSpace(space)) forgetMeeting(space, sitting);
  localStorage.removeItem(MET + space);
  sessionStorage.removeItem(SITTING + space);
}

function metAgain(space: string): readonly Met[] {
  const lines = localStorage.getItem(MET + space)?.split("\n") ?? [];
  return lines.flatMap((line) => {
    const [sitting, secret] = line.split(" ");
    return sitting && secret && isSecret(secret) ? [{ sitting, secret }] : [];
  });
}

function setMet(space: string, met: readonly Met[]): void {
  if (met.length === 0) localStorage.removeItem(MET + space);
  else localStorage.setItem(MET + space, met.map(({ sitting, secret }) => `${sitting} ${secret}`).join("\n"));
}

/** Somebody leaves: what the journal holds here of the space, sealed as it is, goes too. */
export function forgetWordsOf(space: string): void {
  for (let at = localStorage.length - 1; at >= 0; at--) {
    const key = localStorage.key(at) ?? "";
    if (!/^words:(waiting|lately):/.test(key)) continue;
    const all = JSON.parse(localStorage.getItem(key) ?? "[]") as readonly { scope: string }[];
    localStorage.setItem(key, JSON.stringify(all.filter((each) => each.scope !== space)));
  }
  // A draft of something for the space has the space in its name.
  for (let at = localStorage.length - 1; at >= 0; at--) {
    const key = localStorage.key(at) ?? "";
    if (!key.startsWith("words:drafts:")) continue;
    const drafts = Object.entries(JSON.parse(localStorage.getItem(key) ?? "{}") as object);
    const others = drafts.filter(([name]) => !name.endsWith(`:${space}`));
    localStorage.setItem(key, JSON.stringify(Object.fromEntries(others)));
  }
}

/**
 * Four words of a list that both browsers have, from a hash of the secret: equal on both sides only
 * if nobody changed it on the way. Null where the browser can't hash, as on plain http.
 */
export async function fourWords(secret: string, list: readonly string[]): Promise<string[] | null> {
  if (!globalThis.crypto?.subtle || list.length < 256) return null;
  const said = new TextEncoder().encode(`four words of ${secret}`);
  const view = new DataView(await crypto.subtle.digest("SHA-256", said));
  return [0, 4, 8, 12].map((at) => list[view.getUint32(at) % list.length] ?? "");
}

export function isSecret(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

function toText(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
