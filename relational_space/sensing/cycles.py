"""A wave → the moments at which each of its cycles passes its middle, rising.

The middle of the rise is the steepest place and so the one that noise moves least. A stretch that was
not read, or that does not go up and down, ends a run of cycles; it is never filled in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Row = NDArray[float64]

QUICKEST_S, SLOWEST_S = 1.3, 32.0
"""Cycles from 46 to not quite 2 a minute are looked for."""

HEART_HZ = 0.35
"""Above this a peak is less likely a breath the quicker it is."""

BRIDGED_S = 0.5
"""A gap up to this long is crossed by a straight line."""

SWING = 0.25
"""A cycle counts when it goes this share of the usual swing to either side of its middle."""

PAUSE = 2.6
"""A cycle this many times longer than those around it is a stretch without reading, not a breath."""


def usual_period_s(wave: Row, hz: float) -> float:
    """Give the period that carries most of the wave; NaN where there is none.

    Parameters
    ----------
    wave : ndarray, shape (samples,)
        In any unit; NaN where there is no reading.
    hz
        Samples a second.

    Returns
    -------
    float
        Seconds, 1.3 to 32.

    Examples
    --------
    >>> t = np.arange(0, 120, 0.1)
    >>> round(usual_period_s(np.sin(2 * np.pi * t / 5), 10.0))
    5
    """
    read = np.isfinite(wave)
    if read.sum() < 3 * QUICKEST_S * hz or np.ptp(wave[read]) == 0:
        return float("nan")
    x = np.where(read, wave - wave[read].mean(), 0.0)
    k = np.arange(len(x), dtype=np.float64)
    line = np.polynomial.Polynomial.fit(k[read], x[read], 1)
    x = np.where(read, x - line(k), 0.0) * np.hanning(len(x))
    size = 1 << int(np.ceil(np.log2(4 * len(x))))
    frequency = np.fft.rfftfreq(size, 1 / hz)
    # Slow wandering of the baseline must not pass for a slow breath, nor a heartbeat for a quick one.
    power = np.abs(np.fft.rfft(x, size)) ** 2 * frequency / (1 + (frequency / HEART_HZ) ** 3)
    total = np.concatenate(([0.0], np.cumsum(power)))
    # A rhythm that speeds up or slows down spreads over a band, a fifth of its rate to either side.
    low = np.searchsorted(frequency, frequency * 0.82)
    high = np.minimum(np.searchsorted(frequency, frequency * 1.22), len(frequency))
    band = total[high] - total[low]
    # A record shows its longest period three times or not at all.
    slowest = max(1 / SLOWEST_S, 3 / (len(x) / hz))
    within = (frequency >= slowest) & (frequency <= min(1 / QUICKEST_S, hz / 4))
    if not within.any():
        return float("nan")
    return float(1 / frequency[within][np.argmax(band[within])])


def rises(wave: Row, hz: float, *, start_s: float = 0.0) -> list[Row]:
    """Give the moments at which the wave rises through its middle, an array for each unbroken run.

    Parameters
    ----------
    wave : ndarray
        A wave with or without a slow drift of its baseline; NaN where there is no reading.
    hz : float
        Samples a second.
    start_s : float
        The moment of the first sample.

    Returns
    -------
    list of ndarray
        Seconds. Empty when nothing goes up and down.

    Examples
    --------
    >>> t = np.arange(0, 60, 0.1)
    >>> rises(np.sin(2 * np.pi * t / 5), 10.0)[0][:3].round(1).tolist()
    [5.0, 10.0, 15.0]
    """
    period = usual_period_s(wave, hz)
    if not np.isfinite(period):
        return []
    return [
        run
        for begin, end in _read_stretches(wave, round(BRIDGED_S * hz))
        if end - begin > 2 * period * hz
        for run in _rises(_bridged(wave[begin:end]), hz, period, start_s + begin / hz)
    ]


def _read_stretches(wave: Row, bridged: int) -> list[tuple[int, int]]:
    """Give where reading begins and ends, crossing gaps up to `bridged` samples."""
    read = np.flatnonzero(np.isfinite(wave))
    if len(read) == 0:
        return []
    breaks = np.flatnonzero(np.diff(read) > bridged + 1)
    begins = read[np.concatenate(([0], breaks + 1))]
    ends = read[np.concatenate((breaks, [len(read) - 1]))] + 1
    return list(zip(begins.tolist(), ends.tolist(), strict=True))


def _bridged(wave: Row) -> Row:
    read = np.isfinite(wave)
    k = np.arange(len(wave), dtype=np.float64)
    return np.asarray(np.interp(k, k[read], wave[read]))


def _smooth(x: Row, width: int) -> Row:
    """Smooth with a Hann window that is cut, not padded, at both ends."""
    window = np.hanning(2 * (width // 2) + 3)[1:-1]
    size = 1 << int(np.ceil(np.log2(len(x) + len(window))))
    spectrum = np.fft.rfft(window, size)
    both = np.fft.irfft(np.fft.rfft(np.stack((x, np.ones(len(x)))), size) * spectrum, size)
    half = len(window) // 2
    part, weight = both[:, half : half + len(x)]
    return np.asarray(part / weight)


def _medians_around(x: Row, reach: int) -> Row:
    """Give the median of each value and its neighbours up to `reach` on either side, fewer at the ends."""
    n = len(x)
    wide = 2 * reach + 1
    if n < wide:
        return np.array([np.median(x[max(0, k - reach) : k + reach + 1]) for k in range(n)])
    ends = [np.median(x[: reach + 1 + k]) for k in range(reach)]
    ends_too = [np.median(x[n - wide + 1 + k :]) for k in range(reach)]
    middle = np.median(np.lib.stride_tricks.sliding_window_view(x, wide), axis=1)
    return np.concatenate((ends, middle, ends_too))


def _rises(x: Row, hz: float, period: float, start_s: float) -> list[Row]:
    smooth = _smooth(x, max(1, round(0.4 * period * hz)))
    smooth = smooth - _smooth(x, round(3 * period * hz))
    swing = np.sqrt(np.maximum(_smooth(smooth**2, round(8 * period * hz)), 1e-300))
    side = np.where(smooth > SWING * swing, 1, np.where(smooth < -SWING * swing, -1, 0))
    settled = np.flatnonzero(side)
    turns = np.flatnonzero((side[settled][:-1] < 0) & (side[settled][1:] > 0))
    at = []
    for turn in turns:
        low, high = settled[turn], settled[turn + 1]
        # Between the last sample that was low and the first that is high, the last rise through 0.
        k = low + int(np.flatnonzero(smooth[low:high] <= 0)[-1])
        at.append(k + smooth[k] / (smooth[k] - smooth[k + 1]))
    times = start_s + np.asarray(at, dtype=np.float64) / hz
    if len(times) < 2:
        return []
    lengths = np.diff(times)
    around = _medians_around(lengths, 4)
    return [
        run for run in np.split(times, np.flatnonzero(lengths > PAUSE * around) + 1) if len(run) > 1
    ]
