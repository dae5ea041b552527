"""What is compiled does what its Python says: the same answers with the compiler and without.

Whichever way this runs, the other way runs in a process of its own, and on another processor as far
as NumPy knows: the digits that agree are those that docs/measurement.md promises. With
NUMBA_DISABLE_JIT=1 a coverage run sees the lines of the compiled routines (CONTRIBUTING.md has the
command).
"""

import os
import subprocess
import sys

import numba
import numpy as np

from relational_space.sensing import surrogates, synchrony
from relational_space.sensing.breath import breath

ASK = "import sys; from tests.sensing.test_interpreted import answers, np; np.savez(sys.argv[1], **answers())"


OTHER_PROCESSOR = {
    "NPY_DISABLE_CPU_FEATURES": " ".join(np._core._multiarray_umath.__cpu_dispatch__),
    "OPENBLAS_CORETYPE": "Nehalem",
}
"""NumPy and its linear algebra as on a processor of 2008, whose sums come in another order; elsewhere it
changes nothing."""


def recordings():
    """Give short recordings that take most turns: gaps, a push, rest, posture, NaN, bad stamps."""
    rng = np.random.default_rng(1)
    at = np.arange(0, 110, 0.1) + 0.02 * rng.random(1100)
    wave = np.sin(2 * np.pi * at / 4.2) * (1 + 0.2 * np.sin(at / 9))
    lean = 0.02 * np.stack([wave, 0.4 * wave, 0 * wave], axis=1)
    body = np.array([0.1, 0.2, 0.97]) + lean + 0.001 * rng.standard_normal((1100, 3))
    body[500:520] += 0.5 * rng.standard_normal((20, 3))
    body[700:] += [0.1, -0.1, 0.0]
    body[300] = np.nan
    stamps = at.copy()
    stamps[200] = stamps[199]
    stamps[850:] += 3.0
    stamps[852:] += 3.0
    turning = np.gradient(lean, at, axis=0)
    belt = wave + 0.02 * rng.standard_normal(1100)
    belt[900:] = belt[899]
    # Longer than what is kept at hand, with nothing to be read for longer than is waited.
    still = np.arange(0, 150, 0.2)
    long = np.where(still < 70, np.sin(2 * np.pi * still / 4.2), 0.0)
    quick = np.arange(0, 9, 0.03)
    odd = np.sin(2 * np.pi * quick / 2)
    odd[[100, 101, 202]] = [1e31, np.inf, np.nan]
    thrown = np.array([0.1, 0.2, 0.97]) + lean[:300]
    thrown[150:170] *= 1 + 4 * rng.standard_normal((20, 1))
    return {
        "long": (still, long),
        "odd": (quick, odd),
        "thrown": (at[:300], thrown),
        "body": (stamps, body),
        "turning": (at[:300], np.hstack([body, turning])[:300]),
        "belt": (at[650:], belt[650:]),
        "noise": (at[:300], rng.standard_normal(300)),
        "faint": (at[:300], np.full((300, 3), 0.577) + 1e-5 * lean[:300]),
    }


def answers():
    """Give everything that compiled routines have a hand in."""
    out = {}
    for name, (at, readings) in recordings().items():
        # What is compiled adds infinities up without a word, and looks at the sum.
        with np.errstate(invalid="ignore", over="ignore"):
            found = breath(at, readings)
        for part in ("wave", "trust", "inhale_onsets_s", "exhale_onsets_s"):
            out[f"{name} {part}"] = getattr(found, part)
        out[f"{name} unread"] = np.array([(s.start_s, s.end_s) for s in found.unread])
    rng = np.random.default_rng(2)
    a, b = rng.standard_normal((2, 240)).cumsum(axis=1)
    a[60:110] = 0.0
    asked = {"hz": 4.0, "window_s": 10.0, "step_s": 2.5, "max_lag_s": 2.0}
    out["windows"] = synchrony.windowed_lagged_correlation(a, b, **asked)
    out["shifts"] = surrogates.circular_shifts(a, b, **asked)
    one, other = (np.sin(2 * np.pi * np.arange(0, 60, 0.1) / period) for period in (4.0, 4.6))
    out["chance"] = synchrony.couple(one, other, hz=10, sense="breath", draws=5).chance.draws
    return out


def test_the_answers_are_the_same_with_the_compiler_and_without(tmp_path):
    there = tmp_path / "there.npz"
    other_way = {"NUMBA_DISABLE_JIT": "0" if numba.config.DISABLE_JIT else "1"} | OTHER_PROCESSOR
    subprocess.run([sys.executable, "-c", ASK, str(there)], env=os.environ | other_way, check=True)
    here = answers()
    with np.load(there) as kept:
        assert set(kept.files) == set(here)
        for name in kept.files:
            # Trust is kept in single precision.
            near = 1e-5 if name.endswith("trust") else 1e-8
            np.testing.assert_allclose(kept[name], here[name], rtol=near, atol=near, err_msg=name)
    assert np.isfinite(here["body wave"]).mean() > 0.3
    assert np.isfinite(here["belt wave"]).mean() > 0.2
