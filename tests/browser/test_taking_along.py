"""Words that wait on a device, are taken along and are erased: in a browser, to the bytes on the disk."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pyrage
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from relational_space.site.home import database_path
from tests.browser.conftest import QUIET
from tests.browser.kept import PASSPHRASE, WORD_KEY, bodies, opens_at_once, two_who_keep
from tests.browser.looking import PHONE, Look
from tests.browser.people import SETTLED_MS
from tests.place import ROOT, served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("taking_along")]

PATIENCE_MS = 60_000
CANARY = "heron-at-seven"
GONE_WITHIN_S = 60


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with served(home) as place:
        yield home, place.address


@pytest.fixture
def phone(house, chromium):
    """A phone on which somebody has signed in; what they have sealed lies locked."""
    contexts = []

    def another(cookie: str) -> BrowserContext:
        contexts.append(chromium.new_context(viewport=PHONE, base_url=house[1]))
        signed_in = {"name": "s", "value": cookie, "domain": "localhost", "path": "/"}
        contexts[-1].add_cookies([signed_in])
        contexts[-1].set_default_timeout(PATIENCE_MS)
        return contexts[-1]

    yield another
    for context in contexts:
        context.close()


def opens(page: Page, room: str) -> None:
    page.goto(f"/mine/#{room}")
    page.get_by_label("Your passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Open", exact=True).click()
    page.get_by_role("button", name="Everything here").wait_for()


def test_what_waits_on_a_device_goes_later_is_taken_along_and_leaves_no_byte(house, phone):
    home, _ = house
    kept = two_who_keep(home)
    context, me = phone(kept.ada), kept.ids["Ada"]
    page = context.new_page()
    opens(page, "notes")
    context.set_offline(True)
    page.get_by_label("Until I let it go").check()
    page.get_by_label("What happened?").fill(f"It was {CANARY}.")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_text("Kept on this device, and sent as soon as").wait_for()
    page.get_by_text("Something waits on this device, sealed").wait_for()
    stored = page.evaluate("JSON.stringify({...localStorage})")
    assert "words:waiting:" in stored
    assert CANARY not in stored
    assert bodies(home, me) == []
    # The phone is put away, and the page with it.
    page.close()
    context.set_offline(False)

    page = context.new_page()
    opens(page, "taking")
    [note] = [each["body"]["what"] for each in bodies(home, me) if each["kind"] == "note"]
    assert note == f"It was {CANARY}."
    sealed = taken(page, "Save them sealed")
    assert CANARY not in sealed.read_text()
    assert CANARY in opened_offline(sealed)
    assert CANARY in taken(page, "Save them as a page").read_text()
    readable = json.loads(taken(page, "Save them for programs").read_text())
    # What the page notes for itself is nobody's writing.
    assert [entry["body"]["what"] for entry in readable["entries"]] == [note]

    blobs = sealed_of(home, me)
    assert blobs
    assert all(is_on_disk(home, blob) for blob in blobs)
    page.get_by_role("button", name="Everything here").click()
    page.get_by_role("button", name="Erase them").click()
    page.get_by_role("button", name="Erase all of it").click()
    page.get_by_role("button", name="Erase it now").wait_for()
    look = Look()
    look.at(page, "the last page before all is erased")
    assert look.wrong == []
    page.wait_for_timeout(650)
    page.get_by_role("button", name="Erase it now").click()
    page.get_by_text("It is erased.").wait_for()
    began_s = time.monotonic()
    while any(is_on_disk(home, blob) for blob in blobs):
        assert time.monotonic() - began_s < GONE_WITHIN_S
        page.wait_for_timeout(200)
    assert (
        page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('words:'))") == []
    )
    page.reload()
    expect(page.get_by_role("heading", name="Before the first word")).to_be_visible()


@pytest.mark.long
def test_what_waits_outlives_the_end_of_the_server_and_of_the_browser(tmp_path, chromium):
    """What was said to be kept is on the disk of a server that is killed; what waits comes later."""
    home, profile = tmp_path / "home", tmp_path / "profile"

    def comes() -> BrowserContext:
        """The same browser, begun anew and signed in again: what it had in memory is gone."""
        path = os.environ.get("RELATIONAL_SPACE_CHROMIUM")
        context = chromium.browser_type.launch_persistent_context(
            profile, executable_path=path, args=[*QUIET], viewport=PHONE, base_url=address
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([{"name": "s", "value": kept.ada, "url": address}])
        return context

    with served(home) as place:
        address = place.address
        kept = two_who_keep(home)
        context, me = comes(), kept.ids["Ada"]
        page = context.new_page()
        opens(page, "notes")
        keeps(page, "Kept by the server.")
        page.get_by_text("Kept.", exact=True).wait_for()
        place.process.kill()
        place.process.wait()
    assert notes(home, me) == ["Kept by the server."]
    page.get_by_role("button", name="Everything here").click()
    page.get_by_role("button", name="What pulled me away").click()
    keeps(page, "Kept while nobody served.")
    page.get_by_text("Kept on this device, and sent as soon as").wait_for()
    context.close()

    with served(home, "--port", str(urlsplit(address).port)):
        context = comes()
        page = context.new_page()
        opens(page, "notes")
        expect(page.get_by_text("Something waits on this device")).to_have_count(0)
        assert sorted(notes(home, me)) == ["Kept by the server.", "Kept while nobody served."]
        context.close()


def keeps(page: Page, words: str) -> None:
    if (choice := page.get_by_label("Until I let it go")).is_visible():
        choice.check()
    page.get_by_label("What happened?").fill(words)
    page.get_by_role("button", name="Keep", exact=True).click()


def notes(home: Path, me: str) -> list[str]:
    return [each["body"]["what"] for each in bodies(home, me) if each["kind"] == "note"]


def test_a_space_from_before_there_was_sealing_gets_its_key_when_the_two_meet_again(house, phone):
    home, address = house
    kept = two_who_keep(home, key=False)
    phones = phone(kept.ada), phone(kept.ben)
    for each in phones:
        opens_at_once(each)
    ada, ben = (each.new_page() for each in phones)
    opens(ada, "spaces")
    ada.get_by_text("There is no key yet").wait_for()
    ada.get_by_role("link", name="To the space").click()
    ada.get_by_role("button", name="Meet again").click()
    ada.wait_for_url("**/door/")
    ada.locator("#qr svg").wait_for()
    link = urlsplit(ada.locator("#link").input_value())
    ben.goto(f"{address}{link.path}#{link.fragment}")
    ben.get_by_role("button").filter(has_text="Come in").click()
    ben.wait_for_url("**/waiting/")
    ada.get_by_role("button", name="Let Ben in").wait_for()
    ada.wait_for_timeout(SETTLED_MS)
    ada.get_by_role("button", name="Let Ben in").click()
    for each in (ada, ben):
        each.wait_for_url("**/sitting/*/")
    said = []
    for each in (ada, ben):
        opens(each, "spaces")
        said.append(each.locator(".words").inner_text())
        each.get_by_role("button", name="They are the same").click()
        each.get_by_text("There is a key").wait_for()
        assert link.fragment not in each.evaluate(
            "JSON.stringify([{...localStorage}, {...sessionStorage}])"
        )
    assert said[0] == said[1]
    # One key, of which the place has heard nothing: both made it of what the address carried.
    keys = [keyring_of(home, kept.ids[name])["spaces"][kept.space] for name in ("Ada", "Ben")]
    assert keys[0] == keys[1]
    assert len(keys[0]) == 1


def keyring_of(home: Path, me: str) -> dict:
    database = sqlite3.connect(database_path(home), timeout=30)
    [(sealed,)] = database.execute(
        "SELECT sealed FROM words_keyring WHERE person_id = ?", [me.replace("-", "")]
    ).fetchall()
    database.close()
    return json.loads(pyrage.decrypt(sealed, [WORD_KEY]))


def taken(page: Page, button: str) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return download.value.path()


def opened_offline(export: Path) -> str:
    """What the command makes of it, in another process and with nothing of the place."""
    out = export.with_suffix(".opened")
    command = [sys.executable, "-m", "relational_space", "open-words", str(export)]
    subprocess.run(
        [*command, "--out", str(out)],
        input=f"{PASSPHRASE}\n",
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
    )
    return (out / "words.html").read_text()


def sealed_of(home: Path, me: str) -> list[bytes]:
    """Everything of somebody's own making that lies sealed in the database."""
    database = sqlite3.connect(database_path(home), timeout=30)
    mine = me.replace("-", "")
    found = database.execute(
        "SELECT sealed FROM words_record WHERE author_id = ?", [mine]
    ).fetchall()
    found += database.execute(
        "SELECT sealed FROM words_keyring WHERE person_id = ?", [mine]
    ).fetchall()
    database.close()
    # The last bytes of a file are its own, wherever a page of the database cuts it.
    return [bytes(sealed)[-48:] for (sealed,) in found]


def is_on_disk(home: Path, blob: bytes) -> bool:
    database = database_path(home)
    return any(
        blob in file.read_bytes()
        for file in database.parent.glob(f"{database.name}*")
        if file.is_file()
    )
