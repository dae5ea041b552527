"""Compile all that is compiled here, once on a machine, so that nobody who sits has to wait for it.

Set-up calls it; numba keeps what was compiled beside the modules. It decides nothing and measures
nobody: what is read and coupled here is made up, and its answers are thrown away.
"""

from __future__ import annotations

import numpy as np

from relational_space.sensing.breath import breath
from relational_space.sensing.surrogates import circular_shifts
from relational_space.sensing.synchrony import couple, windowed_lagged_correlation


def make_ready() -> None:
    """Run every compiled routine on little, in the types that everything else calls it with.

    Examples
    --------
    >>> make_ready()
    """
    at = np.arange(0, 60, 0.1)
    one, other = np.sin(1.3 * at), np.sin(1.2 * at)
    breath(at, one)
    for sense in ("breath", "movement"):
        couple(one, other, hz=10, sense=sense, draws=9)
    windowed_lagged_correlation(one, other, hz=10, window_s=10, step_s=5, max_lag_s=2)
    circular_shifts(one, other, hz=10, window_s=10, step_s=5, max_lag_s=2)


if __name__ == "__main__":
    make_ready()
