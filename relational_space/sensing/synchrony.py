"""Two traces → how they go together, and what chance would give.

The measures are here: windowed lagged correlation, phase locking, wavelet coherence, and who answers
whom. `couple` is the verdict. A measure alone says nothing about two people: chance (`surrogates`) is
larger than it looks, and it must never be shown without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from relational_space.sensing import responses, windows
from relational_space.sensing.coupling import Chance, Coupling, Side, couple

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Chance",
    "Coupling",
    "Locking",
    "Response",
    "Side",
    "Wavelets",
    "analytic",
    "couple",
    "phase_locking",
    "response",
    "wavelet_coherence",
    "windowed_lagged_correlation",
]


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


BREATH_HZ = (0.05, 0.7)
"""Where breath lies: 3 to 42 a minute."""


@dataclass(frozen=True, slots=True)
class Locking:
    """How steadily two phases keep together."""

    strength: float
    """Length of the mean resultant of the phase difference, 0 to 1."""
    preferred_phase_rad: float
    """How far `b` is ahead of `a`."""


def phase_locking(
    a: ArrayLike, b: ArrayLike, *, hz: float, band_hz: tuple[float, float] = BREATH_HZ
) -> Locking:
    """Give the mean resultant of the difference of two phases within a band.

    Parameters
    ----------
    a, b
        Two signals on one clock, the same number of samples, none missing.
    hz
        Samples a second.
    band_hz
        Where the rhythm lies. Phase is Hilbert's, which means something in a narrow band only.

    Returns
    -------
    Locking

    Raises
    ------
    ValueError
        When the signals differ in length, have gaps, or hold nothing within the band.

    Notes
    -----
    Mormann and others, Physica D 2000;144:358. Differences: none.

    Examples
    --------
    >>> t = np.arange(0, 100, 0.1)
    >>> found = phase_locking(np.sin(2 * np.pi * t / 5), np.cos(2 * np.pi * t / 5), hz=10)
    >>> round(found.strength, 3), round(found.preferred_phase_rad / np.pi, 3)
    (1.0, 0.5)
    """
    one, other = windows.checked_pair(a, b)
    turning = analytic(np.stack((one, other)), hz, band_hz)
    turning = turning / np.maximum(np.abs(turning), 1e-300)
    mean = complex(np.mean(turning[1] * np.conj(turning[0])))
    return Locking(abs(mean), float(np.angle(mean)))


def analytic(x: ArrayLike, hz: float, band_hz: tuple[float, float]) -> NDArray[np.complex128]:
    """Give the analytic signal of each row within a band.

    Parameters
    ----------
    x : array_like, shape (samples,) or (rows, samples)
        Signals in any unit, none missing; their mean is taken away.
    hz
        Samples a second.
    band_hz
        What is outside is set to nought, sharply.

    Returns
    -------
    ndarray of complex, of the same shape

    Raises
    ------
    ValueError
        When a sample is missing, or the record holds nothing within the band.

    Examples
    --------
    >>> turning = analytic(np.cos(2 * np.pi * np.arange(0, 100, 0.1) / 5), 10.0, (0.1, 0.3))
    >>> np.abs(turning[[0, 500]]).round(6).tolist()
    [1.0, 1.0]
    """
    rows = np.asarray(x, dtype=np.float64)
    if not np.isfinite(rows).all():
        raise ValueError("A phase needs every sample; cut the signals where they were not read.")
    n = rows.shape[-1]
    frequency = np.fft.fftfreq(n, 1 / hz)
    within = (frequency >= band_hz[0]) & (frequency <= band_hz[1])
    if not within.any():
        raise ValueError(f"{n} samples at {hz} a second hold nothing between {band_hz} Hz.")
    spectrum = np.fft.fft(rows - rows.mean(axis=-1, keepdims=True))
    return np.asarray(np.fft.ifft(np.where(within, 2 * spectrum, 0.0)))


@dataclass(frozen=True, slots=True)
class Response:
    """Who answers whom."""

    a_answers: float
    """How much `a` hurries when `b` is ahead by a quarter of a cycle, rad/s."""
    a_error: float
    b_answers: float
    b_error: float


def response(marks_a_s: ArrayLike, marks_b_s: ArrayLike, *, prefers_rad: float = 0.0) -> Response:
    """Estimate how much each one's cycle answers where the other is in theirs, slow course removed.

    Parameters
    ----------
    marks_a_s, marks_b_s
        One moment for each cycle of either, s, without gaps (`cycles.rises`, or inhale onsets).
    prefers_rad
        The phase difference at which neither would hurry or wait.

    Returns
    -------
    Response

    Raises
    ------
    ValueError
        When the two share fewer than eight cycles.

    Notes
    -----
    The score of a pair of Kuramoto oscillators with diffusing phases (Kralemann and others, Physical
    Review E 2008;77:066205, fit a phase model by regression). Differences: marks instead of phases
    at every sample, a slow course of each, and Itô's correction, so that strong coupling, where
    the sine of the difference goes to nothing, doesn't read as none. The errors are those of no
    coupling; chance is in `surrogates.cycle_residual_warps`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> leads = np.cumsum(rng.normal(5, 0.5, 60))
    >>> found = response(leads, leads[1:] + rng.normal(0.3, 0.1, 59))
    >>> found.b_answers > found.a_answers
    True
    """
    one, other = (np.asarray(x, dtype=np.float64) for x in (marks_a_s, marks_b_s))
    if min(len(one), len(other)) <= responses.FEWEST_CYCLES or (
        min(one[-1], other[-1]) <= max(one[0], other[0])
    ):
        raise ValueError(f"Two people need {responses.FEWEST_CYCLES} shared cycles.")
    found = responses.answers(one, other, draws=0, rng=np.random.default_rng(0), in_place=False)
    score_a, info_a, score_b, info_b = (float(x[0]) for x in responses.scores(found, prefers_rad))
    return Response(score_a / info_a, info_a**-0.5, score_b / info_b, info_b**-0.5)


@dataclass(frozen=True, slots=True)
class Wavelets:
    """Coherence of two signals over time and period."""

    coherence: NDArray[float64]
    """Shape (periods, moments), 0 to 1."""
    phase_rad: NDArray[float64]
    """How far `b` is ahead of `a`."""
    periods_s: NDArray[float64]
    times_s: NDArray[float64]
    edge_s: NDArray[float64]
    """For each period, how near to either end the ends are felt."""


def wavelet_coherence(
    a: ArrayLike,
    b: ArrayLike,
    *,
    hz: float,
    shortest_s: float = 2.0,
    longest_s: float = 20.0,
    per_octave: int = 12,
) -> Wavelets:
    """Give the coherence of two signals over time and period, by Morlet's wavelet.

    Parameters
    ----------
    a, b
        Two signals on one clock, the same number of samples, none missing.
    hz
        Samples a second.
    shortest_s, longest_s
        Periods between which to look.
    per_octave
        Periods for each doubling.

    Returns
    -------
    Wavelets
        At two to four moments for the shortest period. Coherence is within 0.03 of what wavelets laid
        over every sample give, and within 0.1 nearer to an end than `edge_s`.

    Raises
    ------
    ValueError
        When the signals differ in length, have gaps, or the shortest period is under four samples.

    Notes
    -----
    Grinsted, Moore and Jevrejeva, Nonlinear Processes in Geophysics 2004;11:561. Differences: moments
    are thinned to what the shortest period can show; smoothing over periods is a plain mean over 0.6
    of an octave; and no significance is told from a noise model: breath is no autoregression of order one, so
    ask `surrogates.coherence_by_chance`.

    Examples
    --------
    >>> t = np.arange(0, 120, 0.1)
    >>> found = wavelet_coherence(np.sin(t), np.sin(t + 1), hz=10)
    >>> row = np.argmin(abs(found.periods_s - 2 * np.pi))
    >>> round(float(np.median(found.coherence[row])), 2)
    1.0
    """
    one, other = windows.checked_pair(a, b)
    plan = Morlet(len(one), hz, shortest_s, longest_s, per_octave)
    coherence, cross = plan.coherence(plan.transform(one), plan.transform(other))
    return Wavelets(
        coherence, np.angle(cross), plan.periods_s, plan.times_s, 2**0.5 * plan.scales_s
    )


class Morlet:
    """The filters of one wavelet coherence, made once for a pair and all of its surrogates.

    A wavelet of period P lies between nothing and 2 / P, so each octave is kept on a grid of its own,
    half as fine as the one before; smoothing brings all of them to the finest.
    """

    def __init__(
        self, samples: int, hz: float, shortest_s: float, longest_s: float, per_octave: int
    ) -> None:
        if shortest_s * hz < 4 or longest_s < shortest_s:
            raise ValueError(
                "The shortest period is at least four samples, and the longest is longer."
            )
        steps = np.arange(int(np.log2(longest_s / shortest_s) * per_octave) + 1)
        self.periods_s = shortest_s * 2 ** (steps / per_octave)
        omega = 6.0
        self.scales_s = self.periods_s * (omega + np.sqrt(2 + omega**2)) / (4 * np.pi)
        # Zeros behind the end keep the two ends from touching.
        self._size = 1 << int(np.ceil(np.log2(samples + 4 * self.scales_s[-1] * hz)))
        frequency = np.fft.rfftfreq(self._size, 1 / hz)
        finest = 1 << int(np.log2(shortest_s * hz / 2))
        self._grid = self._size // finest
        self._kept = -(-samples // finest)
        self.times_s = np.arange(self._kept) * finest / hz
        self._octaves = []
        for octave in range(int(steps[-1]) // per_octave + 1):
            rows = slice(octave * per_octave, min((octave + 1) * per_octave, len(steps)))
            grid = max(4, self._grid >> octave)
            turns = 2 * np.pi * np.outer(self.scales_s[rows], frequency[:grid])
            filters = np.exp(-0.5 * (turns - omega) ** 2) * np.sqrt(self.scales_s[rows])[:, None]
            turns = (
                2
                * np.pi
                * np.outer(self.scales_s[rows], np.fft.fftfreq(grid, self._size / hz / grid))
            )
            # Smoothed in time as wide as the wavelet itself, and of one size on every octave's grid:
            # the mean over periods goes across octaves.
            smoothing = np.exp(-0.5 * turns**2) / self.scales_s[rows, None] * (grid / self._grid)
            ends = max(0, -(-samples * grid // self._size))
            self._octaves.append((rows, grid, ends, filters, smoothing))
        self._boxcar = max(1, round(0.6 * per_octave)) | 1

    def transform(self, x: NDArray[float64]) -> list[NDArray[np.complex128]]:
        """Give the wavelet transform of one signal: for each octave, a row for each period."""
        if not np.isfinite(x).all():
            raise ValueError(
                "A wavelet needs every sample; cut the signals where they were not read."
            )
        spectrum = np.fft.rfft(x - x.mean(), self._size)
        out = []
        for _, grid, ends, filters, _ in self._octaves:
            bins = min(grid, len(spectrum))
            rows = np.zeros((len(filters), grid), dtype=np.complex128)
            rows[:, :bins] = filters[:, :bins] * spectrum[:bins]
            moments = np.fft.ifft(rows, axis=1)
            # Behind the end there is nothing to be coherent with.
            moments[:, ends:] = 0.0
            out.append(moments)
        return out

    def coherence(
        self, one: list[NDArray[np.complex128]], other: list[NDArray[np.complex128]]
    ) -> tuple[NDArray[float64], NDArray[np.complex128]]:
        """Give the coherence of two transforms, and their smoothed product, whose angle is the phase."""
        cross = self._smoothed([y * np.conj(x) for x, y in zip(one, other, strict=True)])
        # Both powers ride in one complex transform.
        powers = self._smoothed(
            [
                (x.real**2 + x.imag**2) + 1j * (y.real**2 + y.imag**2)
                for x, y in zip(one, other, strict=True)
            ]
        )
        scale = np.maximum(powers.real * powers.imag, 1e-300)
        return np.clip((cross.real**2 + cross.imag**2) / scale, 0.0, 1.0), cross

    def _smoothed(self, octaves: list[NDArray[np.complex128]]) -> NDArray[np.complex128]:
        """Smooth over time, bring every octave to the finest grid, and smooth over periods."""
        spectra = np.zeros((len(self.scales_s), self._grid), dtype=np.complex128)
        for (rows, grid, _, _, smoothing), moments in zip(self._octaves, octaves, strict=True):
            smooth = np.fft.fft(moments, axis=1) * smoothing
            half = grid // 2
            spectra[rows, :half] = smooth[:, :half]
            spectra[rows, self._grid - half :] = smooth[:, grid - half :]
        rows_in_time = np.fft.ifft(spectra, axis=1)[:, : self._kept]
        half = self._boxcar // 2
        padded = np.pad(rows_in_time, ((half + 1, half), (0, 0)))
        total = np.cumsum(padded, axis=0)
        return np.asarray(total[self._boxcar :] - total[: -self._boxcar])
