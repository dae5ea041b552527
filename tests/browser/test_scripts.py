"""What the pages' scripts keep to themselves, and what a finger and a phone on its side need."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import Somebody, Two, link_of, meet, open_a_door
from tests.place import ROOT

pytestmark = pytest.mark.browser

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
SITTING_PAGE_BYTES = 150_000
CANARY = "a heron in the reeds"

SIDEWAYS = {"viewport": {"width": 844, "height": 390}, "reduced_motion": "reduce"}

# A screen that is looked at while it fades isn't the one that anybody reads.
FADED = "document.getAnimations().forEach((each) => each.finish())"

TOO_SMALL = """
[...document.querySelectorAll("button, summary, a.button, a.door, .bar a, .links a, textarea")]
  .filter((each) => each.checkVisibility())
  .filter((each) => Math.min(each.offsetHeight, each.offsetWidth) < 44)
  .map((each) => `${each.textContent.trim()} ${each.offsetWidth} × ${each.offsetHeight}`)
"""

# What a reload leaves no time for: a finger that comes down as the button appears.
TOO_EARLY = """
new MutationObserver((_, observer) => {
  const button = document.querySelector(".stack button");
  if (!button) return;
  observer.disconnect();
  setTimeout(() => button.click(), 150);
}).observe(document, { subtree: true, childList: true });
"""


def problems(each: Somebody, screen: str) -> list[tuple[str, str, str]]:
    """What is wrong with the screen that this person has now."""
    page = each.page
    page.evaluate(FADED)
    page.evaluate(f"{AXE};0")
    violations = page.evaluate("axe.run().then((answer) => answer.violations)")
    found = [(screen, v["id"], n["html"][:160]) for v in violations for n in v["nodes"]]
    found += [(screen, "too small", words) for words in page.evaluate(TOO_SMALL)]
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found + ([(screen, "sideways", str(over))] if over > 0 else [])


@pytest.fixture
def people(chromium):
    """Somebody at a device; all of them leave when the test is over."""
    here = []

    def come(place: str, **device) -> Somebody:
        here.append(Somebody(chromium, place, **device))
        return here[-1]

    yield come
    for each in here:
        each.leaves()


def two(people, place: str, practice: str, **device) -> Two:
    return meet(people(place, **device), people(place), practice)


def test_a_phone_on_its_side_can_be_read_and_reached_with_everything_open(people, fast):
    ada, ben = two(people, fast, "mirroring", **SIDEWAYS)
    found = problems(ada, "arriving")
    for summary in ada.page.locator("summary").all():
        summary.click()
    found += problems(ada, "arriving, with everything open")
    ada.press("Palms touching lightly")
    ada.sees("Thank you")
    found += problems(ada, "waiting to settle")
    ben.press("Palms touching lightly")
    ada.waits_for("settling")
    ada.page.locator(".later summary").click()
    found += problems(ada, "settling, with the choice open")
    ada.button("Pass").wait_for()
    ada.page.get_by_text("An idea, if you want one").click()
    ada.button("Water").click()
    ada.page.get_by_text("Sound", exact=True).click()
    found += problems(ada, "a turn, with everything open")
    ada.press("Pause")
    ada.sees("Paused")
    found += problems(ada, "paused")
    ada.press("Go on")
    ada.sees("It goes on once you have both pressed.")
    found += problems(ada, "paused, and waiting for the other")
    ada.press("Stop")
    ada.waits_for("landing")
    found += problems(ada, "landing")
    ada.sees("For you alone")
    ada.page.get_by_role("button", name="A little").click()
    found += problems(ada, "a question that leads to care")
    while ada.page.get_by_role("button", name="Leave this out").count():
        ada.press("Leave this out")
    found += problems(ada, "the end")
    assert found == []


def test_the_page_of_a_sitting_is_light(people, fast):
    ada, _ = two(people, fast, "")
    ada.button("Near").wait_for()
    fetched = ada.page.evaluate(
        """["navigation", "resource"]
          .flatMap((kind) => performance.getEntriesByType(kind))
          .map((each) => [each.name, each.encodedBodySize])"""
    )
    page_and_scripts = [size for name, size in fetched if "/voice/" not in name]
    assert len(page_and_scripts) > 5
    assert sum(page_and_scripts) < SITTING_PAGE_BYTES


def test_a_finger_that_was_already_coming_down_chooses_nothing(people, fast):
    ada, _ = two(people, fast, "")
    ada.page.add_init_script(TOO_EARLY)
    ada.page.reload()
    ada.page.wait_for_timeout(500)
    assert [said for said in ada.said if said["t"] in ("ready", "choose")] == []
    ada.press("Near")
    ada.sees("Thank you")


def test_what_is_answered_in_private_never_leaves_the_page_and_is_gone_with_it(people, fast):
    ada, ben = two(people, fast, "")
    sent = []
    ada.page.on("request", lambda request: sent.append(request.post_data or ""))
    for each in (ada, ben):
        each.press("Near")
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
        each.page.wait_for_url("**/sitting/*/", timeout=15_000)
        assert secret in each.page.evaluate("JSON.stringify({...sessionStorage})")
        # The fragment that a browser shows us here is the one that it does not send.
        assert [url for url in each.asked if secret in url.partition("#")[0]] == []


def test_the_way_in_leaves_one_page_behind_and_no_door(people, fast):
    ada, ben = two(people, fast, "")
    for each in (ada, ben):
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
    found = problems(ada, "the minute")
    ada.press("Pause")
    expect(ada.page.locator(".sentence")).to_have_text("Paused")
    ada.press("Go on")
    ada.press("Stop")
    expect(ada.page.locator("ol.script")).to_be_visible()
    assert found == []
    ada.goes_quietly()
