"""Words → one MP3: each sentence by the engine, silence between, an even level.

numpy and soundfile are imported here and take a while, so no start imports this file. Run as a
program it is the other end of `render.Renderer`. A change to what is heard counts up `script.FORM`.
"""

import io
import json
import os
import sys
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from relational_space.site.voice.engine import Engine, engine_named
from relational_space.site.voice.script import BETWEEN_SENTENCES_S, sentences

NICE = 10
"""How far this stands back behind everything else on the machine."""

BEFORE_S = 0.1
AFTER_S = 0.3
EDGE_S = 0.03
"""What is left of the engine's own quiet round a sentence, and faded."""

LEVEL = 0.1
"""Root mean square of what is spoken, so that no cue is louder than another: -20 dB."""

PEAK = 0.8
"""The loudest instant; what is left leaves room for what MP3 adds."""


def record(text: str, engine: Engine) -> bytes:
    """These words as an MP3; ValueError when the engine makes no sound of them."""
    rate_hz = engine.rate_hz
    spoken = [_even(engine.say(sentence), rate_hz) for sentence in sentences(text)]
    if not any(len(sound) for sound in spoken):
        raise ValueError("the engine said nothing")
    parts = [_silence(BEFORE_S, rate_hz)]
    for number, sound in enumerate(spoken):
        if number:
            parts.append(_silence(BETWEEN_SENTENCES_S, rate_hz))
        parts.append(sound)
    parts.append(_silence(AFTER_S, rate_hz))
    # A constant rate, so that a player knows length and place without reading the whole.
    made = io.BytesIO()
    soundfile.write(
        made,
        np.concatenate(parts),
        rate_hz,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode="CONSTANT",
        compression_level=0.8,
    )
    return made.getvalue()


def length_s(file: Path) -> float:
    """How long this recording lasts."""
    return float(soundfile.info(str(file)).duration)


def _even(sound: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
    """One sentence without the quiet round it, and at the level of all others."""
    loud = np.flatnonzero(np.abs(sound) > 0.01)
    if len(loud) == 0:
        return sound[:0]
    edge = int(EDGE_S * rate_hz)
    sound = sound[max(loud[0] - edge, 0) : loud[-1] + edge]
    gain = min(LEVEL / np.sqrt(np.mean(sound**2)), PEAK / np.abs(sound).max())
    edge = min(edge, len(sound) // 2)
    fade = np.ones(len(sound), np.float32)
    fade[:edge] = np.linspace(0, 1, edge)
    fade[len(fade) - edge :] = np.linspace(1, 0, edge)
    return (sound * fade * np.float32(gain)).astype(np.float32)


def _silence(seconds: float, rate_hz: int) -> NDArray[np.float32]:
    return np.zeros(int(seconds * rate_hz), np.float32)


def main(name: str) -> None:
    """Render what is asked for on standard input, until there is no more of it."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    # Answers go out alone: whatever an engine prints goes to the terminal's other stream.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for line in sys.stdin:
        text, file = json.loads(line)
        try:
            _keep(record(text, _engine(name)), Path(file))
            problem = ""
        except Exception as error:  # whatever an engine, a codec or a full disk can raise
            problem = f"{type(error).__name__}: {error}"
        print(json.dumps(problem), file=answers, flush=True)


@cache
def _engine(name: str) -> Engine:
    engine = engine_named(name)
    if engine is None:
        raise ValueError("no engine is named")
    return engine


def _keep(sound: bytes, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(sound)
    part.replace(file)


if __name__ == "__main__":
    main(sys.argv[1])
