"""What somebody chooses in private reaches nobody: every way of saying it, and of not saying it."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from tests.browser.people import Somebody, Two, meet

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("choosing")]

Way: TypeAlias = Callable[[Somebody], Iterator[None] | None]

SOFTLY = "That was your minute together. It ends here today, and that is whole."


def received(person, *, until="", since_settling=False):
    """What came to this device, without what no two sittings share, in the order in which it came.

    That is the time of day (everything counts from when settling began), the epoch, and the answers
    to what the device itself said, which come when it says it. Each welcome says whether there are
    dots: on a busy machine a page may come back and be welcomed again.
    """
    began = next(
        s["begins_at"] for m in person.shows for s in m["screens"] if s["stage"] == "settling"
    )
    messages, welcomed = [], False
    for message in person.heard:
        if message["t"] in ("welcome", "pong", "heard"):
            welcomed = welcomed or message["t"] == "welcome"
            continue
        if welcomed and message == {"t": "dots", "on": False}:
            welcomed = False
            continue
        if message["t"] == "show":
            stage = message["screens"][0]["stage"]
            if since_settling and stage == "arriving":
                continue
            screens = [since(began, screen) for screen in message["screens"]]
            message = {**message, "epoch": "", "screens": screens}
            if stage == until:
                return [*messages, message]
        messages.append(message)
    return messages


def since(began, screen):
    if screen["stage"] == "arriving":
        return {**screen, "begins_at": 0, "ends_at": 0}
    times = {name: screen[name] for name in ("begins_at", "ends_at")}
    return {**screen, **{n: t if t is None else round(t - began, 1) for n, t in times.items()}}


NEAR, TOUCHING = "Near, without touching", "Touching, back to back"


def near_at_once(ada):
    """She presses and that is all."""
    ada.press(NEAR)


def touching_then_near(ada):
    ada.press(TOUCHING)
    yield
    ada.page.get_by_text("Change my mind").click()
    ada.press(NEAR)


def not_today_then_touching(ada):
    ada.press("Not today")
    yield
    ada.page.get_by_text("Change my mind").click()
    ada.press(TOUCHING)


def closed_page(ada):
    ada.press(TOUCHING)
    yield
    ada.page.goto("about:blank")


def stopped(ada):
    ada.press(TOUCHING)
    yield
    ada.press("Stop")


def not_today(ada):
    ada.press("Not today")


def no_answer(ada):
    yield


LIKE_NEAR = (near_at_once, touching_then_near, not_today_then_touching)
LIKE_NO_ANSWER = (closed_page, stopped, not_today, no_answer)


@pytest.fixture(scope="module")
def sittings(chromium, fast, steady) -> Iterator[dict[Way, Two]]:
    """Ben would like to be near, or to touch; each time Ada has another way about her.

    What she does after `yield` she does while they settle.
    """
    begun = {}
    for way in LIKE_NEAR + LIKE_NO_ANSWER:
        # Only where time is slower is there enough of it to change one's mind, or to be missed. Of
        # no answer nothing is done, and it would take the two minutes in which both may read.
        place = fast if way is no_answer else steady
        ada, ben = Somebody(chromium, place), Somebody(chromium, place)
        bens = NEAR if way in LIKE_NEAR else TOUCHING
        if way is no_answer:
            ben.will_press(bens)
        two = meet(ada, ben)
        acts = way(two.ada)
        if acts is not None:
            next(acts)
        if way is not no_answer:
            two.ben.press(bens)
        if acts is not None and way is not no_answer:
            two.ada.waits_for("settling")
            next(acts, None)
        begun[way] = two
    yield begun
    for two in begun.values():
        for each in two:
            each.leaves()


def test_two_private_histories_send_the_other_the_same_messages(sittings):
    """Ben wants to be near; what Ada wants, and that she changed her mind, never reaches him."""
    came = []
    for way in LIKE_NEAR:
        ben = sittings[way].ben
        ben.waits_until(
            lambda ben=ben: any(m["screens"][0]["stage"] == "sitting" for m in ben.shows),
            "come to sitting",
        )
        came.append(received(ben, until="sitting"))
    first, *others = came
    assert others == [first] * len(others)
    for way in LIKE_NEAR:
        for each in sittings[way]:
            each.goes_quietly()


def test_not_today_no_answer_a_closed_page_and_a_stop_all_end_alike(sittings):
    came = []
    for way in LIKE_NO_ANSWER:
        ben = sittings[way].ben
        ben.sees(SOFTLY, within_s=60)
        came.append(received(ben, since_settling=True))
    first, *others = came
    assert others == [first] * len(others)
    for way in (not_today, no_answer):
        ada, ben = sittings[way]
        ada.sees(SOFTLY)
        assert ada.page.inner_text("main") == ben.page.inner_text("main")
        [ended_at] = {each.shows[-1]["screens"][-1]["begins_at"] for each in (ada, ben)}
        assert ended_at == ben.shows[-1]["screens"][0]["begins_at"]
    sittings[stopped].ada.sees("You have stopped, and that is whole.")
