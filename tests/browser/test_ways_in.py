"""Ways in: the door that two use as people do, and every other one, which all look the same."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from tests.browser.people import choose_terms, knock, link_of, open_a_door
from tests.payloads import PAYLOADS

pytestmark = pytest.mark.browser


@pytest.fixture
def somebody(people, fast):
    came = []

    def come(**device):
        came.append(people(fast, **device))
        return came[-1]

    yield come
    for each in came:
        # A browser writes on the console what a page answered that says no.
        each.goes_quietly(but=("400", "404"))


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
    ada, ben, cy, gus = somebody(), somebody(), somebody(), somebody()
    open_a_door(gus)
    other_link = link_of(gus)
    open_a_door(ada)
    ada.page.get_by_text("Three words to say").click()
    words = ada.page.locator("p.words").inner_text()
    assert len(words.split()) == 3
    # Ben has been at another door in this tab.
    ben.open(other_link)
    for person, said in ((ben, words.upper()), (cy, "never said these")):
        person.open("/words/")
        come_by_words(person, said, "Ben")
    cy.sees("This door is closed")
    ben.page.wait_for_url("**/waiting/")
    # Three words bring no secret, and so none of that other door either.
    assert other_link.partition("#")[2] not in stored(ben)
    ada.press("Let Ben in")
    ben.page.wait_for_url("**/sitting/*/")
    assert stored(ben) == "{}"


def come_by_words(person, words, name):
    person.page.get_by_label("The three words").fill(words)
    person.page.get_by_label("Your name").fill(name)
    person.page.get_by_role("button", name="Come in").click()


def stored(person):
    return person.page.evaluate("JSON.stringify({...sessionStorage})")


def test_what_is_not_right_yet_is_said_in_place_and_sent_once_and_leaves_one_page_behind(somebody):
    ada, ben = somebody(), somebody()
    open_a_door(ada)
    ada.page.get_by_text("Three words to say").click()
    words = ada.page.locator("p.words").inner_text()
    posted = []
    ben.context.on("request", lambda each: posted.append(each.url) if each.method == "POST" else 0)
    ben.open("/words/")
    come_by_words(ben, words, "\u202e")
    expect(ben.page.get_by_text("Please say a name.")).to_be_visible()
    expect(ben.page.get_by_label("The three words")).to_have_value(words)
    assert len([url for url in posted if url.endswith("/words/")]) == 1
    ben.page.get_by_label("Your name").fill("Ben")
    ben.page.get_by_role("button", name="Come in").click()
    ben.page.wait_for_url("**/waiting/")
    history = ben.context.new_cdp_session(ben.page).send("Page.getNavigationHistory")
    assert [entry["url"] for entry in history["entries"]] == ["about:blank", ben.page.url]


def test_what_was_chosen_at_the_door_is_still_chosen_when_the_page_is_loaded_again(somebody):
    ada, ben = somebody(), somebody()
    open_a_door(ada)
    link = link_of(ada)
    choose_terms(ada, "mirroring", "apart", song=True)
    ada.page.reload()
    expect(ada.page.locator("[name=practice]")).to_have_value("mirroring")
    expect(ada.page.locator("[name=seating]")).to_have_value("apart")
    expect(ada.page.locator("[name=song]")).to_be_checked()
    knock(ben, link)
    ada.press("Let Ben in")
    ada.page.wait_for_url("**/sitting/*/")
    ada.sees("Mirroring")
    # It was for that door: the next one begins as doors do.
    open_a_door(ada)
    expect(ada.page.locator("[name=practice]")).to_have_value("back-to-back-breathing")


def test_a_name_with_signs_that_hide_or_turn_text_round_is_shown_without_them(somebody):
    ada, ben = somebody(), somebody()
    open_a_door(ada)
    knock(ben, link_of(ada), "Be\u202en\u200b")
    expect(ada.button("Let Ben in")).to_have_text("Let Ben in")


def test_sixty_names_that_would_be_more_than_text_stay_text_at_the_door(somebody):
    ada = somebody()
    dialogs = []
    ada.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    open_a_door(ada)
    knocks = [{"id": str(number), "name": name} for number, name in enumerate(PAYLOADS)]
    ada.page.route(
        "**/door/state", lambda route: route.fulfill(json={"open": True, "knocks": knocks})
    )
    buttons = ada.page.locator("#knocks button")
    expect(buttons).to_have_count(len(PAYLOADS))
    assert buttons.all_text_contents() == [f"Let {name} in" for name in PAYLOADS]
    assert ada.page.locator("#knocks :not(p, button)").count() == 0
    assert dialogs == []
