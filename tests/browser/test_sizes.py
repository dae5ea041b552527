"""The page of a sitting on screens of many sizes: what holds it stays in reach and takes little room."""

import pytest

from relational_space.practice.practice import Stage
from tests.browser.looking import BENEATH, PHONE, too_wide
from tests.browser.people import Somebody
from tests.browser.staged import Staged, screens_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sizes")]

USUAL, DOUBLED = "", "200%"
SIZES = ((390, 844), (375, 667), (320, 640), (320, 568))

HOLDS = """
() => {
  scrollTo(0, 0);
  // In large letters only pause and stop hold it, and the rest of them comes after the words.
  const [holds] = [".holds", ".keys"]
    .map((each) => document.querySelector(`.room ${each}`).getBoundingClientRect())
    .filter((each) => each.height > 0);
  const [pause] = [...document.querySelectorAll(".keys .pause")].map((each) => each.getBoundingClientRect());
  const inReach = !pause || (pause.top >= 0 && pause.bottom <= innerHeight && pause.height >= 44);
  return { share: holds.height / innerHeight, inReach };
}
"""

# Where everything is that can be pressed, below the bar of the page.
PLACES = """
() => {
  scrollTo(0, 0);
  return [...document.querySelectorAll(".room :is(button, summary)")].map((each) => {
    const { x, y, width, height } = each.getBoundingClientRect();
    return [each.textContent.trim(), x, y, width, height].join(" ");
  });
}
"""


@pytest.fixture(scope="module")
def staged(chromium, fast):
    """Somebody who mirrors with a call, and whose phone feels how they move."""
    ada, ben = Somebody(chromium, fast, viewport=PHONE), Somebody(chromium, fast)
    here = Staged(ada, ben, "mirroring")
    here.says(chosen="near")
    here.shows(sitting()[0])
    here.called()
    here.says(feels=True)
    ada.sees("The picture arrives about")
    yield here
    for each in (ada, ben):
        each.leaves()


def sitting():
    return [each for each in screens_of("mirroring", "near") if each.stage is Stage.SITTING]


def test_what_holds_a_sitting_takes_a_third_of_any_screen_at_most_and_hides_nothing(staged):
    page, wrong = staged.page, []
    longest = max(sitting(), key=lambda each: (len(each.may), len(each.say)))
    moments = {
        "a turn": (longest, {}),
        "paused": (longest, {"still": True, "may": ("go_on", "stop")}),
        "the landing": (screens_of("mirroring", "near")[-2], {}),
    }
    for moment, (shown, other) in moments.items():
        staged.shows(shown, **other)
        for letters in (USUAL, DOUBLED):
            page.evaluate(f"document.documentElement.style.fontSize = '{letters}'")
            for width, height in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                screen = f"{moment}, {width} × {height}, {letters or 'usual'} letters"
                held = page.evaluate(HOLDS)
                wrong += too_wide(page, screen)
                if not held["inReach"] or held["share"] > 1 / 3:
                    wrong.append((screen, "holds", held))
                if letters == USUAL and height >= 640:
                    wrong += [(screen, "beneath", words) for words in page.evaluate(BENEATH)]
    assert wrong == []


def test_nothing_that_can_be_pressed_moves_because_a_line_is_thin_or_a_press_came_too_late(staged):
    page = staged.page
    page.evaluate("document.documentElement.style.fontSize = ''")
    staged.refuses.add("more_time")
    staged.shows(next(each for each in sitting() if "more_time" in each.may))
    before = places(page)
    staged.thin(True)
    staged.ada.sees("The connection is thin just now.")
    staged.ada.press("More time")
    staged.ada.sees("That moment has passed.")
    assert places(page) == before
    assert page.locator(".note").bounding_box()["y"] < page.viewport_size["height"] / 2


def places(page):
    found = {}
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        found[width, height] = page.evaluate(PLACES)
    return found
