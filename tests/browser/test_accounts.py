"""Coming back without a password, in a real browser with a passkey of its own."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.place import served

pytestmark = pytest.mark.browser

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def hosted(tmp_path):
    with served(tmp_path) as place:
        yield place


@pytest.fixture
def phone(chromium):
    """Phones with a passkey each, whose consoles have to stay free of errors."""
    contexts, said = [], []

    def another() -> Page:
        contexts.append(chromium.new_context(viewport={"width": 390, "height": 844}))
        page = contexts[-1].new_page()
        page.on("console", lambda told: said.append(told.text) if told.type == "error" else 0)
        page.on("pageerror", lambda error: said.append(str(error)))
        devtools = contexts[-1].new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
        return page

    yield another
    for context in contexts:
        context.close()
    assert said == []


def posted(page: Page) -> list[str]:
    bodies: list[str] = []
    page.on("request", lambda request: bodies.append(request.post_data or ""))
    return bodies


def press_once_it_listens(page: Page) -> None:
    page.wait_for_url("**/account/passkeys/add/**")
    page.wait_for_load_state("load")
    page.get_by_role("button", name="Make a passkey").click()


def test_the_host_comes_by_the_printed_link_and_both_come_back_by_passkeys(hosted, phone) -> None:
    [link] = re.findall(r"http://localhost:\d+/account/host/\S+", hosted.said)
    page = phone()
    bodies = posted(page)
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Invite somebody").click()
    invitation = page.locator("main input[readonly]").input_value()
    page.goto(f"{hosted.address}/account/")
    page.get_by_role("link", name="Your passkeys").click()
    page.get_by_role("link", name="Make a passkey").click()
    press_once_it_listens(page)
    page.wait_for_url("**/account/")
    page.locator("#logout button").click()
    page.wait_for_url(f"{hosted.address}/")
    page.goto(f"{hosted.address}/account/login/?next=/spaces/")
    page.get_by_role("button", name="With a passkey").click()
    page.wait_for_url(f"{hosted.address}/spaces/")
    expect(page.get_by_role("heading", name="Your spaces")).to_be_visible()
    assert not any("prf" in re.sub(r"[\w-]{20,}", "", body) for body in bodies)

    # Whoever was invited makes an account with a passkey of their own.
    page = phone()
    page.goto(invitation)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Your name").fill("Ada")
    page.get_by_role("button", name="Go on with a passkey").click()
    press_once_it_listens(page)
    page.wait_for_url("**/account/")
    expect(page.get_by_label("Your name")).to_have_value("Ada")
