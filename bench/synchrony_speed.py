"""How long the measures of two take on this machine, first call and after. Prints a table.

    python -m bench.synchrony_speed

One thread each, processor time. Ratios are worth more than milliseconds: the machine is part of every
figure, and whatever else runs on it makes a figure larger, so the least of many is nearest to a quiet one.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import statistics  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

import numpy as np  # noqa: E402

IMPORT = "import time; t = time.perf_counter(); import relational_space.sensing.synchrony;"
IMPORT += "print(time.perf_counter() - t)"


def timed(name, goal_ms, work, times=15):
    begun = time.process_time()
    work()
    first = time.process_time() - begun
    took = []
    for _ in range(times):
        begun = time.process_time()
        work()
        took.append(time.process_time() - begun)
    middle, best = statistics.median(took) * 1e3, min(took) * 1e3
    print(f"{name:62s}{middle:9.2f}{best:9.2f}{first * 1e3:10.0f}{goal_ms:9.0f}", flush=True)


def naive_windows(a, b, hz, window_s, step_s, max_lag_s):
    """What a loop over windows and lags costs, with the correlation of NumPy."""
    window, step, reach = (round(x * hz) for x in (window_s, step_s, max_lag_s))
    for start in range(reach, len(a) - window - reach + 1, step):
        x = a[start : start + window]
        for lag in range(-reach, reach + 1):
            np.corrcoef(x, b[start + lag : start + lag + window])


def main():
    imported = [
        float(
            subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, check=True).stdout
        )
        for _ in range(5)
    ]
    print(f"import of synchrony, median of five processes: {statistics.median(imported):.2f} s")

    from relational_space.sensing import surrogates, synchrony
    from relational_space.study import simulate
    from relational_space.study.simulate import Body

    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 15_000)).cumsum(axis=1)
    settings = {"hz": 25.0, "window_s": 30.0, "step_s": 1.0, "max_lag_s": 5.0}
    print(f"{'work':62s}{'median ms':>9s}{'best':>9s}{'first':>10s}{'goal':>9s}")
    timed(
        "windowed lagged correlation, 10 min at 25 Hz",
        1,
        lambda: synchrony.windowed_lagged_correlation(a, b, **settings),
    )
    gappy = np.where(rng.random(15_000) < 0.02, np.nan, a)
    timed(
        "the same with gaps",
        1e3,
        lambda: synchrony.windowed_lagged_correlation(gappy, b, **settings),
    )
    timed(
        "all 15,000 circular shifts of it", 40, lambda: surrogates.circular_shifts(a, b, **settings)
    )
    turning = synchrony.analytic(np.stack((a, b)), 25.0, (0.05, 0.7))
    timed(
        "all circular shifts of phase locking",
        10,
        lambda: surrogates.shifted_locking(*turning),
    )
    timed(
        "1,000 phase-randomised locking surrogates",
        200,
        lambda: surrogates.randomised_locking(a, b, 1000, rng, hz=25.0),
    )
    slow_a, slow_b = a[:6000], b[:6000]
    timed(
        "wavelet coherence, 10 min at 10 Hz, 2 to 20 s",
        100,
        lambda: synchrony.wavelet_coherence(slow_a, slow_b, hz=10.0),
    )
    timed(
        "300 surrogates of it",
        2000,
        lambda: surrogates.coherence_by_chance(slow_a, slow_b, 300, rng, hz=10.0),
        times=2,
    )
    for seconds in (60, 600):
        pair = simulate.breathing(Body(), Body(), seconds=seconds, rng=rng)
        timed(
            f"the verdict on {seconds} s of breath, 499 redrawings",
            1000,
            lambda pair=pair: synchrony.couple(pair.a, pair.b, hz=10.0, sense="breath"),
            times=5,
        )
    move = simulate.moving(seconds=600, rng=rng)
    timed(
        "the verdict on 600 s of movement at 30 Hz",
        1000,
        lambda: synchrony.couple(*move, hz=30.0, sense="movement"),
        times=5,
    )
    begun = time.process_time()
    naive_windows(a[:3000], b[:3000], **settings)
    part = (time.process_time() - begun) / ((3000 - 1000) / (15_000 - 1000))
    print(f"a loop with NumPy's correlation, 10 min, from a part of it: {part * 1e3:.0f} ms")
    people = rng.standard_normal((2, 100, 15_000))
    ours, theirs = people
    timed(
        "all 10,000 pairings of 100 dyads",
        5000,
        lambda: surrogates.all_pairings(ours, theirs, **settings),
        times=1,
    )


if __name__ == "__main__":
    main()
