"""What others' packages get wrong, or are asked for and don't give: each is a small promise here.

The table of all of them, with the tests that stood already, is in docs/measurement.md.
"""

import re
from pathlib import Path

import numpy as np
import pytest

from relational_space.sensing import surrogates, synchrony
from relational_space.sensing.breath import BreathStream, breath

HERE = Path(__file__).parents[1]
WINDOWS = {"window_s": 5.0, "step_s": 1.0, "max_lag_s": 1.0}


def walks(n=600, seed=1):
    return np.random.default_rng(seed).standard_normal((2, n)).cumsum(axis=1)


def test_every_promise_in_the_document_names_a_test_that_is_there():
    text = (HERE.parent / "docs" / "measurement.md").read_text()
    part = text.split("## What others' users ask for")[1].split("\n## ")[0]
    named = set(re.findall(r"`(test_\w+)`", part))
    there = set()
    for folder in ("sensing", "study"):
        for file in (HERE / folder).glob("test_*.py"):
            there |= set(re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE))
    assert len(named) > 20
    assert named <= there


def test_a_window_that_was_mostly_not_read_is_unknown_and_spoils_no_other():
    a, b = walks()
    whole = synchrony.windowed_lagged_correlation(a, b, hz=10, **WINDOWS)
    a[200:240] = np.nan
    holed = synchrony.windowed_lagged_correlation(a, b, hz=10, **WINDOWS)
    begins = 10 + 10 * np.arange(len(whole))
    missing = np.array([np.isnan(a[k : k + 50]).mean() for k in begins])
    assert np.isnan(holed[missing > 0.5]).all()
    assert np.isfinite(holed[missing <= 0.5]).all()
    np.testing.assert_allclose(holed[missing == 0], whole[missing == 0], atol=1e-9)


def test_one_missing_sample_makes_nothing_unknown():
    a, b = walks()
    a[300] = np.nan
    assert np.isfinite(synchrony.windowed_lagged_correlation(a, b, hz=10, **WINDOWS)).all()
    assert np.isfinite(surrogates.circular_shifts(a, b, hz=10, **WINDOWS)).all()


def test_what_was_not_read_does_not_close_up_the_time_axis():
    a, _ = walks(seed=2)
    b = np.roll(a, 7)
    for signal in (a, b):
        signal[100:160] = np.nan
    r = synchrony.windowed_lagged_correlation(a, b, hz=10, **WINDOWS)
    late = r[25:]
    assert np.all(np.argmax(late, axis=1) == 10 + 7)


def test_the_surrogates_see_the_windows_that_were_observed_and_no_others():
    a, b = walks(seed=3)
    r = synchrony.windowed_lagged_correlation(a, b, hz=10, **WINDOWS)
    assert r.shape == ((600 - 2 * 10 - 50) // 10 + 1, 21)
    moved = surrogates.circular_shifts(a, np.roll(b, 123), hz=10, **WINDOWS)
    curve = surrogates.circular_shifts(a, b, hz=10, **WINDOWS)
    np.testing.assert_allclose(moved[123], np.mean(np.abs(np.arctanh(r))), atol=1e-9)
    np.testing.assert_allclose(np.roll(moved, -123), curve, atol=1e-9)


def test_seconds_are_seconds_at_a_rate_that_is_no_whole_number():
    hz = 59.94
    at = np.arange(round(60 * hz)) / hz
    a, b = np.sin(at**1.3), np.sin(np.maximum(at - 0.5, 0) ** 1.3)
    r = synchrony.windowed_lagged_correlation(a, b, hz=hz, window_s=8, step_s=2, max_lag_s=1)
    lag_s = (np.argmax(r.mean(axis=0)) - r.shape[1] // 2) / hz
    assert lag_s == pytest.approx(0.5, abs=1.5 / hz)
    slow = np.sin(2 * np.pi * at / 4)
    assert breath(at, slow).rate_per_min == pytest.approx(15, abs=0.1)


def test_chance_is_made_for_these_signals_and_kept_for_no_others():
    rng = np.random.default_rng(4)
    noise = rng.standard_normal((3, 600))
    smooth = np.stack([np.convolve(x, np.hanning(40), "same") for x in noise])
    asked = {"hz": 10.0, "shortest_s": 2.0, "longest_s": 10.0}
    first = surrogates.coherence_by_chance(
        smooth[0], smooth[1], 9, np.random.default_rng(0), **asked
    )
    surrogates.coherence_by_chance(noise[0], noise[2], 9, np.random.default_rng(0), **asked)
    again = surrogates.coherence_by_chance(
        smooth[0], smooth[1], 9, np.random.default_rng(0), **asked
    )
    other = surrogates.coherence_by_chance(
        smooth[0], noise[1], 9, np.random.default_rng(0), **asked
    )
    assert np.array_equal(first, again)
    assert not np.allclose(first, other, atol=0.01)


def test_more_than_two_given_at_once_are_named_and_none_is_picked():
    three = np.ones((3, 600))
    for call in (
        lambda: synchrony.couple(three, three[0], hz=10),
        lambda: synchrony.couple(three.T, three[0], hz=10),
        lambda: synchrony.windowed_lagged_correlation(three, three, hz=10, **WINDOWS),
        lambda: surrogates.circular_shifts(three, three, hz=10, **WINDOWS),
    ):
        with pytest.raises(ValueError, match="pair by pair"):
            call()


def test_the_longer_of_two_signals_is_cut_to_the_shorter():
    at = np.arange(0, 240, 0.1)
    rng = np.random.default_rng(5)
    a, b = np.sin(2 * np.pi * at / 5 + 0.02 * rng.standard_normal((2, len(at))).cumsum(axis=1))
    cut = synchrony.couple(a[:1800], b[:1800], hz=10, sense="breath", draws=49)
    uneven = synchrony.couple(a, b[:1800], hz=10, sense="breath", draws=49)
    assert (cut.verdict, cut.lag_s, cut.chance.p_value) == (
        uneven.verdict, uneven.lag_s, uneven.chance.p_value,
    )  # fmt: skip


@pytest.mark.parametrize("sense", ["breath", "movement"])
def test_nothing_read_at_all_ends_in_could_not_tell(sense):
    nothing = np.full(3000, np.nan)
    assert synchrony.couple(nothing, nothing, hz=10, sense=sense).verdict == "could not tell"


def test_hours_of_breath_need_no_more_memory_than_minutes():
    at = np.arange(0, 3 * 3600, 0.1)
    wave = np.sin(2 * np.pi * at / 5)
    stream = BreathStream(1)
    stream.hear(at[:600], wave[:600])
    early = stream._held.nbytes
    stream.hear(at[600:], wave[600:])
    assert stream._held.nbytes == early
    whole = breath(at, wave)
    assert whole.coverage > 0.999
    assert whole.inhale_onsets_s[-1] > at[-1] - 10
    assert whole.rate_per_min == pytest.approx(12, abs=0.01)
