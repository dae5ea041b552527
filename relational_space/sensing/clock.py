"""A device's clock → sitting time: offset, drift, and how far it may be wrong.

It reads no clock: it is told what was exchanged. It must never give a time without saying how
uncertain it is, since a lag between two people is worth no more than their clocks are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import ArrayLike, NDArray

STEADY = 200e-6
"""Crystals of phones run within this of each other; a larger change is a clock that was set."""
USUAL_DRIFT = 30e-6
"""What is assumed of a drift before it is measured (standard deviation)."""
GRAIN_S = 0.001
"""Stamps are no finer than this in a browser."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How a device's stamps become sitting time."""

    offset_s: float
    """Sitting time less device time, at `at_s` of the device."""
    drift: float
    """Seconds by which the device falls behind in a second."""
    at_s: float
    uncertainty_s: float
    """Half a 95 % interval of the offset at `at_s`; half the quickest way there and back is in it."""
    drift_uncertainty: float
    exchanges: int
    """How many exchanges, since the clock was last set, it rests on."""


def clock(asked_s: ArrayLike, answered_s: ArrayLike, heard_s: ArrayLike) -> Clock:
    """Compare a device's clock with sitting time from questions and answers.

    Parameters
    ----------
    asked_s, heard_s : array_like, shape (n,)
        Device stamps of each question's leaving and of its answer's coming.
    answered_s : array_like, shape (n,)
        Sitting time at which each was answered.

    Returns
    -------
    Clock

    Raises
    ------
    ValueError
        When nothing can be learned: no exchange, unequal lengths, or answers heard before asked.

    Notes
    -----
    As in Cristian (1989) the answer lies between question and hearing, and the quickest exchange
    says most; unlike there all exchanges are used, each by the inverse square of its length, and a
    drift is fitted. What the way there may take longer than the way back can't be seen: half the
    quickest exchange stays in the uncertainty for ever.

    Examples
    --------
    >>> import numpy as np
    >>> asked = np.arange(0.0, 60.0, 5.0)
    >>> found = clock(asked, asked + 100.01, asked + 0.02)
    >>> round(found.offset_s, 3), round(found.uncertainty_s, 3)
    (100.0, 0.011)
    """
    asked, answered, heard = (
        np.asarray(x, np.float64).ravel() for x in (asked_s, answered_s, heard_s)
    )
    if not len(asked) == len(answered) == len(heard):
        raise ValueError(f"{len(asked)} questions, {len(answered)} answers, {len(heard)} hearings.")
    whole = np.isfinite(asked) & np.isfinite(answered) & np.isfinite(heard)
    asked, answered, heard = asked[whole], answered[whole], heard[whole]
    if len(asked) == 0:
        raise ValueError("A clock needs at least one question with its answer.")
    if np.any(heard < asked):
        raise ValueError("An answer was heard before its question was asked.")
    order = np.argsort(heard, kind="stable")
    middle = 0.5 * (asked + heard)[order]
    way = np.maximum(heard - asked, GRAIN_S)[order]
    offset = (answered - 0.5 * (asked + heard))[order]
    kept = _since_it_was_set(middle, way, offset)
    middle, way, offset = middle[kept], way[kept], offset[kept]
    at = float(middle[-1])
    spread = 0.5 * way
    # A prior on the drift keeps a short run of exchanges from inventing one.
    design = np.column_stack([1.0 / spread, (middle - at) / spread])
    design = np.vstack([design, [0.0, 1.0 / USUAL_DRIFT]])
    target = np.concatenate([offset / spread, [0.0]])
    covariance = np.linalg.inv(design.T @ design)
    fitted: NDArray[float64] = covariance @ (design.T @ target)
    systematic = 0.5 * float(way.min())
    return Clock(
        offset_s=float(fitted[0]),
        drift=float(fitted[1]),
        at_s=at,
        uncertainty_s=systematic
        + GRAIN_S
        + 1.96 * _scatter(design, target, fitted, float(covariance[0, 0])),
        drift_uncertainty=1.96 * float(np.sqrt(covariance[1, 1])),
        exchanges=len(middle),
    )


def _scatter(
    design: NDArray[float64],
    target: NDArray[float64],
    fitted: NDArray[float64],
    variance: float,
) -> float:
    """Give the standard error that the residuals themselves show; ways vary less than they could."""
    rest = target - design @ fitted
    freedom = max(1, len(target) - 2)
    return float(np.sqrt(variance * np.sum(rest**2) / freedom))


def _since_it_was_set(
    middle: NDArray[float64], way: NDArray[float64], offset: NDArray[float64]
) -> NDArray[np.bool_]:
    """Keep the exchanges that can belong to the latest one by a steady clock."""
    apart = np.abs(offset - offset[-1])
    allowed = 0.5 * (way + way[-1]) + STEADY * np.abs(middle - middle[-1]) + GRAIN_S
    other = np.flatnonzero(apart > allowed)
    kept = np.ones(len(middle), bool)
    if len(other):
        kept[: other[-1] + 1] = False
    return kept


def to_sitting(found: Clock, stamps_s: ArrayLike) -> NDArray[float64]:
    """Turn a device's stamps into sitting time.

    Parameters
    ----------
    found
        The device's clock.
    stamps_s : array_like
        Seconds by that device.

    Returns
    -------
    ndarray
        Seconds of the sitting, of the same shape.

    Examples
    --------
    >>> asked = np.arange(0.0, 60.0, 5.0)
    >>> found = clock(asked, asked + 100.01, asked + 0.02)
    >>> to_sitting(found, [7.0, 8.0]).round(3).tolist()
    [107.0, 108.0]
    """
    stamps = np.asarray(stamps_s, np.float64)
    return np.asarray(stamps + found.offset_s + found.drift * (stamps - found.at_s))


def uncertainty_between(a: Clock, b: Clock, *, within_s: float = 0.0) -> float:
    """Give how far a lag between two devices may be wrong, `within_s` of their latest exchange.

    Parameters
    ----------
    a, b
        The clocks of the two.
    within_s
        How long after, or before, the exchanges the lag was seen.

    Returns
    -------
    float
        Seconds; the two uncertainties add, since both may be wrong the same way.

    Examples
    --------
    >>> near = Clock(0.0, 0.0, 0.0, 0.01, 1e-6, 20)
    >>> round(uncertainty_between(near, near, within_s=1000.0), 3)
    0.022
    """
    parts = [found.uncertainty_s + found.drift_uncertainty * within_s for found in (a, b)]
    return float(sum(parts))
