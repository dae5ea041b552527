"""Two signals in windows: what is checked of them, and the correlations of every window and lag.

Synchrony and its surrogates share it; it must not know what the correlations are used for.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

import numpy as np

from relational_space.sensing import kernels

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import ArrayLike, NDArray


def plain(x: ArrayLike) -> NDArray[float64]:
    """Give an array of float64 that lies in one piece and may be written.

    Compiled routines are compiled anew for every other way in which an array can lie in memory.
    """
    return np.require(x, np.float64, ["C_CONTIGUOUS", "WRITEABLE"])


def checked_pair(a: ArrayLike, b: ArrayLike) -> tuple[NDArray[float64], NDArray[float64]]:
    """Check two signals and give them as float64."""
    one, other = plain(a), plain(b)
    if one.ndim != 1 or other.ndim != 1:
        raise ValueError("Each signal is one row of samples; give more people pair by pair.")
    if len(one) != len(other):
        raise ValueError(
            f"The signals have {len(one)} and {len(other)} samples; cut them to one time."
        )
    if np.isinf(one).any() or np.isinf(other).any():
        raise ValueError("A signal holds an infinite sample; use NaN where there is no reading.")
    return one, other


def in_samples(hz: float, window_s: float, step_s: float, max_lag_s: float) -> tuple[int, int, int]:
    """Turn seconds into whole samples."""
    if not (hz > 0 and window_s > 0 and step_s > 0 and max_lag_s >= 0):
        raise ValueError("hz, window_s and step_s are above 0, and max_lag_s is not below.")
    return max(2, round(window_s * hz)), max(1, round(step_s * hz)), round(max_lag_s * hz)


def correlations(
    a: NDArray[float64], b: NDArray[float64], first: int, window: int, step: int, lags: int
) -> NDArray[float64]:
    """Correlate window w of `a`, from `first + w * step`, with those of `b` from `w * step` on."""
    count = (min(len(a) - first, len(b) - lags + 1) - window) // step + 1
    block = gcd(window, step)
    read_a, read_b = np.isfinite(a), np.isfinite(b)
    whole = bool(read_a.all() and read_b.all())
    # Far from zero the sums of squares would lose their digits.
    a, b = _centred(a, read_a), _centred(b, read_b)
    floor_a, floor_b = flat_under(a, window), flat_under(b, window)

    def sums(x: NDArray[float64], y: NDArray[float64]) -> NDArray[float64]:
        products: NDArray[float64] = kernels.windowed_products(
            x, y, first, count, window, step, block, lags
        )
        return products

    if whole:
        out = sums(a, b)
        kernels.correlate_in_place(
            out, first, window, step,
            *kernels.window_moments(a, window, floor_a), *kernels.window_moments(b, window, floor_b),
        )  # fmt: skip
        return out

    one, other = read_a.astype(np.float64), read_b.astype(np.float64)
    read = np.round(sums(one, other))
    enough = read * 2 >= window
    read = np.where(enough, read, 1.0)
    sum_a, sum_b = sums(a, other), sums(one, b)
    spread_a = sums(a * a, other) - sum_a * sum_a / read
    spread_b = sums(one, b * b) - sum_b * sum_b / read
    for spread, total, x, floor, at in (
        (spread_a, sum_a, a, floor_a, (first, 0)),
        (spread_b, sum_b, b, floor_b, (0, 1)),
    ):
        # As `kernels.window_moments` does: few digits are left of the difference of two large sums.
        close = (spread > floor) & (spread < kernels.NEARLY_FLAT * total**2 / read)
        for w, d in np.argwhere(enough & close):
            both = read_a[first + w * step :][:window] & read_b[w * step + d :][:window]
            spread[w, d] = both.sum() * x[at[0] + w * step + at[1] * d :][:window][both].var()
    good = enough & (spread_a > floor_a) & (spread_b > floor_b)
    scale = np.sqrt(np.where(good, spread_a * spread_b, 1.0))
    r = (sums(a, b) - sum_a * sum_b / read) / scale
    return np.where(good, np.clip(r, -1.0, 1.0), np.nan)


def round_its_end(x: NDArray[float64], reach: int) -> NDArray[float64]:
    """Let a signal go on from its beginning, as far as `reach` displacements and a tile's width need it."""
    beyond = kernels.TILE + 7
    return np.concatenate((x, x, x[:beyond]))[: len(x) + reach + beyond]


def flat_under(x: NDArray[float64], window: int) -> float:
    """Give the sum of squares under which a window of this centred signal counts as flat."""
    return kernels.FLAT * window * float(np.mean(x * x))


def _centred(x: NDArray[float64], read: NDArray[np.bool_]) -> NDArray[float64]:
    """Take the mean away and put 0 where nothing was read."""
    if read.all():
        return np.asarray(x - x.mean())
    mean = float(x[read].mean()) if read.any() else 0.0
    return np.where(read, x - mean, 0.0)
