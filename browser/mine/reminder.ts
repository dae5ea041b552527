// A day in somebody's own calendar, made here, so that no server learns which.
//
// The file names no person and no place; what it is called is as neutral as what `spaces/calendars.py`
// makes. RFC 5545: one event of a whole day, lines of at most 75 bytes, ended by CR LF.

import { isDay } from "../words/entries";

const FOLD_BYTES = 75;

/** The file for this day, as 2026-12-05. */
export function reminderFile(day: string, title: string, madeAt: Date, uid: string = crypto.randomUUID()): string {
  if (!isDay(day)) throw new RangeError("A reminder needs a day.");
  const stamp = madeAt.toISOString().replace(/[-:]|\.\d+/g, "");
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//calendar//",
    "BEGIN:VEVENT",
    `UID:${escaped(uid)}`,
    `DTSTAMP:${stamp}`,
    `DTSTART;VALUE=DATE:${day.replaceAll("-", "")}`,
    `SUMMARY:${escaped(title)}`,
    "CLASS:PRIVATE",
    // It only reminds: nobody who reads the calendar should take its owner to be busy.
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join("");
}

/** RFC 5545, 3.3.11: a text without signs that would end it or begin another line. */
function escaped(text: string): string {
  return text
    .replace(/[\\;,]/g, (sign) => `\\${sign}`)
    .replace(/\r\n|[\r\n]/g, "\\n")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
}

/** RFC 5545, 3.1: no line is longer, and no letter is cut in two. */
function folded(line: string): string {
  const bytes = new TextEncoder();
  let [made, room] = ["", FOLD_BYTES];
  for (const sign of line) {
    const size = bytes.encode(sign).length;
    if (size > room) {
      made += "\r\n ";
      room = FOLD_BYTES - 1;
    }
    made += sign;
    room -= size;
  }
  return made;
}

/** Today where somebody is, as 2026-11-30. */
export function today(now: Date = new Date()): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** The day so many days from this one. */
export function dayIn(days: number, from: string): string {
  const at = new Date(`${from}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}
