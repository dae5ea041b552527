"""What a camera costs the page of a sitting: bytes once, pictures a second, and the page's own frames.

One browser with the film that the journeys see, with and without being followed; then two browsers, one of
them late by a known time, and the lag that is found. Needs a Chromium (RELATIONAL_SPACE_CHROMIUM) and the
film that `./test` fetches. Usage, from the repository: python -m bench.camera
"""

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import QUIET
from tests.browser.film import in_front_of, pictures
from tests.browser.people import Somebody, arrange
from tests.browser.test_camera import (
    arrives_by_camera,
    followed,
    is_seen,
    lag_between,
    opens_the_offer,
    seen,
    sits,
    told,
)
from tests.place import served

LATE_S = 0.3
FOLLOWED_S = 20.0

FRAMES = """
(seconds) => new Promise((resolve) => {
  const gaps = [];
  let last = performance.now();
  const ends = last + seconds * 1000;
  const frame = (now) => {
    gaps.push(now - last);
    last = now;
    if (now < ends) requestAnimationFrame(frame);
    else resolve([gaps.length / seconds, Math.max(...gaps)]);
  };
  requestAnimationFrame(frame);
})
"""


# Every picture that is looked at is made by this.
COUNT = """
window.__looks = 0;
const make = window.createImageBitmap;
window.createImageBitmap = (of) => {
  if (of instanceof HTMLVideoElement) window.__looks += 1;
  return make(of);
};
"""


def frames_a_second(page: Page, seconds: float = 6.0) -> str:
    rate, longest_ms = page.evaluate(FRAMES, seconds)
    return f"{rate:.0f} frames a second, longest gap {longest_ms:.0f} ms"


def alone(browser: Browser, place: str, film: list[str]) -> None:
    """One person: what comes over the line, how soon, and what it costs."""
    ada, ben = Somebody(browser, place), Somebody(browser, place)
    in_front_of(ada.context, film)
    ada.context.add_init_script(COUNT)
    sizes: dict[str, int] = {}
    ada.page.on(
        "response",
        lambda answer: sizes.update({answer.url: int(answer.headers.get("content-length", 0))}),
    )
    ada.page.goto(arrange(ada, ben, "mirroring"))
    print(f"the page without: {frames_a_second(ada.page)}")
    opens_the_offer(ada)
    began_s = time.monotonic()
    is_seen(ada)
    took_s = time.monotonic() - began_s
    kinds = ("/static/pose-", "/static/vision")
    fetched = sum(size for url, size in sizes.items() if any(kind in url for kind in kinds))
    print(f"fetched {fetched / 1e6:.2f} MB; seen {took_s:.1f} s after the tap")
    before = ada.page.evaluate("window.__looks")
    print(f"the page with:    {frames_a_second(ada.page)}")
    looks = ada.page.evaluate("window.__looks") - before
    print(f"the worker:       {looks / 6:.1f} pictures a second")


def together(browsers: list[Browser], place: str, film: list[str], pace: int) -> None:
    ada, ben = (Somebody(browser, place, reduced_motion="reduce") for browser in browsers)
    in_front_of(ada.context, film)
    in_front_of(ben.context, film, late_s=LATE_S)
    sitting = arrange(ada, ben, "mirroring")
    for each in (ada, ben):
        arrives_by_camera(each, sitting)
    sits(ada, ben)
    ada.waits_until(lambda: len(told(ada)[0]) > 0, "been followed", 300)
    ada.waits(FOLLOWED_S)
    two = [(stamps / pace, points) for stamps, points in (told(ada), told(ben))]
    for name, (stamps, points) in zip(("Ada", "Ben"), two, strict=True):
        rate = len(stamps) / np.ptp(stamps)
        print(f"{name}: {rate:.1f} pictures a second, seen in {seen(points).mean():.0%}")
    if all(seen(points).any() for _, points in two):
        lag_s = lag_between(*(followed(*each) for each in two))
        print(f"lag: {LATE_S:.2f} s true, {lag_s:.2f} s found")
    else:
        print("lag: none is told")


def main() -> None:
    pace = 4
    path = os.environ.get("RELATIONAL_SPACE_CHROMIUM")
    with (
        TemporaryDirectory() as home,
        served(Path(home), "--pace", str(pace)) as place,
        sync_playwright() as playwright,
    ):
        browsers = [
            playwright.chromium.launch(executable_path=path, args=list(QUIET)) for _ in range(2)
        ]
        film = pictures(browsers[0])
        alone(browsers[0], place.address, film)
        together(browsers, place.address, film, pace)


if __name__ == "__main__":
    main()
