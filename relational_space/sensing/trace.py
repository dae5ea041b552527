"""The slow signals of a sitting: what breath and movement hand on to everything after them.

It holds values only. It must never hold raw readings, nor say whose signal it is.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of time that could not be read, and why."""

    start_s: float
    end_s: float
    reason: str
    """`moving`, `too faint`, `too short`, `not a breath`, `missing` or `without gravity`."""


@dataclass(frozen=True, slots=True)
class Breath:
    """How one person breathed.

    Sample `k` of `wave` and `trust` belongs to the moment `start_s + k / hz`.
    """

    hz: float
    start_s: float
    wave: NDArray[float64]
    """Breath without its slow drift, in the recording's own unit; NaN where there is no reading."""
    trust: NDArray[float64]
    """0 (no reading) to 1 at each sample of the wave; it is 0 inside every unread stretch."""
    inhale_onsets_s: NDArray[float64]
    """Where the wave turns upwards; which way is up is a guess unless `sign` says `known`."""
    exhale_onsets_s: NDArray[float64]
    """Where the wave turns downwards."""
    intervals_s: NDArray[float64]
    """From one inhale onset to the next, only where nothing unread lies between them."""
    rate_per_min: float
    """Breaths a minute over everything that was read; NaN where nothing was."""
    rate_interval: tuple[float, float]
    """A 95 % interval of that mean rate, from the spread of the intervals."""
    coverage: float
    """The share of the recording's duration that was read, 0 to 1."""
    unread: tuple[Stretch, ...]
    sign: str
    """`known` when a guided first inhale fixed which way is up, else `unknown`."""
    method: str
    version: str


@dataclass(frozen=True, slots=True)
class Movement:
    """How fast one person moved; sample `k` belongs to the moment `start_s + k / hz`."""

    hz: float
    start_s: float
    velocity: NDArray[float64]
    """Speed of the body, or signed velocity along its main direction; NaN where unread."""
    trust: NDArray[float64]
    """0 (no reading) to 1 at each sample."""
    still: NDArray[float64]
    """1 where the body rests, 0 where it moves, NaN where unread."""
    coverage: float
    unread: tuple[Stretch, ...]
    unit: str
    """What `velocity` is counted in: the landmarks' unit a second, or m/s."""
    method: str
    version: str


LONGEST_S = 4 * 3600.0
"""No trace is kept for longer than a long sitting; what comes after is not written down."""
_HEAD = struct.Struct("<4sdddI")
_MARK = b"RSt1"


@dataclass(frozen=True, slots=True)
class Trace:
    """A slow signal as it is kept: half-precision values and trust in 255 steps."""

    hz: float
    start_s: float
    scale: float
    """What the values are multiplied by to be in the signal's own unit."""
    values: NDArray[np.float16]
    """NaN where nothing was read."""
    trust: NDArray[np.uint8]

    def to_bytes(self) -> bytes:
        """Write the trace: 3 bytes a sample after a head of 32."""
        head = _HEAD.pack(_MARK, self.hz, self.start_s, self.scale, len(self.values))
        return head + self.values.astype("<f2").tobytes() + self.trust.tobytes()


def from_bytes(data: bytes) -> Trace:
    """Read what `Trace.to_bytes` wrote.

    Parameters
    ----------
    data
        The whole of it.

    Returns
    -------
    Trace

    Raises
    ------
    ValueError
        When the bytes are not a trace of this version, or not whole.

    Examples
    --------
    >>> kept = Trace(10.0, 0.0, 2.0, np.zeros(3, np.float16), np.full(3, 255, np.uint8))
    >>> from_bytes(kept.to_bytes()).scale
    2.0
    """
    if len(data) < _HEAD.size:
        raise ValueError("These bytes are too few to be a trace.")
    mark, hz, start_s, scale, count = _HEAD.unpack_from(data)
    if mark != _MARK or len(data) != _HEAD.size + 3 * count:
        raise ValueError("These bytes are not a whole trace of this version.")
    return Trace(
        hz=hz,
        start_s=start_s,
        scale=scale,
        values=np.frombuffer(data, "<f2", count, _HEAD.size).astype(np.float16),
        trust=np.frombuffer(data, np.uint8, count, _HEAD.size + 2 * count).copy(),
    )


def trace(signal: Breath | Movement) -> Trace:
    """Keep a signal's wave or velocity as a trace.

    Parameters
    ----------
    signal
        A breath or a movement; what comes after `LONGEST_S` is left out.

    Returns
    -------
    Trace

    Examples
    --------
    >>> from relational_space.sensing.breath import breath
    >>> t = np.arange(0, 60, 0.05)
    >>> kept = trace(breath(t, np.sin(t)))
    >>> from_bytes(kept.to_bytes()).hz
    10.0
    """
    values = signal.wave if isinstance(signal, Breath) else signal.velocity
    values = values[: int(LONGEST_S * signal.hz)]
    largest = float(np.nanmax(np.abs(values))) if np.isfinite(values).any() else 1.0
    scale = largest if largest > 0 else 1.0
    return Trace(
        hz=signal.hz,
        start_s=signal.start_s,
        scale=scale,
        values=(values / scale).astype(np.float16),
        trust=np.round(255 * signal.trust[: len(values)]).astype(np.uint8),
    )
