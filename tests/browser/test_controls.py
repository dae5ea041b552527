"""Pause, smaller, pass, more time and stop, from either side."""

import pytest

from tests.browser.people import NET_IS_GONE, Somebody, Two, meet

pytestmark = pytest.mark.browser

# Presses the button with these words as a person would, and says how many milliseconds later the
# screen was another.
PRESS_AND_CLOCK = """
(words) => new Promise((done) => {
  const button = [...document.querySelectorAll("button")].find((b) => b.textContent.trim() === words);
  const room = document.querySelector(".room");
  const stage = room.dataset.stage;
  const began = performance.now();
  new MutationObserver((_, observer) => {
    const now = document.querySelector(".room");
    if (now && now.dataset.stage === stage) return;
    observer.disconnect();
    done(performance.now() - began);
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
  button.click();
})
"""


@pytest.fixture
def sitting(chromium, fast):
    """Two who have begun to sit, in the practice and the seating that are asked for."""
    begun = []

    def begin(practice, rung, **terms) -> Two:
        two = meet(Somebody(chromium, fast), Somebody(chromium, fast), practice, **terms)
        begun.append(two)
        for each in two:
            each.press(rung)
        for each in two:
            each.waits_for("sitting")
        return two

    yield begin
    for two in begun:
        for each in two:
            each.leaves()


def test_either_can_pause_or_ask_for_less_and_it_names_nobody(sitting):
    two = sitting("mirroring", "Palms touching lightly")
    for presser, other in ((two.ada, two.ben), (two.ben, two.ada)):
        presser.press("Pause")
        for each in two:
            each.sees("Paused")
        waiting = [each.page.locator(".waiting").inner_text() for each in two]
        assert waiting[0] == waiting[1]
        before = [last_shown(each) for each in two]
        other.press("Go on")
        other.sees("It goes on once you have both pressed.")
        presser.sees("Paused")
        presser.press("Go on")
        for each in two:
            each.page.locator(".waiting").wait_for(state="detached")
        # The same cue goes on: nothing was skipped, and nothing begins again.
        assert [last_shown(each) for each in two] == before
    for presser, words in (
        (two.ben, "Let the palms part now"),
        (two.ada, "Let it become small now"),
    ):
        presser.press("Smaller, please")
        for each in two:
            each.sees(words)
    for each in two:
        # It is as small as it can be: there is nothing more to ask for.
        assert each.button("Smaller, please").count() == 0
        each.goes_quietly()


def last_shown(person):
    """The key of what this device last showed."""
    return next(s["key"] for s in reversed(person.seen) if s["key"])


def test_a_turn_can_be_passed_or_made_longer_by_either(sitting):
    two = sitting("what-i-see-in-you", "Near, without touching")

    def announced(moment):
        """For each cue that Ben was told of, all the times at which it was to begin or to end."""
        shown = [s for m in two.ben.heard if m["t"] == "show" for s in m["screens"]]
        return [[s[moment] for s in shown if s["cue"] == cue] for cue in {s["cue"] for s in shown}]

    def lengthened():
        return any(round(max(t) - min(t)) == 30 for t in announced("ends_at") if None not in t)

    def passed():
        return any(t[-1] < max(t) - 5 for t in announced("begins_at"))

    two.ben.presses_until("More time", lengthened)
    two.ada.presses_until("Pass", passed)
    for each in two:
        assert "passed" not in " ".join(s["text"] for s in each.seen).lower()
        each.goes_quietly()


# Presses a button with these words wherever it appears, as soon as a press counts: at this pace an
# offer stands for one second.
PRESS_WHEN_IT_COMES = """
(words) => {
  const pressed = new WeakSet();
  new MutationObserver(() => {
    for (const button of document.querySelectorAll("button")) {
      if (button.textContent.trim() !== words || pressed.has(button)) continue;
      pressed.add(button);
      setTimeout(() => button.click(), 650);
    }
  }).observe(document.body, { subtree: true, childList: true });
}
"""


def test_one_song_each_and_one_more_round_if_both_would(sitting):
    two = sitting("mirroring", "Near, without touching", song=True)
    for each in two:
        each.page.evaluate(PRESS_WHEN_IT_COMES, "Yes, if you would too")
    # A song of one's own can be played by whoever leads; either can say that it has ended.
    two.ada.page.get_by_label("Play a song from this device").wait_for(timeout=15_000)
    assert two.ben.page.get_by_label("Play a song from this device").count() == 0
    two.ben.press("The song has ended")
    two.ben.page.get_by_label("Play a song from this device").wait_for(timeout=15_000)
    two.ada.press("The song has ended")
    for each in two:
        each.waits_for("landing")
        assert any(words.startswith("Nobody leads now.") for words in each.sentences())
        each.goes_quietly()


def test_stop_ends_it_here_in_200_ms_and_the_other_lands(sitting):
    two = sitting("back-to-back-breathing", "Near, without touching")
    two.ada.waits(0.7)
    took_ms = two.ada.page.evaluate(PRESS_AND_CLOCK, "Stop")
    print(f"stop: {took_ms:.0f} ms")
    assert took_ms < 200
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
    two.ben.waits(0.7)
    took_ms = two.ben.page.evaluate(PRESS_AND_CLOCK, "Stop")
    print(f"stop, offline: {took_ms:.0f} ms")
    assert took_ms < 200
    assert practice == "mirroring" or any(s["stage"] == "landing" for s in two.ben.seen)
    two.ben.sees("For you alone")
    two.ben.goes_quietly(but=NET_IS_GONE)


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
    ada.waits(0.3)
    assert left
    assert ada.page.locator("main").count() == 0
    ada.leaves()
