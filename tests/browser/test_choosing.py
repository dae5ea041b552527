"""What two people choose apart: the smaller is used, and nothing tells whose it was."""

import pytest

from tests.browser.people import Somebody, meet

pytestmark = pytest.mark.browser

SOFTLY = "That was your minute together. It ends here today, and that is whole."


def received(person, *, of_sitting_only=False):
    """Every message that came to this device, without what no two sittings share.

    That is the time of day (everything counts from when settling began), the epoch, and the answers
    to the device's own pings.
    """
    shows = [m for m in person.heard if m["t"] == "show"]
    began = next(s["begins_at"] for m in shows for s in m["screens"] if s["stage"] == "settling")
    messages = []
    for message in person.heard:
        if message["t"] in ("welcome", "pong"):
            continue
        message = {**message, "epoch": "", "id": ""}
        if message["t"] == "show":
            message["screens"] = [since(began, screen) for screen in message["screens"]]
            if of_sitting_only and message["screens"][0]["stage"] == "arriving":
                continue
        messages.append(message)
    return messages


def since(began, screen):
    if screen["stage"] == "arriving":
        return {**screen, "begins_at": 0, "ends_at": 0}
    times = {name: screen[name] for name in ("begins_at", "ends_at")}
    return {**screen, **{n: t if t is None else round(t - began, 1) for n, t in times.items()}}


def test_two_private_histories_send_the_other_the_same_messages(chromium, steady):
    """Ben wants to be near; what Ada wants, and that she changed her mind, never reaches him."""
    histories = {
        "near at once": ["Near, without touching"],
        "touching, then near": [
            "Touching, back to back",
            "Change my mind",
            "Near, without touching",
        ],
        "not today, then touching": ["Not today", "Change my mind", "Touching, back to back"],
    }
    came = {}
    sittings = {}
    for history, presses in histories.items():
        two = meet(Somebody(chromium, steady), Somebody(chromium, steady))
        two.ada.press(presses[0])
        two.ben.press("Near, without touching")
        two.ada.waits_for("settling")
        for press in presses[1:]:
            if press == "Change my mind":
                two.ada.page.get_by_text(press).click()
            else:
                two.ada.press(press)
        sittings[history] = two
    for history, two in sittings.items():
        two.ben.page.locator(".sentence", has_text="Find a seat").wait_for(timeout=40_000)
        came[history] = received(two.ben)
        for each in two:
            each.goes_quietly()
            each.leaves()
    first, *others = came.values()
    for other in others:
        assert other == first


def test_the_lower_rung_wins_and_neither_screen_says_whose_it_was(chromium, fast):
    near, touching = "Near, without touching", "Touching, back to back"
    sittings = []
    for adas, bens in ((near, touching), (touching, near)):
        two = meet(Somebody(chromium, fast), Somebody(chromium, fast))
        two.ada.press(adas)
        two.ben.press(bens)
        sittings.append(two)
    for each in (person for two in sittings for person in two):
        each.waits_for("landing", within_s=60)
        said = " ".join(each.sentences())
        assert "Stay near like this." in said
        assert "let your backs" not in said
        for telling in ("Ada", "Ben", "other person"):
            assert telling not in said
        each.goes_quietly()
        each.leaves()


def test_not_today_no_answer_a_closed_page_and_a_stop_all_end_alike(chromium, fast, steady):
    def not_today(ada):
        ada.press("Not today")

    def no_answer(ada):
        pass

    def closed_page(ada):
        ada.press("Touching, back to back")
        ada.page.goto("about:blank")

    def stopped(ada):
        ada.press("Touching, back to back")
        ada.waits_for("settling")
        ada.press("Stop")

    sittings = {}
    for way in (closed_page, stopped, not_today, no_answer):
        # A page that has closed is missed after 12 s of anybody's time.
        place = steady if way is closed_page else fast
        two = meet(Somebody(chromium, place), Somebody(chromium, place))
        two.ben.press("Touching, back to back")
        way(two.ada)
        sittings[way.__name__] = two
    came = {}
    for way, two in sittings.items():
        two.ben.sees(SOFTLY, within_s=40)
        came[way] = received(two.ben, of_sitting_only=True)
    first, *others = came.values()
    for other in others:
        assert other == first
    for way in ("not_today", "no_answer"):
        two = sittings[way]
        two.ada.sees(SOFTLY)
        assert two.ada.page.inner_text("main") == two.ben.page.inner_text("main")
        assert abs(two.ada.when(SOFTLY) - two.ben.when(SOFTLY)) < 0.5
    sittings["stopped"].ada.sees("You have stopped, and that is whole.")
    for two in sittings.values():
        for each in two:
            each.leaves()
