"""After a sitting somebody keeps something for themselves: sealed, and nobody else is told."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import unhurried
from tests.browser.kept import Kept, bodies, meet_again, sign_in, two_who_keep, unlock
from tests.browser.looking import PHONE, Look
from tests.browser.people import UNHURRIED
from tests.place import served

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000
CANARY = "quetzal"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """The folder and the address of a place where a sitting is quickly over, and nobody speaks."""
    home = tmp_path_factory.mktemp("kept")
    (home / "practices").mkdir()
    (home / "practices" / f"{UNHURRIED}.toml").write_text(unhurried(), encoding="utf-8")
    with served(home, "--pace", "20") as place:
        yield home, place.address


@pytest.fixture(scope="module")
def look() -> Look:
    return Look()


def test_what_was_answered_is_kept_by_whoever_wants_to_and_leaves_sealed(house, people, look):
    home, address = house
    kept: Kept = two_who_keep(home)
    ada = sign_in(people(address, viewport=PHONE), kept.ada)
    ben = sign_in(people(address, viewport=PHONE), kept.ben)
    sitting = meet_again(ada, ben, kept.space, UNHURRIED)
    sent: list[str] = []
    ada.page.on("request", lambda asked: sent.append(f"{asked.url} {asked.post_data or ''}"))

    # Ada is there first. She opens her words before she sits, and answers the check-in.
    ada.page.goto(sitting)
    ada.touches()
    ada.press("Open my words first")
    ada.page.get_by_label("Your passphrase").wait_for()
    look.at(ada.page, "locked before a sitting")
    unlock(ada)
    ada.sees("They stay open while you sit")
    look.at(ada.page, "open before a sitting")
    ada.press("Go on")
    ada.page.get_by_role("slider", name="How safe does this feel?").fill("8")
    ada.page.get_by_role("button", name="far away").click()
    look.at(ada.page, "check-in")
    ada.press("Done")
    look.at(ada.page, "arriving")
    ada.press("Near, without touching")
    ben.will_press("Skip")
    ben.will_press("Near, without touching")
    ben.page.goto(sitting)
    ben.touches()
    ada.waits_for("sitting")
    ada.press("Stop")

    # What comes after: one question, and the rest is left out.
    ada.page.get_by_role("heading", name="For you alone").wait_for(timeout=PATIENCE_MS)
    while not ada.page.get_by_role("slider").count():
        ada.press("Leave this out")
    ada.page.get_by_role("slider").fill("3")
    look.at(ada.page, "after")
    ada.press("Next")
    while ada.page.get_by_role("button", name="Leave this out").count():
        ada.press("Leave this out")
    look.at(ada.page, "the end")
    ada.press("Keep something of this for myself")
    ada.page.get_by_label("A line").fill(f"It was messy, {CANARY}.")
    ada.page.get_by_label("One good detail").fill(f"{CANARY} laughed")
    ada.page.get_by_role("button", name="warm").click()
    expect(ada.page.get_by_label("With whom")).to_have_value("Ben")
    look.at(ada.page, "keeping")
    said = ada.page.get_by_role("listitem").all_inner_texts()
    assert said == [
        "Before: How safe does this feel? towards “safe”",
        "Before: Is your body saying any of this? far away",
        "After: How pleasant is it, right now? towards “unpleasant”",
    ]
    ada.press("Keep this for myself")
    ada.sees("Nothing is kept yet")
    ada.page.get_by_label("For 30 days").check()
    ada.press("Keep this for myself")
    ada.sees("Kept, for you alone")
    look.at(ada.page, "kept")
    written = {
        (each["kind"], each["body"].get("when", "")): each["body"]
        for each in bodies(home, kept.ids["Ada"])
    }
    before, after = written["check-in", "before"], written["check-in", "after"]
    assert before["marks"] == {"safe": 8}
    assert before["words"] == ["far away"]
    assert list(after["marks"].values()) == [3]
    assert {each["bond"] for each in (before, after)} == {"Ben"}
    reflection = written["reflection", ""]
    assert (reflection["good"], reflection["words"]) == (f"{CANARY} laughed", ["warm"])
    assert all(CANARY not in each for each in sent)
    assert bodies(home, kept.ids["Ben"]) == []
    assert look.wrong == []
    ada.goes_quietly()
    ben.goes_quietly()


def to_keepsakes(each):
    each.page.goto("/mine/#keepsakes")
    unlock(each)
    each.page.get_by_role("heading", name="Keepsakes").wait_for()


def looks_again(each):
    """As after a while: the room is left and gone to, and reads what lies there now."""
    each.page.get_by_role("button", name="Everything here").click()
    with each.page.expect_response(lambda answer: "/sealed/spaces/" in answer.url):
        each.page.get_by_role("button", name="Keepsakes").click()
    each.page.get_by_text("Write a card").wait_for()


def gives(ada, words):
    ada.page.get_by_text("Write a card").click()
    ada.page.get_by_label("A card").fill(words)
    ada.press("Give it")
    ada.sees("It lies there for them")


def test_a_card_is_given_received_and_kept_and_its_giver_is_told_nothing(house, people, look):
    home, address = house
    kept: Kept = two_who_keep(home)
    ada = sign_in(people(address, viewport=PHONE), kept.ada)
    ben = sign_in(people(address, viewport=PHONE), kept.ben)
    to_keepsakes(ada)
    gives(ada, f"You wait until somebody has finished, {CANARY}.")
    ada.page.get_by_text("Given", exact=True).click()
    ada.press("Change it")
    ada.page.get_by_label("A card").last.fill(f"You wait until I have finished, {CANARY}.")
    ada.press("Put this in its place")
    ada.sees("Changed.")
    look.at(ada.page, "a card that was changed")
    looks_again(ada)
    ada.page.get_by_text("Given", exact=True).click()
    before = ada.page.get_by_role("region", name="Ben").inner_text()
    assert "until I have finished" in before

    to_keepsakes(ben)
    ben.sees("There is a card here")
    assert CANARY not in ben.page.locator("main").inner_text()
    look.at(ben.page, "a card waits")
    ben.press("Read one")
    ben.sees("until I have finished")
    ben.page.get_by_label("For 30 days").check()
    look.at(ben.page, "a card, read")
    ben.press("Keep it")
    expect(ben.page.get_by_role("button", name="Keep it")).to_have_count(0)
    ben.page.get_by_text("Kept", exact=True).click()
    look.at(ben.page, "a keepsake")

    # Ada finds what she found before: what became of it is nowhere on her page.
    looks_again(ada)
    ada.page.get_by_text("Given", exact=True).click()
    assert ada.page.get_by_role("region", name="Ben").inner_text() == before
    ada.press("Take it back")
    ada.sees("Let go.")
    looks_again(ben)
    ben.page.get_by_text("Kept", exact=True).click()
    ben.sees("until I have finished")
    ben.page.get_by_text("Show me no cards from Ada").first.click()
    ben.press("Show me no cards from Ada")
    ben.sees("No cards are shown from here")
    look.at(ben.page, "muted")
    gives(ada, "Another one.")
    looks_again(ben)
    ben.sees("No cards are shown from here")
    assert ben.page.get_by_text("There is a card here").count() == 0
    texts = [each["body"].get("text") for each in bodies(home, kept.ids["Ben"])]
    assert [text for text in texts if text] == [f"You wait until I have finished, {CANARY}."]
    assert look.wrong == []
    ada.goes_quietly()
    ben.goes_quietly()


def test_two_who_have_no_key_yet_are_told_how_they_come_by_one(house, people, look):
    home, address = house
    kept: Kept = two_who_keep(home, key=False)
    ada = sign_in(people(address, viewport=PHONE), kept.ada)
    to_keepsakes(ada)
    ada.sees("You two have no shared key yet")
    look.at(ada.page, "no key yet")
    assert look.wrong == []
