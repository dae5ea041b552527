"""What a browser makes for somebody's calendar, read by a library that others use too."""

import json
import shutil
import subprocess
from datetime import date

import icalendar
import pytest

from tests.place import ROOT

TITLES = (
    "A little time",
    "Two\r\nlines, a comma; and a \\ sign",
    "END:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:another",
    "é" * 200,
    "🌱" * 90,
    "tab\tand\x00nothing\x07",
    "",
)

MAKES = """
import { reminderFile } from "./browser/mine/reminder.ts";
const titles = JSON.parse(process.argv[1]);
const made = new Date("2026-11-30T08:09:10.123Z");
console.log(JSON.stringify(titles.map((title) => reminderFile("2026-12-05", title, made))));
"""


@pytest.fixture(scope="module")
def files() -> list[str]:
    node = shutil.which("node")
    if not node:
        pytest.skip("there is no Node here")
    esbuild = ROOT / "node_modules" / ".bin" / "esbuild"
    command = [esbuild, "--bundle", "--format=esm", "--platform=node", "--loader=ts"]
    built = subprocess.run(
        command, input=MAKES, cwd=ROOT, capture_output=True, text=True, check=True
    )
    arguments = [node, "--input-type=module", "-e", built.stdout, json.dumps(TITLES)]
    said = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
    return json.loads(said)


@pytest.mark.parametrize("number", range(len(TITLES)))
def test_a_reminder_is_one_event_whatever_it_is_called(files, number):
    file, title = files[number], TITLES[number]
    events = icalendar.Calendar.from_ical(file).walk("VEVENT")
    assert len(events) == 1
    (event,) = events
    assert event.errors == []
    assert event["dtstart"].dt == date(2026, 12, 5)
    assert "".join(str(event["summary"]).split()) == "".join(
        title.replace("\x00", "").replace("\x07", "").split()
    )
    assert set(event) == {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "CLASS", "TRANSP"}


@pytest.mark.parametrize("number", range(len(TITLES)))
def test_its_lines_are_as_long_as_a_calendar_takes_them(files, number):
    lines = files[number].encode().split(b"\r\n")
    assert lines.pop() == b""
    assert all(0 < len(line) <= 75 and b"\r" not in line and b"\n" not in line for line in lines)
