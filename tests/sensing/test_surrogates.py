"""The chances: against slow twins, and each keeping what it says it keeps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relational_space.sensing import surrogates, synchrony
from tests.examples import dear
from tests.sensing import naive
from tests.sensing.test_synchrony import two


# The slow twin is slow.
@settings(max_examples=dear(every_day=100, in_all=10_000))
@given(
    seed=st.integers(0, 2**32),
    n=st.integers(24, 50),
    window=st.integers(8, 15),
    step=st.integers(1, 8),
    lag=st.integers(0, 4),
    gaps=st.sampled_from([0.0, 0.1]),
)
def test_every_shift_is_what_its_slow_twin_says(seed, n, window, step, lag, gaps):
    a, b = two(seed, n, gaps)
    fast = surrogates.circular_shifts(a, b, hz=1, window_s=window, step_s=step, max_lag_s=lag)
    slow = naive.circular_shifts(a, b, window, step, lag)
    np.testing.assert_allclose(fast, slow, atol=1e-6)


def test_shifts_are_right_where_the_tiles_meet():
    a, b = two(8, 1300)
    fast = surrogates.circular_shifts(a, b, hz=10, window_s=6, step_s=2, max_lag_s=1)
    for shift in (0, 1, 511, 512, 513, 1023, 1024, 1299):
        r = naive.windowed_lagged_correlation(a, np.roll(b, -shift), 60, 20, 10)
        np.testing.assert_allclose(fast[shift], np.mean(np.arctanh(np.abs(r))), atol=1e-9)


def test_everybody_with_everybody_is_what_each_pair_alone_gives():
    rng = np.random.default_rng(10)
    a, b = rng.standard_normal((2, 4, 700)).cumsum(axis=2)
    a[2, 100:130], b[1, 5] = np.nan, np.nan
    settings = {"hz": 9.5, "window_s": 5, "step_s": 1, "max_lag_s": 1}
    table = surrogates.all_pairings(a, b[:3], **settings)
    for i, one in enumerate(a):
        for j, other in enumerate(b[:3]):
            r = synchrony.windowed_lagged_correlation(one, other, **settings)
            assert table[i, j] == pytest.approx(np.nanmean(np.abs(np.arctanh(r))), abs=1e-9)
    with pytest.raises(ValueError, match="cut them to one time"):
        surrogates.all_pairings(a, b[:, :600], **settings)
    with pytest.raises(ValueError, match="a row a person"):
        surrogates.all_pairings(a[0], b, **settings)
    with pytest.raises(ValueError, match="too few"):
        surrogates.all_pairings(a[:, :60], b[:, :60], **settings)


def test_no_shift_is_what_was_observed():
    a, b = two(9, 400)
    settings = {"hz": 10, "window_s": 5, "step_s": 1, "max_lag_s": 1}
    observed = synchrony.windowed_lagged_correlation(a, b, **settings)
    curve = surrogates.circular_shifts(a, b, **settings)
    np.testing.assert_allclose(curve[0], np.mean(np.abs(np.arctanh(observed))), atol=1e-9)


def rhythm(seed, n=1200, hz=10):
    rng = np.random.default_rng(seed)
    phase = 2 * np.pi * np.arange(n) / hz / 5 + np.cumsum(rng.standard_normal(n)) * 0.05
    return np.sin(phase) + 0.1 * rng.standard_normal(n)


def test_shifted_locking_is_the_locking_of_every_shift():
    a, b = rhythm(1), rhythm(2)
    turning = synchrony.analytic(np.stack((a, b)), 10, (0.1, 0.4))
    curve = surrogates.shifted_locking(*turning)
    for shift in (0, 7, 600, 1199):
        found = synchrony.phase_locking(a, np.roll(b, -shift), hz=10, band_hz=(0.1, 0.4))
        assert curve[shift] == pytest.approx(found.strength, abs=1e-9)


def test_randomised_locking_is_that_of_whole_randomised_signals():
    a, b = rhythm(3), rhythm(4)
    quick = surrogates.randomised_locking(a, b, 400, np.random.default_rng(0), hz=10)
    rows = surrogates.phase_randomised(b, 400, np.random.default_rng(1))
    slow = [synchrony.phase_locking(a, row, hz=10).strength for row in rows]
    for q in (0.25, 0.5, 0.9):
        assert np.quantile(quick, q) == pytest.approx(np.quantile(slow, q), abs=0.05)


def test_a_p_value_counts_what_was_observed_and_is_never_zero():
    assert surrogates.p_value(5.0, np.zeros(99)) == 0.01
    assert surrogates.p_value(0.0, np.zeros(99)) == 1.0
    assert surrogates.p_value(5.0, np.zeros(10_000), independent=9.0) == pytest.approx(0.1)
    assert surrogates.p_value(np.nan, np.zeros(9)) == 1.0
    assert surrogates.p_value(1.0, []) == 1.0


def test_ten_minutes_of_breath_hold_few_independent_shifts():
    turning = synchrony.analytic(np.stack((rhythm(5, 6000), rhythm(6, 6000))), 10, (0.1, 0.4))
    assert 3 < surrogates.independent_shifts(surrogates.shifted_locking(*turning)) < 80


def test_each_surrogate_keeps_what_it_says():
    x = rhythm(7, 501)
    rng = np.random.default_rng(8)
    sizes = np.abs(np.fft.rfft(x))
    for row in surrogates.phase_randomised(x, 5, rng):
        np.testing.assert_allclose(np.abs(np.fft.rfft(row)), sizes, atol=1e-8)
    for row in surrogates.iaaft(x, 3, rng):
        np.testing.assert_array_equal(np.sort(row), np.sort(x))
        assert np.corrcoef(np.abs(np.fft.rfft(row)), sizes)[0, 1] > 0.98
    for row in surrogates.segment_shuffle(x, 50, 3, rng):
        np.testing.assert_array_equal(np.sort(row), np.sort(x))
    marks = np.cumsum(rng.normal(5, 0.5, 40))
    for row in surrogates.cycle_shuffle(marks, 3, rng):
        np.testing.assert_allclose(np.sort(np.diff(row)), np.sort(np.diff(marks)))
        assert (row[0], row[-1]) == (marks[0], pytest.approx(marks[-1]))


def test_two_of_one_pacer_meet_in_every_redrawing():
    rng = np.random.default_rng(9)
    pacer = 5.0 * np.arange(60)
    a, b = (pacer + 0.2 * rng.standard_normal(60) for _ in range(2))
    for row_a, row_b in zip(
        surrogates.cycle_residual_warps(a, 20, rng, in_place=True),
        surrogates.cycle_residual_warps(b, 20, rng, in_place=True),
        strict=True,
    ):
        assert np.abs(row_a - row_b).max() < 1.5


def test_pseudo_pairs_find_what_real_pairs_have_over_others():
    rng = np.random.default_rng(10)
    table = rng.standard_normal((20, 20))
    excess, p = surrogates.pseudo_pairs(table + 2 * np.eye(20), 999, rng)
    assert excess > 1
    assert p <= 0.002
    assert surrogates.pseudo_pairs(table, 999, rng)[1] > 0.01


def test_wavelet_coherence_sees_a_shared_rhythm_and_not_an_own_one():
    rng = np.random.default_rng(11)
    shared, own = rhythm(12), rng.standard_normal((2, 1200))
    found = synchrony.wavelet_coherence(shared + own[0], shared + own[1], hz=10)
    row = int(np.argmin(np.abs(found.periods_s - 5)))
    assert np.median(found.coherence[row]) > 0.8
    assert np.median(found.coherence[0]) < 0.6
    chance = surrogates.coherence_by_chance(shared + own[0], own[1], 20, rng, hz=10)
    assert chance.shape == (20, len(found.periods_s))
    assert found.coherence[row].mean() > chance[:, row].max()


def test_wavelets_thinned_in_time_are_the_wavelets_of_every_sample():
    x = rhythm(13, 600)
    plan = synchrony.Morlet(600, 10, 2.0, 20.0, 4)
    octaves = plan.transform(x)
    every = np.arange(600) / 10
    ratios = []
    for octave, row in ((0, 0), (0, 3), (1, 2)):
        quick = octaves[octave][row]
        k = 2 * (len(plan.times_s) // 4) >> octave
        scale = plan.scales_s[4 * octave + row]
        t = (every - plan.times_s[1] * 2**octave * k) / scale
        exact = np.sum((x - x.mean()) * np.exp(-6j * t - t**2 / 2)) / np.sqrt(scale)
        # Each octave's grid is half as fine, and an inverse transform divides by its length.
        ratios.append(quick[k] / exact / 2**octave)
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-3)


@pytest.mark.parametrize(
    "refused",
    [
        lambda rng: surrogates.cycle_shuffle([1.0, 0.5], 1, rng),
        lambda rng: surrogates.phase_randomised([1.0, np.nan, 2.0, 3.0], 1, rng),
        lambda rng: surrogates.segment_shuffle(np.arange(9.0), 9, 1, rng),
        lambda rng: surrogates.pseudo_pairs(np.ones((2, 3)), 1, rng),
        lambda rng: surrogates.shifted_locking(np.ones(3), np.ones(4)),
        lambda rng: synchrony.phase_locking([1.0, np.nan], [1.0, 2.0], hz=1),
        lambda rng: synchrony.response([1.0, 2.0], [1.0, 2.0]),
        lambda rng: synchrony.wavelet_coherence(np.ones(9), np.ones(9), hz=1),
        lambda rng: synchrony.wavelet_coherence(np.full(99, np.nan), np.ones(99), hz=9),
        lambda rng: synchrony.analytic(np.ones(9), 1.0, (0.01, 0.02)),
        lambda rng: surrogates.circular_shifts(
            np.ones(9), np.ones(9), hz=1, window_s=9, step_s=1, max_lag_s=1
        ),
        lambda rng: surrogates.circular_shifts(
            np.ones(9), np.ones(9), hz=1, window_s=3, step_s=0, max_lag_s=1
        ),
    ],
)
def test_what_has_no_surrogate_is_refused(refused):
    with pytest.raises(ValueError, match=r"\w{3,}.*\.$"):
        refused(np.random.default_rng(0))


def test_a_curve_that_never_changes_is_worth_one_draw():
    assert surrogates.independent_shifts(np.ones(50)) == 1.0
