"""The slow signals of a sitting: what breath and movement hand on to everything after them.

It holds values only. It must never hold raw readings, nor say whose signal it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of time that could not be read, and why."""

    start_s: float
    end_s: float
    reason: str
    """`moving`, `too faint`, `too short`, `not a breath` or `missing`."""


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
