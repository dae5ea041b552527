"""The chances: what two recordings would show if the two people had nothing to do with each other.

Each null is named, and says what it keeps of each person and what it destroys. Whoever asks for
chance brings the generator: nothing here draws from a hidden one. A p-value counts what was observed
among the chances and is never zero.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

import numpy as np

from relational_space.sensing import kernels, windows

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import ArrayLike, NDArray


def circular_shifts(
    a: ArrayLike,
    b: ArrayLike,
    *,
    hz: float,
    window_s: float,
    step_s: float,
    max_lag_s: float,
) -> NDArray[float64]:
    """Give the mean |Fisher z| of the windowed lagged correlation for every circular shift of `b`.

    The null is "`b` happened at some other time": it keeps each signal whole, with its rhythm and
    spectrum, and destroys only which moment of the one meets which moment of the other. It is no
    null for two signals that both drift slowly, nor under a shared pacer: there, use
    `cycle_residual_warps`. Neighbouring shifts are nearly the same, so count independent ones
    (`independent_shifts`) before turning a rank into a p-value.

    Parameters
    ----------
    a, b, hz, window_s, step_s, max_lag_s
        As in `synchrony.windowed_lagged_correlation`, whose windows these are.

    Returns
    -------
    ndarray of shape (samples,)
        Entry k is the statistic with `b` moved k samples earlier round its own end; entry 0 is what
        was observed. NaN where no window could be correlated.

    Examples
    --------
    >>> t = np.arange(0, 60, 0.1)
    >>> curve = circular_shifts(
    ...     np.sin(t), np.sin(t - 1), hz=10, window_s=20, step_s=5, max_lag_s=2
    ... )
    >>> curve.shape
    (600,)
    """
    one, other = windows.checked_pair(a, b)
    window, step, lag = windows.in_samples(hz, window_s, step_s, max_lag_s)
    n = len(one)
    if n < window + 2 * lag:
        raise ValueError(
            f"{n} samples are too few for a window of {window} with lags of ±{lag};"
            " choose a shorter window or smaller lags."
        )
    count = (n - 2 * lag - window) // step + 1
    if np.isfinite(one).all() and np.isfinite(other).all():
        one, other = one - one.mean(), other - other.mean()
        strength, counted = kernels.displacement_strengths(
            one, other, lag, count, window, step, gcd(window, step),
            windows.flat_under(one, window), windows.flat_under(other, window),
        )  # fmt: skip
    else:
        strength, counted = _strengths_with_gaps(one, other, lag, count, window, step)
    # A shift sees the displacements from -lag to lag about it.
    return _round_sums(strength, lag) / _at_least_one(_round_sums(counted, lag))


def _strengths_with_gaps(
    a: NDArray[float64], b: NDArray[float64], first: int, count: int, window: int, step: int
) -> tuple[NDArray[float64], NDArray[float64]]:
    """Sum |z| over the windows at every displacement, leaving out what was not read."""
    n = len(a)
    span = (count - 1) * step + window
    again = np.concatenate((b, b, b))
    strength, counted = np.empty(n), np.empty(n)
    for tile in range(0, n, kernels.TILE):
        width = min(kernels.TILE, n - tile)
        piece = again[first + tile : first + tile + span + width - 1]
        r = windows.correlations(a[first : first + span], piece, 0, window, step, width)
        z = np.arctanh(np.minimum(np.abs(r), kernels.STRAIGHT))
        strength[tile : tile + width] = np.nansum(z, axis=0)
        counted[tile : tile + width] = np.isfinite(z).sum(axis=0)
    return strength, counted


def _round_sums(x: NDArray[float64], reach: int) -> NDArray[float64]:
    """Sum the neighbours up to `reach` on both sides, round the end."""
    n = len(x)
    index = np.arange(-reach, n + reach) % n
    total = np.concatenate(([0.0], np.cumsum(x[index])))
    return total[2 * reach + 1 :] - total[:n]


def _at_least_one(counted: NDArray[float64]) -> NDArray[float64]:
    return np.where(counted > 0, counted, np.nan)
