"""A Chromium, and a place served by the real command, for journeys."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.place import served

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


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
def place(tmp_path_factory) -> Iterator[str]:
    """The address of a place of its own, without a slash at the end."""
    with served(tmp_path_factory.mktemp("home")) as place:
        yield place.address
