"""One body in both recordings: what the other's phone feels of it, told from two people in step.

Back to back, one spine moves both phones. A felt breath adds to one's own as a wave does: taking the
right share of the other's wave away leaves a breath of more even size. Of two people who are in step it
leaves a less even one. It can only raise a doubt, and a felt breath of less than about a tenth, or one in
two who keep the same distance all the while, stays unseen here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relational_space.sensing import responses

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
