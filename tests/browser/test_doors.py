"""The pages of doors, spaces and accounts in a real browser: read by axe, narrow, light and dark."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.place import served

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
NARROW = {"width": 320, "height": 640}


class Looking:
    """Looks at each page that a walk comes to, and remembers what was wrong with it."""

    def __init__(self) -> None:
        self.wrong: list[tuple[str, object]] = []
        self.seen: set[str] = set()

    def hears(self, page: Page) -> Page:
        """Everything that this page's console and its requests say."""
        page.on(
            "console",
            lambda said: self.wrong.append((page.url, said.text)) if said.type == "error" else None,
        )
        page.on("pageerror", lambda error: self.wrong.append((page.url, str(error))))
        page.on("request", lambda asked: self._stays_here(page, asked.url))
        return page

    def at(self, page: Page, name: str) -> None:
        self.seen.add(name)
        page.eval_on_selector_all("main details", "all => all.forEach((one) => (one.open = true))")
        page.evaluate(AXE.read_text())
        for found in page.evaluate("axe.run().then((answer) => answer.violations)"):
            self.wrong.append((name, (found["id"], [n["html"][:120] for n in found["nodes"]])))
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            self.wrong.append((name, f"{over} px too wide"))
        for part in page.locator("main button, main summary, main .choice, main a.door").all():
            box = part.bounding_box()
            if box and min(box["height"], box["width"]) < 44:
                self.wrong.append((name, f"{part.inner_text()} is small: {box}"))

    def _stays_here(self, page: Page, url: str) -> None:
        if not url.startswith(("http://localhost:", "blob:", "data:")):
            self.wrong.append((page.url, f"asked for {url}"))


@pytest.fixture
def hosted(tmp_path, monkeypatch):
    monkeypatch.setenv("RELATIONAL_SPACE_VOICE", "none")
    with served(tmp_path) as place:
        yield place


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_way_from_a_door_to_a_kept_space(hosted, chromium, scheme):
    looking = Looking()
    contexts = [chromium.new_context(viewport=NARROW, color_scheme=scheme) for _ in range(2)]
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
    ada.wait_for_timeout(700)
    ada.get_by_role("button", name="Let Ben in").click()
    ada.wait_for_url("**/sitting/**")
    ben.wait_for_url("**/sitting/**")
    keep = ada.url.replace("/sitting/", "/spaces/keep/")

    ben.goto(keep)
    looking.at(ben, "keep, for a guest")
    four_of_ada, four_of_ben = _would_keep(ada, keep, "Ada", looking), None
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_that_say_no_or_ask(hosted, chromium, scheme):
    looking = Looking()
    context = chromium.new_context(viewport=NARROW, color_scheme=scheme)
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
        page.goto(f"{hosted.address}/{path}")
        looking.at(page, path)
    page.goto(f"{hosted.address}/words/")
    page.get_by_label("The three words").fill("no such words")
    page.get_by_label("Your name").fill("\u202e")
    page.get_by_role("button", name="Come in").click()
    looking.at(page, "words, asked again")
    assert page.get_by_text("Please say a name.").is_visible()
    context.close()
    assert looking.wrong == []


def _stored(page: Page) -> str:
    return page.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")


def _sign_in_as_host(page: Page, hosted) -> None:
    [link] = re.findall(r"http://localhost:\d+/account/host/\S+", hosted.said)
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/account/")


def _invitation(page: Page, looking: Looking) -> str:
    page.get_by_role("button", name="Invite somebody").click()
    looking.at(page, "invited")
    return page.locator("main input[readonly]").input_value()


def _make_account(page: Page, invitation: str, looking: Looking) -> None:
    page.goto(invitation)
    looking.at(page, "welcome")
    page.get_by_role("button", name="Go on").click()
    looking.at(page, "begin")
    page.get_by_label("Your name").fill("Ben")
    page.get_by_role("button", name="Go on with a passkey").click()
    page.wait_for_url("**/account/passkeys/add/**")


def _would_keep(page: Page, keep: str, name: str, looking: Looking) -> str:
    """Say yes; the four words that were there to compare."""
    page.goto(keep)
    page.locator("#four-words strong").wait_for()
    looking.at(page, f"keep, for {name}")
    four = page.locator("#four-words strong").inner_text()
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="I would like to keep this").click()
    return four
