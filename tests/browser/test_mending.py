"""Whoever is afraid is led to safety by their own page, and the other notices nothing."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Somebody, arrange
from tests.browser.test_choosing import SOFTLY

pytestmark = pytest.mark.browser

QUESTION = "Are you afraid of what they might do"


HIDE_AND_SHOW = """() => {
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
    delete document.hidden;
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def answers(person, answer):
    person.sees(QUESTION)
    assert person.button("By voice").count() == 0
    person.press(answer)
    person.press("Next")


def test_a_yes_is_not_today_for_everybody_else_and_safety_for_oneself(chromium, fast):
    two = ada, ben = Somebody(chromium, fast), Somebody(chromium, fast)
    sitting = arrange(ada, ben, "repair")
    ada.open(sitting)
    # Whoever picks a phone up after somebody finds no answer on it, and no way past the question.
    answers(ada, "No")
    ada.sees("what is welcome today?")
    ada.page.evaluate(HIDE_AND_SHOW)
    answers(ada, "Yes")
    # She reads what everybody reads, and behind “change my mind” there is no way on for her.
    expect(ada.page.get_by_role("heading", level=1)).to_have_text(
        "Thank you. Settling begins soon."
    )
    ada.sees("Change my mind")
    assert ada.button("By voice").count() == 0

    # He comes when she has done; from then on settling waits for nobody for long at this pace.
    ben.open(sitting)
    ben.sees(QUESTION)
    for words in ("No", "Next", "By voice, facing each other"):
        ben.will_press(words)
    for person in two:
        person.sees(SOFTLY)
    said = [{key: act[key] for key in act if key != "id"} for act in ada.said if "id" in act]
    assert said == [{"t": "ready"}]
    hers, his = ada.page.inner_text("main"), ben.page.inner_text("main")
    assert hers.replace("For you alone\n\n", "") == his
    ada.page.get_by_text("For you alone").click()
    ada.sees("Being afraid of somebody is a reason")
    assert ada.page.get_by_role("link", name="Numbers to call").get_attribute("href") == (
        "/help/#lines"
    )
    for person in two:
        person.goes_quietly()
        person.leaves()
