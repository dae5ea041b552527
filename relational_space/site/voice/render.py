"""Asks a process of its own to turn words into recordings.

Apart from the one that serves, since loading a voice holds Python for a fifth of a second and keeps
200 MB, and no sitting should feel that. It is niced, has no terminal, and ends with whoever asked.
The other end of the pipe is `recording.main`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, cast

RECORDING = "relational_space.site.voice.recording"


class NotRendered(Exception):
    """These words have no recording; the message is the engine's own."""


class Renderer:
    """Renders one text at a time, until it is closed."""

    def __init__(self, engine: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", RECORDING, engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            # The same modules as here, wherever they were found.
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            # Ctrl-C in the terminal is for the one that serves; this one ends when its input does.
            start_new_session=True,
        )
        self._asked = cast(IO[str], self._process.stdin)
        self._answered = cast(IO[str], self._process.stdout)

    def render(self, text: str, file: Path) -> None:
        """Make this file; raises NotRendered, or OSError when the process has gone."""
        self._asked.write(json.dumps([text, str(file)]) + "\n")
        self._asked.flush()
        answer = self._answered.readline()
        if not answer:
            raise BrokenPipeError("the rendering process has gone")
        if problem := json.loads(answer):
            raise NotRendered(problem)

    def interrupt(self) -> None:
        """From any thread: end it, in the middle of a sentence if need be."""
        self._process.kill()

    def close(self) -> None:
        """From the thread that renders: end it and give back its pipes."""
        self._process.kill()
        self._process.communicate()
