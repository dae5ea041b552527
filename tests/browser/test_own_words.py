"""Somebody's own words in a real browser: begun, locked, opened again, and gone from the page meanwhile."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import PHONE, Look
from tests.place import Place, served

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000
"""Scrypt takes seconds, and several times as long on a machine with much else to do."""


@dataclass
class Ada:
    """Ada, who has begun: what opens her words, and what her browser knows."""

    address: str
    passphrase: str
    code: str
    state: dict
    look: Look


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with served(tmp_path_factory.mktemp("home")) as place:
        yield place


@pytest.fixture(scope="module")
def ada(house, chromium) -> Ada:
    """She signs in, and begins by every page that people take."""
    context = chromium.new_context(viewport=PHONE, base_url=house.address)
    page, look = context.new_page(), Look()
    page.set_default_timeout(PATIENCE_MS)
    sign_in(page, house)
    page.goto("/mine/")
    page.get_by_role("heading", name="Before the first word").wait_for()
    look.at(page, "limits")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Rather one of my own").click()
    page.get_by_label("A passphrase of your own").fill("too short")
    page.get_by_role("button", name="Take this one").click()
    page.get_by_text("12 letters at least").wait_for()
    look.at(page, "own passphrase")
    page.get_by_role("button", name="Back to the six").click()
    passphrase = page.locator(".secret").inner_text()
    assert len(passphrase.split()) == 6
    look.at(page, "passphrase")
    page.get_by_role("button", name="Take these six").click()
    code = page.locator(".secret").inner_text()
    look.at(page, "code")
    page.get_by_role("button", name="I have it").click()
    page.get_by_label("The last four signs").fill("0000" if code[-4:] != "0000" else "1111")
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("That isn't how it ends").wait_for()
    look.at(page, "confirm")
    page.get_by_label("The last four signs").fill(code[-4:].lower())
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name="Yours")).to_be_visible(timeout=PATIENCE_MS)
    look.at(page, "rooms")
    here = Ada(house.address, passphrase, code, context.storage_state(), look)
    context.close()
    return here


def sign_in(page: Page, house: Place) -> None:
    [link] = re.findall(r"http://localhost:\d+/account/host/\S+", house.said)
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/account/")


@pytest.fixture
def device(ada, chromium: Browser):
    """A browser of Ada's, signed in, whose words are locked."""
    opened = []

    def come(**more) -> Page:
        context = chromium.new_context(
            viewport=PHONE, base_url=ada.address, storage_state=ada.state, **more
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto("/mine/")
        return page

    yield come
    for context in opened:
        context.close()


def unlock(page: Page, secret: str, label: str = "Your passphrase") -> None:
    page.get_by_label(label).fill(secret)
    page.get_by_role("button", name="Open", exact=True).click()


def is_open(page: Page) -> None:
    expect(page.get_by_role("heading", name="Yours")).to_be_visible(timeout=PATIENCE_MS)


def test_words_are_begun_locked_and_opened_by_passphrase_and_by_code(ada, device):
    page = device()
    unlock(page, "not this one at all")
    page.get_by_text("That did not open them").wait_for()
    expect(page.get_by_label("Your passphrase")).to_have_value("")
    ada.look.at(page, "locked")
    unlock(page, ada.passphrase)
    is_open(page)
    assert page.title() == "Yours · Space"
    page.get_by_role("button", name="Lock").click()
    page.get_by_role("button", name="With the recovery code").click()
    unlock(page, ada.code[:-1] + ("2" if ada.code[-1] != "2" else "3"), "Your recovery code")
    page.get_by_text("Something in this code was mistyped").wait_for()
    unlock(page, ada.code.lower().replace("-", " "), "Your recovery code")
    is_open(page)
    history = page.context.new_cdp_session(page).send("Page.getNavigationHistory")
    assert [each["url"] for each in history["entries"]] == ["about:blank", f"{ada.address}/mine/"]
    assert ada.look.wrong == []
