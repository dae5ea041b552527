"""A Chromium, and a place served by the real command, for journeys."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[2]

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
def chromium() -> Iterator[Browser]:
    path = os.environ.get("RELATIONAL_SPACE_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def place(tmp_path_factory) -> Iterator[str]:
    """The address of a place of its own, without a slash at the end."""
    home = tmp_path_factory.mktemp("home")
    command = [sys.executable, "-m", "relational_space", "run", "--port", "0", "--home", str(home)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            first = server.stdout.readline()
            yield re.search(r"http://localhost:\d+", first).group()
        finally:
            server.terminate()
