"""How often two who answer each other are found, beside what could be known at best. Prints a table.

    python -m bench.power --pairs 200 --seconds 120 300 600
    python -m bench.power --pairs 600 --seconds 600 --rows "mutual 0.02" --without-peers

Two oracles stand beside the verdict, both likelihood ratio tests that know the simulator's equations.
"phases" sees the true phases at every step and knows both bodies' noise; it has to estimate each one's
course and who answers. "marks" sees the marks alone, one a breath, read from the waves, which is all
that the verdict sees; it knows noise, course, and exactly how strongly each one answers, and so is the
best that could be made of these marks against just this coupling. Both get their threshold from
strangers of the same simulator, at 5 %; peers too, where it is stricter than their own. The 5 % of sixty
strangers may be anything from 1 to 13 %, so the oracles' thresholds come from many more (`--strangers`).
The ratio to `phases` is printed with a 95 % interval, from resampling both pairs and strangers. Ours is
the verdict itself, doubts and all.
"""

import argparse

import numpy as np

from relational_space.sensing import cycles, kernels, surrogates, synchrony
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
    """Two bodies near five seconds, every second pair settling as they sit; and the bodies."""
    settles = SETTLES if rng.random() < 0.5 else 0.0
    first, second = 5 * np.exp(0.1 * rng.standard_normal(2))
    a = Body(period_s=first, settles=settles, answers=k_a)
    b = Body(period_s=second, settles=settles, answers=k_b)
    return simulate.breathing(a, b, seconds=seconds, rng=rng), a, b


def of_marks(marks, bodies, k_a, k_b):
    """Log likelihood ratio of just these couplings against none, from one mark a breath."""
    rows, courses = [], []
    for at, body in zip(marks, bodies, strict=True):
        middles = (at[:-1] + at[1:]) / 2
        rows.append(at[None])
        courses.append(
            (body.period_s * (1 - body.settles * np.exp(-middles / body.settles_over_s)))[None]
        )
    end = min(marks[0][-1], marks[1][-1])
    sums = kernels.answers(rows[0], courses[0], rows[1], courses[1], end)[0]
    seconds, c, _, cc, _, _, sa, _, sb = sums
    out = 0.0
    for k, body, pull in ((k_a, bodies[0], sa), (k_b, bodies[1], -sb)):
        noise = body.jitter**2 * (2 * np.pi) ** 2 / body.period_s
        out += k * (pull / noise + c / 2) - k * k * (seconds - cc) / noise / 2
    return out


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


def ours(made, rng):
    """The verdict, and what the oracles need."""
    found = synchrony.couple(
        made.a, made.b, hz=made.hz, sense="breath", seed=int(rng.integers(1 << 30))
    )
    return {"ours": found} | for_oracles(made)


def for_oracles(made):
    marks = [max(cycles.rises(x, made.hz), key=len) for x in (made.a, made.b)]
    return {"phases": oracle(made), "marks": marks}


def peers(made, marks, rng):
    """Each peer's own p-value."""
    a, b = made.a, made.b
    turning = synchrony.analytic(np.stack((a, b)), made.hz, (0.1, 0.35))
    shifts = surrogates.shifted_locking(*turning)
    windowed = surrogates.circular_shifts(a, b, hz=made.hz, window_s=20, step_s=2, max_lag_s=2)

    def locking(one, other):
        at = one[(one > other[0]) & (one < other[-1])]
        return abs(np.mean(np.exp(2j * np.pi * np.interp(at, other, np.arange(len(other))))))

    shuffled = [
        locking(x, y)
        for x, y in zip(*(surrogates.cycle_shuffle(m, 199, rng) for m in marks), strict=True)
    ]
    return {
        "all shifts, locking": surrogates.p_value(
            shifts[0], shifts[1:], independent=surrogates.independent_shifts(shifts)
        ),
        "all shifts, windows": surrogates.p_value(
            windowed[0], windowed[1:], independent=surrogates.independent_shifts(windowed)
        ),
        "cycle shuffle, locking": surrogates.p_value(locking(*marks), shuffled),
    }


def ratio_interval(said, phases, strangers, draws=1000):
    """95 % of the ratio of what we find to what the oracle of phases finds, pairs and strangers redrawn."""
    rng = np.random.default_rng(0)
    said, phases, strangers = (np.asarray(x, dtype=float) for x in (said, phases, strangers))
    ratios = []
    for _ in range(draws):
        limit = np.quantile(rng.choice(strangers, len(strangers)), 0.95)
        who = rng.integers(0, len(said), len(said))
        ratios.append(said[who].mean() / max(np.mean(phases[who] > limit), 1e-9))
    return np.quantile(ratios, [0.025, 0.975])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--strangers", type=int, default=1000, help="for the oracles' thresholds")
    parser.add_argument("--seconds", type=float, nargs="+", default=[300.0, 600.0])
    parser.add_argument("--rows", nargs="*", default=None)
    parser.add_argument("--without-peers", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    names = ["all shifts, locking", "all shifts, windows", "cycle shuffle, locking"]
    if asked.without_peers:
        names = []
    print(
        "coupling (rad/s)  seconds  pairs   ours  phases  ratio (95 %)         marks  ratio"
        "  leader right   " + "   ".join(names)
    )
    rows = [one for one in COUPLINGS if asked.rows is None or one[0] in asked.rows]
    if names or asked.rows is None or "strangers" in asked.rows:
        rows.insert(0, ("strangers", 0.0, 0.0))
    for seconds in asked.seconds:
        strangers, limits = [], {}
        for k in range(asked.strangers):
            made, *both = pair(
                0, 0, seconds, np.random.default_rng([asked.seed, 1, k, int(seconds)])
            )
            strangers.append(for_oracles(made) | {"bodies": both})
        chance = [one["phases"] for one in strangers]
        for name, k_a, k_b in rows:
            found = []
            for k in range(asked.pairs):
                rng = np.random.default_rng([asked.seed, k, int(seconds)])
                made, *both = pair(k_a, k_b, seconds, rng)
                one = ours(made, rng) | {"bodies": both}
                found.append(one | (peers(made, one["marks"], rng) if names else {}))
            if name == "strangers":
                limits = {n: np.quantile([one[n] for one in found], 0.05) for n in names}

            def ratios(of, k_a=k_a, k_b=k_b):
                return [of_marks(one["marks"], one["bodies"], k_a, k_b) for one in of]

            said = [one["ours"].verdict == "more than chance" for one in found]
            reached = [one["phases"] for one in found]
            phases = np.mean(np.array(reached) > np.quantile(chance, 0.95))
            low, high = ratio_interval(said, reached, chance)
            marks = 0.05
            if name != "strangers":
                marks = np.mean(np.array(ratios(found)) > np.quantile(ratios(strangers), 0.95))
            named = [one["ours"].leader for one in found if one["ours"].leader]
            right = f"{named.count('b')} of {len(named)}" if k_b != k_a else f"- ({len(named)})"
            others = "".join(
                f"{np.mean([one[n] <= min(0.05, limits[n]) for one in found]):>22.0%}"
                for n in names
            )
            print(
                f"{name:17s}{seconds:7.0f} {len(found):6d} {np.mean(said):7.1%} {phases:6.1%} "
                f"{np.mean(said) / max(phases, 1e-9):6.2f} ({low:.2f} to {high:.2f}) {marks:7.1%} "
                f"{np.mean(said) / max(marks, 1e-9):6.2f}  {right:>12s} {others}",
                flush=True,
            )


if __name__ == "__main__":
    main()
