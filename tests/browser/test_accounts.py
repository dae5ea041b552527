"""Coming back without a password, in a real browser with a passkey of its own."""

import re

import pytest
from playwright.sync_api import Page

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
def page(chromium):
    """A phone with a passkey, whose console has to stay free of errors."""
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else 0)
    page.on("pageerror", lambda error: said.append(str(error)))
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    yield page
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


def test_the_host_comes_by_the_printed_link_and_then_by_a_passkey(hosted, page) -> None:
    [link] = re.findall(r"http://localhost:\d+/account/host/\S+", hosted.said)
    bodies = posted(page)
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Your passkeys").click()
    page.get_by_role("link", name="Make a passkey").click()
    press_once_it_listens(page)
    page.wait_for_url("**/account/")
    page.locator("#logout button").click()
    page.wait_for_url(f"{hosted.address}/")
    page.goto(f"{hosted.address}/account/login/?next=/spaces/")
    page.get_by_role("button", name="With a passkey").click()
    page.wait_for_url(f"{hosted.address}/spaces/")
    assert page.get_by_role("heading", name="Your spaces").is_visible()
    assert not any("prf" in re.sub(r"[\w-]{20,}", "", body) for body in bodies)


def test_somebody_invited_makes_an_account_with_a_passkey(hosted, page, chromium) -> None:
    [link] = re.findall(r"http://localhost:\d+/account/host/\S+", hosted.said)
    host = chromium.new_context().new_page()
    host.goto(link)
    host.get_by_role("button", name="Sign in").click()
    host.get_by_role("button", name="Invite somebody").click()
    invitation = host.locator("main input[readonly]").input_value()
    host.context.close()
    page.goto(invitation)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Your name").fill("Ada")
    page.get_by_role("button", name="Go on with a passkey").click()
    press_once_it_listens(page)
    page.wait_for_url("**/account/")
    assert page.get_by_label("Your name").input_value() == "Ada"
