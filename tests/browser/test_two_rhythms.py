"""From real recordings of phones on bodies, through the sensors of two browsers, to what both look at."""

import json
import re
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from relational_space.site.home import database_path
from tests.browser.conftest import FELT_TEXT
from tests.browser.kept import meet_again, opens_at_once, sign_in, two_who_keep, unlock
from tests.browser.looking import PHONE, Look
from tests.browser.people import FELT, Two, meet
from tests.browser.sensors import DATA, Motion, Sensors, play, recorded
from tests.browser.test_feeling import OURS, felt_together, says_yes
from tests.place import ROOT, served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not DATA.exists(), reason="the recordings aren't beside this copy"),
]

LOOK = "I would like to look"
ASKED = "If you both ask, it comes here."


@dataclass(frozen=True)
class Recording:
    """A part of a file of a real phone on a body, and what the command reads of it."""

    name: str
    start_s: float
    end_s: float
    columns: str = "time_s,ax,ay,az,-"

    @property
    def file(self) -> Path:
        return DATA / "phone_chest_paced_paoli" / self.name

    def motion(self) -> Motion:
        return recorded(self.file, self.columns, in_g=True, start_s=self.start_s, end_s=self.end_s)

    def rate_per_min(self) -> float:
        command = [sys.executable, "-m", "relational_space", "breath", str(self.file), "--json"]
        command += ["--columns", self.columns]
        command += ["--start", str(self.start_s), "--end", str(self.end_s)]
        said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        return json.loads(said.stdout)["rate_per_min"]


QUICK = Recording("pos1_4s.txt.gz", 4.0, 38.0)
SLOW = Recording("pos2_6s.txt.gz", 4.0, 38.0)
LONG = Recording("pos1_8s.txt.gz", 0.0, 96.0)
PLAYED_S = 35.0


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """What a place compiles beside its first sittings is there before."""
    code = "from relational_space.live.engine import Engine; Engine()"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def look_at(two: Two, sensors, motions, seconds: float) -> None:
    """Both say yes, are felt for so many real seconds, and come to the end together."""
    phones = list(zip(two, sensors, motions, strict=True))
    for each in two:
        says_yes(each)
    felt_together(*two)
    play(phones, seconds)
    two.ada.press("Stop")
    for each in two:
        each.button(LOOK).wait_for()


def reflection(somebody) -> dict | None:
    return next((m for m in somebody.heard if m["t"] == "reflection"), None)


@pytest.mark.long
def test_one_recording_on_both_phones_is_called_one_body(people, steady):
    two = Two(people(steady), people(steady))
    sensors = [Sensors(each) for each in two]
    meet(*two, FELT)
    look_at(two, sensors, [LONG.motion(), LONG.motion()], 96)
    for each in two:
        each.press(LOOK)
    two.ada.sees("Each phone may have felt both of you", within_s=60)
    told = reflection(two.ada)
    assert (told["verdict"], told["alike"], told["apart"]) == ("could not tell", [], [])


@pytest.fixture
def theirs(tmp_path_factory):
    """A place whose database can be looked into, and its address."""
    home = tmp_path_factory.mktemp("theirs")
    (home / "practices").mkdir()
    (home / "practices" / f"{FELT}.toml").write_text(FELT_TEXT, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RELATIONAL_SPACE_VOICE", "tests.site.beeps.Beeps")
        with served(home, "--pace", "4") as place:
            yield home, place.address


def sealed_for_both(home: Path) -> int:
    database = sqlite3.connect(database_path(home), timeout=30)
    [[count]] = database.execute("SELECT count(*) FROM words_record WHERE space IS NOT NULL")
    database.close()
    return count


def test_two_recordings_become_two_rhythms_that_both_can_look_at_and_keep(people, theirs):
    look = Look()
    home, address = theirs
    kept = two_who_keep(home, check_in=False)
    two = Two(
        *(sign_in(people(address, viewport=PHONE), cookie) for cookie in (kept.ada, kept.ben))
    )
    for each in two:
        opens_at_once(each.context)
    sensors = [Sensors(each) for each in two]
    sitting = meet_again(*two, kept.space, FELT)
    for each in two:
        each.page.goto(sitting, wait_until="commit")
        each.touches()
    look_at(two, sensors, [QUICK.motion(), SLOW.motion()], PLAYED_S)
    two.ada.press(LOOK)
    two.ada.sees(ASKED)
    look.at(two.ada.page, "one has asked")
    assert reflection(two.ada) is None
    # Nothing of it has come to him, who may still say no by saying nothing.
    two.ben.sees("nobody is told of one who asks")
    two.ben.press(LOOK)
    for each in two:
        each.sees("Your two breaths", within_s=60)
    hers, his = (reflection(each) for each in two)
    for told, own in ((hers, QUICK), (his, SLOW)):
        assert told["you"]["rate_per_min"] == pytest.approx(own.rate_per_min(), rel=0.02)
    assert (hers["you"], hers["other"]) == (his["other"], his["you"])
    assert hers["sentence"] == his["sentence"]
    rate = re.search(
        r"about ([\d.]+) breaths", two.ada.page.locator(".numbers dd").first.inner_text()
    )
    assert float(rate.group(1)) == pytest.approx(hers["you"]["rate_per_min"], abs=0.06)
    look.at(two.ada.page, "both have asked")
    # To keep it each asks alone, and until both have nothing is sealed.
    for each in two:
        each.press("About keeping it, for you both")
        unlock(each)
        each.sees("nobody is told that one has asked")
        each.page.get_by_label("For 30 days").check()
    look.at(two.ada.page, "about keeping it")
    told = len(two.ben.heard)
    two.ada.press("Ask for it to be kept")
    two.ada.sees("You have asked.")
    assert [m["t"] for m in two.ben.heard[told:] if m["t"] != "pong"] == []
    assert sealed_for_both(home) == 0
    two.ben.press("Ask for it to be kept")
    for each in two:
        each.sees("so it is kept for you both")
    assert sealed_for_both(home) == 2
    look.at(two.ada.page, "both have asked to keep it")
    for each in two:
        each.goes_quietly(but=OURS)
    # Gone with the page, and nobody else can have it.
    two.ada.page.reload()
    two.ada.waits(0.5)
    assert "Your two breaths" not in two.ada.page.locator("body").inner_text()
    # What was kept is there to see again, as it was, among what the two have.
    two.ada.page.goto("/mine/#keepsakes")
    unlock(two.ada)
    two.ada.page.locator("summary", has_text="Two rhythms that you both kept").click()
    two.ada.press("Your two breaths · ")
    two.ada.sees(hers["sentence"])
    again = re.search(
        r"about ([\d.]+) breaths", two.ada.page.locator(".numbers dd").first.inner_text()
    )
    assert again.group(1) == rate.group(1)
    look.at(two.ada.page, "what was kept")
    assert look.wrong == []
