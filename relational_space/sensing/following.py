"""Who moves after whom, and by how long: two velocities, and what other moments would have given.

The cross-correlation at every displacement is itself the chance: far from zero nothing of the one can
have followed the other. It must not name a leader whose lead is inside the error of the lag.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Row = NDArray[float64]

LOCAL_S = 8.0
"""Movement is measured against the mean and the liveliness of about so long around it."""

FINEST = 0.1
"""A lag is never surer than this share of a sample."""

BLOCKS = 12
"""Pieces that are left out in turn to learn how sure a lag is."""


@dataclass(frozen=True, slots=True)
class Following:
    """What two velocities have in common at their best lag, and at all displacements far from it."""

    strength: float
    """Correlation at the best lag, -1 to 1: below zero the two move against each other."""
    lag_s: float
    """Above zero `b` comes later."""
    lag_error_s: float
    """Standard error of the lag, by leaving out pieces."""
    p_value: float
    chance: Row
    """Largest correlation about every displacement far from zero."""
    independent: float
    """How many independent draws the displacements are worth."""


def following(a: Row, b: Row, hz: float, max_lag_s: float) -> Following:
    """Compare two velocities of one length on one clock at every displacement.

    The correlations at displacements beyond twice the largest lag tell how large they are by chance and
    how quickly they change; the p-value is how often such a curve, over as many lags as were looked at,
    would reach what was observed.
    """
    reach = max(1, round(max_lag_s * hz))
    one, read_a = _lively(a, hz)
    other, read_b = _lively(b, hz)
    r = _correlations(one, read_a, other, read_b)
    n = len(r)
    displacement = np.arange(n)
    far = np.minimum(displacement, n - displacement) > 2 * reach
    near = np.concatenate((r[-reach:], r[: reach + 1]))
    best = int(np.argmax(np.abs(near)))
    spread = float(np.sqrt(np.mean(r[far] ** 2)))
    apart = _apart(r[far])
    independent = far.sum() / apart
    # How often a smooth curve passes a level depends on how often it passes zero.
    crossings = float(np.sqrt(np.mean(np.diff(r)[far[1:]] ** 2))) / spread / (2 * np.pi) * 2 * reach
    p_value = _rarely(_as_normal(abs(near[best]), spread), independent, crossings)
    pieces = np.array_split(displacement, BLOCKS)
    lags = [
        _peak(_without(one, read_a, other, read_b, piece, reach), reach, hz) for piece in pieces
    ]
    jackknife = (BLOCKS - 1) / BLOCKS * np.sum((np.array(lags) - np.mean(lags)) ** 2)
    rank = np.abs(r)
    width = 2 * reach + 1
    about = np.lib.stride_tricks.sliding_window_view(
        np.concatenate((rank[-reach:], rank, rank[:reach])), width
    )[:: max(1, reach // 4)]
    return Following(
        float(near[best]),
        _peak(near, reach, hz),
        float(np.hypot(np.sqrt(jackknife), FINEST / hz)),
        p_value,
        about[far[:: max(1, reach // 4)]].max(axis=1),
        float(independent),
    )


def strengths(a: Row, b: Row, hz: float, max_lag_s: float) -> Row:
    """Give the strength of every row of `a` with every row of `b`: `following`'s, without its chance.

    Parameters
    ----------
    a, b : ndarray, shapes (rows, samples) and (others, samples)
        Velocities on one clock; NaN where there is no reading.
    hz, max_lag_s
        As in `following`.

    Returns
    -------
    ndarray, shape (rows, others)
        Correlation at the best lag, -1 to 1.
    """
    reach = max(1, round(max_lag_s * hz))
    turned = []
    for rows in (a, b):
        lively = [_lively(x, hz) for x in rows]
        # What is correlated, its square, and where it was read: each transformed once.
        turned.append([[np.fft.rfft(y) for y in (x, x**2, read)] for x, read in lively])
    n = a.shape[1]
    out = np.empty((len(a), len(b)))
    for i, (one, power_a, read_a) in enumerate(turned[0]):
        for j, (other, power_b, read_b) in enumerate(turned[1]):
            pairs = ((one, other), (power_a, read_b), (read_a, power_b))
            r, *scale = np.fft.irfft([np.conj(x) * y for x, y in pairs], n)
            near = np.r_[-reach : reach + 1]
            scaled = r[near] / np.sqrt(np.prod(np.maximum(np.array(scale)[:, near], 1e-9), axis=0))
            out[i, j] = scaled[np.argmax(np.abs(scaled))]
    return np.clip(out, -1.0, 1.0)


def _lively(x: Row, hz: float) -> tuple[Row, Row]:
    """Take the local mean away and divide by the local spread; 0 where nothing was read or moved."""
    read = np.isfinite(x).astype(np.float64)
    filled = np.where(read > 0, x, 0.0)
    filled = filled - (filled.sum() / max(1.0, read.sum())) * read
    window = np.hanning(2 * round(LOCAL_S * hz / 2) + 3)[1:-1]

    def around(y: Row) -> Row:
        size = 1 << int(np.ceil(np.log2(len(y) + len(window))))
        out = np.fft.irfft(np.fft.rfft(y, size) * np.fft.rfft(window, size), size)
        half = len(window) // 2
        return np.asarray(out[half : half + len(y)])

    weight = np.maximum(around(read), 1e-9)
    centred = (filled - around(filled) / weight) * read
    spread = np.sqrt(np.maximum(around(centred**2) / weight, 0.0))
    # Where somebody is nearly still, noise must not be blown up to movement.
    least = 0.2 * float(np.sqrt(np.mean(centred**2))) + 1e-300
    return centred / np.maximum(spread, least), read


def _correlations(one: Row, read_a: Row, other: Row, read_b: Row) -> Row:
    """Correlate at every circular displacement: entry d pairs a[t] with b[t + d]."""

    def round_(x: Row, y: Row) -> Row:
        return np.asarray(np.fft.irfft(np.conj(np.fft.rfft(x)) * np.fft.rfft(y), len(x)))

    scale = np.sqrt(
        np.maximum(round_(one**2, read_b), 1e-9) * np.maximum(round_(read_a, other**2), 1e-9)
    )
    return np.asarray(np.clip(round_(one, other) / scale, -1.0, 1.0))


def _without(
    one: Row, read_a: Row, other: Row, read_b: Row, piece: NDArray[np.int_], reach: int
) -> Row:
    """Correlate within the lags, leaving out a piece of `a`."""
    kept, kept_read = one.copy(), read_a.copy()
    kept[piece] = 0.0
    kept_read[piece] = 0.0
    r = _correlations(kept, kept_read, other, read_b)
    return np.concatenate((r[-reach:], r[: reach + 1]))


def _peak(near: Row, reach: int, hz: float) -> float:
    """Give the lag at the top of the peak, by a parabola through its upper part."""
    best = int(np.argmax(np.abs(near)))
    height = near * np.sign(near[best])
    low = high = best
    while low > 0 and height[low - 1] > 0.8 * height[best]:
        low -= 1
    while high < len(near) - 1 and height[high + 1] > 0.8 * height[best]:
        high += 1
    if high - low < 2:
        return (best - reach) / hz
    k = np.arange(low, high + 1, dtype=np.float64) - best
    curve, tilt, _ = np.polyfit(k, height[low : high + 1], 2)
    top = best - tilt / (2 * curve) if curve < 0 else float(best)
    return float((np.clip(top, low, high) - reach) / hz)


def _apart(x: Row) -> float:
    """Give how many samples apart two draws are independent: the integrated autocorrelation."""
    x = x - x.mean()
    power = np.abs(np.fft.rfft(x, 2 * len(x))) ** 2
    same = np.fft.irfft(power)[: len(x)] / np.maximum(np.arange(len(x), 0, -1), 1)
    same = same / same[0] if same[0] > 0 else same
    # Squares decide how well a spread is known and how often a level is reached.
    squares = same[1 : len(x) // 4] ** 2
    return float(1 + 2 * squares.sum())


def _as_normal(r: float, spread: float) -> float:
    """Give how far out a correlation would lie if correlations of this spread were normal.

    They are not: none passes 1, and where few movements meet, a correlation of 0.98 is far rarer than
    a normal draw so many spreads from zero. A transform of each point leaves how often a level is passed.
    """
    from scipy import special

    free = max(1.0, 1 / spread**2 - 1)
    t = r * np.sqrt(free / max(1 - r * r, 1e-12))
    return float(-special.ndtri(max(special.stdtr(free, -t), 1e-300)))


def _rarely(size: float, independent: float, crossings: float) -> float:
    """Give how often a smooth curve reaches a size somewhere within the lags (Rice's formula).

    `crossings` is how often it rises through zero there. Its spread is itself known from so many
    independent draws, so that Student's distribution stands in for the normal.
    """
    from scipy import special

    free = max(3.0, independent - 1)
    at_one_end = 2 * float(special.stdtr(free, -size))
    rises = 2 * crossings * (1 + size**2 / free) ** (-(free - 1) / 2)
    return float(-np.expm1(-(at_one_end + rises)))
