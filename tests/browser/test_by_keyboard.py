"""A whole way by keyboard alone, and what a screen reader is told on it."""

import contextlib
import re

import pytest
from playwright.sync_api import Error, expect

from tests.browser.people import SETTLED_MS, Somebody, share

pytestmark = pytest.mark.browser

# What the control with the focus is called: by its label, or by what is written on it.
FOCUSED = """
(() => {
  const { labels, innerText } = document.activeElement;
  return (labels?.[0]?.innerText ?? innerText ?? "").trim();
})()
"""


def tabs_to(person, name):
    """Tab until the control with this name has the focus."""
    for _ in range(60):
        person.page.keyboard.press("Tab")
        if person.page.evaluate(FOCUSED).startswith(name):
            return
    raise AssertionError(f"“{name}” can't be reached with Tab")


def presses(person, name, key="Enter"):
    tabs_to(person, name)
    person.waits(SETTLED_MS / 1000)
    person.page.keyboard.press(key)


def holds_the_line(person):
    """Nobody is there as far as the place knows, and so nothing begins, until this is called."""
    held = []
    person.page.route("**/live/ticket", lambda route: held.append(route))

    def let_through():
        person.page.unroute("**/live/ticket")
        for each in held:
            # The page gives up after five seconds, and asks again.
            with contextlib.suppress(Error):
                each.continue_()

    return let_through


def test_from_the_front_page_to_the_end_by_keyboard_alone(chromium, fast):
    ada = Somebody(chromium, fast)
    ada.open("/")
    presses(ada, "Someone is beside me")
    ada.page.wait_for_url("**/door/")
    let_through = holds_the_line(ada)
    presses(ada, "Share this phone")
    ada.page.wait_for_url("**/sitting/*/")
    # The heading of a new page has the focus, so what is read next is what it says.
    ada.page.get_by_role("heading", level=1).wait_for()
    assert ada.page.evaluate("document.activeElement.tagName") == "H1"
    presses(ada, "Near, without touching", "Space")
    let_through()
    ada.waits_for("sitting")
    presses(ada, "Pause")
    ada.sees("Paused")
    presses(ada, "Go on", "Space")
    ada.page.locator(".waiting").wait_for(state="detached")
    ada.waits_until(
        lambda: ada.page.evaluate("document.activeElement !== document.body"), "kept the focus"
    )
    presses(ada, "Stop")
    ada.sees("If it was a lot")
    presses(ada, "Leave")
    ada.page.wait_for_url(f"{fast}/")
    ada.goes_quietly()
    ada.leaves()


def test_what_comes_is_told_to_a_screen_reader(chromium, fast):
    ada = Somebody(chromium, fast)
    let_through = holds_the_line(ada)
    share(ada)
    group = ada.page.get_by_role("group", name="Say it to each other")
    group.wait_for()
    names = [button.inner_text().split("\n")[0] for button in group.get_by_role("button").all()]
    assert names == ["Touching, back to back", "Near, without touching", "Stop here"]
    ada.press("Near, without touching")
    let_through()
    ada.waits_for("sitting")
    ada.press("Pause")
    # Paused is told at once; a new sentence when whoever listens is ready for it.
    expect(ada.page.get_by_role("alert")).to_contain_text("Paused")
    ada.press("Go on")
    said = ada.page.get_by_role("status").filter(has=ada.page.locator(".sentence"))
    expect(said).to_have_count(1)
    assert said.get_attribute("aria-live") in (None, "polite")
    for name in ("Pause", "Stop"):
        expect(ada.page.get_by_role("button", name=name, exact=True)).to_be_visible()
    picture = ada.page.locator("svg.scene")
    assert picture.get_attribute("aria-hidden") == "true"
    expect(ada.page.get_by_role("heading", level=1)).to_have_text(re.compile(r"\w"))
    ada.goes_quietly()
    ada.leaves()
