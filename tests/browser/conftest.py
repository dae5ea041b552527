"""A Chromium, and a place served by the real command, for journeys."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from relational_space import practices
from relational_space.site.voice.script import script
from tests.browser.people import FELT, SHOWN, UNHURRIED, Somebody
from tests.place import served

LONGEST = (
    "test_two_rhythms.py",
    "test_calls.py",
    "test_swell.py",
    "test_states.py",
    "test_controls.py",
    "test_drops.py",
)

NOT_WANTED = (
    # What Playwright switches off, since a second list stands in place of its own.
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    # For its bar of addresses each window would start a page of the browser's own: a second of the processor.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
)

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(NOT_WANTED)}",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that nobody waits at the end for one journey alone."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Browser]]:
    """Start a Chromium, with more arguments or another environment where a test needs them."""
    path = os.environ.get("RELATIONAL_SPACE_CHROMIUM")
    with sync_playwright() as playwright:

        def launch(*more: str, env: dict[str, str] | None = None) -> Browser:
            return playwright.chromium.launch(executable_path=path, args=[*QUIET, *more], env=env)

        yield launch


@pytest.fixture(scope="session")
def chromium(launch) -> Iterator[Browser]:
    """The Chromium that most journeys share."""
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def fast(tmp_path_factory) -> Iterator[str]:
    """The address of a place where a sitting takes a twentieth of its time."""
    with paced(tmp_path_factory, 20) as address:
        yield address


@pytest.fixture(scope="session")
def steady(tmp_path_factory) -> Iterator[str]:
    """The same at a quarter: settling outlasts the 12 s after which somebody counts as away."""
    with paced(tmp_path_factory, 4) as address:
        yield address


def unhurried() -> str:
    """Mirroring with turns and an offer so long that at any pace a finger finds them in time."""
    text = (practices.HERE / "mirroring.toml").read_text(encoding="utf-8")
    for usual, long in (
        ('lasts = "60 s to 120 s, chosen, or one song"', 'lasts = "300 s, or one song"'),
        ('ends here."\nlasts = "20 s"', 'ends here."\nlasts = "80 s"'),
    ):
        assert text.count(usual) == 1
        text = text.replace(usual, long)
    return text


FEELS = 'sense = ["breath"]'
FELT_TEXT = """
format = 1
languages = ["en"]
later = true
[title]
en = "Felt"
[promise]
en = "Some minutes."
[touch]
en = "No touch."
[limits]
en = "Nobody has tested this exact practice. If you feel worse, stop."
[[caution]]
en = "If noticing breath makes you uneasy: leave it out."
[[ladder]]
name = "near"
offered = true
en = "Near"
[[cue]]
name = "how long"
lasts = "8 s"
mark = "begin"
[cue.say]
en = "This takes some minutes."
[[cue]]
name = "felt"
lasts = "30 min"
sense = ["breath"]
[cue.say]
en = "Maybe you notice a breath."
[[cue]]
name = "back to myself"
stage = "land"
lasts = "20 s"
mark = "end"
[cue.say]
en = "Back to myself. What came up in the other is not yours to carry."
"""


@pytest.fixture
def people(chromium):
    """Somebody at a device; all of them leave when the test is over."""
    here = []

    def come(place: str, **device) -> Somebody:
        here.append(Somebody(chromium, place, **device))
        return here[-1]

    yield come
    for each in here:
        each.leaves()


@contextmanager
def paced(tmp_path_factory, pace: int) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")
    # One folder for all places and both workers: what one of them has rendered no other renders again.
    ours = tmp_path_factory.getbasetemp()
    said = (ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours) / "voice"
    said.mkdir(exist_ok=True)
    (home / "voice").symlink_to(said)
    (home / "practices").mkdir()
    shown = FELT_TEXT.replace(FEELS, f'{FEELS}\nshow = ["other-breath", "pace"]')
    for name, text in ((UNHURRIED, unhurried()), (FELT, FELT_TEXT), (SHOWN, shown)):
        (home / "practices" / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        # A tone instead of a voice, which takes no core from the journeys; and all that most of them
        # say is there before the first.
        patch.setenv("RELATIONAL_SPACE_VOICE", "tests.site.beeps.Beeps")
        with served(home, "--pace", str(pace)) as place:
            shelf = practices.gather(practices.HERE, home / "practices").practices.values()
            first = [written.practice for written in shelf if not written.practice.later]
            texts = {line.text for practice in first for line in script(practice)}
            while len(list(home.glob("voice/*.mp3"))) < len(texts):
                time.sleep(0.05)
            yield place.address


@pytest.fixture(scope="session")
def place(tmp_path_factory) -> Iterator[str]:
    """The address of a place of its own, without a slash at the end."""
    with served(tmp_path_factory.mktemp("home")) as place:
        yield place.address
