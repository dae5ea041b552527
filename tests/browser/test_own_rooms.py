"""The private rooms in a real browser: what somebody keeps for themselves, reads again and changes."""

import json
import re
from datetime import datetime
from pathlib import Path

import icalendar
import pytest
from playwright.sync_api import expect

from tests.browser.ada import Ada
from tests.browser.kept import two_who_keep
from tests.browser.people import SETTLED_MS
from tests.place import served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("own_rooms")]


# Presses one button, and the other in the very moment in which it comes.
TAPS_TWICE = """
([one, other]) => {
  const named = (name) => [...document.querySelectorAll("button")].find((each) => each.textContent === name);
  const tapped = new Promise((done) => {
    new MutationObserver((_, observer) => {
      if (!named(other)) return;
      observer.disconnect();
      named(other).click();
      done();
    }).observe(document.body, { subtree: true, childList: true });
  });
  named(one).click();
  return tapped;
}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with served(home) as place:
        yield home, place.address


@pytest.fixture
def ada(house, chromium):
    home, address = house
    somebody = Ada(chromium, address, home, two_who_keep(home))
    yield somebody
    somebody.context.close()


def test_a_note_is_a_tap_a_line_and_a_tap_and_is_read_again_after_locking(ada):
    page = ada.opens("notes")
    # Once for all: for how long.
    page.get_by_label("Until I let it go").check()
    page.get_by_label("What happened?").tap()
    page.keyboard.type("It was messy, canary-one.")
    ada.button("Keep").tap()
    page.get_by_text("Kept.", exact=True).wait_for()
    expect(page.get_by_label("What happened?")).to_have_value("")
    ada.look.at(page, "a note was kept")

    # What is typed and not kept outlives a lock, sealed.
    page.get_by_label("What happened?").fill("half a thought")
    ada.button("Lock").click()
    page.get_by_label("Your passphrase").wait_for()
    assert "canary-one" not in page.content()
    ada.opens("notes")
    expect(page.get_by_label("What happened?")).to_have_value("half a thought")

    page.get_by_label("What happened?").fill("Dinner.")
    page.get_by_text("More, if you like").click()
    page.get_by_role("button", name="freeze").click()
    page.get_by_label("A word of my own").fill("like a stone")
    page.get_by_label("What helped").fill("The window, cold water")
    page.get_by_label("With whom?").fill("Ben")
    ada.look.at(page, "a whole note")
    ada.keeps()
    ada.button("What comes again").click()
    page.get_by_role("button", name="like a stone in one note").wait_for()
    ada.look.at(page, "patterns")
    page.get_by_role("button", name="cold water in one note").click()
    page.get_by_role("button", name="Dinner.").click()
    page.get_by_text("The window, cold water").wait_for()
    ada.look.at(page, "a note")

    ada.button("Change it").click()
    page.get_by_label("What happened?").fill("Dinner, and I left early.")
    ada.keeps()
    page.get_by_text("Dinner, and I left early.").wait_for()
    notes = ada.kept("note")
    assert {note["what"] for note in notes} == {
        "It was messy, canary-one.",
        "Dinner, and I left early.",
    }
    assert not any("canary-one" in sent for sent in ada.sent)
    page.evaluate(TAPS_TWICE, ["Let it go", "Yes, let it go"])
    ada.look.at(page, "letting go")
    assert len(ada.kept("note")) == 2
    page.wait_for_timeout(SETTLED_MS)
    ada.button("Yes, let it go").click()
    page.get_by_role("button", name="canary-one").wait_for()
    assert [note["what"] for note in ada.kept("note")] == ["It was messy, canary-one."]
    assert ada.look.wrong == []


def test_a_note_changed_in_two_tabs_is_kept_twice(ada):
    ada.wrote("note", {"what": "as it was"}, days_ago=lambda _: 3)
    tabs = [ada.page, ada.context.new_page()]
    for tab in tabs:
        ada.opens("reading", tab)
        tab.get_by_role("button", name="as it was").click()
        tab.get_by_role("button", name="Change it").click()
    for tab, words in zip(tabs, ("here", "there"), strict=True):
        tab.get_by_label("Until I let it go").check()
        tab.get_by_label("What happened?").fill(words)
        tab.get_by_role("button", name="Keep", exact=True).click()
        tab.get_by_role("status").get_by_text(re.compile("^Kept|Both are kept")).wait_for()
    tabs[1].get_by_text("Both are kept, as two.").wait_for()
    assert {note["what"] for note in ada.kept("note")} == {"here", "there"}


def test_a_bridge_takes_nothing_of_one_bond_to_another_and_its_day_is_a_neutral_file(ada):
    today = datetime.now().date().isoformat()
    ada.wrote("note", {"what": "canary of Ben", "bond": "Ben"}, days_ago=lambda _: 9)
    ada.wrote("bridge", {"what": "for Dee", "bond": "Dee", "again": today}, days_ago=lambda _: 8)
    page = ada.opens("notes")
    ada.button("Read what I wrote").click()
    page.get_by_role("button", name="canary of Ben").click()
    ada.button("Something to bring to somebody").click()
    page.get_by_role("heading", name="A new bridge").wait_for()
    expect(page.get_by_label("What would you like to bring?")).to_have_value("")
    page.get_by_label("Until I let it go").check()
    page.get_by_label("To whom?").fill("Cy")
    page.get_by_label("What would you like to bring?").fill("That I go quiet.")
    page.get_by_label("A day to look at it again").fill("2030-12-05")
    ada.look.at(page, "a new bridge")
    with page.expect_download() as taken:
        ada.button("That day for my calendar").click()
    assert taken.value.suggested_filename == "a-little-time.ics"
    (event,) = icalendar.Calendar.from_ical(Path(taken.value.path()).read_bytes()).walk("VEVENT")
    assert (str(event["summary"]), str(event["dtstart"].dt)) == ("A little time", "2030-12-05")
    asked = len(ada.sent)
    ada.keeps()
    assert not any("2030" in sent for sent in ada.sent)
    assert len(ada.sent) > asked

    page.get_by_text("You wanted to look again about now: something for Dee.").wait_for()
    ada.look.at(page, "bridges")
    ada.button("For Cy").click()
    page.get_by_text("That I go quiet.").click()
    page.get_by_text("5 December 2030").or_(page.get_by_text("December 5, 2030")).wait_for()
    shown = page.locator("main").inner_text()
    assert not any(words in shown for words in ("Ben", "Dee", "canary"))
    ada.button("Back").click()
    ada.button("Back").click()
    ada.button("Look").click()
    ada.button("Change it").click()
    page.get_by_label("What happened when I did").fill("We laughed.")
    ada.keeps()
    ada.button("Everything here").click()
    page.get_by_role("button", name="Bridges Something to bring to somebody, whenever").click()
    expect(page.get_by_text("You wanted to look again")).to_have_count(0)

    # What is half written for one of them is found there again, and under nobody else.
    what = page.get_by_label("What would you like to bring?")
    for bond, found in (("Dee", ""), ("Cy", ""), ("Dee", "half written")):
        ada.button(f"For {bond}").click()
        ada.button("A new one").click()
        expect(page.get_by_label("To whom?")).to_have_value(bond)
        expect(what).to_have_value(found)
        if bond == "Dee":
            what.fill("half written")
        ada.button("Back").click()
    assert ada.look.wrong == []


def test_thinking_of_whom_says_something_to_each_answer_and_never_sets_people_in_order(ada):
    people = ({"bond": "Zoë"}, {"bond": "Cy"}, {"bond": "Ben"}, {"bond": "Dee"})
    ada.wrote("person", *people, days_ago=lambda number: 9 - number)
    page = ada.opens("whom")
    ada.button("Think of somebody else").click()
    page.get_by_label("A name that only you read").fill("Abe")
    ask = page.get_by_role("group", name="Can I say no here?")
    ask.get_by_role("button", name="Not really").click()
    ask.get_by_text("a yes isn't free").wait_for()
    expect(ask.get_by_role("link", name="Old alarm, or danger now?")).to_have_attribute(
        "href", "/help/#alarm"
    )
    riding = page.get_by_role("group", name="How much rides on this bond?")
    riding.get_by_role("button", name="A lot").click()
    riding.get_by_role("button", name="Hardly anything").click()
    expect(riding.locator(".thought")).to_have_text(re.compile("Practising may feel lighter here"))
    ask.get_by_role("button", name="Not really").click()
    expect(ask.get_by_role("link")).to_have_count(0)
    page.get_by_text("Words for asking").click()
    ada.button("Make these words mine").click()
    page.get_by_label("Words for asking, in your own way").fill("Hi! Only if you like.")
    page.get_by_label("For 90 days").check()
    ada.look.at(page, "somebody")
    ada.keeps()
    names = page.locator(".stack .door strong")
    expect(names).to_have_text(["Zoë", "Cy", "Ben", "Dee", "Abe"])
    expect(page.get_by_role("button", name="Think of somebody else")).to_have_count(0)
    ada.look.at(page, "whom")
    [abe] = [each for each in ada.kept("person") if each["bond"] == "Abe"]
    assert abe == {"format": 1, "bond": "Abe", "rides": "hardly", "asking": "Hi! Only if you like."}
    assert ada.look.wrong == []


def test_the_slow_view_has_no_line_under_five_days_and_a_band_and_a_table_from_then_on(ada):
    def weeks_ago(number):
        return 7 * (10 - number)

    ada.wrote("slow", *({"safe": mark, "bond": "Ben"} for mark in (3, 4, 4, 6)), days_ago=weeks_ago)
    ada.wrote("slow", *({"safe": mark} for mark in (2, 5, 4, 6, 6)), days_ago=weeks_ago)
    page = ada.opens("slow")
    chart = page.locator(".slow-view")
    expect(chart.locator(".dot")).to_have_count(5)
    expect(chart.locator(".band")).to_have_count(1)
    assert "Ben" not in page.locator(".slow-view").inner_text()
    page.get_by_text("About somebody else").click()
    ada.button("Ben").click()
    expect(chart.locator(".dot")).to_have_count(4)
    expect(chart.locator(".band, .middle")).to_have_count(0)
    page.get_by_text("Behind fewer than five days there is no line").wait_for()
    ada.look.at(page, "four marks")

    ada.button("Make a mark").click()
    page.get_by_label("For 90 days").check()
    for _ in range(2):
        page.get_by_role("button", name="More: How safe has closeness felt?").click()
    ada.look.at(page, "a mark")
    ada.keeps()
    expect(chart.locator(".dot")).to_have_count(5)
    expect(chart.locator(".middle")).to_have_count(1)
    page.get_by_text("As a table").click()
    expect(page.get_by_role("row")).to_have_count(6)
    page.get_by_role("cell", name="7", exact=True).wait_for()
    ada.look.at(page, "five marks")
    assert {"format": 1, "bond": "Ben", "safe": 7} in ada.kept("slow")
    assert ada.look.wrong == []


def test_everything_is_found_by_a_word_and_what_cannot_be_read_says_so(ada):
    ada.wrote("reflection", {"good": "The rain."}, {"line": "Naïve of me."}, days_ago=lambda n: n)
    ada.wrote(
        "note", {"what": "a later field", "weather": "rain"}, {"what": 7}, days_ago=lambda n: n
    )
    ada.wrote("check-in", {"marks": {"safe": 3}, "when": "before"}, days_ago=lambda n: n)
    page = ada.opens("reading")
    expect(page.locator(".entry")).to_have_count(3)
    page.get_by_text("This needs a newer version of this page. It is left as it is.").wait_for()
    page.get_by_text("This could not be read. It is left as it is").wait_for()
    ada.look.at(page, "reading")
    page.get_by_label("Find a word").fill("naive")
    page.get_by_text("One found").wait_for()
    expect(page.locator(".entry")).to_have_count(1)
    page.get_by_label("Find a word").fill("")
    page.get_by_role("button", name="Before a sitting").click()
    page.get_by_text("3 of 10").wait_for()
    expect(ada.button("Change it")).to_have_count(0)
    ada.button("Everything here").click()
    page.get_by_role("button", name="Times it was okay").click()
    page.get_by_role("button", name="The rain.").wait_for()
    ada.look.at(page, "okay")
    assert ada.look.wrong == []


def test_a_note_is_written_by_keyboard_alone(ada):
    page = ada.opens("notes")
    expect(page.get_by_role("heading", name="What pulled me away")).to_be_focused()

    def tab_to(name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            here = "document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent"
            if name in (page.evaluate(here) or ""):
                return
        raise AssertionError(f"Tab does not come to {name}")

    tab_to("What happened?")
    page.keyboard.type("By keys.")
    tab_to("More, if you like")
    page.keyboard.press("Enter")
    tab_to("freeze")
    page.keyboard.press("Space")
    tab_to("Until I let it go")
    page.keyboard.press("Space")
    tab_to("Keep")
    page.keyboard.press("Enter")
    page.get_by_text("Kept.", exact=True).wait_for()
    assert json.dumps(ada.kept("note")) == json.dumps(
        [{"format": 1, "what": "By keys.", "words": ["freeze"]}]
    )
