"""The chances: against slow twins, and each keeping what it says it keeps."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relational_space.sensing import surrogates, synchrony
from tests.sensing import naive
from tests.sensing.test_synchrony import two


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


def test_no_shift_is_what_was_observed():
    a, b = two(9, 400)
    settings = {"hz": 10, "window_s": 5, "step_s": 1, "max_lag_s": 1}
    observed = synchrony.windowed_lagged_correlation(a, b, **settings)
    curve = surrogates.circular_shifts(a, b, **settings)
    np.testing.assert_allclose(curve[0], np.mean(np.abs(np.arctanh(observed))), atol=1e-9)
