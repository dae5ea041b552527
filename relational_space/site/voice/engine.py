"""Who says the words: one small Protocol, and the engine that comes with the place.

An engine may be slow, large or missing. Making one costs nothing; what it needs is loaded when it
first speaks, in a process of its own. It never fetches anything.
"""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HIBARI_SPEED = 0.75
"""As fast as it was trained to speak, hibari reads out; slower, it keeps company."""


class Engine(Protocol):
    """Makes a sentence audible."""

    @property
    def sounds_like(self) -> str:
        """Names all that changes how it sounds: words are rendered again when this differs."""

    @property
    def rate_hz(self) -> int:
        """How many samples make a second of what `say` returns."""

    def speaks(self, language: str) -> bool:
        """Whether it can say words in the language with this tag."""

    def say(self, sentence: str) -> "NDArray[np.float32]":
        """One sentence: mono, between -1 and 1."""


class Hibari:
    """English by hibari-tts, in the one voice that is inside its package."""

    rate_hz = 24_000

    def __init__(self) -> None:
        self.sounds_like = f"hibari {version('hibari-tts')} heart {HIBARI_SPEED}"
        self._model: Any = None

    def speaks(self, language: str) -> bool:
        return language.partition("-")[0] == "en"

    def say(self, sentence: str) -> "NDArray[np.float32]":
        if self._model is None:
            import hibari

            self._model = hibari.Hibari(voice="heart", threads=1)
        # With a seed the same words are the same bytes.
        sound: NDArray[np.float32] = self._model(sentence, speed=HIBARI_SPEED, seed=0)
        return sound


def engine_named(name: str) -> Engine | None:
    """The engine with this dotted name, such as `my_package.voices.Slow`; none for “none”."""
    if name in ("", "none"):
        return None
    engine: Engine = import_string(name)()
    return engine
