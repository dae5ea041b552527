"""One body in both recordings: what the other's phone feels of it, told from two people in step.

Back to back, one spine moves both phones. A felt breath adds to one's own as a wave does: taking the
right share of the other's wave away leaves a breath of more even size. Of two people who are in step it
leaves a less even one. It can only raise a doubt, and a felt breath of less than about a tenth, or one in
two who keep the same distance all the while, stays unseen here.

In raw recordings of phones one body's heart says it more plainly: two hearts don't beat together
(`shared_heart`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relational_space.sensing import responses
from relational_space.sensing.following import following

if TYPE_CHECKING:
    from numpy import complex128, float64
    from numpy.typing import NDArray

    Row = NDArray[float64]

DOUBT = 3.0
"""A logarithm of the likelihood ratio from which a sign raises a doubt, once there are enough breaths."""

SLOWLY = 12.0
"""Breaths for each unit of it before: the fewer there are, the less a leak can show."""

SAME = 0.995
"""Two bodies do not keep together so closely; one body felt twice does."""

HEART_HZ = (5.0, 20.0)
"""Where a beating heart shakes a phone on a chest; breath, tilt and most of handling are slower."""

LEAST_HZ = 45.0
"""Readings a second below which that band is not in the recording."""

LEAST_S = 30.0
"""Both must have been read for so long together for hearts to be told apart."""

BEATS_HZ = 25.0
SAME_BEAT_S = 0.3
"""One beat reaches both phones within this time, their clocks' error included."""

RARELY = 0.001
"""Two hearts shake in step this rarely; oftener, and strangers' verdicts would be withheld for nothing."""

SHARES = np.linspace(0.0, 1.0, 21)
"""Shares of the other's wave that are tried."""


@dataclass(frozen=True, slots=True)
class Leakage:
    """The three signs of one source in both recordings."""

    evener_without: float
    """Logarithm of the likelihood ratio: sizes are more even once some of the other's wave is gone."""
    sizes_shared: float
    """The same for large breaths of the one at large breaths of the other."""
    closeness: float
    """How closely the waves keep together, 0 to 1: the resultant of their phase difference."""
    suspected: bool


@dataclass(frozen=True, slots=True)
class SharedHeart:
    """One heart in two raw recordings, or none seen."""

    strength: float
    """Correlation of the two shakings at their best lag, -1 to 1."""
    lag_s: float
    p_value: float
    suspected: bool


def shared_heart(
    times_a_s: Row, acceleration_a: Row, times_b_s: Row, acceleration_b: Row
) -> SharedHeart | None:
    """Look for one heart in two phones' raw acceleration.

    Parameters
    ----------
    times_a_s, times_b_s : ndarray, shapes (n,) and (m,)
        Stamps on one clock.
    acceleration_a, acceleration_b : ndarray, shapes (n, 3) and (m, 3)
        In any unit, with gravity or without.

    Returns
    -------
    SharedHeart or None
        None where it cannot be seen: too slow a recording, or too short a time together.

    Notes
    -----
    How strongly each phone shakes between 5 and 20 Hz rises with every beat. The logarithms of the two are
    compared at every displacement as two movements are (`following`): one heart shakes both within
    0.3 s, and nothing of one heart is in step with another. A knock on what both lean on shakes both too.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> t = np.arange(0, 240, 0.01)
    >>> heart = np.concatenate(([-1.0], np.cumsum(0.9 + 0.1 * rng.standard_normal(400))))
    >>> since = t - heart[np.searchsorted(heart, t) - 1]
    >>> beats = np.exp(-since / 0.05) * np.sin(60 * since)
    >>> a, b = 0.1 * rng.standard_normal((2, len(t), 3)) + beats[:, None]
    >>> shared_heart(t, a, t, b).suspected
    True
    """
    shaken = []
    begin, end = max(times_a_s[0], times_b_s[0]), min(times_a_s[-1], times_b_s[-1])
    if end - begin < LEAST_S:
        return None
    for times, readings in ((times_a_s, acceleration_a), (times_b_s, acceleration_b)):
        inside = (times >= begin) & (times <= end) & np.isfinite(readings).all(axis=1)
        inside &= np.diff(np.maximum.accumulate(times), prepend=-np.inf) > 0
        if inside.sum() < LEAST_HZ * (end - begin):
            return None
        shaken.append(_shaken(times[inside], readings[inside], begin, end))
    found = following(shaken[0], shaken[1], BEATS_HZ, SAME_BEAT_S)
    suspected = found.strength > 0 and found.p_value < RARELY
    return SharedHeart(found.strength, found.lag_s, found.p_value, bool(suspected))


def _shaken(times_s: Row, readings: Row, begin_s: float, end_s: float) -> Row:
    """Give how strongly a phone shakes in the heart's band, as a logarithm, 25 times a second."""
    each = 4
    at = begin_s + np.arange(int((end_s - begin_s) * BEATS_HZ) * each) / (BEATS_HZ * each)
    even = np.stack([np.interp(at, times_s, axis - axis.mean()) for axis in readings.T])
    size = 1 << int(np.ceil(np.log2(len(at))))
    frequency = np.fft.rfftfreq(size, 1 / (BEATS_HZ * each))
    low, high = HEART_HZ
    kept = np.clip(frequency - low + 1, 0, 1) * np.clip((high + 2 - frequency) / 2, 0, 1)
    band = np.fft.irfft(np.fft.rfft(even, size) * kept, size)[:, : len(at)]
    strong = np.sqrt(np.sum(band**2, axis=0)).reshape(-1, each).mean(axis=1)
    # A filter rings at an edge, and a stretch that was not read has no beats.
    out = np.log(strong + 1e-6 * strong.mean() + 1e-300)
    late = np.searchsorted(times_s, at[::each])
    apart = times_s[np.minimum(late, len(times_s) - 1)] - times_s[np.maximum(late - 1, 0)]
    out[apart > 0.1] = np.nan
    out[: round(BEATS_HZ)] = out[-round(BEATS_HZ) :] = np.nan
    return np.asarray(out)


def leakage(wave_a: Row, wave_b: Row, hz: float, marks_a_s: Row, marks_b_s: Row) -> Leakage:
    """Look for one body in both breath waves.

    Parameters
    ----------
    wave_a, wave_b
        Two breath waves on one clock that begins at 0; NaN where there is no reading.
    hz
        Samples a second.
    marks_a_s, marks_b_s
        One moment for each cycle of either, s, as `cycles.rises` gives them.

    Returns
    -------
    Leakage
        Nothing is suspected where the two share fewer than some six breaths.

    Examples
    --------
    >>> from relational_space.sensing.cycles import rises
    >>> t = np.arange(0, 120, 0.1)
    >>> one = np.sin(2 * np.pi * t / 4 + 0.5 * np.sin(t / 9))
    >>> marks = rises(one, 10.0)[0]
    >>> leakage(one, one, 10.0, marks, marks).suspected
    True
    """
    begin, end = max(marks_a_s[0], marks_b_s[0]), min(marks_a_s[-1], marks_b_s[-1])
    period = float(np.mean(np.concatenate((np.diff(marks_a_s), np.diff(marks_b_s)))))
    breaths = int((end - begin) / period)
    slow = responses.slow_terms(end - begin)
    if breaths - slow < 4:
        return Leakage(0.0, 0.0, 0.0, suspected=False)
    # Two looks at each breath; the filter is still settling within the first and the last.
    looks = begin + (np.arange(2, 2 * breaths - 2) + 0.5) / (2 * breaths) * (end - begin)
    first = round(begin * hz)
    within = slice(first, round(end * hz) + 1)
    at = np.round(looks * hz).astype(np.int64) - first
    one, other = (_turning(wave[within], hz, period)[at] for wave in (wave_a, wave_b))
    course = np.linalg.qr(np.vander(np.linspace(-1, 1, len(looks)), slow))[0]
    free = breaths - 2 - slow
    evener = 0.5 * free * max(_evener(one, other, course), _evener(other, one, course))
    large, larger = (_about(np.log(np.abs(x) + 1e-300), course) for x in (one, other))
    alike = float(np.sum(large * larger) / np.sqrt(np.sum(large**2) * np.sum(larger**2) + 1e-300))
    shared = -0.5 * free * float(np.log1p(-(min(max(alike, 0.0), 1 - 1e-9) ** 2)))
    apart = np.exp(1j * np.angle(other * np.conj(one))).mean()
    closeness = float(np.abs(apart))
    enough = min(DOUBT, breaths / SLOWLY)
    return Leakage(
        evener,
        shared,
        closeness,
        suspected=max(evener, shared) > enough
        or (closeness > SAME and bool(np.abs(np.angle(apart)) < 0.5)),
    )


def _turning(wave: Row, hz: float, period_s: float) -> NDArray[complex128]:
    """Give the wave's size and phase within an octave of its period."""
    read = np.isfinite(wave)
    k = np.arange(len(wave))
    x = np.interp(k, k[read], wave[read])
    size = 1 << int(np.ceil(np.log2(2 * len(x))))
    frequency = np.fft.fftfreq(size, 1 / hz)
    octaves = np.log2(np.maximum(frequency * period_s, 1e-9))
    # Flat where both rates lie: a rate that varies must not look like a size that does.
    kept = np.clip(4 * (1 - np.abs(octaves)), 0, 1)
    return np.asarray(np.fft.ifft(2 * kept * np.fft.fft(x - x.mean(), size))[: len(x)])


def _about(x: Row, course: Row) -> Row:
    """Take the slow course away."""
    return np.asarray(x - (x @ course) @ course.T)


def _evener(one: NDArray[complex128], other: NDArray[complex128], course: Row) -> float:
    """Give by how much sizes of `other` vary less, as a logarithm, without a share of `one`."""
    scale = np.sqrt(np.mean(np.abs(other) ** 2) / np.mean(np.abs(one) ** 2))
    # Only what they have in common can have leaked, upside down if need be: the mean of two who are in
    # step is more even than either, so that adding would always help.
    common = np.sign(np.mean((other * np.conj(one)).real))
    sizes = _about(np.log(np.abs(other - scale * common * SHARES[:, None] * one) + 1e-300), course)
    varies = np.sum(sizes**2, axis=1)
    return float(np.log(varies[0] / varies.min()))
