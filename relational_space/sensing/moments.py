"""Moments in which two went alike, and moments in which they went apart, by one and the same measure.

Any two signals have both. So what counts as alike or apart is measured against the same two people at
moments that have nothing to do with each other, each as often as the other by chance; it is no verdict
(that is `coupling`), and it must never be counted, summed up or compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relational_space.sensing import windows

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import ArrayLike, NDArray

RARE = 0.15
"""By chance, so much of the time is alike, and as much apart."""

DISPLACED = 24
"""Displacements at which the two have nothing to do with each other."""

FEWEST_WINDOWS = 6
"""Two who were read together for less than so many windows have no moments."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Stretches from one second to another, in order."""

    alike: tuple[tuple[float, float], ...]
    apart: tuple[tuple[float, float], ...]


def moments(
    a: ArrayLike,
    b: ArrayLike,
    *,
    hz: float,
    start_s: float = 0.0,
    window_s: float = 15.0,
    step_s: float = 1.0,
    max_lag_s: float = 2.0,
    shortest_s: float = 5.0,
) -> Moments:
    """Find where two signals keep to each other most, and where least, as a window slides over them.

    Parameters
    ----------
    a, b
        Two signals on one clock, the same number of samples; NaN where there is no reading.
    hz
        Samples a second.
    start_s
        The moment of the first sample.
    window_s, step_s
        How long a look is, and how far the next one is from it.
    max_lag_s
        How much later than the other one of them may be and still be alike. Which way is up isn't known
        of a breath, so upside down is alike as well.
    shortest_s
        A moment shorter than this is none.

    Returns
    -------
    Moments
        Empty where too little was read of both.

    Examples
    --------
    >>> t = np.arange(0, 300, 0.1)
    >>> moments(np.sin(t), np.ones_like(t), hz=10)
    Moments(alike=(), apart=())
    """
    one, other = windows.checked_pair(a, b)
    window, step, lag = windows.in_samples(hz, window_s, step_s, max_lag_s)
    read = np.isfinite(one) & np.isfinite(other)
    count = len(one) - window - 2 * lag
    if read.sum() < FEWEST_WINDOWS * window or count < FEWEST_WINDOWS * window:
        return Moments((), ())
    observed = _closeness(one, other, window, step, lag)
    # Far enough that neither a look nor its lags reach what belongs together.
    least = 2 * (window + lag)
    away = np.linspace(least, len(one) - least, DISPLACED).astype(np.int64)
    chance = np.concatenate(
        [_closeness(one, np.roll(other, by), window, step, lag) for by in away.tolist()]
    )
    chance = chance[np.isfinite(chance)]
    if len(chance) < DISPLACED or not np.isfinite(observed).any():
        return Moments((), ())
    low, high = np.quantile(chance, (RARE, 1 - RARE))
    middle_s = np.asarray(
        start_s + (lag + np.arange(len(observed)) * step + 0.5 * window) / hz, np.float64
    )
    with np.errstate(invalid="ignore"):
        return Moments(
            _stretches(observed > high, middle_s, step / hz, shortest_s),
            _stretches(observed < low, middle_s, step / hz, shortest_s),
        )


def _closeness(
    one: NDArray[float64], other: NDArray[float64], window: int, step: int, lag: int
) -> NDArray[float64]:
    """Give the largest correlation of each look within the lags, either way up; NaN where unread."""
    r = np.abs(windows.correlations(one, other, lag, window, step, 2 * lag + 1))
    unread = np.isnan(r).all(axis=1)
    return np.where(unread, np.nan, np.max(np.nan_to_num(r), axis=1))


def _stretches(
    holds: NDArray[np.bool_], middle_s: NDArray[float64], step_s: float, shortest_s: float
) -> tuple[tuple[float, float], ...]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], holds, [False])).astype(np.int8)))
    found = [
        (float(middle_s[begin] - step_s / 2), float(middle_s[end - 1] + step_s / 2))
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
    ]
    return tuple((begin, end) for begin, end in found if end - begin >= shortest_s)
