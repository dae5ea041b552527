"""Streaming sections that every sense shares: readings to even cells, smoothing, means, turning points.

Each takes memory in and leaves memory changed; none knows whose signal it is. Nothing here may
look at more than the windows it names, so that memory and delay stay bounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Row = NDArray[float64]
    Table = NDArray[float64]

CELL_S = 0.1
"""Breath is worked on in even cells of a tenth of a second: 40 breaths a minute leave 15 a breath."""

LONGEST_BRIDGE_S = 1.0
"""Readings this far apart are joined by a straight line; a longer silence is a gap."""


def hann_table(longest_half_cells: int) -> Table:
    """Give smoothing weights: row `h` is a Hann window over `2 h + 1` cells that sums to one.

    Parameters
    ----------
    longest_half_cells : int
        The last row.

    Returns
    -------
    ndarray, shape (longest_half_cells + 1, 2 * longest_half_cells + 1)

    Examples
    --------
    >>> hann_table(1)[1].round(2).tolist()
    [0.25, 0.5, 0.25]
    """
    table = np.zeros((longest_half_cells + 1, 2 * longest_half_cells + 1))
    for half in range(longest_half_cells + 1):
        offsets = np.arange(-half, half + 1)
        weights = 1 + np.cos(np.pi * offsets / (half + 1))
        table[half, : 2 * half + 1] = weights / weights.sum()
    return table


@njit(cache=True)
def smooth_at(total: Table, table: Table, half: int, at: int, channels: int, out: Row) -> None:
    """Write the Hann-weighted mean around cell `at` into `out`.

    `total` is a ring of running totals, shape (cells, channels): cell `k` is the step from
    row `k` to row `k + 1`, so one ring serves both smoothing and means.
    """
    mask = total.shape[0] - 1
    for channel in range(channels):
        out[channel] = 0.0
    before = (at - half) & mask
    for offset in range(2 * half + 1):
        weight = table[half, offset]
        after = (before + 1) & mask
        for channel in range(channels):
            out[channel] += weight * (total[after, channel] - total[before, channel])
        before = after


@njit(cache=True)
def mean_over(total: Table, start: int, end: int, channels: int, out: Row) -> None:
    """Write the mean of the cells from `start` up to `end` into `out`."""
    mask = total.shape[0] - 1
    share = 1.0 / (end - start)
    for channel in range(channels):
        out[channel] = share * (total[end & mask, channel] - total[start & mask, channel])


@njit(cache=True)
def main_axis(spread: Table, axis: Row, channels: int, turns: int) -> float:
    """Turn `axis` towards the direction of largest spread and give the spread along it.

    Power iteration from where the axis already stands: one or two turns a second follow a body.
    """
    size = 0.0
    step = np.empty(channels)
    for _ in range(turns):
        size = 0.0
        for row in range(channels):
            step[row] = 0.0
            for column in range(channels):
                step[row] += spread[row, column] * axis[column]
            size += step[row] * step[row]
        size = np.sqrt(size)
        if size <= 0.0:
            return 0.0
        for row in range(channels):
            axis[row] = step[row] / size
    return size
