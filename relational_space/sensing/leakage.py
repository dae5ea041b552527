"""One body in both recordings: what the other's phone feels of it, told from two people in step.

Back to back, one spine moves both phones. A felt breath adds to one's own as a wave does: it makes it
larger when the two are in step and smaller when they are not, and it brings its own large and small
breaths along. Two people in step do neither. It can only raise a doubt: a felt breath of less than
about a tenth, or one whose size never changes, stays unseen here.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Row = NDArray[float64]

DOUBT, SOONER = 2.6, 2.0
"""How many standard errors a sign lies from none before it raises a doubt; sooner where breaths are few."""

FEW = 40
"""Under so many breaths the first sign hides easily, and a doubt comes sooner."""

SAME = 0.995
"""Two bodies do not keep together so closely; one body felt twice does."""


@dataclass(frozen=True, slots=True)
class Leakage:
    """The three signs of one source in both recordings."""

    grows_in_step: float
    """Standard errors by which a breath is larger when the other is in step with it."""
    sizes_shared: float
    """Standard errors by which large breaths of the one meet large ones of the other."""
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
    apart_a, size_a, of_b = _sizes(wave_a, wave_b, hz, marks_a_s, marks_b_s)
    apart_b, size_b, of_a = _sizes(wave_b, wave_a, hz, marks_b_s, marks_a_s)
    if min(len(size_a), len(size_b)) < 6:
        return Leakage(0.0, 0.0, 0.0, suspected=False)
    grows = max(_slope(np.cos(apart_a), size_a), _slope(np.cos(apart_b), size_b))
    shared = max(_slope(np.cos(apart_a) * of_b, size_a), _slope(np.cos(apart_b) * of_a, size_b))
    closeness = float(np.abs(np.mean(np.exp(1j * apart_a))))
    near = bool(np.abs(np.angle(np.mean(np.exp(1j * apart_a)))) < 0.5)
    return Leakage(
        grows,
        shared,
        closeness,
        suspected=grows > (DOUBT if len(size_a) >= FEW else SOONER)
        or shared > DOUBT
        or (closeness > SAME and near),
    )


def _sizes(wave: Row, other: Row, hz: float, marks_s: Row, others_s: Row) -> tuple[Row, Row, Row]:
    """Give for each cycle the phase apart, its size, and how unusual the other's size was meanwhile."""
    begin = np.searchsorted(marks_s, others_s[0]) if len(others_s) else len(marks_s)
    marks = marks_s[begin:]
    marks = marks[marks <= others_s[-1]] if len(others_s) else marks
    if len(marks) < 3:
        empty = np.empty(0)
        return empty, empty, empty
    middles = (marks[:-1] + marks[1:]) / 2
    turns = np.interp(middles, others_s, np.arange(len(others_s)))
    apart = 2 * np.pi * (turns - 0.5)
    own = np.array([_swing(wave, hz, s, e) for s, e in pairwise(marks)])
    lengths = np.diff(marks)
    felt = np.array(
        [_swing(other, hz, m - n / 2, m + n / 2) for m, n in zip(middles, lengths, strict=True)]
    )
    good = np.isfinite(own) & np.isfinite(felt)
    return (
        apart[good],
        _unusual(own[good], middles[good], lengths[good]),
        _unusual(felt[good], middles[good], lengths[good]),
    )


def _swing(wave: Row, hz: float, start_s: float, end_s: float) -> float:
    piece = wave[max(0, round(start_s * hz)) : round(end_s * hz) + 1]
    return float(np.ptp(piece)) if len(piece) > 2 else float("nan")


def _unusual(size: Row, at: Row, lengths: Row) -> Row:
    """Take from the logarithm of a size what its slow course and a cycle's length explain."""
    if len(size) < 6:
        return size
    x = (at - at.mean()) / max(1e-9, float(np.ptp(at)))
    explained = np.stack((np.ones(len(x)), x, x**2, lengths - lengths.mean()), axis=1)
    log = np.log(np.maximum(size, 1e-12))
    return np.asarray(log - explained @ np.linalg.lstsq(explained, log, rcond=None)[0])


def _slope(x: Row, y: Row) -> float:
    """Give by how many standard errors y grows with x; neighbours that resemble each other count less."""
    x, y = x - x.mean(), y - y.mean()
    spread = float(np.sqrt(np.sum(x * x) * np.sum(y * y)))
    if spread < 1e-12:
        return 0.0
    r = float(np.sum(x * y)) / spread
    alike = max(0.0, float(np.sum(x[1:] * x[:-1]) / np.sum(x * x))) * max(
        0.0, float(np.sum(y[1:] * y[:-1]) / np.sum(y * y))
    )
    count = max(3.0, len(x) * (1 - alike) / (1 + alike))
    return float(r * np.sqrt((count - 2) / max(1e-9, 1 - r * r)))
