"""The same signals through other people's packages: how long they take, and how often strangers pass.

    python -m bench.peers --pairs 50
    python -m bench.peers --speed

Installs nothing. A peer that isn't there is named with what to install, in an environment of its own
rather than in this one:

    python -m venv peers && peers/bin/pip install neurokit2 pycwt multisyncpy
    peers/bin/python -m bench.peers
"""

import argparse
import importlib
import time

import numpy as np

from relational_space.sensing import surrogates, synchrony
from relational_space.study import simulate
from relational_space.study.simulate import Body

HZ = 10.0
SECONDS = 300


def strangers(kind, rng):
    traits = {"steady": {}, "both settling": {"settles": 0.3, "jitter": 0.07}}[kind]
    first, second = 5 * np.exp(0.12 * rng.standard_normal(2))
    made = simulate.breathing(
        Body(period_s=first, **traits), Body(period_s=second, **traits), seconds=SECONDS, rng=rng
    )
    return made.a, made.b


def pearson(a, b, rng):
    """Pearson's p, each sample counted as independent."""
    from scipy import stats

    return stats.pearsonr(a, b).pvalue <= 0.05


def largest_lag(a, b, rng):
    """The largest lagged correlation against 1.96 / sqrt(N)."""
    n = len(a)
    x, y = (a - a.mean()) / a.std(), (b - b.mean()) / b.std()
    r = np.fft.irfft(np.conj(np.fft.rfft(x, 2 * n)) * np.fft.rfft(y, 2 * n)) / n
    return np.abs(np.concatenate((r[:51], r[-50:]))).max() > 1.96 / np.sqrt(n)


def rayleigh(a, b, rng):
    """Rayleigh's test of phase differences, each sample counted as independent."""
    found = synchrony.phase_locking(a, b, hz=HZ, band_hz=(0.1, 0.35))
    return np.exp(-len(a) * found.strength**2) <= 0.05


def segments(a, b, rng):
    """Windowed correlation against shuffled segments, as rMEA does."""
    settings = {"hz": HZ, "window_s": 20, "step_s": 5, "max_lag_s": 3}

    def strength(x, y):
        return np.nanmean(
            np.abs(np.arctanh(synchrony.windowed_lagged_correlation(x, y, **settings)))
        )

    chance = [strength(a, row) for row in surrogates.segment_shuffle(b, 200, 39, rng)]
    return surrogates.p_value(strength(a, b), chance) <= 0.05


def all_shifts(a, b, rng):
    """Windowed correlation against every circular shift, each counted as independent."""
    curve = surrogates.circular_shifts(a, b, hz=HZ, window_s=20, step_s=5, max_lag_s=3)
    return surrogates.p_value(curve[0], curve[1:]) <= 0.05


def independent_shifts(a, b, rng):
    """The same, only independent shifts counted."""
    curve = surrogates.circular_shifts(a, b, hz=HZ, window_s=20, step_s=5, max_lag_s=3)
    count = surrogates.independent_shifts(curve)
    return surrogates.p_value(curve[0], curve[1:], independent=count) <= 0.05


def randomised(a, b, rng):
    """Phase locking against phase-randomised copies."""
    observed = synchrony.phase_locking(a, b, hz=HZ).strength
    return (
        surrogates.p_value(observed, surrogates.randomised_locking(a, b, 199, rng, hz=HZ)) <= 0.05
    )


def ours(a, b, rng):
    """The verdict."""
    return synchrony.couple(a, b, hz=HZ, sense="breath").verdict == "more than chance"


def neurokit(a, b, rng):
    """neurokit2: phase locking against its IAAFT surrogates."""
    neurokit2 = importlib.import_module("neurokit2")
    observed = synchrony.phase_locking(a, b, hz=HZ).strength
    rows = [
        neurokit2.signal_surrogate(b, method="IAAFT", random_state=int(rng.integers(1 << 30)))
        for _ in range(19)
    ]
    chance = [synchrony.phase_locking(a, row, hz=HZ).strength for row in rows]
    return surrogates.p_value(observed, chance) <= 0.05


def cwt(a, b, rng):
    """pycwt: a third of 3 to 8 s above its level of an autoregression of order one."""
    pycwt = importlib.import_module("pycwt")
    coherence, _, _, frequency, level = pycwt.wct(
        a, b, 1 / HZ, dj=1 / 12, s0=2, J=40, sig=True, mc_count=20, progress=False, cache=False
    )
    rows = (frequency > 1 / 8) & (frequency < 1 / 3)
    return np.mean(coherence[rows] > np.asarray(level)[rows, None]) > 1 / 3


def quickest_s(run, times=5):
    """The least processor time of several runs: what others do on the machine only adds to it."""
    taken = []
    for _ in range(times):
        begun = time.process_time()
        run()
        taken.append(time.process_time() - begun)
    return min(taken)


def speed():
    """Print how long the same work takes here and there, in one run on one input."""
    rng = np.random.default_rng(0)
    made = simulate.breathing(Body(), Body(), seconds=600, rng=rng)
    asked = {"dt": 1 / HZ, "dj": 1 / 12, "s0": 2, "J": 40}

    def at_pycwt(surrogates_too):
        pycwt = importlib.import_module("pycwt")
        if not surrogates_too:
            return lambda: pycwt.wct(made.a, made.b, **asked, sig=False)
        return lambda: pycwt.wct_significance(
            0.9, 0.9, **asked, mc_count=3, progress=False, cache=False, wavelet=pycwt.Morlet(6)
        )

    def at_neurokit():
        neurokit2 = importlib.import_module("neurokit2")
        return lambda: neurokit2.signal_surrogate(made.b, method="IAAFT", random_state=1)

    rows = [
        (
            "wavelet coherence, 10 min at 10 Hz, 2 to 20 s; pycwt",
            lambda: synchrony.wavelet_coherence(made.a, made.b, hz=HZ),
            lambda: at_pycwt(False),
            1,
        ),
        (
            "three surrogates of it (pycwt: of 2 min); pycwt",
            lambda: surrogates.coherence_by_chance(made.a, made.b, 3, rng, hz=HZ),
            lambda: at_pycwt(True),
            1,
        ),
        (
            "an IAAFT surrogate, 10 min at 10 Hz; neurokit2",
            lambda: surrogates.iaaft(made.b, 10, rng),
            at_neurokit,
            10,
        ),
    ]
    print(f"{'least processor time of five, ms':56s}{'ours':>9s}{'theirs':>9s}{'ratio':>7s}")
    for name, ours_too, theirs, rounds in rows:
        mine = quickest_s(ours_too) / rounds
        try:
            other = quickest_s(theirs())
        except ImportError as missing:
            print(f"{name:56s}{mine * 1e3:9.1f}  not here: pip install {missing.name}")
            continue
        print(f"{name:56s}{mine * 1e3:9.1f}{other * 1e3:9.1f}{other / mine:7.1f}", flush=True)


CALLED_SO_BY = [
    ours, pearson, largest_lag, rayleigh, segments, all_shifts, independent_shifts, randomised,
    neurokit, cwt,
]  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=50)
    names = [called.__name__ for called in CALLED_SO_BY]
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    parser.add_argument("--speed", action="store_true", help="how long the same work takes instead")
    asked = parser.parse_args()
    if asked.speed:
        speed()
        return
    print(f"{'strangers called coupled, 300 s at 10 Hz':72s} steady  settling  a pair")
    for called in CALLED_SO_BY:
        if called.__name__ not in asked.only:
            continue
        shares = []
        begun = time.perf_counter()
        try:
            for kind in ("steady", "both settling"):
                hits = 0
                for pair in range(asked.pairs):
                    rng = np.random.default_rng([pair, len(kind)])
                    hits += bool(called(*strangers(kind, rng), rng))
                shares.append(hits / asked.pairs)
        except ImportError as missing:
            print(f"{called.__doc__:72s} not here: pip install {missing.name}")
            continue
        took = (time.perf_counter() - begun) / (2 * asked.pairs)
        print(
            f"{called.__doc__:72s} {shares[0]:6.0%} {shares[1]:9.0%} {took * 1e3:5.0f} ms",
            flush=True,
        )


if __name__ == "__main__":
    main()
