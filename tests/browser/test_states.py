"""Every state of a door and a sitting, as somebody may have it: light and dark, still, small, large."""

import pytest

from tests.browser.looking import PHONE, Look, faults
from tests.browser.people import UNHURRIED, arrange, knock, link_of, open_a_door

pytestmark = pytest.mark.browser

SIDEWAYS = {"viewport": {"width": 844, "height": 390}, "reduced_motion": "reduce"}


def test_every_state_of_two_phones_can_be_read_by_everybody(people, fast):
    look = Look()
    ada, ben = people(fast, viewport=PHONE), people(fast, viewport=PHONE)
    open_a_door(ada)
    look.at(ada.page, "the door")
    link = link_of(ada)
    ben.open(link)
    look.at(ben.page, "coming")
    knock(ben, link)
    look.at(ben.page, "waiting")
    ada.button("Let Ben in").wait_for()
    look.at(ada.page, "the door, somebody is there")
    # Settling is short at this pace, and it waits for nobody who looks at it.
    for each in (ada, ben):
        each.will_press("Touching")
    ada.will_press("Pause")
    ada.press("Let Ben in")
    ada.sees("Paused")
    look.at(ada.page, "settling, paused")
    for each in (ben, ada):
        each.press("Go on")
    ben.waits_for("sitting")
    look.at(ben.page, "sitting")
    ben.press("Pause")
    look.at(ben.page, "sitting, paused")
    ben.press("Go on")
    ben.sees("It goes on once you have both pressed.")
    look.at(ben.page, "sitting, waiting for the other to go on")
    ada.press("Stop")
    ada.sees("For you alone")
    look.at(ada.page, "landed, the question")
    ada.page.get_by_role("group").get_by_role("button").first.click()
    look.at(ada.page, "landed, answered")
    while ada.button("Leave this out").count():
        ada.press("Leave this out")
    look.at(ada.page, "the way out")
    assert len(look.screens) == 11
    assert look.wrong == []


def test_every_state_of_a_shared_phone_can_be_read_by_everybody(people, steady):
    look = Look()
    ada = people(steady, viewport=PHONE)
    open_a_door(ada)
    ada.press("Share this phone")
    ada.page.locator("#choice").wait_for()
    look.at(ada.page, "arriving, shared")
    ada.press("Near, without touching")
    ada.waits_for("settling")
    look.at(ada.page, "settling, shared")
    ada.press("Stop")
    ada.sees("You have stopped")
    look.at(ada.page, "stopped while settling, shared")
    assert len(look.screens) == 3
    assert look.wrong == []


def test_a_phone_on_its_side_can_be_read_and_reached_with_everything_open(people, fast):
    ada, ben = people(fast, **SIDEWAYS), people(fast)
    palms = "Palms touching lightly"
    # Nobody hurries whoever is here alone: Ben comes when all of this has been looked at.
    sitting = arrange(ada, ben, UNHURRIED)
    ada.open(sitting)
    ada.button(palms).wait_for()
    found = faults(ada.page, "arriving")
    for summary in ada.page.locator("summary").all():
        summary.click()
    found += faults(ada.page, "arriving, with everything open")
    ada.press(palms)
    ada.sees("Thank you")
    found += faults(ada.page, "waiting to settle")
    for each in (ada, ben):
        each.will_press("Pause" if each is ada else palms)
    ben.open(sitting)
    ada.sees("Paused")
    found += faults(ada.page, "settling, paused")
    ada.will_press("Change my mind")
    ben.press("Go on")
    ada.press("Go on")
    ada.page.locator(".later[open]").wait_for()
    found += faults(ada.page, "settling, with the choice open")
    ada.button("Pass").wait_for()
    ada.page.get_by_text("An idea, if you want one").click()
    ada.button("Water").click()
    ada.page.get_by_text("Sound", exact=True).click()
    found += faults(ada.page, "a turn, with everything open")
    ada.press("Pause")
    ada.sees("Paused")
    found += faults(ada.page, "paused")
    ada.press("Go on")
    ada.sees("It goes on once you have both pressed.")
    found += faults(ada.page, "paused, and waiting for the other")
    ada.press("Stop")
    ada.waits_for("landing")
    found += faults(ada.page, "landing")
    ada.sees("For you alone")
    ada.page.get_by_role("button", name="A little").click()
    found += faults(ada.page, "a question that leads to care")
    while ada.button("Leave this out").count():
        ada.press("Leave this out")
    found += faults(ada.page, "the end")
    assert found == []
