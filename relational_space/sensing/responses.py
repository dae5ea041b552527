"""Who answers whom: whether one person's cycle hurries or waits with where the other is in theirs.

Each person is taken for a noisy clock with a slow course of its own. Coupling is a hurrying that goes
with the phase difference; its score is integrated from mark to mark, and chance redraws each person's
marks with their own slow course, spread and spectrum, so that only who met whom is lost. It must not
read a shared course, a shared pacer or a shared rate as an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relational_space.sensing import kernels

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Row = NDArray[float64]

SLOW_S = 150.0
"""What changes over more than about this long is a person's slow course and never an answer."""

SWAY_S = 50.0
"""Nor is a sway of about twice this period, where somebody's cycles show one."""

FEWEST_CYCLES = 8
"""A stretch with fewer cycles of either person says nothing: two of them are its slow course."""

LONGEST_S = 660.0
"""Longer stretches are cut into equal pieces, with a slow course each; their sums add up."""

IN_PHASE = 6.0
"""How strongly coupling in phase is expected beforehand, a von Mises concentration: a lag of an eighth
of a cycle costs little, and coupling in antiphase is believed for e^12 times the evidence."""

ANGLES = 16
"""Preferred phases tried, evenly round the circle."""

FEWEST_ALIKE = 4
"""Neighbouring cosines that stand for one another in a redrawing; more of them where they are quick."""

SIGH = 4.0
"""A cycle this many robust deviations off the slow course is a sigh or a pause, and keeps its size."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The sums of one stretch or of many: row 0 as observed, the others by chance."""

    sums: Row
    """Shape (rows, 9), as `kernels.answers` gives them."""
    noise_a: Row
    noise_b: Row
    """How fast each one's phase diffuses about their own slow course, rad²/s."""


def slow_terms(span_s: float) -> int:
    """Give how many terms describe the slow course of so long a stretch."""
    return max(2, round(span_s / SLOW_S) + 1)


def course_terms(marks_s: Row) -> int:
    """Give how many terms somebody's own slow course has: more than `slow_terms` where they sway.

    Somebody whose cycles sway with a period of a minute or more does so by themselves: left among what is
    redrawn, the sway of one would now and then seem to answer that of the other. A term is added only
    for what it explains (Schwarz, Annals of Statistics 1978;6:461), sighs cut down to their usual size.
    """
    span = float(marks_s[-1] - marks_s[0])
    lengths = np.diff(marks_s)
    n, fewest = len(lengths), slow_terms(span)
    most = min(max(fewest, round(span / SWAY_S) + 1), n // 4)
    if most <= fewest:
        return fewest
    middle = float(np.median(lengths))
    wide = SIGH * 1.4826 * float(np.median(np.abs(lengths - middle))) + 1e-9 * middle
    basis = np.linalg.qr(np.linspace(-1.0, 1.0, n)[:, None] ** np.arange(most))[0]
    explained = np.cumsum((basis.T @ np.clip(lengths, middle - wide, middle + wide)) ** 2)
    left = np.maximum(
        np.sum(np.clip(lengths, middle - wide, middle + wide) ** 2) - explained, 1e-300
    )
    terms = np.arange(1, most + 1)
    worth = n * np.log(left / n) + terms * np.log(n)
    return fewest + int(np.argmin(worth[fewest - 1 :]))


def ordered_basis(n: int, slow: int) -> Row:
    """Give an orthonormal basis: `slow` powers first, then ever quicker cosines."""
    powers = np.linspace(-1.0, 1.0, n)[:, None] ** np.arange(slow)
    cosines = np.cos(np.pi / n * np.outer(np.arange(n) + 0.5, np.arange(1, n)))
    basis: Row = np.linalg.qr(np.concatenate((powers, cosines), axis=1))[0]
    return basis


def redrawn(marks_s: Row, draws: int, rng: np.random.Generator) -> tuple[Row, Row]:
    """Redraw the marks of a free person, and their slow course; row 0 is as observed.

    Keeps the slow course, up to the error with which so few cycles tell it, the spectrum of what is
    quicker to within half an octave (so also cycles that resemble the ones before), and the size of
    sighs. Destroys when any of it happened: every cosine of the cycle lengths may change its sign and its
    place among its neighbours, and sighs come anywhere.
    """
    lengths = np.diff(marks_s)
    n = len(lengths)
    slow = course_terms(marks_s)
    basis = ordered_basis(n, slow)
    rest = lengths - basis[:, :slow] @ (basis[:, :slow].T @ lengths)
    usual = 1.4826 * float(np.median(np.abs(rest)))
    sighs = np.where(np.abs(rest) > SIGH * usual, rest, 0.0) if usual > 0 else np.zeros(n)
    weights = basis.T @ (lengths - sighs)
    drawn = np.tile(weights, (draws + 1, 1))
    low = slow
    while low < n:
        # Who answers at a beat has one strong cosine; left in its place it would pass for chance.
        high = min(n, max(low + FEWEST_ALIKE, int(1.5 * low)))
        drawn[1:, low:high] = rng.permuted(drawn[1:, low:high], axis=1)
        low = high
    drawn[1:, slow:] *= rng.integers(0, 2, (draws, n - slow)) * 2 - 1
    # The slowest of what is left tells how far off the slow course may be.
    error = np.sqrt(np.mean(weights[slow : slow + 3] ** 2))
    drawn[1:, :slow] += error * rng.standard_normal((draws, slow))
    out = drawn @ basis.T + rng.permuted(np.tile(sighs, (draws + 1, 1)), axis=1)
    out[0] = lengths
    return _with_course(marks_s, marks_s[0], out, basis[:, :slow])


def redrawn_in_place(marks_s: Row, draws: int, rng: np.random.Generator) -> tuple[Row, Row]:
    """Redraw the marks of somebody who keeps to a fixed course, as a pacer gives it; row 0 as observed.

    Keeps that course and the spectrum of how far off it each mark comes: two who follow one pacer meet
    in every redrawing as they did. Destroys when they came early and when late.
    """
    n = len(marks_s)
    slow = slow_terms(float(marks_s[-1] - marks_s[0]))
    basis = ordered_basis(n, slow + 1)
    drawn = np.tile(basis.T @ marks_s, (draws + 1, 1))
    drawn[1:, slow + 1 :] *= rng.integers(0, 2, (draws, n - slow - 1)) * 2 - 1
    at = drawn @ basis.T
    at[0] = marks_s
    return _with_course(
        marks_s, at[:, :1], np.diff(at, axis=1), ordered_basis(n - 1, slow)[:, :slow]
    )


def _with_course(
    marks_s: Row, start_s: float | Row, lengths: Row, slow_basis: Row
) -> tuple[Row, Row]:
    """Turn rows of cycle lengths into marks, and give each row's own slow course of the lengths.

    Behind the last mark the last quarter comes once more, backwards, so that a row that is quicker than
    what was observed does not end before it and have less to show.
    """
    # A redrawn cycle is never backwards, nor shorter than a sixth of a usual one.
    usual = float(np.median(np.diff(marks_s)))
    lengths[1:] = np.maximum(lengths[1:], usual / 6)
    course = np.maximum(lengths @ slow_basis @ slow_basis.T, usual / 4)
    n = lengths.shape[1]
    again = np.concatenate((np.arange(n), np.arange(n - 1, n - 1 - n // 4, -1)))
    marks = np.empty((len(lengths), len(again) + 1))
    marks[:, :1] = start_s
    marks[:, 1:] = marks[:, :1] + np.cumsum(lengths[:, again], axis=1)
    marks[0, : n + 1] = marks_s
    return marks, course[:, again]


def settled(marks_s: Row) -> Row:
    """Leave out the first breaths, in which somebody may still be finding a pacer."""
    return marks_s[len(marks_s) // 7 :]


def periods(lengths_s: Row) -> Row:
    """Say how many usual cycles each cycle takes: two where a breath was not seen."""
    return np.maximum(1.0, np.round(lengths_s / np.median(lengths_s)))


def kept_place(marks_s: Row, draws: int, rng: np.random.Generator) -> float:
    """Give the share of reorderings of somebody's cycles that wander no further than they did.

    A free person's cycles may come in any order; one who follows a fixed period makes up for an early
    breath with a longer one. A small share means: keeps to a fixed period. A breath that was not seen
    leaves its place empty, and whoever follows a period is where they would have been after it.
    """
    marks_s = settled(marks_s)
    lengths = np.diff(marks_s)
    lengths = lengths - (periods(lengths) - 1) * float(np.median(lengths))
    rest = np.tile(lengths - lengths.mean(), (draws + 1, 1))
    rest[1:] = rng.permuted(rest[1:], axis=1)
    wandered = np.concatenate((np.zeros((draws + 1, 1)), np.cumsum(rest, axis=1)), axis=1)
    line = ordered_basis(len(marks_s), 2)[:, :2]
    wandered -= wandered @ line @ line.T
    size = np.sum(wandered**2, axis=1)
    return float(1 + np.sum(size[1:] <= size[0] * (1 + 1e-9))) / (draws + 1)


def answers(a_s: Row, b_s: Row, *, draws: int, rng: np.random.Generator, in_place: bool) -> Answers:
    """Add up one stretch of two people's marks, as observed and by chance."""
    redraw = redrawn_in_place if in_place else redrawn
    marks_a, course_a = redraw(a_s, draws, rng)
    marks_b, course_b = redraw(b_s, draws, rng)
    end = float(min(a_s[-1], b_s[-1]))
    sums = kernels.answers(marks_a, course_a, marks_b, course_b, end)
    return Answers(sums, _noise(marks_a, course_a, len(a_s)), _noise(marks_b, course_b, len(b_s)))


def _noise(marks: Row, course: Row, observed: int) -> Row:
    """Give how fast phase diffuses about its slow course, rad²/s, in as many marks as were observed."""
    marks, course = marks[:, :observed], course[:, : observed - 1]
    lengths = np.diff(marks, axis=1)
    off = (2 * np.pi * (lengths / course - 1)) ** 2 / course
    free = lengths.shape[1] - slow_terms(float(marks[0, -1] - marks[0, 0]))
    return np.asarray(np.maximum(off.sum(axis=1) / max(1, free), 1e-9))


def together(stretches: list[Answers]) -> Answers:
    """Add up stretches; each one's noise is weighed by how long it lasted."""
    seconds = [part.sums[:, 0] for part in stretches]
    total = np.sum(seconds, axis=0)

    def mean(noises: list[Row]) -> Row:
        return np.asarray(sum(n * s for n, s in zip(noises, seconds, strict=True)) / total)

    return Answers(
        np.sum([part.sums for part in stretches], axis=0),
        mean([part.noise_a for part in stretches]),
        mean([part.noise_b for part in stretches]),
    )


def scores(answers: Answers, angle: float) -> tuple[Row, Row, Row, Row]:
    """Give the score of each one's answering at a preferred phase, and its information.

    Phase runs evenly between marks, so the integral of sin(difference) against one's own hurrying is
    Stratonovich's; half of cos(difference) makes it Itô's, whose mean is zero without coupling.
    """
    seconds, c, s, cc, cs, ca, sa, cb, sb = answers.sums.T
    cos, sin = np.cos(angle), np.sin(angle)
    sine_squared = (seconds - cc) * cos**2 + cc * sin**2 - 2 * cs * cos * sin
    sine_squared = np.maximum(sine_squared, 1e-3 * seconds)
    level = 0.5 * (c * cos + s * sin)
    score_a = (sa * cos - ca * sin) / answers.noise_a + level
    score_b = -(sb * cos - cb * sin) / answers.noise_b + level
    return score_a, sine_squared / answers.noise_a, score_b, sine_squared / answers.noise_b


def evidence(answers: Answers) -> Row:
    """Give, for every row, the logarithm of the mean likelihood ratio of coupling against none.

    The mean is over who answers (both alike, or one of the two) and over the preferred phase, each at
    its most likely strength.
    """
    total = np.zeros(len(answers.sums))
    for angle in np.arange(ANGLES) * (2 * np.pi / ANGLES):
        score_a, info_a, score_b, info_b = scores(answers, float(angle))
        weight = np.exp(IN_PHASE * (np.cos(angle) - 1))
        for score, info, share in (
            (score_a + score_b, info_a + info_b, 0.5),
            (score_a, info_a, 0.25),
            (score_b, info_b, 0.25),
        ):
            # Going away from this phase is no coupling at it.
            gain = 0.5 * np.maximum(score, 0.0) ** 2 / info
            total += share * weight * np.exp(np.minimum(gain, 600.0))
    return np.asarray(np.log(total))
