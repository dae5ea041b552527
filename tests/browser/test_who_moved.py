"""Who moved first, from end to end: by phones in two hands, and by points that a camera's worker tells.

The worker is one that tells of a body instead of looking at pictures, thirty times a second, by the machine's
own clock: all else is the real way, from the page that has a camera to what both look at. How many pictures a
network looks at in a second is the machine's; what is made of so many is not.
"""

import json

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from tests.browser.people import UNHURRIED, Two, meet
from tests.browser.sensors import GRAVITY, Motion, Sensors, play
from tests.browser.test_camera import PATIENT_S, followed, lag_between, opens_the_offer, seen, told
from tests.browser.test_two_rhythms import LOOK, reflection

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(400)]

LATE_S = 0.4
FELT_S = 62.0
"""Who moved first is said of turns of thirty real seconds and more."""

CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [64, 48];
  const context = canvas.getContext("2d");
  setInterval(() => {
    context.fillStyle = `hsl(${Date.now() % 360} 50% 50%)`;
    context.fillRect(0, 0, 64, 48);
  }, 25);
  return canvas.captureStream(40);
};
"""

# It answers as pose-worker.ts does, of somebody whose wrists go up and down.
WORKER = """
(() => {
  const { late, rateHz, wave } = SETTINGS;
  const height = (seconds) => wave.reduce(
    (sum, [size, turns, from]) => sum + size * Math.sin(2 * Math.PI * (turns * seconds + from)), 0);
  const point = (x, y) => ({ x, y, sure: 0.95 });
  window.Worker = class extends EventTarget {
    #asked = 0;
    postMessage(question) {
      if ("people" in question) {
        if (this.#asked++ === 0) setTimeout(() => this.#say({ ready: true }), 50);
        return;
      }
      question.picture.close();
      const now = performance.timeOrigin + question.atMs;
      const y = 0.5 - 0.12 * height(now / 1000 - late);
      const bodies = [[
        point(0.5, y), point(0.83, y), point(0.52, (y + 0.4) / 2), point(0.81, (y + 0.4) / 2),
        point(0.57, 0.4), point(0.77, 0.4), point(0.67, 0.25),
      ]];
      setTimeout(() => this.#say({ atMs: question.atMs, bodies, tookMs: 10 }), 1000 / rateHz - 12);
    }
    terminate() { this.#say = () => {}; }
    #say = (data) => this.dispatchEvent(Object.assign(new Event("message"), { data }));
  };
})();
"""

WAVE = [(0.5, 0.23, 0.1), (0.35, 0.37, 0.6), (0.3, 0.51, 0.3), (0.2, 0.83, 0.8)]
"""Size, turns a second and begin of what a hand's way is made of; it doesn't come back to itself."""


def stop_and_look(two):
    two.ada.press("Stop")
    for each in two:
        each.press(LOOK)
    for each in two:
        each.waits_until(lambda each=each: reflection(each), "been told", PATIENT_S)
    return [reflection(each) for each in two]


def says_who_was_first(two, hers, his):
    assert {hers["kind"], his["kind"]} == {"movement"}
    assert hers["verdict"] == "more than chance"
    assert {each["who"] for each in hers["led"]} == {"you"}
    assert {each["who"] for each in his["led"]} == {"other"}
    after = (
        "you, and the person you were with came after",
        "the person you were with, and you came after",
    )
    for each, words in zip(two, after, strict=True):
        page = each.page.locator("main").inner_text()
        assert words in page
        # Described, and rated by nothing.
        for rating in ("%", "score", "well done", "better"):
            assert rating not in page.casefold()


def test_phones_in_two_hands_tell_who_moved_first(people, steady):
    two = Two(people(steady), people(steady))
    sensors = [Sensors(each) for each in two]
    meet(*two, UNHURRIED)
    for each in two:
        opens_the_offer(each)
        each.press("Yes, for this sitting")
        each.sees("Movement: yes")
    for each in two:
        each.press("Near")
    for each in two:
        each.waits_until(lambda each=each: moves(each), "be felt", PATIENT_S)
    rng = np.random.default_rng(4)
    every = np.cumsum(rng.uniform(0.6, 1.2, 200))
    pushes = CubicSpline(every, 2.0 * rng.normal(size=(200, 2)))

    def hand(late_s):
        return Motion(lambda at: (*map(float, pushes(at - late_s + 5.0)), GRAVITY))

    play(list(zip(two, sensors, [hand(0.0), hand(LATE_S)], strict=True)), FELT_S)
    says_who_was_first(two, *stop_and_look(two))


@pytest.mark.parametrize(("rate_hz", "is_told"), [(30, True), (7, False)])
def test_points_of_two_cameras_tell_the_lag_that_there_is_and_none_below_ten_a_second(
    people, steady, rate_hz, is_told
):
    two = Two(people(steady), people(steady))
    for each, late_s in zip(two, (0.0, LATE_S), strict=True):
        settings = {"late": late_s, "rateHz": rate_hz, "wave": WAVE}
        each.context.add_init_script(CAMERA + WORKER.replace("SETTINGS", json.dumps(settings)))
    meet(*two, UNHURRIED)
    for each in two:
        opens_the_offer(each)
        each.press("Turn the camera on")
        each.sees("You can be seen" if is_told else "slow at looking", within_s=PATIENT_S)
        each.press("Yes, by camera, for this sitting")
        each.sees("Movement: yes")
    for each in two:
        each.press("Near")
    two.ada.waits_until(
        lambda: all(spanned_s(each) > (FELT_S if is_told else 10) for each in two),
        "been followed",
        150,
    )
    streams = [(stamps / 4, points) for stamps, points in map(told, two)]
    rates = [len(stamps) / np.ptp(stamps) for stamps, _ in streams]
    print("points a second", rates)
    if not is_told:
        assert not any(seen(points).any() for _, points in streams)
        return
    assert min(rates) > 15
    lag_s = lag_between(*(followed(*each) for each in streams))
    print(f"true {LATE_S}, found {lag_s:.2f}")
    assert abs(lag_s - LATE_S) < 0.08
    says_who_was_first(two, *stop_and_look(two))


def moves(somebody):
    return any("You lead" in s["text"] or "You follow" in s["text"] for s in somebody.seen)


def spanned_s(somebody):
    stamps, _ = told(somebody)
    return np.ptp(stamps) / 4 if len(stamps) else 0.0
