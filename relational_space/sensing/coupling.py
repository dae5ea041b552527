"""The verdict about two people: more than chance, no more than chance, or could not tell.

Breath is judged by who answers whom (`responses`), movement by who follows whom (`following`). The
promise: two people with nothing in common are called more than chance in no more than one sitting of
twenty. What cannot be known is never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from relational_space.sensing import cycles, responses, windows
from relational_space.sensing.following import following
from relational_space.sensing.leakage import leakage
from relational_space.sensing.trace import Breath, Movement

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import ArrayLike, NDArray

    Row = NDArray[float64]

MORE = "more than chance"
NO_MORE = "no more than chance"
UNKNOWN = "could not tell"

VERSION = "1"

CALLED = 0.04
"""A p-value up to this is called more than chance. No null describes everybody: cycles that resemble
the ones before them reach it about a third more often than they should (`bench/chance.py`)."""

FREE_ENOUGH = 0.6
"""Under this product of the two shares of `responses.kept_place`, times the cycles, the null keeps each
one's place: the fewer the cycles, the sooner a pacer has to be reckoned with."""

PACED = 0.1
"""Under this product times the cycles, and at one period, both are taken to follow a pacer."""

PACED_PERHAPS = 10.0
"""Cycles in which the product falls to its e-th part when somebody follows a pacer loosely. Two at one
period whose product is under that are not called: so few cycles look the same with a pacer and without."""

TOO_REGULAR = 0.9
"""When chance alone locks the two this far in half of its draws, it cannot be told from them."""

LEAST_COVERAGE = 0.5
"""Less than this share read in both is too little to speak about the whole."""

FEWEST_DRAWS = 6
"""Independent displacements below which chance is not known at all."""

FEWEST_TO_DENY = 12
"""And below which nothing is said of movement that did not stand out: too little could have."""

LEADS = 1.96
"""Standard errors between the two answers, or between a lag and nothing, for a leader to be named."""

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Chance:
    """What two people who have nothing to do with each other would have given."""

    p_value: float
    """NaN where nothing could be compared."""
    quantiles: dict[str, float]
    """Of the strength, by chance: `0.05` to `0.95`."""
    surrogates: int
    """How many independent draws stand behind it."""
    null: str
    observed: float
    """The figure that decides: evidence for breath, largest correlation for movement."""
    draws: Row
    """The same figure by chance; left out of JSON."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two."""

    rate_per_min: float
    coverage: float
    cycles: int
    answering: float
    """Standard errors by which this one's cycle answers the other's; NaN for movement."""


@dataclass(frozen=True, slots=True)
class Coupling:
    """Two people, and what chance would give; the object behind `couple --json`."""

    verdict: str
    reason: str
    """Why it could not be told; empty otherwise."""
    strength: float
    """Breath: phase locking, 0 to 1. Movement: correlation at the best lag, -1 to 1."""
    chance: Chance
    lag_s: float
    """Above zero `b` comes later."""
    lag_interval_s: tuple[float, float]
    """95 %, the clocks' uncertainty included."""
    leader: Literal["a", "b"] | None
    preferred_phase_rad: float
    """How far `b` is ahead of `a` in its cycle; NaN for movement."""
    rate_match: float
    """The slower rate as a share of the quicker, 0 to 1."""
    coverage: float
    a: Side
    b: Side
    method: str
    version: str


def couple(
    a: Breath | Movement | ArrayLike,
    b: Breath | Movement | ArrayLike,
    *,
    hz: float | None = None,
    sense: Literal["breath", "movement"] | None = None,
    shared_pacer: bool = False,
    one_heart: bool = False,
    clock_uncertainty_s: float = 0.0,
    max_lag_s: float = 3.0,
    draws: int = 499,
    seed: int = 0,
) -> Coupling:
    """Say whether two people went together more than chance would have it.

    Parameters
    ----------
    a, b
        Two breaths, two movements, or two plain signals on one clock that begin together; NaN where
        there is no reading. Of plain signals the longer is cut to the shorter.
    hz
        Samples a second of plain signals.
    sense
        What plain signals are. Without it they are breath when both go up and down evenly.
    shared_pacer
        Whether both heard one pacer, music or voice: then the answer is always `could not tell`.
    one_heart
        Whether one heart is in both raw recordings (`leakage.shared_heart`): then two breaths are
        never called more than chance.
    clock_uncertainty_s
        How far the two clocks may be apart. It widens the lag's interval, and no leader is named
        inside it.
    max_lag_s
        How much later one may move than the other.
    draws
        Surrogates of breath.
    seed
        Of the surrogates; one seed gives one answer.

    Returns
    -------
    Coupling

    Raises
    ------
    ValueError
        When the two are not of one kind, two breaths share no moment, or plain signals come without
        hz, hold infinities or are no rows of samples.

    Notes
    -----
    Breath: the likelihood ratio of a Kuramoto-like coupling of two noisy clocks, averaged over who
    answers and at what phase, against redrawings of each one's own cycles (`responses`). It asks what
    a regression of cycle length on the phase difference asks, and uses what phase locking uses.
    Movement: the largest correlation within the lags against all displacements (`following`).

    Examples
    --------
    >>> t = np.arange(0, 300, 0.1)
    >>> rng = np.random.default_rng(1)
    >>> stroll = np.cumsum(rng.standard_normal((2, len(t))), axis=1) * 0.07
    >>> couple(*np.sin(2 * np.pi * t / 5 + stroll), hz=10).verdict
    'no more than chance'
    """
    if isinstance(a, Movement) and isinstance(b, Movement):
        one, other, hz = _on_one_clock(a, b)
        return _movement(one, other, hz, clock_uncertainty_s, max_lag_s, shared_pacer)
    if isinstance(a, Breath) and isinstance(b, Breath):
        start = min(a.start_s, b.start_s)
        earlier, later = sorted((a, b), key=lambda breath: breath.start_s)
        if len(earlier.wave) and later.start_s > earlier.start_s + len(earlier.wave) / earlier.hz:
            raise ValueError("The two breaths share no moment; lay both on one clock.")
        waves = [_placed(breath, start, max(a.hz, b.hz)) for breath in (a, b)]
        one, other = _one_length(*waves, fill=True)
        return _breath(
            one, other, max(a.hz, b.hz), clock_uncertainty_s, shared_pacer, one_heart, draws, seed
        )
    if isinstance(a, (Breath, Movement)) or isinstance(b, (Breath, Movement)):
        raise ValueError("Couple two breaths, two movements or two plain signals, not one of each.")
    if hz is None or not hz > 0:
        raise ValueError("Say how many samples a second plain signals have: hz=10, for example.")
    one, other = _one_length(_plain(a), _plain(b), fill=False)
    if sense is None:
        sense = "breath" if _even(one, hz) and _even(other, hz) else "movement"
    if sense == "breath":
        return _breath(one, other, hz, clock_uncertainty_s, shared_pacer, one_heart, draws, seed)
    if sense != "movement":
        raise ValueError(f"sense is 'breath' or 'movement', not {sense!r}.")
    return _movement(one, other, hz, clock_uncertainty_s, max_lag_s, shared_pacer)


def _plain(x: ArrayLike) -> Row:
    signal = windows.plain(x)
    if signal.ndim != 1:
        raise ValueError("Each signal is one row of samples; give more people pair by pair.")
    if np.isinf(signal).any():
        raise ValueError("A signal holds an infinite sample; use NaN where there is no reading.")
    return signal


def _one_length(a: Row, b: Row, *, fill: bool) -> tuple[Row, Row]:
    """Cut the longer one, or with `fill` lengthen the shorter one by what was not read."""
    if not fill:
        n = min(len(a), len(b))
        return a[:n], b[:n]
    n = max(len(a), len(b))
    one, other = (np.concatenate((x, np.full(n - len(x), np.nan))) for x in (a, b))
    return one, other


def _placed(breath: Breath, start_s: float, hz: float) -> Row:
    """Give a breath's wave on a grid that begins at `start_s`, NaN where it was not trusted at all."""
    wave = np.where(breath.trust > 0, breath.wave, np.nan)
    if len(wave) == 0:
        return wave
    end = breath.start_s + (len(wave) - 1) / breath.hz
    at = start_s + np.arange(int((end - start_s) * hz + 1e-6) + 1) / hz
    own = breath.start_s + np.arange(len(wave)) / breath.hz
    return np.asarray(np.interp(at, own, wave, left=np.nan))


def _on_one_clock(a: Movement, b: Movement) -> tuple[Row, Row, float]:
    """Give both velocities over the time they share, at the quicker rate."""
    hz = max(a.hz, b.hz)
    start = max(a.start_s, b.start_s)
    end = min(m.start_s + (len(m.velocity) - 1) / m.hz for m in (a, b))
    at = start + np.arange(max(0, int((end - start) * hz + 1e-6) + 1)) / hz
    one, other = (
        np.interp(
            at,
            m.start_s + np.arange(len(m.velocity)) / m.hz,
            np.where(m.trust > 0, m.velocity, np.nan),
        )
        for m in (a, b)
    )
    return one, other, hz


def _even(x: Row, hz: float) -> bool:
    """Tell whether a signal goes up and down as breath does: cycles throughout, not too unlike."""
    runs = cycles.rises(x, hz)
    lengths = np.concatenate([np.diff(run) for run in runs]) if runs else np.empty(0)
    if len(lengths) < 4 or lengths.sum() < 0.6 * np.isfinite(x).sum() / hz:
        return False
    middle = float(np.median(lengths))
    if middle < cycles.QUICKEST_S:
        return False
    return float(np.median(np.abs(lengths - middle))) < 0.18 * middle


def _shared_stretches(runs_a: list[Row], runs_b: list[Row]) -> list[tuple[Row, Row]]:
    """Give the marks of both wherever both have a run of enough cycles, none too long."""
    out = []
    for one in runs_a:
        for other in runs_b:
            begin, end = max(one[0], other[0]), min(one[-1], other[-1])
            if end <= begin:
                continue
            pieces = max(1, int(np.ceil((end - begin) / responses.LONGEST_S)))
            edges = np.linspace(begin, end, pieces + 1)
            for low, high in pairwise(edges.tolist()):
                pair = _within(one, low, high), _within(other, low, high)
                if min(len(marks) for marks in pair) > responses.FEWEST_CYCLES:
                    out.append(pair)
    return out


def _within(marks: Row, low: float, high: float) -> Row:
    """Give the marks between two moments, with the one before and the one after."""
    first = max(0, int(np.searchsorted(marks, low, side="right")) - 1)
    last = min(len(marks) - 1, int(np.searchsorted(marks, high, side="left")))
    return marks[first : last + 1]


def _breath(
    one: Row,
    other: Row,
    hz: float,
    clock_s: float,
    shared_pacer: bool,
    one_heart: bool,
    draws: int,
    seed: int,
) -> Coupling:
    method = "who answers whom: likelihood ratio of coupled clocks"
    runs_a, runs_b = cycles.rises(one, hz), cycles.rises(other, hz)
    stretches = _shared_stretches(runs_a, runs_b)
    seconds = min(len(one), len(other)) / hz
    both = sum(min(x[-1], y[-1]) - max(x[0], y[0]) for x, y in stretches)
    coverage = min(1.0, both / seconds) if seconds else 0.0
    sides = [_side(runs, x, hz) for runs, x in ((runs_a, one), (runs_b, other))]
    rates = sorted(side.rate_per_min for side in sides)
    match = rates[0] / rates[1] if rates[0] > 0 else float("nan")
    if not stretches:
        read = min(side.coverage for side in sides) * seconds
        reason = "too short" if read > 0.8 * seconds or seconds < 40 else "too little trust"
        return _unknown(reason, coverage, match, sides, method)
    rng = np.random.default_rng(seed)
    longest = max(stretches, key=lambda pair: len(pair[0]))
    kept = [responses.kept_place(marks, 199, rng) for marks in longest]
    shortest = min(len(marks) for marks in longest)
    free = kept[0] * kept[1]
    in_place = free * shortest < FREE_ENOUGH
    one_period = _one_period(*(responses.settled(x) for x in longest))
    answers = responses.together(
        [responses.answers(x, y, draws=draws, rng=rng, in_place=in_place) for x, y in stretches]
    )
    evidence = responses.evidence(answers)
    p_value = float(1 + np.sum(evidence[1:] >= evidence[0])) / len(evidence)
    total, c, s = answers.sums[:, :3].T
    locking = np.hypot(c, s) / total
    phase = float(np.arctan2(s[0], c[0]))
    lag, error = _phase_lag(longest)
    interval = (lag - 1.96 * error - clock_s, lag + 1.96 * error + clock_s)
    score_a, info_a, score_b, info_b = (float(x[0]) for x in responses.scores(answers, 0.0))
    sides = [
        Side(side.rate_per_min, side.coverage, side.cycles, score / np.sqrt(info))
        for side, score, info in zip(sides, (score_a, score_b), (info_a, info_b), strict=True)
    ]
    more = (score_a / info_a - score_b / info_b) / np.sqrt(1 / info_a + 1 / info_b)
    reason = ""
    if shared_pacer:
        reason = "a shared pacer"
    elif coverage < LEAST_COVERAGE:
        reason = "too little trust"
    elif one_period and free * shortest < PACED:
        reason = "each keeps to the same fixed period, as with a shared pacer"
    elif np.median(locking[1:]) > TOO_REGULAR:
        reason = "so regular that chance would look the same"
    elif p_value <= CALLED and (
        one_heart or any(leakage(one, other, hz, x, y).suspected for x, y in stretches)
    ):
        reason = "one body may be in both recordings"
    elif p_value <= CALLED and one_period and free < np.exp(-shortest / PACED_PERHAPS):
        reason = "too short to be told from a shared pacer"
    verdict = UNKNOWN if reason else (MORE if p_value <= CALLED else NO_MORE)
    leader: Literal["a", "b"] | None = None
    if verdict == MORE and abs(more) > LEADS and abs(lag) >= clock_s:
        leader = "b" if more > 0 else "a"
    return Coupling(
        verdict=verdict,
        reason=reason,
        strength=float(locking[0]),
        chance=Chance(
            p_value=p_value,
            quantiles=_quantiles(locking[1:]),
            surrogates=draws,
            null="cycles redrawn about each one's fixed course"
            if in_place
            else "cycles redrawn about each one's slow course",
            observed=float(evidence[0]),
            draws=evidence[1:],
        ),
        lag_s=lag,
        lag_interval_s=interval,
        leader=leader,
        preferred_phase_rad=phase,
        rate_match=match,
        coverage=coverage,
        a=sides[0],
        b=sides[1],
        method=method,
        version=VERSION,
    )


def _side(runs: list[Row], x: Row, hz: float) -> Side:
    lengths = np.concatenate([np.diff(run) for run in runs]) if runs else np.empty(0)
    rate = 60 / float(lengths.mean()) if len(lengths) else float("nan")
    coverage = float(np.isfinite(x).mean()) if len(x) else 0.0
    return Side(rate, coverage, len(lengths), float("nan"))


def _one_period(a: Row, b: Row) -> bool:
    """Tell whether neither gains half a cycle on the other over what they share."""
    begin, end = max(a[0], b[0]), min(a[-1], b[-1])
    turns = [
        np.interp(
            [begin, end], x, np.concatenate(([0.0], np.cumsum(responses.periods(np.diff(x)))))
        )
        for x in (a, b)
    ]
    return bool(abs(np.diff(turns[0])[0] - np.diff(turns[1])[0]) < 0.5)


def _phase_lag(stretch: tuple[Row, Row]) -> tuple[float, float]:
    """Give by how long `b` comes after `a` at the preferred phase, and its error from ten pieces."""
    a, b = stretch
    at = a[(a >= b[0]) & (a <= b[-1])]
    apart = np.exp(2j * np.pi * np.interp(at, b, np.arange(len(b))))
    period = float(np.mean(np.diff(a)))
    pieces = np.array_split(np.arange(len(apart)), min(10, len(apart)))
    whole = np.angle(apart.sum())
    without = np.array(
        [np.angle(np.delete(apart, piece).sum() / np.exp(1j * whole)) for piece in pieces]
    )
    error = np.sqrt((len(pieces) - 1) / len(pieces) * np.sum((without - without.mean()) ** 2))
    scale = period / (2 * np.pi)
    return float(-whole * scale), float(min(error * scale, period / 4))


def _movement(
    one: Row, other: Row, hz: float, clock_s: float, max_lag_s: float, shared_pacer: bool
) -> Coupling:
    method = "who follows whom: correlation of velocities at every displacement"
    seconds = len(one) / hz
    read = np.isfinite(one) & np.isfinite(other)
    coverage = float(read.mean()) if len(one) else 0.0
    sides = [
        Side(float("nan"), float(np.isfinite(x).mean()) if len(x) else 0.0, 0, float("nan"))
        for x in (one, other)
    ]
    if seconds < 8 * max_lag_s:
        return _unknown("too short", coverage, float("nan"), sides, method)
    if any(np.ptp(x[read]) == 0 if read.any() else True for x in (one, other)):
        return _unknown("too little trust", coverage, float("nan"), sides, method)
    found = following(one, other, hz, max_lag_s)
    interval = (
        found.lag_s - 1.96 * found.lag_error_s - clock_s,
        found.lag_s + 1.96 * found.lag_error_s + clock_s,
    )
    reason = ""
    if shared_pacer:
        reason = "a shared pacer"
    elif coverage < LEAST_COVERAGE:
        reason = "too little trust"
    elif found.independent < (FEWEST_DRAWS if found.p_value <= CALLED else FEWEST_TO_DENY):
        reason = "too short"
    verdict = UNKNOWN if reason else (MORE if found.p_value <= CALLED else NO_MORE)
    leader: Literal["a", "b"] | None = None
    if verdict == MORE and not interval[0] <= 0 <= interval[1] and abs(found.lag_s) > clock_s:
        leader = "a" if found.lag_s > 0 else "b"
    return Coupling(
        verdict=verdict,
        reason=reason,
        strength=found.strength,
        chance=Chance(
            p_value=found.p_value,
            quantiles=_quantiles(found.chance),
            surrogates=int(found.independent),
            null="the other's movement at any other moment",
            observed=abs(found.strength),
            draws=found.chance,
        ),
        lag_s=found.lag_s,
        lag_interval_s=interval,
        leader=leader,
        preferred_phase_rad=float("nan"),
        rate_match=float("nan"),
        coverage=coverage,
        a=sides[0],
        b=sides[1],
        method=method,
        version=VERSION,
    )


def _quantiles(draws: Row) -> dict[str, float]:
    return {f"{q}": float(np.quantile(draws, q)) for q in QUANTILES}


def _unknown(
    reason: str, coverage: float, match: float, sides: list[Side], method: str
) -> Coupling:
    nothing = float("nan")
    return Coupling(
        verdict=UNKNOWN,
        reason=reason,
        strength=nothing,
        chance=Chance(nothing, {}, 0, "none", nothing, np.empty(0)),
        lag_s=nothing,
        lag_interval_s=(nothing, nothing),
        leader=None,
        preferred_phase_rad=nothing,
        rate_match=match,
        coverage=coverage,
        a=sides[0],
        b=sides[1],
        method=method,
        version=VERSION,
    )
