"""The pages of doors, spaces and accounts in a real browser: read by axe, narrow, light and dark."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import PHONE, Look
from tests.browser.people import SETTLED_MS
from tests.place import served

pytestmark = pytest.mark.browser


class Listening(Look):
    """Looks, and hears what the pages' consoles and requests say."""

    def hears(self, page: Page) -> Page:
        page.on("console", lambda said: self._said(page, said.text) if said.type == "error" else 0)
        page.on("pageerror", lambda error: self._said(page, str(error)))
        page.on("request", lambda asked: self._stays_here(page, asked.url))
        return page

    def _said(self, page: Page, words: str) -> None:
        self.wrong.append((page.url, "console", words))

    def _stays_here(self, page: Page, url: str) -> None:
        if not url.startswith(("http://localhost:", "blob:", "data:")):
            self.wrong.append((page.url, "asked for", url))


@pytest.fixture
def hosted(tmp_path, monkeypatch):
    monkeypatch.setenv("RELATIONAL_SPACE_VOICE", "none")
    with served(tmp_path) as place:
        yield place


def test_the_way_from_a_door_to_a_kept_space(hosted, chromium):
    looking = Listening()
    contexts = [chromium.new_context(viewport=PHONE) for _ in range(2)]
    ada, ben = (looking.hears(context.new_page()) for context in contexts)
    _sign_in_as_host(ada, hosted)
    looking.at(ada, "account")
    invitation = _invitation(ada, looking)

    ada.goto(f"{hosted.address}/")
    ada.get_by_role("button", name="Someone is beside me").click()
    ada.locator("#qr svg").wait_for()
    looking.at(ada, "door")
    address = re.sub(r"^http://[^/]+", hosted.address, ada.locator("#link").input_value())
    secret = address.partition("#")[2]
    assert re.fullmatch(r"[\w-]{43}", secret)
    asked = []
    ben.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    ben.goto(address)
    assert "#" not in ben.url
    looking.at(ben, "come")
    ben.get_by_label("Your name").fill("Ben")
    ben.get_by_role("button", name="Come in").click()
    ben.wait_for_url("**/waiting/")
    looking.at(ben, "waiting")
    ada.get_by_role("button", name="Let Ben in").wait_for()
    looking.at(ada, "door, with a knock")
    ada.wait_for_timeout(SETTLED_MS)
    ada.get_by_role("button", name="Let Ben in").click()
    ada.wait_for_url("**/sitting/**")
    ben.wait_for_url("**/sitting/**")
    keep = ada.url.replace("/sitting/", "/spaces/keep/")

    ben.goto(keep)
    looking.at(ben, "keep, for a guest")
    four_of_ada = _would_keep(ada, keep, "Ada", looking)
    _make_account(ben, invitation, looking)
    four_of_ben = _would_keep(ben, keep, "Ben", looking)
    assert four_of_ada == four_of_ben
    assert len(four_of_ada.split()) == 4
    ben.wait_for_url(re.compile(r"/spaces/[0-9a-f-]{36}/$"))
    assert secret not in "".join(asked)
    looking.at(ben, "space")
    ben.get_by_role("button", name="Let it rest").click()
    looking.at(ben, "space, resting")
    ben.get_by_role("link", name="Leave this space").click()
    looking.at(ben, "leave")
    assert secret in _stored(ben)
    ben.get_by_role("button", name="Leave").click()
    looking.at(ben, "spaces, none")
    assert _stored(ben) == "{}{}"
    ada.goto(f"{hosted.address}/spaces/")
    looking.at(ada, "spaces")
    for path in (
        "account/passkeys/",
        "account/address/",
        "account/erase/",
        "account/passkeys/add/",
    ):
        ada.goto(f"{hosted.address}/{path}")
        looking.at(ada, path)
    for context in contexts:
        context.close()
    assert looking.wrong == []


def test_the_pages_that_say_no_or_ask(place, chromium):
    looking = Look()
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    for path in (
        "words/",
        "come/wrong",
        "account/login/",
        "account/login/code/",
        "account/signup/",
        "account/begin/",
        "account/host/spent",
        "account/welcome/any",
    ):
        page.goto(f"{place}/{path}")
        looking.at(page, path)
    page.goto(f"{place}/words/")
    page.get_by_label("The three words").fill("no such words")
    page.get_by_label("Your name").fill("\u202e")
    page.get_by_role("button", name="Come in").click()
    expect(page.get_by_text("Please say a name.")).to_be_visible()
    looking.at(page, "words, asked again")
    context.close()
    assert looking.wrong == []


def _stored(page: Page) -> str:
    return page.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")


def _sign_in_as_host(page: Page, hosted) -> None:
    [link] = re.findall(r"http://localhost:\d+/account/host/\S+", hosted.said)
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/account/")


def _invitation(page: Page, looking: Listening) -> str:
    page.get_by_role("button", name="Invite somebody").click()
    looking.at(page, "invited")
    return page.locator("main input[readonly]").input_value()


def _make_account(page: Page, invitation: str, looking: Listening) -> None:
    page.goto(invitation)
    looking.at(page, "welcome")
    page.get_by_role("button", name="Go on").click()
    looking.at(page, "begin")
    page.get_by_label("Your name").fill("Ben")
    page.get_by_role("button", name="Go on with a passkey").click()
    page.wait_for_url("**/account/passkeys/add/**")


def _would_keep(page: Page, keep: str, name: str, looking: Listening) -> str:
    """Say yes; the four words that were there to compare."""
    page.goto(keep)
    page.locator("#four-words strong").wait_for()
    looking.at(page, f"keep, for {name}")
    four = page.locator("#four-words strong").inner_text()
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="I would like to keep this").click()
    return four
