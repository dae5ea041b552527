"""Words → the address of a recording, and the one thread that sees to what is missing.

The event loop only ever looks into a dictionary. Rendering is another process's work; the thread
waits for it and tells who serves the files. What cannot be rendered has no address, and that is all.
"""

import hashlib
import json
import logging
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from relational_space.practice.practice import Practice
from relational_space.site.voice.engine import engine_named
from relational_space.site.voice.render import NotRendered, Renderer
from relational_space.site.voice.script import FORM, Line, script

PREFIX = "/voice/"

QUIET_S = 20.0
"""After so long with nothing to say, the rendering process and its memory are let go."""

MOST_FAILURES = 3
"""So many texts in a row that cannot be rendered mean that none can."""

log = logging.getLogger(__name__)


class Guide:
    """The voice of this place; fits `live.ports.Spoken`.

    `publish(address, file)` is called for each recording that can be served from then on, from
    whichever thread it became ready in. `engine` is a dotted name, or “none”.
    """

    def __init__(self, cache: Path, engine: str, publish: Callable[[str, str], None]) -> None:
        self._cache, self._engine_name, self._publish = cache, engine, publish
        self._engine = engine_named(engine)
        self._files: dict[str, Path] = {}
        self._addresses: dict[str, str] = {}
        self._languages: dict[str, str] = {}
        self._soon: deque[str] = deque()
        self._later: deque[str] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._renderer: Renderer | None = None
        self._thread = threading.Thread(target=self._render_all, name="voice", daemon=True)

    def __call__(self, text: str, language: str) -> str:
        """The address of a recording of these words; else an empty string, and it is made next."""
        address = self._addresses.get(text, "")
        if text and not address:
            self._want(text, language, soon=True)
            address = self._addresses.get(text, "")
        return address

    def learn(self, practice: Practice, *folders: Path, soon: bool = False) -> None:
        """Find or make a recording of all that this practice says.

        Somebody's own recording is looked for in these folders, in the last of them first. What is
        needed `soon` goes before everything else that waits.
        """
        for line in script(practice):
            recorded = Path(practice.name, line.language, f"{line.name}.mp3")
            own = next((f / recorded for f in reversed(folders) if (f / recorded).is_file()), None)
            if own:
                self._ready(line.text, own, hashlib.sha256(own.read_bytes()).hexdigest())
            elif line.text not in self._addresses:
                self._want(line.text, line.language, soon=soon)

    def length_s(self, line: Line) -> float | None:
        """How long the recording of this line lasts, if there is one."""
        return self.lasts_s(line.text)

    def lasts_s(self, text: str) -> float | None:
        """How long the recording of these words lasts, if there is one. It reads a file."""
        from relational_space.site.voice.recording import length_s

        file = self._files.get(text)
        return length_s(file) if file else None

    def start(self) -> None:
        """Begin to make what is missing."""
        self._thread.start()

    def stop(self) -> None:
        """Let go, in the middle of a sentence if need be."""
        with self._changed:
            self._closing = True
            self._changed.notify()
            if self._renderer:
                self._renderer.interrupt()
        if self._thread.is_alive():
            self._thread.join()

    def _want(self, text: str, language: str, *, soon: bool) -> None:
        # A practice that doesn't have the listener's language says its words in its own.
        language = self._languages.setdefault(text, language)
        if self._engine is None or not self._engine.speaks(language):
            return
        made = self._made(text, self._engine.sounds_like)
        if made.is_file():
            self._ready(text, made, made.stem)
            return
        with self._changed:
            waiting = self._soon if soon else self._later
            if text not in waiting:
                waiting.append(text)
                self._changed.notify()

    def _made(self, text: str, sounds_like: str) -> Path:
        """Where these words are kept once they have been rendered."""
        said = json.dumps([FORM, sounds_like, text]).encode()
        return self._cache / f"{hashlib.sha256(said).hexdigest()}.mp3"

    def _ready(self, text: str, file: Path, name: str) -> None:
        address = f"{PREFIX}{name[:32]}.mp3"
        self._publish(address, str(file))
        self._files[text] = file
        # Last: whoever finds the address can already fetch it.
        self._addresses[text] = address

    def _render_all(self) -> None:
        failures = 0
        while failures < MOST_FAILURES and (text := self._next()) is not None:
            try:
                self._render(text)
                failures = 0
            except (NotRendered, OSError) as error:
                if not self._closing:
                    failures += 1
                    log.warning("The guide cannot say some words; captions stay. %s", error)
        self._let_go()

    def _next(self) -> str | None:
        with self._changed:
            while not (self._soon or self._later or self._closing):
                if not self._changed.wait(QUIET_S):
                    self._let_go()
            return None if self._closing else (self._soon or self._later).popleft()

    def _render(self, text: str) -> None:
        if self._engine is None:
            return
        made = self._made(text, self._engine.sounds_like)
        if not made.is_file():
            with self._changed:
                if self._closing:
                    return
                self._renderer = self._renderer or Renderer(self._engine_name)
            self._renderer.render(text, made)
        self._ready(text, made, made.stem)

    def _let_go(self) -> None:
        with self._changed:
            if self._renderer:
                self._renderer.close()
                self._renderer = None
