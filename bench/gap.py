"""Where the verdict loses to an oracle of true phases, step by step. Prints a table.

    python -m bench.gap --minutes 20 --pairs 300 --strangers 1000

Every column asks the same pairs (those of `bench/power.py`), and each takes one thing away from the oracle
before it: that it knows the preferred phase, that it sees phases and not two marks a breath and then one,
that the marks are true and not read from waves, that it knows each body's noise. So far the threshold is
what strangers of the same simulator pass in 5 %, which nobody has; then come the verdict's own redrawings
at 5 %, and at the level at which it calls. Differences between columns are of the same pairs, and so surer
than each share.

It ends within `--minutes` and a pair: strangers and every row have an equal part of that time, and a row
that ran out of it says how many pairs it has.
"""

import argparse
import time

import numpy as np

from bench.power import COUPLINGS, pair
from relational_space.sensing import coupling, cycles, responses

JITTER = 0.1
BY_STRANGERS = ["phases", "any phase", "two marks", "one mark", "one read", "own noise"]
BY_REDRAWING = ["redrawn 5 %", "redrawn 4 %"]


def log_mean_ratio(scores_at, angles):
    """Log of the mean likelihood ratio, over who answers and over the preferred phases given."""
    total = 0.0
    for angle in angles:
        score_a, info_a, score_b, info_b = scores_at(float(angle))
        for score, info, share in (
            (score_a + score_b, info_a + info_b, 0.5),
            (score_a, info_a, 0.25),
            (score_b, info_b, 0.25),
        ):
            gain = 0.5 * max(score, 0.0) ** 2 / info
            weight = np.exp(responses.IN_PHASE * (np.cos(angle) - 1))
            total += share * weight * np.exp(min(gain, 600.0))
    return float(np.log(total))


def of_phases(a, b, step, smooth):
    """Scores at any preferred phase for who knows both phases and noises, slow courses taken out.

    Phases made smooth between marks make the integral Stratonovich's, and half of the cosine Itô's.
    """
    apart = b - a
    apart = (apart[1:] + apart[:-1]) / 2 if smooth else apart[:-1]
    terms = np.vander(np.linspace(-1, 1, len(apart)), max(2, round(len(a) * step / 150) + 1))
    course = np.linalg.qr(terms)[0]
    both = np.stack((np.cos(apart), np.sin(apart)))
    level = both.sum(axis=1) * step / 2 if smooth else np.zeros(2)
    both = both - both @ course @ course.T
    spread = both @ both.T * step
    rates = [(phase[-1] - phase[0]) / (len(phase) * step) for phase in (a, b)]
    noises = [JITTER**2 * 2 * np.pi * rate for rate in rates]
    pulls = [both @ np.diff(a), -(both @ np.diff(b))]

    def scores_at(angle):
        way, turned = (
            np.array([-np.sin(angle), np.cos(angle)]),
            np.array([np.cos(angle), np.sin(angle)]),
        )
        info = way @ spread @ way
        score_a, score_b = (
            way @ p / n + turned @ level for p, n in zip(pulls, noises, strict=True)
        )
        return score_a, info / noises[0], score_b, info / noises[1]

    return scores_at


def true_marks(phase, hz):
    """When a phase first passes the middle of each rise and each fall."""
    turns = np.maximum.accumulate((phase + np.pi / 2) / (2 * np.pi)) + 1e-9 * np.arange(len(phase))
    halves = np.arange(np.ceil(turns[0]), np.floor(turns[-1]) + 0.1, 0.5)
    return np.interp(halves, turns, np.arange(len(phase)) / hz)


def looked_at(made, draws, seed):
    """Each column's figure for one pair, and the p-value by redrawing."""
    all_angles = np.arange(responses.ANGLES) * 2 * np.pi / responses.ANGLES
    phases = of_phases(made.phase_a_rad, made.phase_b_rad, 1 / made.hz, smooth=False)
    out = {
        "phases": log_mean_ratio(phases, [0.0]),
        "any phase": log_mean_ratio(phases, all_angles),
    }
    marks = {
        "two marks": [true_marks(phase, made.hz) for phase in (made.phase_a_rad, made.phase_b_rad)],
        "one read": [max(cycles.rises(wave, made.hz), key=len) for wave in (made.a, made.b)],
    }
    marks["one mark"] = [x[::2] for x in marks["two marks"]]
    for name, (a, b) in marks.items():
        t = np.arange(max(a[0], b[0]), min(a[-1], b[-1]), 0.1)
        turn = np.pi if name == "two marks" else 2 * np.pi
        even = [turn * np.interp(t, x, np.arange(len(x))) for x in (a, b)]
        out[name] = log_mean_ratio(of_phases(*even, 0.1, smooth=True), all_angles)
    rng = np.random.default_rng(seed)
    found = responses.together(
        [
            responses.answers(x, y, draws=draws, rng=rng, in_place=False)
            for x, y in coupling._shared_stretches(*([one] for one in marks["one read"]))
        ]
    )
    evidence = responses.evidence(found)
    out["own noise"] = float(evidence[0])
    out["p"] = float(1 + np.sum(evidence[1:] >= evidence[0])) / len(evidence)
    return out


def until(ends, count):
    """Count as far as asked, and no further than the time given."""
    for k in range(count):
        if k and time.monotonic() > ends:
            return
        yield k


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--strangers", type=int, default=1000, help="for the thresholds")
    parser.add_argument("--seconds", type=float, nargs="+", default=[300.0, 600.0])
    parser.add_argument("--rows", nargs="*", default=["mutual 0.02", "one-way 0.04"])
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--minutes", type=float, default=20.0, help="for all of it")
    asked = parser.parse_args()
    rows = [one for one in COUPLINGS if one[0] in asked.rows]
    part_s = 60 * asked.minutes / len(asked.seconds) / (1 + len(rows))
    print(
        f"{'rad/s':14s}seconds  pairs  "
        + "  ".join(f"{n:>11s}" for n in BY_STRANGERS + BY_REDRAWING)
    )
    for seconds in asked.seconds:
        strangers = []
        for k in until(time.monotonic() + part_s, asked.strangers):
            rng = np.random.default_rng([asked.seed, k, int(seconds)])
            strangers.append(looked_at(pair(0, 0, seconds, rng)[0], 0, k))
        limits = {n: np.quantile([one[n] for one in strangers], 0.95) for n in BY_STRANGERS}
        print(f"{'(strangers)':14s}{seconds:7.0f} {len(strangers):6d}", flush=True)
        for name, k_a, k_b in rows:
            found = []
            for k in until(time.monotonic() + part_s, asked.pairs):
                rng = np.random.default_rng([asked.seed, k, int(seconds)])
                found.append(looked_at(pair(k_a, k_b, seconds, rng)[0], 499, k))
            shares = [np.mean([one[n] > limits[n] for one in found]) for n in BY_STRANGERS]
            shares += [
                np.mean([one["p"] <= level for one in found]) for level in (0.05, coupling.CALLED)
            ]
            print(
                f"{name:14s}{seconds:7.0f} {len(found):6d}  "
                + "  ".join(f"{x:11.1%}" for x in shares),
                flush=True,
            )


if __name__ == "__main__":
    main()
