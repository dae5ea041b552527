"""Every state of a door and a sitting, as somebody may have it: light and dark, still, small, large."""

import pytest

from tests.browser.people import (
    Somebody,
    knock,
    link_of,
    open_a_door,
)
from tests.place import ROOT

pytestmark = pytest.mark.browser

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}


class Look:
    """Looks at one state after another, and keeps what is wrong with it."""

    def __init__(self):
        self.wrong = []
        self.states = 0

    def at(self, person, state):
        self.states += 1
        page = person.page
        self._axe(page, f"{state}, light")
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page.set_viewport_size(NARROW)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        self._axe(page, f"{state}, dark, still, narrow, large letters")
        for name, size in (("large letters", "200%"), ("letters as they are", "")):
            page.evaluate("(size) => (document.documentElement.style.fontSize = size)", size)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > NARROW["width"]:
                self.wrong.append(f"{state}, {name}: {wide} px wide on a screen of 320")
        page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        page.set_viewport_size(PHONE)

    def _axe(self, page, state):
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        for violation in found["violations"]:
            where = [node["html"][:120] for node in violation["nodes"]]
            self.wrong.append(f"{state}: {violation['id']} ({violation['impact']}) {where}")


def test_every_state_of_two_phones_can_be_read_by_everybody(chromium, fast):
    look = Look()
    ada = Somebody(chromium, fast, viewport=PHONE)
    ben = Somebody(chromium, fast, viewport=PHONE)
    open_a_door(ada)
    look.at(ada, "the door")
    link = link_of(ada)
    ben.open(link)
    look.at(ben, "coming")
    knock(ben, link)
    look.at(ben, "waiting")
    ada.button("Let Ben in").wait_for()
    look.at(ada, "the door, somebody is there")
    ada.press("Let Ben in")
    for each in (ada, ben):
        each.page.wait_for_url("**/sitting/*/")
    ada.page.locator("#choice").wait_for()
    ada.press("Touching")
    ben.press("Touching")
    ada.press("Pause")
    ada.sees("Paused")
    look.at(ada, "settling, paused")
    for each in (ben, ada):
        each.press("Go on")
    ben.waits_for("sitting")
    look.at(ben, "sitting")
    ben.press("Pause")
    look.at(ben, "sitting, paused")
    ben.press("Go on")
    look.at(ben, "sitting, waiting for the other to go on")
    ada.press("Stop")
    ada.sees("For you alone")
    look.at(ada, "landed, the question")
    ada.page.get_by_role("group").get_by_role("button").first.click()
    look.at(ada, "landed, answered")
    while ada.button("Leave this out").count():
        ada.press("Leave this out")
    look.at(ada, "the way out")
    print(f"{look.states} states looked at")
    assert look.wrong == []
    for each in (ada, ben):
        each.leaves()


def test_every_state_of_a_shared_phone_can_be_read_by_everybody(chromium, steady):
    look = Look()
    ada = Somebody(chromium, steady, viewport=PHONE)
    open_a_door(ada)
    ada.page.get_by_role("button", name="Share this phone").click()
    ada.page.locator("#choice").wait_for()
    look.at(ada, "arriving, shared")
    ada.press("Near, without touching")
    ada.waits_for("settling")
    look.at(ada, "settling, shared")
    ada.press("Stop")
    ada.sees("You have stopped")
    look.at(ada, "stopped while settling, shared")
    print(f"{look.states} states looked at")
    assert look.wrong == []
    ada.leaves()
