"""Somebody's own words in a real browser: begun, locked, opened again, and gone from the page meanwhile."""

import json
import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import PHONE, Look
from tests.place import Place, served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("own_words")]

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


@pytest.fixture
def look():
    """What a test looks at has to be right when it is over."""
    looks = Look()
    yield looks
    assert looks.wrong == []


def unlock(page: Page, secret: str, label: str = "Your passphrase") -> None:
    page.get_by_label(label).fill(secret)
    page.get_by_role("button", name="Open", exact=True).click()


def is_open(page: Page) -> None:
    expect(page.get_by_role("heading", name="Yours")).to_be_visible(timeout=PATIENCE_MS)


def test_words_are_begun_locked_and_opened_by_passphrase_and_by_code(ada, device, look):
    page = device()
    unlock(page, "not this one at all")
    page.get_by_text("That did not open them").wait_for()
    expect(page.get_by_label("Your passphrase")).to_have_value("")
    look.at(page, "locked")
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


KEY = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
    "hasPrf": True,
}


def with_a_passkey(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})


def go(page: Page, room: str) -> None:
    page.get_by_role("button", name=room).click()
    page.get_by_role("heading", level=1).wait_for()


def lock(page: Page) -> None:
    page.get_by_role("button", name="Lock").click()
    page.get_by_role("heading", name="Your words are locked").wait_for()


def damage_the_passphrase(page: Page) -> None:
    """The server hands out a slot in which one byte has changed."""

    def answer(route):
        held = route.fetch().json()
        for slot in held["slots"]:
            if slot["kind"] == "passphrase":
                at = len(slot["sealed"]) - 20
                other = "A" if slot["sealed"][at] != "A" else "B"
                slot["sealed"] = slot["sealed"][:at] + other + slot["sealed"][at + 1 :]
        route.fulfill(body=json.dumps(held), content_type="application/json")

    page.route("**/sealed/", answer)


@pytest.mark.long
def test_whoever_has_one_way_makes_the_others_anew_and_old_ones_open_nothing(ada, device, look):
    page = device()
    page.get_by_role("button", name="I have lost my ways in").click()
    look.at(page, "lost")
    page.get_by_role("button", name="Back").click()
    damage_the_passphrase(page)
    page.reload()
    unlock(page, ada.passphrase)
    page.get_by_text("That did not open them").wait_for()
    page.get_by_role("button", name="With the recovery code").click()
    unlock(page, ada.code, "Your recovery code")
    is_open(page)
    page.unroute("**/sealed/")
    page.get_by_text("You opened them with the recovery code").wait_for()
    page.get_by_role("button", name="Ways in").first.click()
    page.get_by_role("button", name="A new passphrase").click()
    page.get_by_role("button", name="Rather one of my own").click()
    page.get_by_label("A passphrase of your own").fill("a heron, three reeds")
    page.get_by_role("button", name="Take this one").click()
    page.get_by_text("The new passphrase opens your words").wait_for()
    look.at(page, "ways in")
    lock(page)
    unlock(page, ada.passphrase)
    page.get_by_text("That did not open them").wait_for()
    ada.passphrase = "a heron, three reeds"
    unlock(page, f" {ada.passphrase} ")
    page.get_by_role("heading", name="Ways in").wait_for()

    page.get_by_role("button", name="A new recovery code").click()
    code = page.locator(".secret").inner_text()
    page.get_by_role("button", name="I have it").click()
    page.get_by_label("The last four signs").fill(code[-4:])
    page.get_by_role("button", name="A new recovery code").click()
    page.get_by_text("The new code opens your words").wait_for()
    lock(page)
    page.get_by_role("button", name="With the recovery code").click()
    unlock(page, ada.code, "Your recovery code")
    page.get_by_text("That did not open them").wait_for()
    ada.code = code
    unlock(page, ada.code, "Your recovery code")
    page.get_by_role("heading", name="Ways in").wait_for()


def test_a_passkey_opens_words_until_it_is_removed(ada, device):
    page = device()
    with_a_passkey(page)
    bodies = []
    page.on("request", lambda request: bodies.append(request.post_data or ""))
    unlock(page, ada.passphrase)
    is_open(page)
    go(page, "Ways in")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("The passkey opens your words from now on").wait_for()
    lock(page)
    page.get_by_role("button", name="With a passkey").click()
    page.get_by_role("heading", name="Ways in").wait_for()
    page.get_by_role("button", name="Remove it").click()
    page.get_by_text("Remove this passkey?").wait_for()
    page.get_by_role("button", name="Remove it").click()
    page.get_by_text("Removed.").wait_for()
    lock(page)
    expect(page.get_by_role("button", name="With a passkey")).to_have_count(0)
    # What the passkey derived is in no request, nor is a passphrase.
    assert [body for body in bodies if "prf" in re.sub(r"[\w+/=-]{20,}", "", body)] == []
    assert not any(ada.passphrase in body for body in bodies)


def test_a_second_device_needs_nothing_of_the_first(ada, device, look):
    """She is signed in there, and its browser has kept nothing yet."""
    page = device()
    page.evaluate("localStorage.clear()")
    page.reload()
    unlock(page, ada.passphrase)
    is_open(page)
    for room in ("Another device of yours", "Take them along", "Keys of your spaces"):
        go(page, room)
        look.at(page, room)
        page.get_by_role("button", name="Everything here").click()


HIDE = """
() => {
  Object.defineProperty(document, "hidden", { value: true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""
COME_BACK = (
    "() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); }"
)


def show_a_secret(page: Page) -> str:
    """A new code, which stands on the page until it is locked, and is nowhere else."""
    page.get_by_role("button", name="A new recovery code").click()
    code = page.locator(".secret").inner_text()
    assert code in page.content()
    assert code not in kept_in(page)
    return code


def kept_in(page: Page) -> str:
    everywhere = (
        "{...localStorage}, {...sessionStorage}, history.state, location.href, document.title"
    )
    # There are no other places where a page could leave something.
    assert page.evaluate("Promise.all([indexedDB.databases(), caches.keys()])") == [[], []]
    return page.evaluate(f"JSON.stringify([{everywhere}])")


def test_idle_hidden_or_left_at_once_nothing_of_it_stays_on_the_page(ada, device, look):
    page = device()
    page.clock.install()
    page.reload()
    unlock(page, ada.passphrase)
    is_open(page)
    go(page, "Ways in")
    locked = page.get_by_role("heading", name="Your words are locked")

    idle = show_a_secret(page)
    page.clock.fast_forward(290_000)
    assert idle in page.content()
    page.clock.fast_forward(15_000)
    locked.wait_for()
    assert idle not in page.content() + kept_in(page)

    unlock(page, ada.passphrase)
    hidden = show_a_secret(page)
    page.evaluate(HIDE)
    expect(page.locator(".secret")).to_be_hidden()
    page.clock.fast_forward(30_000)
    page.evaluate(COME_BACK)
    # A minute has not passed: it is under its cover until a tap.
    expect(page.locator(".secret")).to_be_hidden()
    look.at(page, "covered")
    page.get_by_role("button", name="Show it again").click()
    expect(page.locator(".secret")).to_have_text(hidden)
    page.evaluate(HIDE)
    page.clock.fast_forward(61_000)
    locked.wait_for()
    assert hidden not in page.content() + kept_in(page)
    page.evaluate(COME_BACK)

    unlock(page, ada.passphrase)
    left = show_a_secret(page)
    page.context.route("https://www.wikipedia.org/**", lambda route: route.fulfill(body="away"))
    pages = []
    page.expose_function("leavesBehind", lambda html: pages.append(html))
    page.evaluate(
        "addEventListener('leaving', () => leavesBehind(document.documentElement.outerHTML))"
    )
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url("https://www.wikipedia.org/")
    [behind] = pages
    assert "<body></body>" in behind
    assert left not in behind
    history = page.context.new_cdp_session(page).send("Page.getNavigationHistory")
    assert not any("/mine/" in entry["url"] for entry in history["entries"])


SPACE = "3f2e1d0c-4b5a-4968-8776-655443322110"
SECRET = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"


def test_the_key_of_a_space_is_taken_in_once_four_words_are_the_same(ada, device, look):
    """What a door has left on this device, for a space that the page is told of."""
    page = device()
    spaces = json.dumps([{"id": SPACE, "name": "Ben", "resting": False}])

    def with_a_space(route):
        answer = route.fetch()
        route.fulfill(
            response=answer, body=answer.text().replace('"spaces": []', f'"spaces": {spaces}')
        )

    page.route("**/mine/", with_a_space)
    page.evaluate(f"localStorage.setItem('space:sitting:{SPACE}', '{SECRET}')")
    page.reload()
    unlock(page, ada.passphrase)
    is_open(page)
    go(page, "Keys of your spaces")
    page.get_by_text("There is no key yet").wait_for()
    assert len(page.locator(".words").inner_text().split()) == 4
    look.at(page, "four words")
    page.get_by_role("button", name="They are the same").click()
    page.get_by_text("There is a key").wait_for()
    assert SECRET not in kept_in(page)
    lock(page)
    unlock(page, ada.passphrase)
    page.get_by_text("There is a key").wait_for()


def test_by_keyboard_alone_one_opens_goes_through_the_rooms_and_locks(ada, device):
    page = device()
    page.get_by_role("heading", name="Your words are locked").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H1"
    page.keyboard.press("Tab")
    page.keyboard.type(ada.passphrase)
    page.keyboard.press("Enter")
    is_open(page)
    for name in ("Take them along", "Everything here", "Lock"):
        tab_to(page, name)
        page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your words are locked").wait_for()


def tab_to(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).wait_for()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText.trim()").startswith(name):
            return
    raise AssertionError(f"“{name}” can't be reached with Tab")


def test_with_every_way_lost_one_begins_anew_once_it_was_said_twice(ada, device, look):
    """The last in this file: Ada has nothing afterwards."""
    page = device()
    page.get_by_role("button", name="I have lost my ways in").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Take the sealed ones along").click()
    head = json.loads(taken.value.path().read_text().splitlines()[0])
    assert {slot["kind"] for slot in head["slots"]} >= {"passphrase", "code"}
    page.get_by_role("button", name="Begin anew").click()
    page.get_by_role("heading", name="Erase what is sealed").wait_for()
    look.at(page, "erase and begin anew")
    page.wait_for_timeout(650)
    page.get_by_role("button", name="Leave it sealed").click()
    page.get_by_role("button", name="I have lost my ways in").click()
    page.get_by_role("button", name="Begin anew").click()
    page.wait_for_timeout(650)
    page.get_by_role("button", name="Erase it and begin anew").click()
    page.get_by_text("It is erased.").wait_for()
    kept = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('words:'))")
    assert kept == []
    assert page.evaluate("fetch('/sealed/').then((said) => said.json())")["keyring"] is None
    page.get_by_role("button", name="Begin anew").click()
    page.get_by_role("heading", name="Before the first word").wait_for()

    # A page that is left lying with a code on it is emptied, and says that the code opens nothing.
    page.clock.install()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Take these six").click()
    code = page.locator(".secret").inner_text()
    page.clock.fast_forward(301_000)
    page.get_by_text("A code that you noted a moment ago opens nothing").wait_for()
    assert code not in page.content()
    look.at(page, "nothing has begun")
