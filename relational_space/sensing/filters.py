"""Streaming sections that every sense shares: readings to even cells, smoothing, means, turning points.

Each takes memory in and leaves memory changed; none knows whose signal it is. Nothing here may
look at more than the windows it names, so that memory and delay stay bounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Row = NDArray[float64]
    Table = NDArray[float64]

CELL_S = 0.1
"""Breath is worked on in even cells of a tenth of a second: 40 breaths a minute leave 15 a breath."""

LONGEST_BRIDGE_S = 1.0
"""Readings this far apart are joined by a straight line; a longer silence is a gap."""

LARGEST = 1e30
"""No sensor says more, in any unit, and what is beyond is passed over: squares of its squares would be no
numbers any more."""


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
