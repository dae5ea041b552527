"""Two traces → how they go together, and what chance would give.

Measures first (windowed lagged correlation, phase locking), and then the verdict. Nothing here
claims more than two recordings can show: a figure never leaves without what chance would give, and
"could not tell" is a full answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from relational_space.sensing import windows

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import ArrayLike, NDArray


def windowed_lagged_correlation(
    a: ArrayLike,
    b: ArrayLike,
    *,
    hz: float,
    window_s: float,
    step_s: float,
    max_lag_s: float,
    convention: Literal["fixed", "split"] = "fixed",
) -> NDArray[float64]:
    """Correlate windows of one signal with windows of another at every lag.

    Parameters
    ----------
    a, b
        Two signals on one clock, the same number of samples; NaN where there is no reading.
    hz
        Samples a second, not necessarily a whole number.
    window_s, step_s, max_lag_s
        Length of a window, distance between windows, and largest lag, in seconds; each is rounded to
        a whole number of samples, and window and step to at least one.
    convention
        `fixed` leaves the window of `a` in its place and moves that of `b` by the lag (Boker and
        others 2002). `split` is rMEA's: a positive lag moves the window of `b` forward, a negative
        one moves that of `a`, so that the first window begins with the recording.

    Returns
    -------
    ndarray of shape (windows, lags)
        Pearson correlations, lag 0 in the middle. At a positive lag `b` comes later than `a`: `a`
        leads. Window w of `a` begins at sample `max_lag + w * step`, so that every lag of every
        window lies inside the recording (`fixed`), or at `w * step` (`split`). NaN where a window
        is flat, or where less than half of it was read in both.

    Raises
    ------
    ValueError
        When the signals differ in length, are not one-dimensional, hold infinities, or are too
        short for a single window with its lags.

    Notes
    -----
    Boker, Rotondo, Xu and King, Psychological Methods 2002;7:338. Differences: no peak is picked,
    and gaps are left out pair by pair instead of closing up the time axis. Windows are running sums
    of blocks of products, so a step that divides the window is quickest.

    Examples
    --------
    >>> t = np.arange(0, 60, 0.1)
    >>> r = windowed_lagged_correlation(
    ...     np.sin(t), np.sin(t - 1), hz=10, window_s=20, step_s=5, max_lag_s=2
    ... )
    >>> r.shape, int(np.argmax(r[0])) - 20
    ((8, 41), 10)
    """
    one, other = windows.checked_pair(a, b)
    window, step, lag = windows.in_samples(hz, window_s, step_s, max_lag_s)
    if len(one) < window + 2 * lag:
        raise ValueError(
            f"{len(one)} samples are too few for a window of {window} with lags of ±{lag};"
            " choose a shorter window or smaller lags."
        )
    if convention == "fixed":
        return windows.correlations(one, other, lag, window, step, 2 * lag + 1)
    if convention != "split":
        raise ValueError(f"convention is 'fixed' or 'split', not {convention!r}.")
    forward = windows.correlations(one[: len(one) - lag], other, 0, window, step, lag + 1)
    backward = windows.correlations(other[: len(other) - lag], one, 0, window, step, lag + 1)
    return np.concatenate((backward[:, :0:-1], forward), axis=1)
