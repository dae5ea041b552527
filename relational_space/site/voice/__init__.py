"""The guide's voice: for all that a practice says a recording, if there can be one.

A practitioner's own recording beside the practice file wins; else an engine says the words once,
ahead of time, into the data folder. Where neither can be, there is no address, and the browser's
own speech or the captions take over: nothing here may ever hold up a sitting, or fetch anything.
"""

from pathlib import Path

from relational_space.practice.practice import Practice
from relational_space.site.voice import script
from relational_space.site.voice.guide import PREFIX, Guide

__all__ = ["PREFIX", "Guide", "too_long"]


def too_long(practice: Practice, *folders: Path, guide: Guide | None = None) -> list[str]:
    """A sentence for the author about each cue that ends before its words have been said.

    Measured where there is a recording of them in one of the folders, or the guide has made one;
    estimated elsewhere.
    """
    guide = guide or Guide(Path(), "none", publish=lambda address, file: None)
    guide.learn(practice, *folders)
    return script.too_long(practice, guide.length_s)
