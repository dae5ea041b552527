"""After a sitting somebody keeps something for themselves: sealed, and nobody else is told."""

import contextlib
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect

from relational_space.site.backup import copied
from relational_space.site.home import database_path
from tests import canaries
from tests.browser.conftest import unhurried
from tests.browser.kept import (
    Kept,
    bodies,
    meet_again,
    opens_at_once,
    sign_in,
    two_who_keep,
    unlock,
)
from tests.browser.line import Line
from tests.browser.looking import PHONE, Look
from tests.browser.people import UNHURRIED, Somebody
from tests.browser.test_by_keyboard import presses, tabs_to
from tests.place import Place, served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("keeping")]

PATIENCE_MS = 60_000
CANARY = canaries.word()


@dataclass(frozen=True)
class House:
    """A place where a sitting is quickly over and nobody speaks, and all that it could write to or hear."""

    place: Place
    home: Path
    temporary: Path
    line: Line
    talk: list[str]
    """What was said over sockets, where bytes are masked on their way."""

    @property
    def address(self) -> str:
        return self.place.address

    def comes(self, people, cookie: str, *, at_once: bool = True) -> Somebody:
        """Somebody who has signed in, at a phone; every byte that it sends is heard."""
        somebody = sign_in(people(self.address, viewport=PHONE, line=self.line), cookie)
        if at_once:
            opens_at_once(somebody.context)
        somebody.page.on(
            "websocket", lambda socket: socket.on("framesent", lambda said: self.talk.append(said))
        )
        return somebody


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    home, temporary = tmp_path_factory.mktemp("kept"), tmp_path_factory.mktemp("temporary")
    (home / "practices").mkdir()
    (home / "practices" / f"{UNHURRIED}.toml").write_text(unhurried(), encoding="utf-8")
    line = Line()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        with served(home, "--pace", "20") as place:
            yield House(place, home, temporary, line, [])
    line.close()


@pytest.fixture(scope="module")
def look() -> Look:
    return Look()


def test_what_was_answered_is_kept_by_whoever_wants_to_and_leaves_sealed(house, people, look):
    kept: Kept = two_who_keep(house.home)
    ada, ben = (house.comes(people, cookie) for cookie in (kept.ada, kept.ben))
    sitting = meet_again(ada, ben, kept.space, UNHURRIED)
    sent: list[str] = []
    ada.page.on("request", lambda asked: sent.append(f"{asked.url} {asked.post_data or ''}"))

    # Ada is there first. She opens her words before she sits, and answers the check-in.
    ada.page.goto(sitting)
    ada.touches()
    ada.press("Open my words first")
    ada.page.get_by_label("Your passphrase").wait_for()
    look.at(ada.page, "locked before a sitting")
    unlock(ada)
    ada.sees("They stay open while you sit")
    look.at(ada.page, "open before a sitting")
    ada.press("Go on")
    ada.page.get_by_role("slider", name="How safe does this feel?").fill("8")
    ada.page.get_by_role("button", name="far away").click()
    look.at(ada.page, "check-in")
    ada.press("Done")
    look.at(ada.page, "arriving")
    ada.press("Near, without touching")
    ben.will_press("Skip")
    ben.will_press("Near, without touching")
    ben.page.goto(sitting)
    ben.touches()
    ada.waits_for("sitting")
    ada.press("Stop")

    # What comes after: one question, and the rest is left out.
    ada.page.get_by_role("heading", name="For you alone").wait_for(timeout=PATIENCE_MS)
    while not ada.page.get_by_role("slider").count():
        ada.press("Leave this out")
    ada.page.get_by_role("slider").fill("3")
    look.at(ada.page, "after")
    ada.press("Next")
    while ada.page.get_by_role("button", name="Leave this out").count():
        ada.press("Leave this out")
    look.at(ada.page, "the end")
    # From here on she has a keyboard and nothing else.
    presses(ada, "Keep something of this for myself")
    tabs_to(ada, "A line")
    ada.page.keyboard.type(f"It was messy, {CANARY}.")
    tabs_to(ada, "One good detail")
    ada.page.keyboard.type(f"{CANARY} laughed")
    presses(ada, "warm", "Space")
    expect(ada.page.get_by_label("With whom")).to_have_value("Ben")
    look.at(ada.page, "keeping")
    said = ada.page.get_by_role("listitem").all_inner_texts()
    assert said == [
        "Before: How safe does this feel? towards “safe”",
        "Before: Is your body saying any of this? far away",
        "After: How pleasant is it, right now? towards “unpleasant”",
    ]
    presses(ada, "Keep this for myself")
    ada.sees("Nothing is kept yet")
    tabs_to(ada, "Until I let it go")
    for _ in range(2):
        ada.page.keyboard.press("ArrowDown")
    expect(ada.page.get_by_label("For 30 days")).to_be_checked()
    presses(ada, "Keep this for myself")
    ada.sees("Kept, for you alone")
    assert ada.page.evaluate("document.activeElement.tagName") == "H1"
    look.at(ada.page, "kept")
    written = {
        (each["kind"], each["body"].get("when", "")): each["body"]
        for each in bodies(house.home, kept.ids["Ada"])
    }
    before, after = written["check-in", "before"], written["check-in", "after"]
    assert before["marks"] == {"safe": 8}
    assert before["words"] == ["far away"]
    assert list(after["marks"].values()) == [3]
    assert {each["bond"] for each in (before, after)} == {"Ben"}
    reflection = written["reflection", ""]
    assert (reflection["good"], reflection["words"]) == (f"{CANARY} laughed", ["warm"])
    assert all(CANARY not in each for each in sent)
    assert bodies(house.home, kept.ids["Ben"]) == []
    assert look.wrong == []
    ada.goes_quietly()
    ben.goes_quietly()


def to_keepsakes(each):
    each.page.goto("/mine/#keepsakes")
    unlock(each)
    each.page.get_by_role("heading", name="Keepsakes").wait_for()


def looks_again(each):
    """As after a while: the room is left and gone to, and reads what lies there now."""
    each.page.get_by_role("button", name="Everything here").click()
    with each.page.expect_response(lambda answer: "/sealed/spaces/" in answer.url):
        each.page.get_by_role("button", name="Keepsakes").click()
    each.page.get_by_text("Write a card").wait_for()


def gives(ada, words):
    ada.page.get_by_text("Write a card").click()
    ada.page.get_by_label("A card").fill(words)
    ada.press("Give it")
    ada.sees("It lies there for them")


def test_a_card_is_given_received_and_kept_and_its_giver_is_told_nothing(house, people, look):
    kept: Kept = two_who_keep(house.home)
    ada, ben = (house.comes(people, cookie) for cookie in (kept.ada, kept.ben))
    to_keepsakes(ada)
    gives(ada, f"You wait until somebody has finished, {CANARY}.")
    ada.page.get_by_text("Given", exact=True).click()
    ada.press("Change it")
    ada.page.get_by_label("A card").last.fill(f"You wait until I have finished, {CANARY}.")
    ada.press("Put this in its place")
    ada.sees("Changed.")
    look.at(ada.page, "a card that was changed")
    looks_again(ada)
    ada.page.get_by_text("Given", exact=True).click()
    before = ada.page.get_by_role("region", name="Ben").inner_text()
    assert "until I have finished" in before

    to_keepsakes(ben)
    ben.sees("There is a card here")
    assert CANARY not in ben.page.locator("main").inner_text()
    look.at(ben.page, "a card waits")
    ben.press("Read one")
    ben.sees("until I have finished")
    ben.page.get_by_label("For 30 days").check()
    look.at(ben.page, "a card, read")
    ben.press("Keep it")
    expect(ben.page.get_by_role("button", name="Keep it")).to_have_count(0)
    ben.page.get_by_text("Kept", exact=True).click()
    look.at(ben.page, "a keepsake")

    # Ada finds what she found before: what became of it is nowhere on her page.
    looks_again(ada)
    ada.page.get_by_text("Given", exact=True).click()
    assert ada.page.get_by_role("region", name="Ben").inner_text() == before
    ada.press("Take it back")
    ada.sees("Let go.")
    looks_again(ben)
    ben.page.get_by_text("Kept", exact=True).click()
    ben.sees("until I have finished")
    ben.page.get_by_text("Show me no cards from Ada").first.click()
    ben.press("Show me no cards from Ada")
    ben.sees("No cards are shown from here")
    look.at(ben.page, "muted")
    gives(ada, "Another one.")
    looks_again(ben)
    ben.sees("No cards are shown from here")
    assert ben.page.get_by_text("There is a card here").count() == 0
    texts = [each["body"].get("text") for each in bodies(house.home, kept.ids["Ben"])]
    assert [text for text in texts if text] == [f"You wait until I have finished, {CANARY}."]
    assert look.wrong == []
    ada.goes_quietly()
    ben.goes_quietly()


def test_two_who_have_no_key_yet_are_told_how_they_come_by_one(house, people, look):
    kept: Kept = two_who_keep(house.home, key=False)
    ada = house.comes(people, kept.ada)
    to_keepsakes(ada)
    ada.sees("You two have no shared key yet")
    look.at(ada.page, "no key yet")
    assert look.wrong == []


def test_what_was_written_outlives_a_crash_a_locked_database_and_a_dead_network(house, people):
    """Typed words after two seconds, pressed ones at once; and nobody is told “kept” too early."""
    kept: Kept = two_who_keep(house.home)
    ada = house.comes(people, kept.ada)
    to_keepsakes(ada)
    ada.page.get_by_text("Write a card").click()
    ada.page.get_by_label("A card").fill("Typed before the crash.")
    ada.waits(2.5)
    with contextlib.suppress(Error):
        ada.page.goto("chrome://crash", timeout=5000)
    crashed, ada.page = ada.page, ada.context.new_page()
    crashed.close()
    to_keepsakes(ada)
    ada.page.get_by_text("Write a card").click()
    expect(ada.page.get_by_label("A card")).to_have_value("Typed before the crash.")

    with contextlib.closing(sqlite3.connect(database_path(house.home), timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        ada.press("Give it")
        ada.sees("Kept on this device, and sent as soon as this place can be reached.")
        ada.sees("Something waits on this device, sealed, and will be sent.")
        other.rollback()
    assert shared(house.home, kept) == 0

    ada.context.set_offline(True)
    ada.page.get_by_label("A card").fill("Written without a network.")
    ada.press("Give it")
    # Forgotten as a draft only once it waits, sealed.
    expect(ada.page.get_by_label("A card")).to_have_value("")
    ada.sees("Something waits on this device, sealed, and will be sent.")
    ada.page.close()
    ada.context.set_offline(False)
    ada.page = ada.context.new_page()
    to_keepsakes(ada)
    ada.page.get_by_text("Given", exact=True).click()
    ada.sees("Typed before the crash.")
    ada.sees("Written without a network.")
    assert shared(house.home, kept) == 2


def shared(home: Path, kept: Kept) -> int:
    """How many records the place keeps of this space."""
    with contextlib.closing(sqlite3.connect(database_path(home), timeout=30)) as database:
        [many] = database.execute(
            "SELECT count(*) FROM words_record WHERE space = ?", [kept.space.replace("-", "")]
        ).fetchone()
    return many


def types_into_everything(page: Page) -> list[str]:
    """A word that nobody else says into every field that there is to write in."""
    page.eval_on_selector_all("main details", "all => all.forEach((one) => (one.open = true))")
    typed = []
    for field in page.locator("main textarea, main input[type=text], main input:not([type])").all():
        if field.is_visible() and field.is_editable():
            typed.append(canaries.word())
            field.fill(typed[-1])
    for add in page.get_by_role("button", name="Add", exact=True).all():
        add.click()
    return typed


def goes_to(somebody: Somebody, *names: str) -> None:
    somebody.page.get_by_role("button", name="Everything here").click()
    for name in names:
        somebody.button(name).click()


def test_no_word_that_was_typed_can_be_read_anywhere_but_by_who_wrote_it(house, people):
    """It grows with the rooms: whatever field there is in them is written in."""
    kept: Kept = two_who_keep(house.home)
    ada, ben = (house.comes(people, cookie, at_once=False) for cookie in (kept.ada, kept.ben))
    typed: dict[str, list[str]] = {"Ada": [], "Ben": []}
    to_keepsakes(ada)
    ada.page.get_by_text("Write a card").click()
    card = canaries.word()
    ada.page.get_by_label("A card").fill(card)
    ada.press("Give it")
    ada.sees("It lies there for them")
    for names in (
        ("What pulled me away",),
        ("Bridges", "A new one"),
        ("Times it was okay",),
        ("Whom to practise with", "Think of somebody"),
        ("The slow view", "Make a mark"),
    ):
        goes_to(ada, *names)
        if (choice := ada.page.get_by_label("Until I let it go")).is_visible():
            choice.check()
        words = types_into_everything(ada.page)
        assert words, names
        typed["Ada"] += words
        ada.press("Keep")
        ada.sees("Kept.")

    to_keepsakes(ben)
    ben.press("Read one")
    ben.sees(card)
    ben.page.get_by_label("Until I let it go").check()
    ben.press("Keep it")
    expect(ben.page.get_by_role("button", name="Keep it")).to_have_count(0)
    goes_to(ben, "What pulled me away")
    half = types_into_everything(ben.page)
    # Typed, and not kept: after two seconds it lies sealed in this browser, and nowhere else.
    ben.waits(2.5)

    # Whoever wrote it reads it, and with their key it is in what the place keeps.
    written = {name: str(bodies(house.home, kept.ids[name])) for name in kept.ids}
    assert [word for word in typed["Ada"] if word not in written["Ada"]] == []
    assert card in written["Ben"]
    goes_to(ada, "Everything you wrote")
    ada.sees(typed["Ada"][0])

    every = [CANARY, card, *typed["Ada"], *half]
    storage = [
        (name, each.page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})").encode())
        for name, each in (("Ada's browser", ada), ("Ben's browser", ben))
    ]
    assert b"words:drafts" in storage[1][1]
    assert canaries.found(every, [*everywhere(house), *storage]) == []
    # A leak that is put there on purpose is found, on the way and where it lies.
    ada.page.evaluate("(word) => fetch('/help/?' + new URLSearchParams({word}))", card)
    (house.temporary / "left").write_text(half[0], encoding="utf-16")
    leaks = {(word, where) for word, _, where in canaries.found(every, everywhere(house))}
    assert leaks == {(card, "what the server heard"), (half[0], str(house.temporary / "left"))}


def everywhere(house: House) -> list[canaries.Where]:
    """All that the place has written, said and heard so far; mail goes to the terminal here."""
    files = [
        path
        for folder in (house.home, house.temporary)
        for path in folder.rglob("*")
        if path.is_file()
    ]
    said = house.place.said + read_so_far(house.place)
    assert any(path.name == "place.sqlite3-wal" for path in files)
    assert house.line.heard.count(b"POST /sealed/") > 5
    return [
        *((str(path), path.read_bytes()) for path in files),
        ("a backup", copied(house.home)),
        ("what it said", said.encode()),
        ("what the server heard", bytes(house.line.heard)),
        ("what was said over sockets", "\n".join(house.talk).encode()),
    ]


def read_so_far(place: Place) -> str:
    """What it has printed since; nothing waits for more."""
    output = place.process.stdout
    os.set_blocking(output.fileno(), False)
    try:
        return (output.buffer.read() or b"").decode()
    finally:
        os.set_blocking(output.fileno(), True)
