"""What breath reads, against what is known: `python -m bench.breath [paced|annotated|walking|...]`.

Each command prints one table. The recordings are those of ../shared/data; the made-up phone is made
here, by nothing that the engine knows.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import numpy as np
from scipy import signal

from relational_space.sensing.breath import breath
from relational_space.sensing.trace import Breath
from tests.sensing import recordings

MARKS = Path(__file__).with_name("paced_marks.toml")


def paced() -> None:
    """Rate against intervals marked by eye, 16 phones lying on a body."""
    marks = tomllib.loads(MARKS.read_text())
    print(
        f"{'recording':<10} {'marked s':>9} {'read s':>9} {'error':>8} {'onset s':>8} {'read':>6}"
    )
    within = 0
    for name, times, readings in recordings.paced():
        found = breath(times, readings)
        seen = recordings.read_part(found, np.array(marks[name]))
        marked, read = float(np.diff(seen).mean()), float(found.intervals_s.mean())
        apart = [
            np.median([np.abs(onsets - mark).min() for mark in seen])
            for onsets in (found.inhale_onsets_s, found.exhale_onsets_s)
        ]
        within += abs(read / marked - 1) <= 0.02
        print(
            f"{name:<10} {marked:9.3f} {read:9.3f} {read / marked - 1:8.2%} {min(apart):8.2f} "
            f"{found.coverage:6.0%}"
        )
    print(f"within 2 %: {within} of 16")


def annotated() -> None:
    """F1 of breaths against two people's marks, 26 records, one offset a record."""
    print(f"{'record':<7} {'read':>6} {'trust':>6} {'F1 to 1':>8} {'F1 to 2':>8} {'1 to 2':>8}")
    scores, between, coverage, names = [], [], [], []
    for name, times, wave, marks in recordings.annotated():
        found = breath(times, wave)
        onsets = recordings.read_part(found, found.exhale_onsets_s)
        # Where nothing was read there is nothing that could agree, and nothing that could be wrong.
        mine = [
            recordings.f1(onsets, recordings.read_part(found, m)) if found.coverage else np.nan
            for m in marks
        ]
        theirs = recordings.f1(*marks)
        trust = np.median(found.trust[found.trust > 0]) if found.coverage else np.nan
        label = recordings.measured(name)
        print(
            f"{name:<7} {found.coverage:6.0%} {trust:6.2f} {mine[0]:8.3f} {mine[1]:8.3f} "
            f"{theirs:8.3f}{'' if recordings.is_breath(name) else f'  not a breath: {label}'}"
        )
        scores.append(mine)
        between.append(theirs)
        coverage.append(found.coverage)
        names.append(name)
    all_scores, share = np.array(scores), np.array(coverage)
    breathing = np.array([recordings.is_breath(name) for name in names])
    even = np.array([int(name) % 2 == 0 for name in names])
    for said, chosen in (
        ("all 26 files", share >= 0),
        ("something else than impedance", ~breathing),
        ("impedance", breathing),
        ("impedance, even numbers", breathing & even),
        ("impedance, odd numbers", breathing & ~even),
        ("impedance, read to 90 % or more", breathing & (share >= 0.9)),
    ):
        f, b = all_scores[chosen], np.array(between)[chosen]
        print(
            f"{said}: {chosen.sum()}, median {np.nanmedian(f):.3f}, mean {np.nanmean(f):.3f}, read "
            f"{share[chosen].mean():.1%}, to 90 % or more in {(share[chosen] >= 0.9).sum()}; "
            f"the two people: median {np.median(b):.3f}, mean {np.mean(b):.3f}"
        )


def walking() -> None:
    """The negative control: two people walking and climbing stairs."""
    print(f"{'person':<7} {'read':>6}  rate read / maker's, in stretches of five breaths")
    for name, times, readings, breaths in recordings.walkers():
        found = breath(times, readings)
        pairs = []
        onsets = found.inhale_onsets_s
        for k in range(0, len(onsets) - 4, 4):
            begin, end = onsets[k], onsets[k + 4]
            inside = breaths[(breaths >= begin) & (breaths <= end)]
            first, last = ((x - found.start_s) * found.hz for x in (begin, end))
            unbroken = found.trust[round(first) : round(last)].min() > 0
            if unbroken and len(inside) > 2:
                theirs = 60 * (len(inside) - 1) / (inside[-1] - inside[0])
                pairs.append(f"{240 / (end - begin):.1f}/{theirs:.1f}")
        print(f"{name:<7} {found.coverage:6.1%}  {' '.join(pairs)}")


def _ten_a_second(times: np.ndarray, readings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Average readings over each tenth of a second: the middles and the means."""
    edges = np.searchsorted(times, np.arange(times[0], times[-1], 0.1))
    sums = np.vstack([np.zeros(readings.shape[1]), np.cumsum(readings, 0)])[edges]
    cells = np.diff(sums, axis=0) / np.maximum(np.diff(edges), 1)[:, None]
    return times[0] + 0.05 + 0.1 * np.arange(len(cells)), cells


def another_rate(when: np.ndarray, cells: np.ndarray, begin: float, end: float) -> float:
    """Count breaths from `begin` to `end` another way than the engine does.

    The tallest line of the window's spectrum (times frequency, against drift) gives a rough rate; a
    Butterworth band round it, forwards and backwards, and the first principal component a wave; its
    zero crossings, half a breath each, the count. Nothing is shared with the engine but the readings.
    """
    inside = (when >= begin) & (when < begin + 30)
    course = np.vander(np.linspace(0, 1, inside.sum()), 3)
    bent = cells[inside] - course @ np.linalg.lstsq(course, cells[inside], rcond=None)[0]
    hz = np.fft.rfftfreq(8192, 0.1)
    lines = np.abs(np.fft.rfft(bent * np.hanning(len(bent))[:, None], 8192, axis=0)) ** 2
    band = (hz > 2.5 / 60) & (hz < 40 / 60)
    rough = hz[band][np.argmax((lines.sum(1) * hz)[band])]
    sections = signal.butter(2, [0.5 * rough, 1.6 * rough], "band", fs=10, output="sos")
    narrow = signal.sosfiltfilt(sections, cells, axis=0)
    wave = narrow @ np.linalg.svd(narrow[inside], full_matrices=False)[2][0]
    at = np.flatnonzero(wave[:-1] * wave[1:] < 0)
    crossings = when[at] + 0.1 * wave[at] / (wave[at] - wave[at + 1])
    halves = np.interp([begin, end], crossings, np.arange(len(crossings)))
    return float(30 * (halves[1] - halves[0]) / (end - begin))


def half_minutes(
    found: Breath, times: np.ndarray, readings: np.ndarray
) -> list[tuple[float, float]]:
    """Give both rates for every wholly read half minute, from its first inhale to its last."""
    when, cells = _ten_a_second(times, readings.reshape(len(times), -1))
    moments = found.start_s + np.arange(len(found.trust)) / found.hz
    pairs = []
    for begin in np.arange(times[0], times[-1] - 30, 10):
        inside = (moments >= begin) & (moments < begin + 30)
        onsets = found.inhale_onsets_s
        onsets = onsets[(onsets >= begin) & (onsets < begin + 30)]
        if found.trust[inside].min() > 0 and len(onsets) >= 3:
            other = another_rate(when, cells, onsets[0], onsets[-1])
            pairs.append((60 * (len(onsets) - 1) / (onsets[-1] - onsets[0]), other))
    return pairs


def check() -> None:
    """How good the second estimator is where the truth is known, in the half minutes that are read."""
    print(f"{'recordings':<24} {'half minutes':>12} {'engine right':>13} {'second right':>13}")
    marks = tomllib.loads(MARKS.read_text())
    impedance = [one for one in recordings.annotated() if recordings.is_breath(one[0])]
    for said, known in (
        ("paced phones", [(t, x, np.array(marks[name])) for name, t, x in recordings.paced()]),
        ("annotated, even", [(t, x, m[0]) for name, t, x, m in impedance if int(name) % 2 == 0]),
        ("annotated, odd", [(t, x, m[0]) for name, t, x, m in impedance if int(name) % 2]),
        ("made-up phones", [_made(seed) for seed in range(100, 130)]),
    ):
        right = []
        for times, readings, truth in known:
            truth = np.unique(truth)
            found = breath(times, readings)
            moments = found.start_s + np.arange(len(found.trust)) / found.hz
            when, cells = _ten_a_second(times, readings.reshape(len(times), -1))
            for begin in np.arange(times[0], times[-1] - 30, 30):
                inside = (moments >= begin) & (moments < begin + 30)
                true = truth[(truth >= begin) & (truth < begin + 30)]
                if found.trust[inside].min() == 0 or len(true) < 4:
                    continue
                rate = 60 * (len(true) - 1) / (true[-1] - true[0])
                both = []
                for onsets in (found.inhale_onsets_s, found.exhale_onsets_s):
                    count = np.interp([true[0], true[-1]], onsets, np.arange(len(onsets)))
                    both.append(60 * (count[1] - count[0]) / (true[-1] - true[0]))
                other = another_rate(when, cells, true[0], true[-1])
                right.append((abs(np.mean(both) - rate) <= 1, abs(other - rate) <= 1))
        share = np.mean(right, 0)
        print(f"{said:<24} {len(right):12} {share[0]:13.0%} {share[1]:13.0%}")


def chests() -> None:
    """Two estimators on 15 people's own phones on their own chests; nobody knows the truth."""
    print(f"{'person':<7} {'read':>6} {'a minute':>9} {'windows':>8} {'agree':>6}")
    agree = windows = 0
    read = total = 0.0
    for name, times, readings in recordings.chests():
        found = breath(times, readings)
        pairs = half_minutes(found, times, readings)
        met = sum(abs(ours - other) <= 1 for ours, other in pairs)
        if times[-1] > 60:
            read += found.coverage * (times[-1] - times[0])
            total += times[-1] - times[0] - 10
        agree, windows = agree + met, windows + len(pairs)
        print(f"{name:<7} {found.coverage:6.0%} {found.rate_per_min:9.1f} {len(pairs):8} {met:6}")
    print(
        f"within 1 a minute: {agree} of {windows} wholly read half minutes ({agree / windows:.0%})"
    )
    print(f"read of the long files' minutes, the first 10 s left out: {read / total:.0%}")


def _made(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make a phone on a body: stamps, readings in m/s² and the true inhale onsets."""
    rng = np.random.default_rng(seed)
    hz, seconds = rng.choice([25.0, 59.94, 100.0, 200.0]), 300.0
    times = np.arange(0, seconds, 1 / hz)
    period = np.exp(rng.uniform(np.log(2.5), np.log(12)))
    lengths = period * np.exp(rng.uniform(0.02, 0.15) * rng.standard_normal(400))
    starts = np.cumsum(lengths) - lengths[0]
    cycle = np.searchsorted(starts, times, side="right") - 1
    phase = (times - starts[cycle]) / lengths[cycle]
    inhale, pause = rng.uniform(0.3, 0.5), rng.uniform(0, 0.25)
    exhale = 1 - inhale - pause
    wave = np.where(phase < inhale, 0.5 - 0.5 * np.cos(np.pi * phase / inhale), 0.0)
    falling = (phase >= inhale) & (phase < inhale + exhale)
    wave[falling] = 0.5 + 0.5 * np.cos(np.pi * (phase[falling] - inhale) / exhale)
    depth = np.exp(0.2 * rng.standard_normal(400))[cycle]
    lean = rng.uniform(0.003, 0.05) * depth * wave
    posture = np.interp(times, np.arange(0, 301, 20), np.cumsum(0.004 * rng.standard_normal(16)))
    for at in rng.uniform(0, seconds, rng.poisson(1.5)):
        posture = posture + 0.2 * rng.standard_normal() / (
            1 + np.exp(np.clip((at - times) / 0.4, -50, 50))
        )
    heart = np.cumsum(1 / hz * (1.1 + 0.05 * np.sin(2 * np.pi * times / 7)))
    beat = np.exp(-(((heart % 1) - 0.2) ** 2) / 0.001) * np.sin(2 * np.pi * 9 * times)
    speech = (
        rng.random(31)[np.minimum((times / 10).astype(int), 30)] < 0.15
    ) * rng.standard_normal(len(times))
    turn, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    still = np.column_stack([np.sin(lean + posture), 0.3 * lean, np.cos(lean + posture)])
    still[:, 2] += 0.008 * beat
    still += 0.01 * speech[:, None] * [0.2, 0.2, 1] + rng.uniform(
        0.0005, 0.004
    ) * rng.standard_normal(still.shape)
    return times, 9.81 * still @ turn, starts[starts < seconds]


def made() -> None:
    """Onset error by trust, on made-up phones: posture, noise, heart, speech, shifts."""
    error, trust, rates = [], [], []
    for seed in range(60):
        times, readings, truth = _made(seed)
        found = breath(times, readings)
        if len(found.intervals_s) == 0:
            continue
        both = [found.inhale_onsets_s, found.exhale_onsets_s]
        apart = [np.array([np.abs(truth - onset).min() for onset in onsets]) for onsets in both]
        # Which way is up is not known: the side that fits is the inhale's.
        side = int(np.median(apart[1]) < np.median(apart[0]))
        place = ((both[side] - found.start_s) * found.hz).astype(int)
        error += apart[side].tolist()
        trust += found.trust[np.clip(place, 0, len(found.trust) - 1)].tolist()
        seen = recordings.read_part(found, truth)
        gaps = np.diff(seen)
        usual = gaps[gaps < 2 * np.median(gaps)]
        rates.append(abs(found.rate_per_min - 60 / usual.mean()))
    order = np.argsort(trust)
    print(f"{'trust':<14} {'breaths':>8} {'median s':>9} {'95 % s':>8}")
    for part in np.array_split(order, 10):
        e, t = np.array(error)[part], np.array(trust)[part]
        print(
            f"{t.min():.2f} to {t.max():.2f}   {len(part):8} {np.median(e):9.3f} {np.quantile(e, 0.95):8.3f}"
        )
    upper = np.array(error)[order[len(order) // 2 :]]
    print(
        f"median of the upper half {np.median(upper):.3f} s; "
        f"rate error median {np.median(rates):.2f} a minute"
    )


def noise() -> None:
    """How much of noise, which holds no breath, is taken for one: 40 records of five minutes each."""
    print(f"{'noise':<8} {'a belt':>8} {'three axes':>11}")
    for name, slope in (("white", 0), ("pink", 1), ("brown", 2)):
        rng = np.random.default_rng(slope)
        read: list[list[float]] = [[], []]
        for _ in range(40):
            shape = np.fft.rfftfreq(6000, 0.05)
            shape[0] = shape[1]
            spectrum = np.fft.rfft(rng.standard_normal((3, 6000))) * shape ** (-slope / 2)
            made_up = np.fft.irfft(spectrum, 6000)
            made_up *= 0.01 / made_up.std()
            times = 0.05 * np.arange(6000)
            read[0].append(breath(times, made_up[0]).coverage)
            read[1].append(breath(times, made_up.T + np.array([0.0, 0.0, 1.0])).coverage)
        print(f"{name:<8} {np.mean(read[0]):8.1%} {np.mean(read[1]):11.1%}")


def gaps() -> None:
    """How much of the minute behind a silence is read, 40 made-up phones, beside the minute before it."""
    print(f"{'silence':<9} {'before':>7} {'behind':>7} {'least behind':>13}")
    for silence in (1.5, 5.0, 30.0, 600.0):
        before, behind = [], []
        for seed in range(40):
            times, readings, _ = _made(seed)
            found = breath(np.where(times < 150, times, times + silence), readings)
            at = found.start_s + np.arange(len(found.trust)) / found.hz
            read = found.trust > 0
            before.append(read[(at > 90) & (at < 150)].mean())
            behind.append(read[(at > 150 + silence) & (at < 210 + silence)].mean())
        told = f"{np.mean(before):7.0%} {np.mean(behind):7.0%} {np.min(behind):13.0%}"
        print(f"{silence:7.1f} s {told}")


if __name__ == "__main__":
    acts = (paced, annotated, walking, check, chests, made, noise, gaps)
    commands = {act.__name__: act for act in acts}
    for name in sys.argv[1:] or list(commands):
        print(f"\n{name}: {commands[name].__doc__}")
        commands[name]()
