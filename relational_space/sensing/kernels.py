"""The compiled inner loops of synchrony and of its surrogates, and nothing that decides anything.

They take checked float64 arrays without missing samples; whoever calls them has looked at shapes,
lengths and gaps. Compiled on their first call and kept in numba's cache, never at import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Row = NDArray[float64]

TILE = 512
"""Displacements worked on at a time: a tile of running sums stays in a core's second cache."""

FLAT = 1e-12
"""A window whose variance is under this share of the whole signal's carries nothing to correlate."""

NEARLY_FLAT = 1e-6
"""A window that varies by less than this share of its squares is looked at sample by sample: too few
digits are left of the difference of two large sums."""

STRAIGHT = 1.0 - 1e-12
"""|r| is held under this, so that its Fisher transform stays finite."""

TOGETHER = 24
"""Of so many windows the product of (1 + |r|) / (1 - |r|) is still a number, however straight they are."""


@njit(cache=True, error_model="numpy")
def window_moments(x: Row, length: int, floor: float) -> tuple[Row, Row]:
    """Give the mean of every window of `length`, and 1 / sqrt(sum of squares about it); 0 where flat."""
    windows = len(x) - length + 1
    mean = np.empty(windows)
    scale = np.empty(windows)
    share = 1.0 / length
    # Running sums would carry the rounding of everything before; each block begins afresh.
    for begin in range(0, windows, 1024):
        total = 0.0
        square = 0.0
        for i in range(begin, begin + length):
            total += x[i]
            square += x[i] * x[i]
        end = min(begin + 1024, windows)
        mean[begin] = total * share
        scale[begin] = square - total * total * share
        for start in range(begin + 1, end):
            gone = x[start - 1]
            come = x[start + length - 1]
            total += come - gone
            square += (come - gone) * (come + gone)
            mean[start] = total * share
            scale[start] = square - total * total * share
    for start in range(windows):
        if scale[start] < NEARLY_FLAT * length * mean[start] * mean[start]:
            varies = 0.0
            for i in range(start, start + length):
                varies += (x[i] - mean[start]) ** 2
            scale[start] = varies
    # Apart from the sums, which wait for one another, roots are taken four at a time.
    for start in range(windows):
        moves = scale[start] > floor
        scale[start] = (1.0 if moves else 0.0) / np.sqrt(scale[start] if moves else 1.0)
    return mean, scale


@njit(cache=True, fastmath={"contract"})
def _block_products(a: Row, b: Row, start: int, length: int, at: int, width: int, out: Row) -> None:
    """Sum a[start + i] * b[at + i + d] over a block, for the displacements d of one tile."""
    for d in range(width):
        out[d] = 0.0
    i = 0
    while i + 8 <= length:
        # Eight samples a pass: the sums are read and written an eighth as often.
        x = a[start + i : start + i + 8]
        a0, a1, a2, a3, a4, a5, a6, a7 = x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]
        y = b[at + i : at + i + width + 7]
        for d in range(width):
            out[d] += (
                a0 * y[d] + a1 * y[d + 1] + a2 * y[d + 2] + a3 * y[d + 3]
                + a4 * y[d + 4] + a5 * y[d + 5] + a6 * y[d + 6] + a7 * y[d + 7]
            )  # fmt: skip
        i += 8
    while i < length:
        a0 = a[start + i]
        y = b[at + i : at + i + width]
        for d in range(width):
            out[d] += a0 * y[d]
        i += 1


@njit(cache=True)
def windowed_products(
    a: Row, b: Row, first: int, windows: int, window: int, step: int, block: int, lags: int
) -> Row:
    """Sum a * b over windows: row w begins at `first + w * step` in `a`, at `w * step + d` in `b`.

    A window is the running sum of `window // block` blocks of products.
    """
    per_window = window // block
    per_step = step // block
    out = np.empty((windows, lags))
    ring = np.zeros((per_window, lags))
    total = np.zeros(lags)
    for k in range((windows - 1) * per_step + per_window):
        row = ring[k % per_window]
        if k % (per_window * 8) == 0:
            # The running sum is made afresh now and then, so that rounding does not gather.
            for d in range(lags):
                row[d] = 0.0
                total[d] = 0.0
            for j in range(per_window):
                for d in range(lags):
                    total[d] += ring[j, d]
        else:
            for d in range(lags):
                total[d] -= row[d]
        _block_products(a, b, first + k * block, block, k * block, lags, row)
        for d in range(lags):
            total[d] += row[d]
        done = k - per_window + 1
        if done >= 0 and done % per_step == 0:
            result = out[done // per_step]
            for d in range(lags):
                result[d] = total[d]
    return out


@njit(cache=True)
def correlate_in_place(
    products: Row,
    first: int,
    window: int,
    step: int,
    mean_a: Row,
    scale_a: Row,
    mean_b: Row,
    scale_b: Row,
) -> None:
    """Turn sums of products into correlations; a flat window has none and becomes NaN."""
    windows, lags = products.shape
    for w in range(windows):
        start = w * step
        scale = scale_a[first + start]
        mean = mean_a[first + start] * window
        row = products[w]
        means = mean_b[start : start + lags]
        scales = scale_b[start : start + lags]
        for d in range(lags):
            both = scale * scales[d]
            r = (row[d] - mean * means[d]) * both
            row[d] = min(max(r, -1.0), 1.0) if both > 0.0 else np.nan


@njit(cache=True, fastmath={"contract"})
def displacement_strengths(
    a: Row,
    mean_a: Row,
    scale_a: Row,
    round_b: Row,
    mean_b: Row,
    scale_b: Row,
    first: int,
    windows: int,
    window: int,
    step: int,
    block: int,
    reach: int,
) -> tuple[Row, Row]:
    """Sum |atanh r| over the windows, and how many counted, for the first `reach` circular displacements.

    `round_b` goes on round its own end (`windows.round_its_end`); moments are those of `window_moments`.
    mean |atanh r| = log(product of (1 + |r|) / (1 - |r|)) / 2n: one logarithm for `TOGETHER` windows.
    """
    n = len(a)
    per_window = window // block
    per_step = step // block
    strength = np.empty(reach)
    counted = np.empty(reach)
    blocks = (windows - 1) * per_step + per_window
    ring = np.zeros((per_window, TILE))
    total = np.empty(TILE)
    above = np.empty(TILE)
    below = np.empty(TILE)
    logs = np.empty(TILE)
    seen = np.empty(TILE)
    for tile in range(0, reach, TILE):
        width = min(TILE, reach - tile)
        for j in range(per_window):
            for d in range(width):
                ring[j, d] = 0.0
        for d in range(width):
            total[d] = 0.0
            above[d] = 1.0
            below[d] = 1.0
            logs[d] = 0.0
            seen[d] = 0.0
        pending = 0
        for k in range(blocks):
            row = ring[k % per_window]
            for d in range(width):
                total[d] -= row[d]
            at = (first + k * block + tile) % n
            _block_products(a, round_b, first + k * block, block, at, width, row)
            for d in range(width):
                total[d] += row[d]
            done = k - per_window + 1
            if done >= 0 and done % per_step == 0:
                start = first + done * block
                sa = scale_a[start]
                ma = mean_a[start] * window
                where = (start + tile) % n
                sb = scale_b[where : where + width]
                mb = mean_b[where : where + width]
                for d in range(width):
                    scale = sa * sb[d]
                    r = min(abs((total[d] - ma * mb[d]) * scale), STRAIGHT)
                    above[d] *= 1.0 + r
                    below[d] *= 1.0 - r
                    seen[d] += 1.0 if scale > 0.0 else 0.0
                pending += 1
                if pending == TOGETHER:
                    for d in range(width):
                        logs[d] += np.log(above[d] / below[d])
                        above[d] = 1.0
                        below[d] = 1.0
                    pending = 0
        for d in range(width):
            strength[tile + d] = 0.5 * (logs[d] + np.log(above[d] / below[d]))
            counted[tile + d] = seen[d]
    return strength, counted


@njit(cache=True)
def answers(marks_a: Row, course_a: Row, marks_b: Row, course_b: Row, end_s: float) -> Row:
    """Add up, for each row of two people's marks up to `end_s`, what the score of coupling is made of.

    A mark is one turn after the one before it; between marks phase runs evenly, so that from one mark of
    either to the next the phase difference is a straight line and every integral is exact. Columns:
    seconds, then the integrals of cos and sin of the phase difference, of cos² and of cos·sin, and of
    cos and sin times how much faster than their own slow course `a`, and then `b`, goes.
    """
    turn = 2 * np.pi
    last_a = marks_a.shape[1] - 2
    last_b = marks_b.shape[1] - 2
    out = np.zeros((marks_a.shape[0], 9))
    for row in range(marks_a.shape[0]):
        at = max(marks_a[row, 0], marks_b[row, 0])
        end = min(end_s, marks_a[row, last_a + 1], marks_b[row, last_b + 1])
        i = 0
        j = 0
        sums = out[row]
        while at < end:
            while i < last_a and marks_a[row, i + 1] <= at:
                i += 1
            while j < last_b and marks_b[row, j + 1] <= at:
                j += 1
            until = min(marks_a[row, i + 1], marks_b[row, j + 1], end)
            length_a = marks_a[row, i + 1] - marks_a[row, i]
            length_b = marks_b[row, j + 1] - marks_b[row, j]
            seconds = until - at
            middle = 0.5 * (at + until)
            apart = turn * (
                (middle - marks_b[row, j]) / length_b - (middle - marks_a[row, i]) / length_a
            )
            # The mean of a cosine over a straight line of phase is the one at its middle, made smaller.
            half = 0.5 * turn * (1.0 / length_b - 1.0 / length_a) * seconds
            smaller = np.sin(half) / half if abs(half) > 1e-6 else 1.0
            twice = smaller * np.cos(half)
            c = np.cos(apart)
            s = np.sin(apart)
            quick_a = turn * (1.0 / length_a - 1.0 / course_a[row, i]) * smaller * seconds
            quick_b = turn * (1.0 / length_b - 1.0 / course_b[row, j]) * smaller * seconds
            sums[0] += seconds
            sums[1] += c * smaller * seconds
            sums[2] += s * smaller * seconds
            sums[3] += (0.5 + (c * c - 0.5) * twice) * seconds
            sums[4] += c * s * twice * seconds
            sums[5] += c * quick_a
            sums[6] += s * quick_a
            sums[7] += c * quick_b
            sums[8] += s * quick_b
            at = until
    return out
