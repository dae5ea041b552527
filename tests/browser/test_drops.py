"""The line goes thin, breaks, or the page sleeps: the sitting goes on, and nobody is told on."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.line import Line
from tests.browser.people import NET_IS_GONE, Somebody, meet

pytestmark = pytest.mark.browser

HELD = "We'll wait here a while"


@pytest.fixture
def line():
    line = Line()
    yield line
    line.close()


@pytest.fixture
def far(chromium, fast, line):
    yield from sitting_far_apart(chromium, fast, line)


@pytest.fixture
def far_and_slow(chromium, steady, line):
    """At a pace at which a minute isn't the whole sitting, which a device would play to its end."""
    yield from sitting_far_apart(chromium, steady, line)


def sitting_far_apart(chromium, place, line):
    """Ada, and Ben behind a line that can be cut, who have begun to sit."""
    ada, ben = Somebody(chromium, place), Somebody(chromium, place, line=line)
    for each in (ada, ben):
        each.will_press("Near, without touching")
    two = meet(ada, ben, "back-to-back-breathing")
    for each in two:
        each.waits_for("sitting")
        # Enough pings for both clocks to be as good as they get.
        each.waits_until(
            lambda each=each: sum(m["t"] == "pong" for m in each.heard) > 8, "learned the time"
        )
    yield two
    for each in two:
        each.leaves()


def back_within_s(ben, line):
    """How long after the line flows again Ben's device hears the server."""
    heard = len(ben.heard)
    began = time.monotonic()
    line.flow()
    ben.waits_until(
        lambda: any(m["t"] in ("welcome", "pong") for m in ben.heard[heard:]), "come back"
    )
    return time.monotonic() - began


def went_on_through(person, since_s):
    """The cues that came to this screen since then."""
    return {s["key"] for s in person.seen if s["at"] / 1000 > since_s and s["key"]}


def test_five_seconds_without_a_line_are_not_felt(far, line):
    ada, ben = far
    began = time.time()
    line.stall()
    # Three dots at both, and nothing else: no name, no alarm.
    for each in far:
        expect(each.page.get_by_text("The connection is thin just now.")).to_have_count(1)
    ben.waits(max(5 - (time.time() - began), 0))
    ahead = went_on_through(ben, began)
    assert len(ahead) >= 2
    took_s = back_within_s(ben, line)
    print(f"back {took_s:.2f} s after a drop of 5 s")
    assert took_s < 5
    for each in far:
        each.page.get_by_text("The connection is thin just now.").wait_for(state="detached")
        assert not any(s["still"] for s in each.seen)
        assert HELD not in " ".join(s["text"] for s in each.seen)
    assert went_on_through(ada, began) >= ahead
    keys = [s["key"] for s in ben.seen if s["key"]]
    assert len(keys) == len(set(keys)), "a cue came twice"


def test_a_drop_of_20_s_holds_for_both_and_both_go_on(far, line):
    hold_and_go_on(far, line, 20)


@pytest.mark.long
def test_a_drop_of_60_s_holds_for_both_and_both_go_on(far_and_slow, line):
    hold_and_go_on(far_and_slow, line, 60)


def hold_and_go_on(far, line, drop_s):
    ada, ben = far
    began = time.monotonic()
    line.stall()
    ada.sees(HELD, within_s=20)
    print(f"held for the other after {time.monotonic() - began:.1f} s")
    for telling in ("Ben", "left", "gone", "lost signal"):
        assert telling not in ada.page.inner_text("main")
    # Without a line Ben's device waits as well, and there only stopping is of any use.
    ben.sees(HELD, within_s=20)
    expect(ben.button("Stop")).to_be_visible()
    expect(ben.button("Go on")).to_have_count(0)
    held_at = ada.shows[-1]["screens"][0]["key"]
    ben.waits(max(drop_s - (time.monotonic() - began), 0))
    took_s = back_within_s(ben, line)
    print(f"back {took_s:.2f} s after a drop of {drop_s} s")
    ben.sees(HELD)
    ada.press("Go on")
    ada.sees("It goes on once you have both pressed.")
    ben.press("Go on")
    for each in far:
        each.page.locator(".waiting").wait_for(state="detached")
        on = each.shows[-1]["screens"][0]
        assert (on["key"], on["still"]) == (held_at, False)
        each.goes_quietly(but=NET_IS_GONE)


def test_a_page_that_was_frozen_or_loaded_again_comes_back_to_the_moment(far):
    ada, ben = far

    def at_the_same_moment():
        return len({each.page.locator(".sentence").get_attribute("data-key") for each in far}) == 1

    # As a phone does that sleeps: its scripts stand still, and nothing else is told.
    session = ben.context.new_cdp_session(ben.page)
    session.send("Debugger.enable")
    session.send("Debugger.pause")
    expect(ada.page.get_by_text("The connection is thin just now.")).to_have_count(1)
    ada.waits(2)
    session.send("Debugger.resume")
    session.send("Debugger.disable")
    ben.waits_until(at_the_same_moment, "come to the moment of now")
    assert not any(s["still"] for each in far for s in each.seen)
    ben.page.reload()
    ben.waits_for("sitting")
    ben.waits_until(at_the_same_moment, "come back to the same moment")

    ada.press("Pause")
    ben.sees("Paused")
    ben.page.reload()
    ben.sees("Paused")
    assert ben.journey["played"] == []
    for each in far:
        each.goes_quietly()

    # A second tab takes the seat, and the first is told kindly.
    second = ben.context.new_page()
    second.goto(ben.page.url)
    second.get_by_text("Paused").wait_for()
    ben.sees("It goes on somewhere else.")
    ben.page.get_by_role("button", name="Go on here instead").click()
    ben.sees("Paused")
    second.get_by_text("It goes on somewhere else.").wait_for()
