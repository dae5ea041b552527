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
