"""What a camera costs the page of a sitting: bytes once, pictures a second, processor, the page's own frames.

One browser with the film that the journeys see, before and while somebody is looked for and followed; two at
one device; then two browsers at once, one of them late by a known time, and the lag that is found. Prints a
table. Needs a Chromium (RELATIONAL_SPACE_CHROMIUM) and the film that `./test` fetches; quiet figures want
raised priority. Usage, from the repository: chrt -r 5 python -m bench.camera
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import QUIET
from tests.browser.film import in_front_of, pictures
from tests.browser.people import Somebody, arrange, share
from tests.browser.test_camera import (
    OPEN,
    PATIENT_S,
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

PACE = 4
LATE_S = 0.3
FOLLOWED_S = 15.0
WATCHED_S = 6.0

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
window.createImageBitmap = (of, ...more) => {
  if (of instanceof HTMLVideoElement || of instanceof VideoFrame) window.__looks += 1;
  return make(of, ...more);
};
"""


@dataclass(frozen=True, slots=True)
class Watched:
    """A page with a camera over some seconds."""

    frames_hz: float
    longest_gap_ms: float
    looks_hz: float
    cpu_ms_a_picture: float
    worker_ms_a_picture: float

    def __str__(self) -> str:
        page = f"page {self.frames_hz:.0f} frames/s (longest gap {self.longest_gap_ms:.0f} ms)"
        if not self.looks_hz:
            return page
        return (
            f"{page}, worker {self.looks_hz:.1f} pictures/s; {self.cpu_ms_a_picture:.0f} ms of "
            f"processor a picture, {self.worker_ms_a_picture:.0f} in the worker"
        )


def row(what: str, goal: str, found: object) -> None:
    print(f"| {what} | {goal} | {found} |", flush=True)


def below(root: int) -> Iterator[int]:
    """This process's children, and theirs."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(after_name[1]), []).append(int(stat.parent.name))
    waiting = [root]
    while waiting:
        children = parents.get(waiting.pop(), [])
        yield from children
        waiting += children


def cpu_ms() -> dict[tuple[str, str], float]:
    """What every thread of every browser of ours has taken of the processor so far."""
    taken = {}
    for pid in below(os.getpid()):
        for task in Path(f"/proc/{pid}/task").glob("*"):
            try:
                name = (task / "comm").read_text().strip()
                ran_ns = int((task / "schedstat").read_text().split()[0])
                command = Path(f"/proc/{pid}/cmdline").read_text()
            except OSError:
                continue
            if "chrom" in command.split("\0")[0]:
                taken[task.name, name] = ran_ns / 1e6
    return taken


def watch(page: Page) -> Watched:
    before, looked = cpu_ms(), page.evaluate("window.__looks")
    began_s = time.monotonic()
    frames_hz, longest_gap_ms = page.evaluate(FRAMES, WATCHED_S)
    took_s = time.monotonic() - began_s
    looks = page.evaluate("window.__looks") - looked
    taken = {key: ms - before.get(key, 0.0) for key, ms in cpu_ms().items()}
    in_worker = sum(ms for (_, name), ms in taken.items() if name.startswith("DedicatedWorker"))
    return Watched(
        frames_hz,
        longest_gap_ms,
        looks / took_s,
        sum(taken.values()) / max(looks, 1),
        in_worker / max(looks, 1),
    )


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
    row("the page without", "", watch(ada.page))
    opens_the_offer(ada)
    began_s = time.monotonic()
    is_seen(ada)
    took_s = time.monotonic() - began_s
    kinds = ("/static/pose-", "/static/vision")
    fetched = sum(size for url, size in sizes.items() if any(kind in url for kind in kinds))
    row("fetched; seen after the tap", "", f"{fetched / 1e6:.2f} MB; {took_s:.1f} s")
    ada.waits(2)
    row("one person followed", "page 50, worker 10", watch(ada.page))
    ada.leaves()
    ben.leaves()


def two_at_one_device(browser: Browser, place: str, film: list[str]) -> None:
    ada = Somebody(browser, place)
    in_front_of(ada.context, film, beside_s=0.3)
    ada.context.add_init_script(COUNT)
    share(ada, "mirroring")
    ada.page.get_by_text("Movement, by camera").click()
    ada.press(OPEN)
    ada.sees("You can both be seen", within_s=PATIENT_S)
    row("two people at one camera", "page 50, worker 10", watch(ada.page))
    ada.leaves()


def together(browsers: list[Browser], place: str, film: list[str]) -> None:
    ada, ben = (Somebody(browser, place, reduced_motion="reduce") for browser in browsers)
    in_front_of(ada.context, film)
    in_front_of(ben.context, film, late_s=LATE_S)
    sitting = arrange(ada, ben, "mirroring")
    for each in (ada, ben):
        arrives_by_camera(each, sitting)
    sits(ada, ben)
    ada.waits_until(lambda: len(told(ada)[0]) > 0, "been followed", 300)
    before = cpu_ms()
    had = [len(told(each)[0]) for each in (ada, ben)]
    ada.waits(FOLLOWED_S)
    taken_ms = sum(cpu_ms().values()) - sum(before.values())
    two = [(stamps / PACE, points) for stamps, points in (told(ada), told(ben))]
    # Between two turns nobody is followed.
    gaps_s = [np.diff(stamps) for stamps, _ in two]
    rates = [1 / gap_s[gap_s < 1].mean() for gap_s in gaps_s]
    looks = sum(len(stamps) for stamps, _ in two) - sum(had)
    share_seen = min(seen(points).mean() for _, points in two)
    row("two browsers at once", "15 each", f"{rates[0]:.1f} and {rates[1]:.1f} pictures/s")
    row(
        "processor a picture, all of both",
        "",
        f"{taken_ms / looks:.0f} ms; seen in {share_seen:.0%}",
    )
    if all(seen(points).any() for _, points in two):
        lag_s = lag_between(*(followed(*each) for each in two))
        row(f"lag, {LATE_S:.2f} s true", "within 0.08 s", f"{lag_s:.2f} s")
    else:
        row("lag", "", "none is told")


def main() -> None:
    path = os.environ.get("RELATIONAL_SPACE_CHROMIUM")
    with (
        TemporaryDirectory() as home,
        served(Path(home), "--pace", str(PACE)) as place,
        sync_playwright() as playwright,
    ):
        browsers = [
            playwright.chromium.launch(executable_path=path, args=list(QUIET)) for _ in range(2)
        ]
        film = pictures(browsers[0])
        print("| what | goal | found |\n|---|---|---|")
        alone(browsers[0], place.address, film)
        two_at_one_device(browsers[0], place.address, film)
        together(browsers, place.address, film)


if __name__ == "__main__":
    main()
