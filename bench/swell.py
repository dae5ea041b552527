"""From a phone's reading to the light that the other sees: how late, in two real browsers on this machine.

    python -m bench.swell [seconds]

A really served place, two Chromiums, and what only a browser does: its sensor's events, frames of a tenth of
a second, a clock that is reckoned from pings, and drawing. The phones are tilted as a breath does by the
browser's own override. Needs a Chromium (RELATIONAL_SPACE_CHROMIUM).

Where it may (root, Linux), the place, the browsers and this process go before everything else on the machine,
for as long as it is measured and no longer: what others do there says nothing about a phone and a home.

What the filter takes by itself is stated and left out; so is how softly the light follows, but for the last
lines, which are the whole way from a movement to what is seen, by the phase of both.
"""

import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from relational_space.live.engine import LATE_S
from tests.browser.conftest import QUIET
from tests.browser.people import Somebody, meet
from tests.browser.sensors import GRAVITY, Sensors
from tests.browser.test_feeling import says_yes
from tests.place import served

PRACTICE = "feeling-breath-from-afar"
PACE = 3
"""What is timed is real seconds all the same."""

SECONDS = 30.0
FRAME_S = 0.1
PERIODS_S = (4.0, 3.4)
DEGREES = 0.6
FED_S = 1 / 60
FOLLOWS_S = 0.12
"""As in browser/felt/swell.tsx: what is drawn has then gone two thirds of the way to what came."""

# When the light was drawn anew, and what sitting time it shows; how bright it was; and what a sound takes.
DRAWN = """
() => {
  window.drawn = [];
  window.bright = [];
  const light = document.querySelector(".swell");
  new MutationObserver(() => {
    const now = performance.now();
    const at = Number(light.dataset.at);
    if (window.drawn.at(-1)?.[1] !== at) window.drawn.push([now, at]);
    const bright = Number(light.style.getPropertyValue("--swell"));
    window.bright.push([(performance.timeOrigin + now) / 1000, bright]);
  }).observe(light, { attributes: true });
}
"""
CHOOSES = """
() => {
  for (const each of document.querySelectorAll(".swells button")) {
    if (/light|sound/i.test(each.textContent)) setTimeout(() => each.click(), 700);
  }
}
"""
SOUNDS = """
window.__sounds = [];
window.AudioContext = class extends AudioContext {
  constructor(...given) { super(...given); window.__sounds.push(this); }
};
"""
TAKES = "window.__sounds.map((each) => [each.state, each.baseLatency, each.outputLatency])"


class Lying:
    """Somebody with a phone on them, which moves as a breath does."""

    def __init__(self, browser: Browser, address: str, period_s: float) -> None:
        self.person = Somebody(browser, address)
        self.sensors = Sensors(self.person)
        self.period_s = period_s
        self.moved: list[tuple[float, float]] = []
        """When it moved how, in degrees, by the clock on the wall."""
        self.person.context.add_init_script(SOUNDS)

    def breathes(self) -> None:
        now_s, turns = time.time(), 2 * math.pi / self.period_s
        degrees = DEGREES * math.sin(turns * now_s)
        lies = math.radians(20.0 + degrees)
        self.moved.append((now_s, degrees))
        self.sensors.feel(
            (0.0, GRAVITY * math.sin(lies), GRAVITY * math.cos(lies)),
            (DEGREES * turns * math.cos(turns * now_s), 0.0, 0.0),
        )

    def late_s(self) -> np.ndarray:
        """How old the newest reading was at each drawing that knew more than the one before."""
        pongs = [message for message in self.person.heard if message["t"] == "pong"]
        offset = min(pong["at"] - PACE * pong["sent"] / 1000 for pong in pongs)
        drawn = np.array(self.person.page.evaluate("window.drawn"))
        return (offset + PACE * drawn[:, 0] / 1000 - drawn[:, 1]) / PACE - LATE_S

    def sees_s(self, other: "Lying") -> float:
        """How long after the other's movement it is seen here; half a breath more or less is the same."""
        bright = np.array(self.person.page.evaluate("window.bright"))
        period_s = other.period_s
        late_s = highest_s(bright, period_s) - highest_s(np.array(other.moved), period_s)
        return late_s % (period_s / 2)


def highest_s(series: np.ndarray, period_s: float) -> float:
    """When within a period it was highest: the sine of that period that fits it best."""
    angle = 2 * np.pi * series[:, 0] / period_s
    parts = np.column_stack((np.cos(angle), np.sin(angle), np.ones(len(angle))))
    cosine, sine, _ = np.linalg.lstsq(parts, series[:, 1], rcond=None)[0]
    return float(np.arctan2(sine, cosine)) * period_s / (2 * np.pi)


def breathe(two: list[Lying], seconds: float, until: Callable[[], object] = lambda: False) -> None:
    """Both, for so long or until it comes."""
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s and not until():
        for each in two:
            each.breathes()
        two[0].person.waits(FED_S)


def threads(of: int) -> list[int]:
    """All threads of a process and of those that it started."""
    own = [int(each.name) for each in Path(f"/proc/{of}/task").iterdir()]
    started = [Path(f"/proc/{of}/task/{each}/children").read_text().split() for each in own]
    return own + [each for some in started for child in some for each in threads(int(child))]


@contextmanager
def before_all_else() -> Iterator[bool]:
    """Go before everything else meanwhile; whether that is so."""
    ours = threads(os.getpid()) if sys.platform == "linux" else []
    raised = []
    with suppress(PermissionError):
        for each in ours:
            with suppress(ProcessLookupError):
                os.sched_setscheduler(each, os.SCHED_RR, os.sched_param(5))
                raised.append(each)
    try:
        yield bool(raised)
    finally:
        for each in raised:
            with suppress(ProcessLookupError):
                os.sched_setscheduler(each, os.SCHED_OTHER, os.sched_param(0))


def come_to_it(two: list[Lying]) -> None:
    """Both sit, and have chosen that the other's breath come as a light and a sound."""
    meet(two[0].person, two[1].person, PRACTICE, "apart")
    for each in two:
        says_yes(each.person)
    for each in two:
        each.person.press("Yes, each where we are")
    for each in two:
        page = each.person.page
        breathe(two, 90, lambda page=page: page.locator(".swells button").count())
        page.evaluate(CHOOSES)
    breathe(two, 5)
    for each in two:
        each.person.page.evaluate(DRAWN)


def measure(two: list[Lying], seconds: float) -> None:
    with before_all_else() as raised:
        breathe(two, 4)
        for each in two:
            each.person.page.evaluate("window.drawn = []; window.bright = []")
            each.moved.clear()
        breathe(two, seconds)
    newest = np.concatenate([each.late_s() for each in two])
    rng = np.random.default_rng(0)
    every = (newest[:, None] + FRAME_S * rng.uniform(size=(1, 50))).ravel()
    print("before everything else on this machine" if raised else "beside everything else")
    print(
        f"{len(newest)} drawings that knew more, in {seconds:.0f} s    median ms   95 % ms    goal"
    )
    for name, late, goal in (
        ("newest reading of a frame → the light", newest, ""),
        ("any reading → the light", every, "300"),
    ):
        low, high = 1e3 * np.quantile(late, (0.5, 0.95))
        print(f"{name:46s} {low:9.0f} {high:9.0f} {goal:>7s}")
    for each, other in (two, two[::-1]):
        whole = each.sees_s(other)
        print(
            f"a breath of {other.period_s} s, moved → seen: {1e3 * whole:.0f} ms; the filter takes "
            f"{1e3 * LATE_S:.0f} of it, to follow softly about {1e3 * FOLLOWS_S:.0f}"
        )
        print(
            f"    a sound there (state, base and output latency, s): {each.person.page.evaluate(TAKES)}"
        )


def main() -> None:
    os.environ["RELATIONAL_SPACE_VOICE"] = "none"
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    path = os.environ.get("RELATIONAL_SPACE_CHROMIUM")
    with (
        TemporaryDirectory() as home,
        served(Path(home), "--pace", str(PACE)) as place,
        sync_playwright() as playwright,
    ):
        browsers = [
            playwright.chromium.launch(executable_path=path, args=list(QUIET)) for _ in range(2)
        ]
        two = [
            Lying(browser, place.address, period_s)
            for browser, period_s in zip(browsers, PERIODS_S, strict=True)
        ]
        come_to_it(two)
        measure(two, seconds)
        for browser in browsers:
            browser.close()


if __name__ == "__main__":
    main()
