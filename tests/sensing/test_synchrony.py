"""The measures of two, against slow twins and against what must not change them."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relational_space.sensing import synchrony
from tests.sensing import naive


def two(seed, n, gaps=0.0):
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((2, n)).cumsum(axis=1) + rng.standard_normal((2, n))
    a[rng.random(n) < gaps] = np.nan
    b[rng.random(n) < gaps] = np.nan
    return a, b


@given(
    seed=st.integers(0, 2**32),
    n=st.integers(30, 90),
    window=st.integers(2, 20),
    step=st.integers(1, 12),
    lag=st.integers(0, 5),
    gaps=st.sampled_from([0.0, 0.1, 0.6]),
)
# A window of two samples that differ by a hundred thousandth.
@example(seed=1573519, n=30, window=2, step=1, lag=0, gaps=0.0)
def test_windowed_correlation_is_what_its_slow_twin_says(seed, n, window, step, lag, gaps):
    a, b = two(seed, n, gaps)
    fast = synchrony.windowed_lagged_correlation(
        a, b, hz=1, window_s=window, step_s=step, max_lag_s=lag
    )
    slow = naive.windowed_lagged_correlation(a, b, window, step, lag)
    np.testing.assert_allclose(fast, slow, atol=1e-8)
    fast = synchrony.windowed_lagged_correlation(
        a, b, hz=1, window_s=window, step_s=step, max_lag_s=lag, convention="split"
    )
    slow = naive.split_windowed_lagged_correlation(a, b, window, step, lag)
    np.testing.assert_allclose(fast, slow, atol=1e-8)


def test_a_copy_that_comes_later_peaks_at_a_positive_lag():
    a, _ = two(1, 4000)
    a = a - np.convolve(a, np.ones(50) / 50, "same")
    r = synchrony.windowed_lagged_correlation(
        a[30:3030], a[:3000], hz=59.94, window_s=10, step_s=1, max_lag_s=1
    )
    assert r.shape[1] == 2 * 60 + 1
    assert np.all(np.argmax(r, axis=1) - 60 == 30)


def test_scale_and_offset_change_no_correlation():
    a, b = two(2, 500)
    settings = {"hz": 10, "window_s": 5, "step_s": 1, "max_lag_s": 1}
    plain = synchrony.windowed_lagged_correlation(a, b, **settings)
    for scale in (1e-4, 1e4):
        moved = synchrony.windowed_lagged_correlation(
            scale * a + 1e3 * scale, -scale * b, **settings
        )
        np.testing.assert_allclose(moved, -plain, atol=1e-7)


def test_windows_may_be_shorter_than_a_second():
    a, b = two(3, 200)
    r = synchrony.windowed_lagged_correlation(a, b, hz=50, window_s=0.4, step_s=0.1, max_lag_s=0.1)
    np.testing.assert_allclose(r, naive.windowed_lagged_correlation(a, b, 20, 5, 5), atol=1e-8)


def test_a_flat_stretch_has_no_correlation_and_spoils_no_other():
    a, b = two(4, 300)
    a[100:160] = 7.0
    r = synchrony.windowed_lagged_correlation(a, b, hz=1, window_s=30, step_s=10, max_lag_s=2)
    slow = naive.windowed_lagged_correlation(a, b, 30, 10, 2)
    np.testing.assert_allclose(r, slow, atol=1e-8)
    assert np.isnan(r).any()
    assert np.isfinite(r).any()


def test_a_long_offset_recording_loses_no_digits():
    a, b = two(5, 20_000)
    settings = {"hz": 25, "window_s": 30, "step_s": 1, "max_lag_s": 1}
    near = synchrony.windowed_lagged_correlation(a, b, **settings)
    far = synchrony.windowed_lagged_correlation(a + 1e6, b - 1e6, **settings)
    np.testing.assert_allclose(near, far, atol=1e-6)


@pytest.mark.parametrize(
    ("a", "b", "says"),
    [
        (np.zeros(10), np.zeros(9), "10 and 9 samples"),
        (np.zeros((2, 10)), np.zeros((2, 10)), "pair by pair"),
        (np.array([1.0, np.inf]), np.zeros(2), "infinite"),
        (np.zeros(10), np.zeros(10), "too few"),
    ],
)
def test_what_cannot_be_correlated_is_refused_in_a_sentence(a, b, says):
    with pytest.raises(ValueError, match=says):
        synchrony.windowed_lagged_correlation(a, b, hz=1, window_s=9, step_s=1, max_lag_s=1)


def test_a_convention_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="'fixed' or 'split', not 'both'"):
        synchrony.windowed_lagged_correlation(
            np.ones(9), np.ones(9), hz=1, window_s=3, step_s=1, max_lag_s=1, convention="both"
        )
