"""What the pages' scripts keep to themselves, and what a finger needs."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.looking import faults
from tests.browser.people import Somebody, arrange, link_of, meet, open_a_door, walk_in

pytestmark = pytest.mark.browser

CANARY = "a heron in the reeds"

# What a reload leaves no time for: a finger that comes down as the button appears.
TOO_EARLY = """
new MutationObserver((_, observer) => {
  const button = document.querySelector(".stack button");
  if (!button) return;
  observer.disconnect();
  setTimeout(() => {
    button.click();
    setTimeout(() => (window.__came_down = true), 200);
  }, 150);
}).observe(document, { subtree: true, childList: true });
"""


def test_a_finger_that_was_already_coming_down_chooses_nothing(people, fast):
    ada, ben = people(fast), people(fast)
    ada.page.add_init_script(TOO_EARLY)
    ada.open(arrange(ada, ben))
    ada.waits_until(lambda: ada.page.evaluate("window.__came_down"), "been pressed")
    assert [said for said in ada.said if said["t"] in ("ready", "choose")] == []
    ada.press("Near")
    ada.sees("Thank you")


def test_what_is_answered_in_private_never_leaves_the_page_and_is_gone_with_it(people, fast):
    ada, ben = people(fast), people(fast)
    sent = []
    ada.page.on("request", lambda request: sent.append(request.post_data or ""))
    for each in (ada, ben):
        each.will_press("Near")
    meet(ada, ben)
    ada.waits_for("sitting")
    ada.press("Stop")
    ada.sees("For you alone")
    ada.press("Leave this out")
    line = ada.page.locator("textarea")
    line.fill(CANARY)
    assert line.get_attribute("name") is None
    assert line.get_attribute("autocomplete") == "off"
    hide(ada)
    expect(line).to_have_value("")
    line.fill(CANARY)
    ada.press("Next")
    ada.page.reload()
    stored = ada.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    heard = [stored, ada.page.content(), *ada.asked, *sent, *map(str, ada.said)]
    assert [each for each in heard if CANARY in each or "heron" in each] == []


def hide(each: Somebody) -> None:
    """The page goes behind another, as far as the page can tell."""
    each.page.evaluate(
        """() => {
            Object.defineProperty(document, "hidden", { value: true, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
            delete document.hidden;
        }"""
    )


def test_the_secret_of_a_door_is_shown_to_the_guest_and_to_nobody_else(people, fast):
    ada, ben = people(fast), people(fast)
    open_a_door(ada)
    expect(ada.page.get_by_role("img", name=re.compile("to scan"))).to_be_visible()
    link = link_of(ada)
    secret = link.partition("#")[2]
    assert re.fullmatch(r"[\w-]{43}", secret)
    ada.page.reload()
    assert link_of(ada).endswith(secret)
    ben.open(link)
    assert "#" not in ben.page.url
    ben.page.get_by_label("Your name").fill("Ben")
    ben.page.get_by_role("button", name="Come in").click()
    ben.page.wait_for_url("**/waiting/")
    ada.press("Let Ben in")
    for each in (ada, ben):
        each.page.wait_for_url("**/sitting/*/")
        assert secret in each.page.evaluate("JSON.stringify({...sessionStorage})")
        # The fragment that a browser shows us here is the one that it does not send.
        assert [url for url in each.asked if secret in url.partition("#")[0]] == []


def test_the_way_in_leaves_one_page_behind_and_no_door(people, fast):
    two = walk_in(people(fast), people(fast))
    for each in two:
        history = each.context.new_cdp_session(each.page).send("Page.getNavigationHistory")
        private = [
            entry["url"]
            for entry in history["entries"][:-1]
            if re.search("/door/|/come/|/sitting/", entry["url"])
        ]
        assert private == []


def test_the_minute_alone_is_played_and_comes_back_as_a_list(people, fast):
    ada = people(fast)
    ada.open("/alone/")
    ada.press("Begin the minute")
    expect(ada.page.locator(".sentence")).to_have_text(re.compile("This takes about a minute"))
    found = faults(ada.page, "the minute")
    ada.press("Pause")
    expect(ada.page.locator(".sentence")).to_have_text("Paused")
    ada.press("Go on")
    ada.press("Stop")
    expect(ada.page.locator("ol.script")).to_be_visible()
    assert found == []
    ada.goes_quietly()
