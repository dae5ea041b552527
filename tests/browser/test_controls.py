"""Pause, smaller, pass, more time and stop, from either side."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import NET_IS_GONE, UNHURRIED, Somebody, Two, meet

pytestmark = pytest.mark.browser

# Presses the button with these words as a person would: whether the screen was another before the
# page did anything else, with no timer and no answer in between, and after how many milliseconds.
PRESS_AND_CLOCK = """
async (words) => {
  const button = [...document.querySelectorAll("button")].find((b) => b.textContent.trim() === words);
  const stage = document.querySelector(".room").dataset.stage;
  const began = performance.now();
  button.click();
  for (let turn = 0; turn < 20; turn += 1) {
    await null;
    if (document.querySelector(".room")?.dataset.stage !== stage) return performance.now() - began;
  }
  return null;
}
"""


@pytest.fixture
def sitting(chromium, fast):
    """Two who have begun to sit, in the practice that is asked for."""
    begun = []

    def begin(practice, rung, **terms) -> Two:
        ada, ben = Somebody(chromium, fast), Somebody(chromium, fast)
        begun.extend((ada, ben))
        for each in (ada, ben):
            each.will_press(rung)
        two = meet(ada, ben, practice, **terms)
        for each in two:
            each.waits_for("sitting")
        return two

    yield begin
    for each in begun:
        each.leaves()


def stands_still(person):
    """Whether the newest show here stands still."""
    return person.shows[-1]["screens"][0]["still"]


def test_either_can_pause_and_pause_again_or_ask_for_less_and_it_names_nobody(sitting):
    two = sitting(UNHURRIED, "Palms touching lightly")
    for presser, other in ((two.ada, two.ben), (two.ben, two.ada)):
        presser.press("Pause")
        for each in two:
            each.waits_until(lambda each=each: stands_still(each), "been paused")
            expect(each.page.locator(".waiting")).to_contain_text("Paused")
        waiting = [each.page.locator(".waiting").inner_text() for each in two]
        assert waiting[0] == waiting[1]
        [at] = {each.shows[-1]["screens"][0]["key"].rpartition("/")[0] for each in two}
        other.press("Go on")
        other.sees("It goes on once you have both pressed.")
        expect(presser.button("Go on")).to_be_visible()
        presser.press("Go on")
        for each in two:
            each.page.locator(".waiting").wait_for(state="detached")
            # The same cue goes on: nothing was skipped, and nothing begins again.
            on = next(m for m in each.shows[::-1] if m["screens"][0]["stage"] == "sitting")
            assert not on["screens"][0]["still"]
            assert on["screens"][0]["key"].rpartition("/")[0] == at
    for presser, words in (
        (two.ben, "Let the palms part now"),
        (two.ada, "Let it become small now"),
    ):
        presser.press("Smaller, please")
        for each in two:
            each.waits_until(
                lambda each=each, words=words: words in each.shows[-1]["screens"][0]["say"],
                "become smaller",
            )
    for each in two:
        # It is as small as it can be: there is nothing more to ask for.
        expect(each.button("Smaller, please")).to_have_count(0)
        each.goes_quietly()


def test_a_turn_can_be_passed_or_made_longer_by_either(sitting):
    two = sitting(UNHURRIED, "Near, without touching")

    def announced(moment):
        """For each cue that Ben was told of, all the times at which it was to begin or to end."""
        shown = [s for m in two.ben.shows for s in m["screens"]]
        return [[s[moment] for s in shown if s["cue"] == cue] for cue in {s["cue"] for s in shown}]

    def lengthened():
        return any(round(max(t) - min(t)) == 30 for t in announced("ends_at") if None not in t)

    def passed():
        return any(t[-1] < max(t) - 5 for t in announced("begins_at"))

    two.ben.press("More time")
    two.ben.waits_until(lengthened, "become longer")
    two.ada.press("Pass")
    two.ben.waits_until(passed, "been passed")
    for each in two:
        assert "passed" not in " ".join(s["text"] for s in each.seen).lower()
        each.goes_quietly()


def test_one_song_each_and_one_more_round_if_both_would(sitting):
    two = sitting(UNHURRIED, "Near, without touching", song=True)
    for each in two:
        each.will_press("Yes, if you would too")
    # A song of one's own can be played by whoever leads; either can say that it has ended. No end is
    # known to the place, so there is none to put off.
    for leading, following in ((two.ada, two.ben), (two.ben, two.ada)):
        leading.page.get_by_label("Play a song from this device").wait_for()
        expect(following.page.get_by_label("Play a song from this device")).to_have_count(0)
        expect(leading.button("More time")).to_have_count(0)
        following.press("The song has ended")
    for each in two:
        each.waits_until(
            lambda each=each: any(s.startswith("Nobody leads now.") for s in each.sentences()),
            "come to the round without a leader",
        )
        each.goes_quietly()


def test_stop_ends_it_here_in_200_ms_and_the_other_lands(sitting):
    two = sitting("back-to-back-breathing", "Near, without touching")
    stops_at_once(two.ada)
    two.ben.waits_for("landing", within_s=20)
    words = two.ben.page.inner_text("main")
    for telling in ("stopped", "left", "gone", "Ada"):
        assert telling not in words
    two.ada.sees("For you alone")
    for each in two:
        each.goes_quietly()


@pytest.mark.parametrize("practice", ["back-to-back-breathing", "mirroring"])
def test_stop_works_in_200_ms_with_the_network_gone(sitting, practice):
    """With the landing that the device holds; or with the page's own words where it holds none."""
    two = sitting(practice, "Near, without touching")
    two.ben.context.set_offline(True)
    stops_at_once(two.ben)
    assert practice == "mirroring" or any(s["stage"] == "landing" for s in two.ben.seen)
    two.ben.sees("For you alone")
    two.ben.goes_quietly(but=NET_IS_GONE)


def stops_at_once(person):
    expect(person.button("Stop")).to_be_visible()
    person.waits(0.7)
    took_ms = person.page.evaluate(PRESS_AND_CLOCK, "Stop")
    print(f"stop: {took_ms} ms")
    assert took_ms is not None
    assert took_ms < 200


@pytest.mark.parametrize("way", ["button", "shift"])
def test_quick_exit_leaves_at_once_by_button_or_by_shift_three_times(chromium, fast, way):
    ada = Somebody(chromium, fast)
    left = []

    def away(route):
        left.append(route.request.url)
        route.abort()

    ada.context.route("https://www.wikipedia.org/**", away)
    ada.open("/help/")
    if way == "button":
        ada.page.get_by_role("link", name="Quick exit to another site").click()
    else:
        for _ in range(3):
            ada.page.keyboard.press("Shift")
    ada.waits_until(lambda: left, "been left")
    expect(ada.page.locator("main")).to_have_count(0)
    ada.leaves()
