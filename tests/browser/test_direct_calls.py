"""A call between two browsers with nobody between them: over a bad network, a frozen page, gone and back."""

import re

import pytest

from tests.browser.conftest import paced
from tests.browser.relay import BadNetwork
from tests.browser.test_calls import (  # noqa: F401
    BOTH,
    LOST,
    apart,
    are_together,
    cameras,
    comes,
    has,
    hears,
    is_on,
    sees,
)

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(400)]

WAY_S = 0.2
"""How long a datagram takes from one to the other before the way gets bad."""

UNPLUGS = """
for (const each of window.__given.filter((track) => track.kind === "video")) {
  each.stop();
  each.dispatchEvent(new Event("ended"));
}
"""

TELLING = ("Ben", "left", "they ended", "lost signal")
"""Words that would say whose line or whose page it was."""


@pytest.fixture(scope="module")
def brisk(tmp_path_factory):
    """A place where one turn lasts longer than what is done here."""
    with paced(tmp_path_factory, 4) as address:
        yield address


@pytest.fixture
def between():
    network = BadNetwork()
    yield network
    network.close()


def test_a_direct_call_outlives_500_ms_and_loss_a_frozen_page_and_a_gap_and_nobody_is_blamed(
    between,
    apart,  # noqa: F811
):
    between.delay_s = WAY_S
    two = ada, ben = apart(BOTH, BOTH, between=between)
    are_together(*two)
    for each, whose in zip(two, ("yours", "theirs"), strict=True):
        each.waits_until(lambda each=each: sees(each), "seen the other")
        assert each.page.evaluate("window.__told.iceServers") == []
        each.waits_until(lambda each=each: late(each), "been told how late the picture is")
        assert WAY_S <= said_late_s(each) < WAY_S + 1.5
        has(each, f'.turn-mark[data-turn="{whose}"]', 1)
        assert "If you hear the guide twice" in each.page.text_content("main")

    # Half a second from one to the other, and one datagram in twenty is lost.
    between.delay_s, between.loss = 0.5, 0.05
    before = between.lost
    for each in two:
        each.waits_until(lambda each=each: comes(each, 3000)["frames"] > 2, "seen the other")
        hears(each)
    assert between.lost - before > 10
    for each in two:
        assert not any(s["still"] for s in each.seen)

    # One page stands still: both wait, the call is the same one afterwards.
    session = ben.context.new_cdp_session(ben.page)
    session.send("Debugger.enable")
    session.send("Debugger.pause")
    ada.sees("We'll wait here a while", within_s=25)
    ada.waits(8)
    says_nothing_of_him(ada)
    session.send("Debugger.resume")
    session.send("Debugger.disable")
    for each in two:
        each.press("Go on")
    for each in two:
        each.waits_until(lambda each=each: comes(each, 3000)["frames"] > 2, "seen the other again")

    # The way is gone for a while: it is said of the call and of nobody, and the guide doesn't wait for it.
    stood = [sum(s["still"] for s in each.seen) for each in two]
    between.gone = True
    for each in two:
        each.sees(LOST, within_s=60)
        says_nothing_of_him(each)
        assert is_on(each) == "audio,video"
    between.gone, between.delay_s, between.loss = False, 0.0, 0.0
    for each in two:
        each.waits_until(lambda each=each: sees(each), "seen the other once more", 90)
        hears(each)
    assert [sum(s["still"] for s in each.seen) for each in two] == stood
    # How late it is was said once, whatever became of the way since.
    assert [len(late(each)) for each in two] == [1, 1]

    # A camera is unplugged: the sound stays, and on the other side there is less, by nobody.
    ben.page.evaluate(UNPLUGS)
    for each in two:
        each.sees("Your microphone is on")
        each.waits_until(lambda each=each: is_on(each) == "audio", "let the camera go")
        says_nothing_of_him(each)
        hears(each)
    for each in two:
        each.goes_quietly()


def late(person):
    """What was said of how late the picture is, each time that it was."""
    return [each for each in person.page.evaluate("window.__late") if each]


def said_late_s(person):
    [said] = late(person)
    return float(re.search(r"about ([\d.]+) s late", said).group(1))


def says_nothing_of_him(person):
    words = person.page.inner_text("main")
    assert not any(telling in words for telling in TELLING)
