"""The other's breath from afar, and a pace for both: each chooses how, and until then nothing comes."""

import statistics
from itertools import pairwise

import pytest

from tests.browser.looking import PHONE, Look
from tests.browser.people import SHOWN, meet
from tests.browser.sensors import Sensors, play, tilting
from tests.browser.test_feeling import OURS, felt_together, says_yes

pytestmark = pytest.mark.browser

PACE = 4
FILTER_S = 0.5
"""The wave of this moment is so late by itself, in real time."""

LIGHT = "Slow light"
ENOUGH = 80

# When the light was last drawn anew, by the page's clock, and what sitting time it shows.
DRAWN = """
() => {
  window.drawn = [];
  window.brightness = [];
  const light = document.querySelector(".swell");
  new MutationObserver(() => {
    const at = Number(light.dataset.at);
    const brightness = Number(light.style.getPropertyValue("--swell"));
    window.brightness.push(brightness);
    if (window.drawn.at(-1)?.[1] !== at) window.drawn.push([performance.now(), at, brightness]);
  }).observe(light, { attributes: true });
}
"""


def sitting_time(somebody, now_ms):
    """By the latest answers of the server, whose way here is short."""
    pongs = [message for message in somebody.heard if message["t"] == "pong"][-10:]
    return statistics.median(p["at"] + PACE * (now_ms - p["sent"]) / 1000 for p in pongs)


def test_the_others_breath_comes_as_each_likes_and_not_before(people, steady):
    look = Look()
    ada, ben = people(steady, viewport=PHONE), people(steady, viewport=PHONE)
    phones = [(ada, Sensors(ada), tilting(0.6, 4)), (ben, Sensors(ben), tilting(0.6, 3))]
    meet(ada, ben, SHOWN)
    for each in (ada, ben):
        says_yes(each)
    felt_together(ada, ben)
    first = ada.page.get_by_role("group", name="The other's breath").get_by_role("button")
    assert [b.get_attribute("aria-pressed") for b in first.all()] == ["false"] * 3
    play(phones, 30, until=lambda: any(m["t"] == "swell" for m in ada.heard))
    # It comes to the page, and the page shows nothing of it until somebody here has chosen how.
    assert not ada.page.locator(".swell").first.get_attribute("style")
    first.filter(has_text=LIGHT).click()
    ada.page.evaluate(DRAWN)
    play(phones, 60, until=lambda: ada.page.evaluate("window.drawn.length") > ENOUGH)
    drawn = ada.page.evaluate("window.drawn")
    late_ms = [
        1000 * ((sitting_time(ada, now_ms) - at) / PACE - FILTER_S) for now_ms, at, _ in drawn
    ]
    print(
        f"from a reading's stamp to the light, beyond the filter's {FILTER_S} s: {len(late_ms)} drawn, "
        f"median {statistics.median(late_ms):.0f} ms, "
        f"p95 {sorted(late_ms)[len(late_ms) * 95 // 100]:.0f} ms"
    )
    assert len(drawn) > ENOUGH
    brightness = ada.page.evaluate("window.brightness")
    assert max(brightness) - min(brightness) > 0.3
    # It fades: from one drawing to the next it never changes as a flash would.
    assert max(abs(b - a) for a, b in pairwise(brightness)) < 0.5
    look.at(ada.page, "the other's breath and a pace")
    assert look.wrong == []
    # Taken back, nothing of it is left on either page.
    ben.press("Sensor off")
    ben.sees("The sensor is off")
    assert ben.page.get_by_role("group", name="The other's breath").count() == 0
    ada.goes_quietly(but=OURS)


def test_a_pace_is_at_the_same_height_on_both_pages_at_the_same_moment(people, steady):
    ada, ben = people(steady), people(steady)
    meet(ada, ben, SHOWN)
    felt_together(ada, ben)
    for each in (ada, ben):
        each.page.locator(".swell[data-at]").first.wait_for()
        each.page.evaluate(DRAWN)
    ada.waits(3)
    seen = [each.page.evaluate("window.drawn") for each in (ada, ben)]
    apart = []
    for _, at, brightness in seen[0]:
        nearest = min(seen[1], key=lambda other: abs(other[1] - at))
        if abs(nearest[1] - at) < 0.1:
            apart.append(abs(nearest[2] - brightness))
    assert len(apart) > 5
    assert statistics.median(apart) < 0.05
