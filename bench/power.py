"""How often two who answer each other are found, beside what could be known at best. Prints a table.

    python bench/power.py --pairs 200 --seconds 120 300 600

The oracle is a likelihood ratio test that sees the true phases at every step, knows the simulator's
equations and both bodies' noise, and has to estimate only each one's course and who answers. It is
given its threshold by strangers from the same simulator, at 5 %, and so are the other statistics. Ours
is the verdict itself.
"""

import argparse

import numpy as np

from relational_space.sensing import cycles, surrogates, synchrony
from relational_space.study import simulate
from relational_space.study.simulate import Body

SETTLES = 0.2

COUPLINGS = [
    ("mutual 0.02", 0.02, 0.02),
    ("mutual 0.04", 0.04, 0.04),
    ("mutual 0.08", 0.08, 0.08),
    ("mutual 0.2", 0.2, 0.2),
    ("one-way 0.04", 0.04, 0.0),
    ("one-way 0.1", 0.1, 0.0),
    ("one-way 0.2", 0.2, 0.0),
]


def pair(k_a, k_b, seconds, rng):
    """Two bodies near five seconds, every second pair settling as they sit."""
    settles = SETTLES if rng.random() < 0.5 else 0.0
    first, second = 5 * np.exp(0.1 * rng.standard_normal(2))
    return simulate.breathing(
        Body(period_s=first, settles=settles, answers=k_a),
        Body(period_s=second, settles=settles, answers=k_b),
        seconds=seconds,
        rng=rng,
    )


def oracle(made, jitter=0.1):
    """Log of the mean likelihood ratio, over both answering and either, from the true phases."""
    step = 1 / made.hz
    a, b = made.phase_a_rad, made.phase_b_rad
    pull = np.sin(b - a)[:-1]
    terms = np.vander(np.linspace(-1, 1, len(pull)), max(2, round(len(a) * step / 150) + 1))
    course = np.linalg.qr(terms)[0]
    pull = pull - course @ (course.T @ pull)
    score, info = [], []
    for phase, sign in ((a, 1), (b, -1)):
        rate = (phase[-1] - phase[0]) / (len(phase) * step)
        noise = jitter**2 * 2 * np.pi * rate
        score.append(sign * np.sum(pull * np.diff(phase)) / noise)
        info.append(np.sum(pull**2) * step / noise)
    tries = [(sum(score), sum(info), 0.5), (score[0], info[0], 0.25), (score[1], info[1], 0.25)]
    return np.log(sum(w * np.exp(min(600, max(s, 0) ** 2 / (2 * i))) for s, i, w in tries))


def statistics(made, rng):
    """Each statistic's own p-value, or for the oracle its figure."""
    a, b = made.a, made.b
    found = synchrony.couple(a, b, hz=made.hz, sense="breath", seed=int(rng.integers(1 << 30)))
    turning = synchrony.analytic(np.stack((a, b)), made.hz, (0.1, 0.35))
    shifts = surrogates.shifted_locking(*turning)
    windowed = surrogates.circular_shifts(a, b, hz=made.hz, window_s=20, step_s=2, max_lag_s=2)
    marks = [max(cycles.rises(x, made.hz), key=len) for x in (a, b)]

    def locking(one, other):
        at = one[(one > other[0]) & (one < other[-1])]
        return abs(np.mean(np.exp(2j * np.pi * np.interp(at, other, np.arange(len(other))))))

    shuffled = [
        locking(x, y)
        for x, y in zip(*(surrogates.cycle_shuffle(m, 199, rng) for m in marks), strict=True)
    ]
    return {
        "ours": found,
        "all shifts, locking": surrogates.p_value(
            shifts[0], shifts[1:], independent=surrogates.independent_shifts(shifts)
        ),
        "all shifts, windows": surrogates.p_value(
            windowed[0], windowed[1:], independent=surrogates.independent_shifts(windowed)
        ),
        "cycle shuffle, locking": surrogates.p_value(locking(*marks), shuffled),
        "oracle": oracle(made),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--seconds", type=float, nargs="+", default=[300.0, 600.0])
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    names = ["all shifts, locking", "all shifts, windows", "cycle shuffle, locking"]
    print("coupling (rad/s)  seconds  ours  oracle  ratio  leader right   " + "   ".join(names))
    for seconds in asked.seconds:
        best, limits = None, {}
        for name, k_a, k_b in [("strangers", 0.0, 0.0), *COUPLINGS]:
            found = []
            for k in range(asked.pairs):
                rng = np.random.default_rng([asked.seed, k, int(seconds)])
                found.append(statistics(pair(k_a, k_b, seconds, rng), rng))
            figures = np.array([one["oracle"] for one in found])
            if best is None:
                best = np.quantile(figures, 0.95)
                limits = {n: np.quantile([one[n] for one in found], 0.05) for n in names}
            ours = np.mean([one["ours"].verdict == "more than chance" for one in found])
            known = np.mean(figures > best)
            named = [one["ours"].leader for one in found if one["ours"].leader]
            right = f"{named.count('b')} of {len(named)}" if k_b != k_a else f"- ({len(named)})"
            others = "".join(
                f"{np.mean([one[n] <= min(0.05, limits[n]) for one in found]):>22.0%}"
                for n in names
            )
            print(
                f"{name:17s}{seconds:7.0f} {ours:6.0%} {known:6.0%} {ours / max(known, 1e-9):6.2f}"
                f"  {right:>12s} {others}",
                flush=True,
            )


if __name__ == "__main__":
    main()
