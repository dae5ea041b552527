"""A place started by the real command, for tests that need one."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

ONLY_HERE = ROOT / "tests" / "only_here"
"""On the path of a place that a test serves, so that it ends rather than connect elsewhere."""


@dataclass(frozen=True, slots=True)
class Place:
    """A running place: its process, what it said first, and where it is."""

    process: subprocess.Popen[str]
    said: str

    @property
    def address(self) -> str:
        """Where it is on this machine, without a slash at the end."""
        return re.search(r"http://localhost:\d+", self.said).group()

    @property
    def listens_at(self) -> str:
        """Where a part of a place listens, as host:port."""
        return re.search(r"listens at ([\d.]+:\d+)", self.said).group(1)

    @property
    def phones(self) -> str:
        """Where phones find it by https, without a slash at the end."""
        return re.search(r"https://[\w.-]+:\d+", self.said).group()


@contextmanager
def served(home: Path, *options: str) -> Iterator[Place]:
    """Serve a home on free ports until the context ends; silently, unless a voice is named."""
    with started(
        "run", "--home", str(home), "--port", "0", "--secure-port", "0", *options
    ) as place:
        yield place


@contextmanager
def started(*words: str) -> Iterator[Place]:
    """What this command serves, until the context ends."""
    command = [sys.executable, "-m", "relational_space", *words]
    # Rendering a voice takes a processor for minutes, which few tests are about.
    environment = {"RELATIONAL_SPACE_VOICE": "none"} | os.environ | {"PYTHONPATH": str(ONLY_HERE)}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            said = ""
            while "Ctrl-C ends it." not in said:
                line = process.stdout.readline()
                if not line:
                    raise AssertionError(f"It did not start: {said}")
                said += line
            yield Place(process, said)
        finally:
            process.terminate()
