"""Every fast routine beside a slow and obvious one; whoever adds one adds its twin."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relational_space import sensing
from relational_space.sensing import cycles, following, kernels, surrogates, synchrony
from tests.examples import dear
from tests.sensing import naive
from tests.sensing.test_surrogates import rhythm

HERE = Path(__file__).parent

TWINS = {
    "answers": "test_the_score_is_what_its_slow_twin_says",
    "correlate_in_place": "test_windowed_correlation_is_what_its_slow_twin_says",
    "displacement_strengths": "test_every_shift_is_what_its_slow_twin_says",
    "_block_products": "test_every_shift_is_what_its_slow_twin_says",
    "draw": "test_the_wave_is_where_a_plain_filter_puts_it",
    "gather": "test_cells_are_means_of_the_straight_line_path",
    "weigh": "test_smoothing_means_and_axis_are_those_of_slow_and_obvious_ones",
    "window_moments": "test_moments_of_windows_are_those_of_each_alone",
    "windowed_products": "test_windowed_correlation_is_what_its_slow_twin_says",
}
"""What is compiled and called from Python, and the test that lays it beside its twin."""


def test_nothing_is_compiled_without_a_twin():
    compiled = set()
    for path in Path(sensing.__path__[0]).glob("*.py"):
        compiled |= set(re.findall(r"^@njit\(.*\)\ndef (\w+)", path.read_text(), re.MULTILINE))
    there = set()
    for path in HERE.glob("test_*.py"):
        there |= set(re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE))
    assert compiled == set(TWINS)
    assert set(TWINS.values()) <= there


seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=dear(every_day=40, in_all=2000))


@given(
    seed=seeds, n=st.integers(12, 1500), length=st.integers(2, 12), far=st.sampled_from([0.0, 1e3])
)
def test_moments_of_windows_are_those_of_each_alone(seed, n, length, far):
    x = far + np.random.default_rng(seed).standard_normal(n)
    mean, scale = kernels.window_moments(x, length, 0.0)
    slow_mean, slow_scale = naive.window_moments(x, length)
    np.testing.assert_allclose(mean, slow_mean, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(scale, slow_scale, rtol=1e-5)


@some
@given(seed=seeds, n=st.integers(20, 101), low=st.floats(0.02, 0.2), wide=st.floats(0.2, 1.0))
def test_an_analytic_signal_is_its_sines_one_by_one(seed, n, low, wide):
    x = np.random.default_rng(seed).standard_normal(n)
    fast = synchrony.analytic(x, 3.0, (low, low + wide))
    np.testing.assert_allclose(fast, naive.analytic(x, 3.0, (low, low + wide)), atol=1e-9)


# The slow twin lays every wavelet over every sample.
@settings(max_examples=dear(every_day=12, in_all=400))
@given(
    seed=seeds,
    n=st.integers(150, 400),
    per_octave=st.integers(3, 8),
    hz=st.sampled_from([4.0, 5.5, 8.0]),
    shared=st.sampled_from([0.0, 1.0]),
)
def test_wavelet_coherence_is_what_every_wavelet_at_every_sample_gives(
    seed, n, per_octave, hz, shared
):
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((2, n))
    a, b = shared * rhythm(seed % 1000, n, hz) + noise
    fast = synchrony.wavelet_coherence(
        a, b, hz=hz, shortest_s=2.0, longest_s=9.0, per_octave=per_octave
    )
    plan = synchrony.Morlet(n, hz, 2.0, 9.0, per_octave)
    coherence, phase = naive.wavelet_coherence(a, b, hz, plan.scales_s, plan._boxcar)
    moments = np.round(fast.times_s * hz).astype(int)
    off = np.abs(fast.coherence - coherence[:, moments])
    # Moments are thinned to what a period can show, and the ends are cut where a moment stands: of 181 such
    # pairs the worst moment was 0.028 off, the worst median 0.0009, the worst end 0.08, the worst angle 0.08.
    inner = np.minimum(fast.times_s, n / hz - fast.times_s) > fast.edge_s[:, None]
    assert off[inner].max(initial=0.0) < 0.05
    assert np.median(off[inner]) < 0.002
    assert off.max() < 0.15
    # Where next to nothing goes together, its angle is nobody's.
    sure = inner & (coherence[:, moments] > 0.1)
    apart = np.angle(np.exp(1j * (fast.phase_rad - phase[:, moments])))
    assert np.abs(apart[sure]).max(initial=0.0) < 0.15


@some
@given(seed=seeds, n=st.integers(10, 300))
def test_independent_shifts_are_counted_as_one_by_one(seed, n):
    curve = np.convolve(np.random.default_rng(seed).standard_normal(n), np.ones(5), "same")
    assert surrogates.independent_shifts(curve) == pytest.approx(naive.independent_shifts(curve))


@some
@given(seed=seeds, n=st.integers(40, 160), gaps=st.sampled_from([0.0, 0.1]))
def test_two_movements_at_every_displacement_are_those_of_each_alone(seed, n, gaps):
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((2, n)).cumsum(axis=1)
    rows[rng.random((2, n)) < gaps] = np.nan
    hz = 4.0
    half = round(following.LOCAL_S * hz / 2)
    lively = [following._lively(x, hz) for x in rows]
    slow = [naive.lively(x, half) for x in rows]
    for (fast, read), (slowly, slow_read) in zip(lively, slow, strict=True):
        np.testing.assert_array_equal(read, slow_read)
        np.testing.assert_allclose(fast, slowly, atol=1e-8)
    r = naive.correlations_at_every_displacement(*slow[0], *slow[1])
    np.testing.assert_allclose(following._correlations(*lively[0], *lively[1]), r, atol=1e-8)
    if n > 60:
        reach = 4
        found = following.following(*rows, hz, reach / hz)
        near = r[np.arange(-reach, reach + 1)]
        assert found.strength == pytest.approx(near[np.argmax(np.abs(near))], abs=1e-8)
        table = following.strengths(rows[:1], rows[1:], hz, reach / hz)
        assert table[0, 0] == pytest.approx(found.strength, abs=1e-8)
        displacement = np.arange(n)
        far = np.minimum(displacement, n - displacement) > 2 * reach
        about = naive.largest_about(r, reach)
        np.testing.assert_allclose(found.chance, about[far][: len(found.chance)], atol=1e-8)


@some
@given(seed=seeds, n=st.integers(8, 120), width=st.integers(1, 30))
def test_a_wave_is_smoothed_as_value_by_value(seed, n, width):
    x = np.random.default_rng(seed).standard_normal(n)
    half = width // 2
    slow = naive.hann_around(x, half) / naive.hann_around(np.ones(n), half)
    np.testing.assert_allclose(cycles._smooth(x, width), slow, atol=1e-9)
