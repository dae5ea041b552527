"""Two made-up bodies, by seed: how they breathe or move, and whether they answer each other.

For demonstrations, tests and calibrations. It makes what the measuring engine is tried on, so it must
share no code with it, and it never says that a made-up body breathes like a certain person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sin
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Row = NDArray[float64]

STEP_S = 0.02
"""Phases advance in steps this long."""


@dataclass(frozen=True, slots=True)
class Body:
    """How one body breathes when nothing else acts on it."""

    period_s: float = 5.0
    jitter: float = 0.1
    """How much a cycle's length varies, as a share of it, when cycles do not resemble their neighbours."""
    likeness: float = 0.0
    """How far a cycle resembles the one before it, below zero makes up for it: an autoregression's
    correlation."""
    settles: float = 0.0
    """The share by which the period is shorter at the beginning than after settling."""
    settles_over_s: float = 150.0
    uneven: float = 0.15
    """How much the size of a breath varies, as the spread of its logarithm."""
    quicker_in: float = -0.2
    """A second harmonic that makes breathing in quicker than out; below zero, slower."""
    rests: float = 0.0
    """A second harmonic that makes the turn from in to out sharp and the one from out to in flat."""
    sighs: float = 0.0
    """The share of cycles that last twice as long."""
    answers: float = 0.0
    """How strongly it answers the other, rad/s (a Kuramoto coupling)."""
    prefers_rad: float = 0.0
    """How far ahead of itself it would have the other."""
    follows_pacer: float = 0.0
    """How strongly it answers a pacer, rad/s."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two breath waves on one clock, and the truth behind them."""

    hz: float
    a: Row
    b: Row
    phase_a_rad: Row
    phase_b_rad: Row


def breathing(
    a: Body,
    b: Body,
    *,
    seconds: float,
    rng: np.random.Generator,
    hz: float = 10.0,
    noise: float = 0.05,
    wander: float = 0.01,
    pacer_period_s: float = 5.0,
    leaks: float = 0.0,
) -> Pair:
    """Let two bodies breathe.

    Parameters
    ----------
    a, b
        The two bodies.
    seconds, hz
        How long, and how many samples a second.
    rng
        Where chance comes from.
    noise
        White noise of the sensor, as a share of a breath's size.
    wander
        How far the sensor strays in a second, as a share of a breath's size: a random walk.
    pacer_period_s
        Period of what `follows_pacer` follows.
    leaks
        What share of `a`'s breath the phone on `b` feels, and the other way round.
    """
    steps = round(seconds / STEP_S)
    phase_a, phase_b = _phases(a, b, steps, 2 * np.pi / pacer_period_s, rng)
    at = np.arange(round(seconds * hz)) / hz
    grid = np.arange(steps) * STEP_S
    a_rad, b_rad = np.interp(at, grid, phase_a), np.interp(at, grid, phase_b)
    wave_a, wave_b = _wave(a, a_rad, hz, wander, rng), _wave(b, b_rad, hz, wander, rng)
    felt_a, felt_b = wave_a + leaks * wave_b, wave_b + leaks * wave_a
    return Pair(
        hz,
        felt_a + noise * rng.standard_normal(len(at)),
        felt_b + noise * rng.standard_normal(len(at)),
        a_rad,
        b_rad,
    )


def _phases(
    a: Body, b: Body, steps: int, pacer_rate: float, rng: np.random.Generator
) -> tuple[Row, Row]:
    """Advance two phases by Euler's steps, noise and all."""
    free = np.stack([_free_advance(body, steps, rng) for body in (a, b)])
    begin = rng.uniform(0, 2 * np.pi, 2)
    if not any((a.answers, b.answers, a.follows_pacer, b.follows_pacer)):
        # Nothing acts on either, so nothing has to be asked at every step.
        alone = np.cumsum(np.column_stack((begin, free[:, :-1])), axis=1)
        return alone[0], alone[1]
    out = np.empty((2, steps))
    one, other = begin.tolist()
    for k, (free_a, free_b) in enumerate(free.T.tolist()):
        out[:, k] = one, other
        pacer = pacer_rate * k * STEP_S
        pull_a = a.answers * sin(other - one - a.prefers_rad)
        pull_b = b.answers * sin(one - other - b.prefers_rad)
        pull_a += a.follows_pacer * sin(pacer - one)
        pull_b += b.follows_pacer * sin(pacer - other)
        one += free_a + pull_a * STEP_S
        other += free_b + pull_b * STEP_S
    return out[0], out[1]


def _free_advance(body: Body, steps: int, rng: np.random.Generator) -> Row:
    """Give how far an unanswering body's phase advances in each step."""
    at = np.arange(steps) * STEP_S
    period = body.period_s * (1 - body.settles * np.exp(-at / body.settles_over_s))
    white = rng.standard_normal(steps) * np.sqrt(body.period_s / STEP_S)
    if body.likeness != 0:
        # An autoregression from cycle to cycle, held through each cycle.
        cycles = int(steps * STEP_S / body.period_s) + 2
        kick = rng.standard_normal(cycles)
        like = np.empty(cycles)
        like[0] = kick[0]
        for k in range(1, cycles):
            like[k] = body.likeness * like[k - 1] + np.sqrt(1 - body.likeness**2) * kick[k]
        white = like[(at / body.period_s).astype(int)]
    lengthened = np.ones(steps)
    cycle = (at / body.period_s).astype(int)
    lengthened[(rng.random(cycle[-1] + 1) < body.sighs)[cycle]] = 2.0
    return np.asarray(2 * np.pi / period / lengthened * (1 + body.jitter * white) * STEP_S)


def _wave(body: Body, phase: Row, hz: float, wander: float, rng: np.random.Generator) -> Row:
    """Give a breath for a phase, its size a little different each time."""
    cycles = int(phase.max() / (2 * np.pi)) + 3
    turns = phase / (2 * np.pi)
    size = np.interp(turns, np.arange(cycles), np.exp(body.uneven * rng.standard_normal(cycles)))
    drift = np.cumsum(rng.standard_normal(len(phase))) * wander / np.sqrt(hz)
    form = np.cos(phase) - body.quicker_in * np.sin(2 * phase) + body.rests * np.cos(2 * phase)
    return np.asarray(size * form + drift)


def somebody(rng: np.random.Generator, period_s: float | None = None) -> Body:
    """Draw a body that differs from the next as 26 recorded people did (`bench/simulator.py`).

    The period is drawn about 4.5 s unless given: the people recorded were ill, and quicker.
    """
    if period_s is None:
        period_s = 4.5 * float(np.exp(0.2 * rng.standard_normal()))
    kinds = rng.standard_normal(5)
    return Body(
        period_s=period_s,
        jitter=float(np.clip(0.14 * np.exp(0.5 * kinds[0]), 0.03, 0.35)),
        likeness=float(np.clip(-0.4 + 0.25 * kinds[1], -0.9, 0.5)),
        uneven=float(np.clip(0.25 * np.exp(0.8 * kinds[2]), 0.05, 0.9)),
        quicker_in=float(np.clip(0.12 * kinds[3], -0.25, 0.25)),
        rests=float(np.clip(0.28 + 0.15 * kinds[4], 0.0, 0.6)),
        sighs=0.01,
    )


def paced(body: Body, follows_pacer: float = 1.0) -> Body:
    """Give the same body following a pacer."""
    return replace(body, follows_pacer=follows_pacer)


def moving(
    *,
    seconds: float,
    rng: np.random.Generator,
    hz: float = 30.0,
    lag_s: float | None = None,
    switches: bool = False,
    noise: float = 0.1,
) -> tuple[Row, Row]:
    """Give two people's velocities: strangers, or one who follows the other `lag_s` behind.

    A negative lag lets `b` lead. With `switches` the one who led follows from the middle on.
    """
    margin = 10.0
    long = round((seconds + 2 * margin) * hz)
    lead, stranger = _sway(long, hz, rng), _sway(long, hz, rng)
    at = np.arange(round(seconds * hz)) / hz
    grid = np.arange(long) / hz - margin
    own = np.interp(at, grid, lead)
    if lag_s is None:
        other = np.interp(at, grid, stranger)
    else:
        lag = np.where(switches & (at > seconds / 2), -lag_s, lag_s)
        other = np.interp(at - lag, grid, lead)
    return (
        own + noise * rng.standard_normal(len(at)),
        other + noise * rng.standard_normal(len(at)),
    )


def _sway(samples: int, hz: float, rng: np.random.Generator) -> Row:
    """Give movement-like velocity: strongest near a third of a hertz, in bursts, of unit size."""
    frequency = np.fft.rfftfreq(samples, 1 / hz)
    shape = frequency / 0.35 * np.exp(-frequency / 0.35)
    spectrum = shape * (
        rng.standard_normal(len(frequency)) + 1j * rng.standard_normal(len(frequency))
    )
    sway = np.fft.irfft(spectrum, samples)
    slow = np.where(frequency < 0.05, 1.0, 0.0) * rng.standard_normal(len(frequency))
    burst = np.fft.irfft(slow * np.exp(2j * np.pi * rng.random(len(frequency))), samples)
    sway *= np.exp(0.5 * burst / burst.std())
    return np.asarray(sway / sway.std())
