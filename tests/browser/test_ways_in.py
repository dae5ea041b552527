"""Ways in: the door that two use as people do, and every other one, which all look the same."""

import re
import secrets

import pytest

from tests.browser.people import Somebody, knock, link_of, open_a_door

pytestmark = pytest.mark.browser


@pytest.fixture
def somebody(chromium, fast):
    came = []

    def come(**device):
        came.append(Somebody(chromium, fast, **device))
        return came[-1]

    yield come
    for each in came:
        # A browser writes on the console that a page was not found.
        each.goes_quietly(but=("404",))
        each.leaves()


def closed(person, path):
    """What somebody sees behind a door that isn't open to them, without what changes every time."""
    answer = person.page.goto(path)
    return answer.status, re.sub(r'value="[^"]{32,}"', "", answer.text())


def test_a_door_opens_by_itself_for_who_was_let_in_and_keeps_nothing_in_the_address(somebody):
    ada, ben, cy = somebody(), somebody(), somebody()
    open_a_door(ada)
    link = link_of(ada)
    ben.open(link)
    # The secret is out of the address bar before anybody has pressed anything.
    assert ben.page.evaluate("location.hash") == ""
    assert ben.page.evaluate("history.length") <= 2
    knock(ben, link)
    ada.press("Let Ben in")
    for each in (ada, ben):
        each.page.wait_for_url("**/sitting/*/")
    sitting = ada.page.url.removeprefix(ada.place)

    [secret] = [link.partition("#")[2]]
    for each in (ada, ben):
        assert [url for url in each.asked if secret in url.partition("#")[0]] == []

    spent = closed(cy, link.partition("#")[0])
    wrong = closed(cy, f"/come/{secrets.token_urlsafe(32)}")
    assert spent == wrong
    assert spent[0] == 404
    # A sitting of two others is as if it weren't.
    assert closed(cy, sitting)[0] == closed(cy, sitting[:-3] + "00/")[0] == 404


def test_looking_at_a_door_spends_nothing(somebody):
    ada, ben, cy = somebody(), somebody(), somebody()
    open_a_door(ada)
    link = link_of(ada)
    for _ in range(3):
        cy.open(link)
    knock(ben, link)
    ada.page.get_by_role("button", name="Let Ben in").wait_for()


def test_three_words_open_it_too_and_wrong_words_look_like_a_closed_door(somebody):
    ada, ben, cy = somebody(), somebody(), somebody()
    open_a_door(ada)
    ada.page.get_by_text("Three words to say").click()
    words = ada.page.locator("p.words").inner_text()
    assert len(words.split()) == 3
    for person, said in ((ben, words.upper()), (cy, "never said these")):
        person.open("/words/")
        person.page.get_by_label("The three words").fill(said)
        person.page.get_by_label("Your name").fill("Ben")
        person.page.get_by_role("button", name="Come in").click()
    ben.page.wait_for_url("**/waiting/")
    cy.sees("This door is closed")


def test_a_name_with_signs_that_hide_or_turn_text_round_is_shown_without_them(somebody):
    ada, ben = somebody(), somebody()
    open_a_door(ada)
    knock(ben, link_of(ada), "Be\u202en\u200b")
    assert ada.button("Let Ben in").inner_text(timeout=10_000) == "Let Ben in"
