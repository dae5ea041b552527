"""The chances: what two recordings would show if the two people had nothing to do with each other.

Each null is named, and says what it keeps of each person and what it destroys. Whoever asks for
chance brings the generator: nothing here draws from a hidden one. A p-value counts what was observed
among the chances and is never zero.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

import numpy as np

from relational_space.sensing import kernels, responses, windows

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import ArrayLike, NDArray


def circular_shifts(
    a: ArrayLike,
    b: ArrayLike,
    *,
    hz: float,
    window_s: float,
    step_s: float,
    max_lag_s: float,
) -> NDArray[float64]:
    """Give the mean |Fisher z| of the windowed lagged correlation for every circular shift of `b`.

    The null is "`b` happened at some other time": it keeps each signal whole, with its rhythm and
    spectrum, and destroys only which moment of the one meets which moment of the other. It is no
    null for two signals that both drift slowly, nor under a shared pacer: there, use
    `cycle_residual_warps`. Neighbouring shifts are nearly the same, so count independent ones
    (`independent_shifts`) before turning a rank into a p-value.

    Parameters
    ----------
    a, b, hz, window_s, step_s, max_lag_s
        As in `synchrony.windowed_lagged_correlation`, whose windows these are.

    Returns
    -------
    ndarray of shape (samples,)
        Entry k is the statistic with `b` moved k samples earlier round its own end; entry 0 is what
        was observed. NaN where no window could be correlated.

    Raises
    ------
    ValueError
        When the signals differ in length or are shorter than a window with its lags.

    Examples
    --------
    >>> t = np.arange(0, 60, 0.1)
    >>> curve = circular_shifts(
    ...     np.sin(t), np.sin(t - 1), hz=10, window_s=20, step_s=5, max_lag_s=2
    ... )
    >>> curve.shape
    (600,)
    """
    one, other = windows.checked_pair(a, b)
    window, step, lag = windows.in_samples(hz, window_s, step_s, max_lag_s)
    n = len(one)
    if n < window + 2 * lag:
        raise ValueError(
            f"{n} samples are too few for a window of {window} with lags of ±{lag};"
            " choose a shorter window or smaller lags."
        )
    count = (n - 2 * lag - window) // step + 1
    own, others = (
        _with_moments(x - x.mean(), window, reach) for x, reach in ((one, 0), (other, n))
    )
    if own and others:
        strength, counted = kernels.displacement_strengths(
            *own, *others, lag, count, window, step, gcd(window, step), n
        )
    else:
        strength, counted = _strengths_with_gaps(one, other, lag, count, window, step)
    # A shift sees the displacements from -lag to lag about it.
    return _round_sums(strength, lag) / _at_least_one(_round_sums(counted, lag))


def _strengths_with_gaps(
    a: NDArray[float64], b: NDArray[float64], first: int, count: int, window: int, step: int
) -> tuple[NDArray[float64], NDArray[float64]]:
    """Sum |z| over the windows at every displacement, leaving out what was not read."""
    n = len(a)
    span = (count - 1) * step + window
    again = np.concatenate((b, b, b))
    strength, counted = np.empty(n), np.empty(n)
    for tile in range(0, n, kernels.TILE):
        width = min(kernels.TILE, n - tile)
        piece = again[first + tile : first + tile + span + width - 1]
        r = windows.correlations(a[first : first + span], piece, 0, window, step, width)
        z = np.arctanh(np.minimum(np.abs(r), kernels.STRAIGHT))
        strength[tile : tile + width] = np.nansum(z, axis=0)
        counted[tile : tile + width] = np.isfinite(z).sum(axis=0)
    return strength, counted


def _round_sums(x: NDArray[float64], reach: int) -> NDArray[float64]:
    """Sum the neighbours up to `reach` on both sides, round the end."""
    n = len(x)
    index = np.arange(-reach, n + reach) % n
    total = np.concatenate(([0.0], np.cumsum(x[index])))
    return total[2 * reach + 1 :] - total[:n]


def _at_least_one(counted: ArrayLike) -> NDArray[float64]:
    return np.where(np.asarray(counted) > 0, counted, np.nan)


def all_pairings(
    a: ArrayLike,
    b: ArrayLike,
    *,
    hz: float,
    window_s: float,
    step_s: float,
    max_lag_s: float,
) -> NDArray[float64]:
    """Give the mean |Fisher z| of the windowed lagged correlation of every row of `a` with every row of `b`.

    What `pseudo_pairs` compares: the null is "each in their role, with somebody else's partner", which
    keeps what everybody heard and destroys only who sat with whom.

    Parameters
    ----------
    a, b : array_like, shapes (people, samples) and (others, samples)
        Signals on one clock; NaN where there is no reading.
    hz, window_s, step_s, max_lag_s
        As in `synchrony.windowed_lagged_correlation`, whose windows and lags these are.

    Returns
    -------
    ndarray of shape (people, others)
        NaN where no window could be correlated.

    Raises
    ------
    ValueError
        When the tables are none, differ in their samples, or are shorter than a window with its lags.

    Examples
    --------
    >>> t = np.arange(0, 60, 0.1)
    >>> people = np.sin(t + np.arange(3)[:, None])
    >>> all_pairings(people, people, hz=10, window_s=20, step_s=5, max_lag_s=2).shape
    (3, 3)
    """
    ours, theirs = windows.plain(a), windows.plain(b)
    if ours.ndim != 2 or theirs.ndim != 2:
        raise ValueError("Give a table of signals on each side, a row a person.")
    if ours.shape[1] != theirs.shape[1]:
        raise ValueError(
            f"The signals have {ours.shape[1]} and {theirs.shape[1]} samples; cut them to one time."
        )
    window, step, lag = windows.in_samples(hz, window_s, step_s, max_lag_s)
    if ours.shape[1] < window + 2 * lag:
        raise ValueError(
            f"{ours.shape[1]} samples are too few for a window of {window} with lags of ±{lag};"
            " choose a shorter window or smaller lags."
        )
    count = (ours.shape[1] - 2 * lag - window) // step + 1
    block, lags = gcd(window, step), 2 * lag + 1
    # Moved round by the largest lag, so that the lags are the first displacements.
    others = [_with_moments(np.roll(x - x.mean(), lag), window, lags) for x in theirs]
    out = np.empty((len(ours), len(theirs)))
    for i, one in enumerate(ours):
        own = _with_moments(one - one.mean(), window)
        for j, other in enumerate(others):
            if own and other:
                strength, counted = kernels.displacement_strengths(
                    *own, *other, lag, count, window, step, block, lags
                )
                out[i, j] = strength.sum() / _at_least_one(counted.sum())
            else:
                r = windows.correlations(one, theirs[j], lag, window, step, lags)
                z = np.arctanh(np.minimum(np.abs(r), kernels.STRAIGHT))
                out[i, j] = np.nansum(z) / _at_least_one(np.isfinite(z).sum())
    return out


def _with_moments(
    x: NDArray[float64], window: int, reach: int = 0
) -> tuple[NDArray[float64], NDArray[float64], NDArray[float64]] | None:
    """Give a centred signal, going on for `reach` displacements, and its windows' moments.

    None where something was not read.
    """
    floor = windows.flat_under(x, window)
    if not np.isfinite(floor):
        return None
    again = windows.round_its_end(x, reach) if reach else x
    return again, *kernels.window_moments(again, window, floor)


def shifted_locking(turning_a: ArrayLike, turning_b: ArrayLike) -> NDArray[float64]:
    """Give the phase locking for every circular shift of `b`, by one Fourier transform.

    The null is that of `circular_shifts`. Entry 0 is what was observed.

    Parameters
    ----------
    turning_a, turning_b : array_like of complex, shape (samples,)
        Analytic signals of one length, as `synchrony.analytic` gives them.

    Returns
    -------
    ndarray, shape (samples,)
        0 to 1; entry k with `b` moved k samples earlier round its own end.

    Raises
    ------
    ValueError
        When the two differ in shape.

    Examples
    --------
    >>> turning = np.exp(2j * np.pi * np.arange(600) / 50)
    >>> shifted_locking(turning, turning).round(2)[[0, 300]].tolist()
    [1.0, 1.0]
    """
    one, other = (np.asarray(x, dtype=np.complex128) for x in (turning_a, turning_b))
    if one.shape != other.shape or one.ndim != 1:
        raise ValueError(f"Two analytic signals of one length, not {one.shape} and {other.shape}.")
    units = [x / np.maximum(np.abs(x), 1e-300) for x in (one, other)]
    spectra = [np.fft.fft(x) for x in units]
    return np.asarray(np.abs(np.fft.ifft(np.conj(spectra[0]) * spectra[1])) / len(one))


def independent_shifts(curve: ArrayLike) -> float:
    """Say how many independent draws a curve over circular shifts is worth.

    The number of shifts over the curve's integrated autocorrelation, cut where it first is negative: ten
    minutes of breath hold some ten to twenty, not fifteen thousand.

    Parameters
    ----------
    curve : array_like, shape (shifts,)
        What `circular_shifts` or `shifted_locking` gives; NaN is passed over.

    Returns
    -------
    float
        At least 1.

    Examples
    --------
    >>> independent_shifts(np.sin(np.arange(1000) / 100)) < 10
    True
    """
    x = np.asarray(curve, dtype=np.float64)
    x = np.where(np.isfinite(x), x - np.nanmean(x), 0.0)
    same = np.fft.irfft(np.abs(np.fft.rfft(x)) ** 2, len(x))
    if same[0] <= 0:
        return 1.0
    same = same[: len(x) // 2] / same[0]
    below = np.flatnonzero(same < 0)
    end = int(below[0]) if len(below) else len(same)
    return float(max(1.0, len(x) / (2 * same[:end].sum() - 1)))


def p_value(observed: float, chance: ArrayLike, *, independent: float | None = None) -> float:
    """Say how often chance gives as much as was observed, counting what was observed: never zero.

    Parameters
    ----------
    observed
        The statistic of the real pair.
    chance
        The statistic of the surrogates, without the real pair.
    independent
        How many of them are independent; all, when not given.

    Returns
    -------
    float
        Above 0, and 1 where nothing was observed or there is no chance to compare with.

    Examples
    --------
    >>> p_value(3.0, [0.0] * 99)
    0.01
    >>> round(p_value(3.0, [0.0] * 15_000, independent=19.0), 3)
    0.05
    """
    draws = np.asarray(chance, dtype=np.float64)
    draws = draws[np.isfinite(draws)]
    if len(draws) == 0 or not np.isfinite(observed):
        return 1.0
    worth = len(draws) if independent is None else min(float(len(draws)), independent)
    return float((worth * np.mean(draws >= observed) + 1) / (worth + 1))


def cycle_shuffle(marks_s: ArrayLike, draws: int, rng: np.random.Generator) -> NDArray[float64]:
    """Put a person's cycles in another order, a row a draw.

    Keeps the lengths of all cycles, the first mark and the last; destroys their order, and with it slow
    drift and likeness of neighbours: two who settle at once look coupled to this null.

    Parameters
    ----------
    marks_s : array_like, shape (marks,)
        One moment a cycle, s, as `cycles.rises` gives them; six or more, rising.
    draws
        How many.
    rng
        Where chance comes from.

    Returns
    -------
    ndarray, shape (draws, marks)
        Seconds.

    Raises
    ------
    ValueError
        When there are fewer than six marks, or one is not later than the one before.

    Examples
    --------
    >>> rows = cycle_shuffle([0, 4, 9, 13, 19, 22], 3, np.random.default_rng(0))
    >>> rows.shape, rows[:, -1].tolist()
    ((3, 6), [22.0, 22.0, 22.0])
    """
    marks = _checked_marks(marks_s)
    lengths = rng.permuted(np.tile(np.diff(marks), (draws, 1)), axis=1)
    return np.concatenate(
        (np.full((draws, 1), marks[0]), marks[0] + np.cumsum(lengths, axis=1)), axis=1
    )


def cycle_residual_warps(
    marks_s: ArrayLike, draws: int, rng: np.random.Generator, *, in_place: bool = False
) -> NDArray[float64]:
    """Redraw a person's cycles about their own slow course, a row a draw: the null of the verdict.

    Keeps the slow course (what changes over more than about 150 s), the spectrum of the cycle lengths
    about it to within half an octave, and the size of sighs; destroys when any of it happened.
    `in_place` keeps each mark about its place on a fixed course instead, as a pacer gives it.

    Parameters
    ----------
    marks_s : array_like, shape (marks,)
        One moment a cycle, s, as `cycles.rises` gives them; six or more, rising.
    draws
        How many.
    rng
        Where chance comes from.
    in_place
        Keep to a fixed course, as somebody does who follows a pacer.

    Returns
    -------
    ndarray, shape (draws, marks)
        Seconds.

    Raises
    ------
    ValueError
        When there are fewer than six marks, or one is not later than the one before.

    Notes
    -----
    The residual's cosines get new signs and change places with their neighbours, which leaves a
    stationary residual's distribution nearly as it was (Theiler and others, Physica D 1992;58:77, draw
    the phases of a whole signal).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> marks = np.cumsum(4 + 0.3 * rng.standard_normal(60))
    >>> rows = cycle_residual_warps(marks, 5, rng)
    >>> rows.shape, bool((np.diff(rows) > 0).all())
    ((5, 60), True)
    """
    marks = _checked_marks(marks_s)
    redraw = responses.redrawn_in_place if in_place else responses.redrawn
    return redraw(marks, draws, rng)[0][1:, : len(marks)]


def _checked_marks(marks_s: ArrayLike) -> NDArray[float64]:
    marks = np.asarray(marks_s, dtype=np.float64)
    if marks.ndim != 1 or len(marks) < 6 or not np.all(np.diff(marks) > 0):
        raise ValueError("Marks are six or more moments, each later than the one before.")
    return marks


def phase_randomised(x: ArrayLike, draws: int, rng: np.random.Generator) -> NDArray[float64]:
    """Give signals with the same spectrum and random phases, a row a draw.

    Keeps the spectrum (and mean); destroys the shape of the wave and any drift, and turns a steady
    rhythm into one that beats: for breath it invents synchrony with some statistics.

    Parameters
    ----------
    x : array_like, shape (samples,)
        A signal in any unit, none missing.
    draws
        How many.
    rng
        Where chance comes from.

    Returns
    -------
    ndarray, shape (draws, samples)

    Raises
    ------
    ValueError
        When the signal is no row, has gaps or fewer than four samples.

    Notes
    -----
    Theiler, Eubank, Longtin, Galdrikian and Farmer, Physica D 1992;58:77. Differences: none.

    Examples
    --------
    >>> x = np.sin(np.arange(100))
    >>> rows = phase_randomised(x, 3, np.random.default_rng(0))
    >>> np.allclose(np.abs(np.fft.rfft(rows)), np.abs(np.fft.rfft(x)))
    True
    """
    signal = _checked_signal(x)
    spectrum = np.fft.rfft(signal)
    turned = np.abs(spectrum) * np.exp(2j * np.pi * rng.random((draws, len(spectrum))))
    turned[:, 0] = spectrum[0]
    if len(signal) % 2 == 0:
        turned[:, -1] = np.abs(spectrum[-1]) * (rng.integers(0, 2, draws) * 2 - 1)
    return np.asarray(np.fft.irfft(turned, len(signal)))


def iaaft(
    x: ArrayLike, draws: int, rng: np.random.Generator, *, rounds: int = 100
) -> NDArray[float64]:
    """Give signals with the same values and nearly the same spectrum, a row a draw.

    Keeps the distribution exactly and the spectrum nearly; destroys the shape of the wave.

    Parameters
    ----------
    x : array_like, shape (samples,)
        A signal in any unit, none missing.
    draws
        How many.
    rng
        Where chance comes from.
    rounds
        How often spectrum and values are set again, at most.

    Returns
    -------
    ndarray, shape (draws, samples)

    Raises
    ------
    ValueError
        When the signal is no row, has gaps or fewer than four samples.

    Notes
    -----
    Schreiber and Schmitz, Physical Review Letters 1996;77:635. Differences: a fixed number of rounds.

    Examples
    --------
    >>> x = np.sin(np.arange(100)) ** 3
    >>> rows = iaaft(x, 3, np.random.default_rng(0))
    >>> np.array_equal(np.sort(rows), np.tile(np.sort(x), (3, 1)))
    True
    """
    signal = _checked_signal(x)
    sizes = np.abs(np.fft.rfft(signal))
    ordered = np.sort(signal)
    rows = rng.permuted(np.tile(signal, (draws, 1)), axis=1)
    for _ in range(rounds):
        spectrum = np.fft.rfft(rows)
        shaped = np.fft.irfft(sizes * np.exp(1j * np.angle(spectrum)), len(signal))
        rank = np.argsort(np.argsort(shaped, axis=1), axis=1)
        settled = ordered[rank]
        if np.array_equal(settled, rows):
            break
        rows = settled
    return rows


def segment_shuffle(
    x: ArrayLike, segment: int, draws: int, rng: np.random.Generator
) -> NDArray[float64]:
    """Put pieces of a signal in another order, a row a draw.

    Keeps each piece of `segment` samples whole; destroys their order, and puts a seam after each: a
    real pair has none, and so looks better than its surrogates. Here to compare with others' figures.

    Parameters
    ----------
    x : array_like, shape (samples,)
        A signal in any unit, none missing.
    segment
        Samples in a piece.
    draws
        How many.
    rng
        Where chance comes from.

    Returns
    -------
    ndarray, shape (draws, samples)

    Raises
    ------
    ValueError
        When the signal has gaps or fewer than four samples, or a segment is longer than half of it.

    Examples
    --------
    >>> segment_shuffle(range(6), 2, 1, np.random.default_rng(0)).tolist()
    [[4.0, 5.0, 0.0, 1.0, 2.0, 3.0]]
    """
    signal = _checked_signal(x)
    if not 1 <= segment <= len(signal) // 2:
        raise ValueError("A segment is at least one sample and at most half of the signal.")
    pieces = np.array_split(np.arange(len(signal)), len(signal) // segment)
    order = (rng.permutation(len(pieces)) for _ in range(draws))
    return np.stack([signal[np.concatenate([pieces[k] for k in row])] for row in order])


def _checked_signal(x: ArrayLike) -> NDArray[float64]:
    signal = np.asarray(x, dtype=np.float64)
    if signal.ndim != 1 or len(signal) < 4 or not np.isfinite(signal).all():
        raise ValueError("A surrogate needs one row of at least four samples, none missing.")
    return signal


def randomised_locking(
    a: ArrayLike,
    b: ArrayLike,
    draws: int,
    rng: np.random.Generator,
    *,
    hz: float,
    band_hz: tuple[float, float] = (0.05, 0.7),
) -> NDArray[float64]:
    """Give the phase locking of `a` with phase-randomised copies of `b`, a figure a draw.

    What `synchrony.phase_locking` gives for rows of `phase_randomised`, but drawn within the band
    alone and on a grid just fine enough for it, which loses nothing.

    Parameters
    ----------
    a, b : array_like, shape (samples,)
        Two signals on one clock, none missing.
    draws
        How many.
    rng
        Where chance comes from.
    hz
        Samples a second.
    band_hz
        Where the rhythm lies.

    Returns
    -------
    ndarray, shape (draws,)
        0 to 1.

    Raises
    ------
    ValueError
        When the signals differ in length.

    Examples
    --------
    >>> t = np.arange(0, 300, 0.1)
    >>> chance = randomised_locking(np.sin(t), np.cos(t), 50, np.random.default_rng(0), hz=10)
    >>> chance.shape, bool(chance.max() < 1)
    ((50,), True)
    """
    one, other = windows.checked_pair(a, b)
    n = len(one)
    frequency = np.fft.rfftfreq(n, 1 / hz)
    low = int(np.searchsorted(frequency, band_hz[0]))
    high = int(np.searchsorted(frequency, band_hz[1], "right"))
    grid = 1 << int(np.ceil(np.log2(4 * max(2, high - low))))
    spectra = [np.fft.rfft(x - x.mean())[low:high] for x in (one, other)]
    fixed = np.fft.ifft(spectra[0], grid)
    still = np.conj(fixed) / np.maximum(np.abs(fixed), 1e-300)
    out = np.empty(draws)
    for begin in range(0, draws, 64):
        count = min(64, draws - begin)
        turned = np.abs(spectra[1]) * np.exp(2j * np.pi * rng.random((count, high - low)))
        rows = np.fft.ifft(turned, grid, axis=1)
        out[begin : begin + count] = np.abs(
            np.mean(rows / np.maximum(np.abs(rows), 1e-300) * still, axis=1)
        )
    return out


def coherence_by_chance(
    a: ArrayLike,
    b: ArrayLike,
    draws: int,
    rng: np.random.Generator,
    *,
    hz: float,
    shortest_s: float = 2.0,
    longest_s: float = 20.0,
    per_octave: int = 12,
) -> NDArray[float64]:
    """Give the mean wavelet coherence of each period with phase-randomised copies of `b`.

    Shape (draws, periods). The null is that of `phase_randomised`; a period's mean over time is what
    a sitting can show, and single moments are not tested.

    Parameters
    ----------
    a, b : array_like, shape (samples,)
        Two signals on one clock, none missing.
    draws
        How many.
    rng
        Where chance comes from.
    hz, shortest_s, longest_s, per_octave
        As in `synchrony.wavelet_coherence`.

    Returns
    -------
    ndarray, shape (draws, periods)
        0 to 1.

    Raises
    ------
    ValueError
        When the signals differ in length, have gaps or are too short for the longest period.

    Examples
    --------
    >>> t = np.arange(0, 100, 0.2)
    >>> coherence_by_chance(np.sin(t), np.cos(t), 3, np.random.default_rng(0), hz=5).shape
    (3, 40)
    """
    from relational_space.sensing.synchrony import Morlet

    one, other = windows.checked_pair(a, b)
    plan = Morlet(len(one), hz, shortest_s, longest_s, per_octave)
    still = plan.transform(one)
    return np.stack(
        [
            plan.coherence(still, plan.transform(phase_randomised(other, 1, rng)[0]))[0].mean(
                axis=1
            )
            for _ in range(draws)
        ]
    )


def pseudo_pairs(strengths: ArrayLike, draws: int, rng: np.random.Generator) -> tuple[float, float]:
    """Compare real pairs with the same people paired anew, each in their role.

    Parameters
    ----------
    strengths : array_like, shape (pairs, pairs)
        Entry (i, j) is the strength of the first person of pair i with the second of pair j; the real
        pairs are on the diagonal. NaN where it could not be told.
    draws
        How many new pairings.
    rng
        Where chance comes from.

    Returns
    -------
    excess, p_value
        By how much the real pairs' mean lies above all others', and how often a new pairing of
        everybody gives as much. All must have sat under the same cues: this is the one null that takes
        away a shared pacer.

    Raises
    ------
    ValueError
        When the table is not square or holds fewer than three pairs.

    Examples
    --------
    >>> excess, p = pseudo_pairs(np.eye(5), 999, np.random.default_rng(0))
    >>> round(excess, 1), p < 0.05
    (1.0, True)
    """
    table = np.asarray(strengths, dtype=np.float64)
    n = len(table)
    if table.shape != (n, n) or n < 3:
        raise ValueError("Pseudo-pairs need a square table of at least three pairs.")
    real = float(np.nanmean(np.diag(table)))
    others = float(np.nanmean(table[~np.eye(n, dtype=bool)]))
    chance = [float(np.nanmean(table[np.arange(n), rng.permutation(n)])) for _ in range(draws)]
    return real - others, p_value(real, chance)
