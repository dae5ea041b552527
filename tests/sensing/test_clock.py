"""Clocks: the true time lies within what is promised, and a clock that was set starts afresh."""

import numpy as np
import pytest

from relational_space.sensing.clock import clock, to_sitting, uncertainty_between


def exchanges(
    offset=12.5, drift=0.0, seconds=120, every=2.0, quick=0.02, slow=0.1, lean=0.5, seed=0
):
    """Questions over a network whose ways take `quick` and up to `slow` more."""
    rng = np.random.default_rng(seed)
    asked = np.arange(0, seconds, every)
    there = lean * quick + rng.exponential(0.3 * slow, len(asked)) * rng.random(len(asked))
    back = (1 - lean) * quick + rng.exponential(0.3 * slow, len(asked)) * rng.random(len(asked))
    answered = asked + there + offset + drift * asked
    return asked, answered, asked + there + back


@pytest.mark.parametrize("lean", [0.05, 0.5, 0.95])
@pytest.mark.parametrize("drift", [0.0, 4e-5, -4e-5])
def test_the_true_time_lies_within_what_is_promised(lean, drift):
    missed = 0
    for seed in range(40):
        found = clock(*exchanges(lean=lean, drift=drift, seed=seed))
        true = 12.5 + drift * found.at_s
        missed += abs(found.offset_s - true) > found.uncertainty_s
    assert missed <= 2


def test_stamps_of_the_past_become_sitting_time():
    found = clock(*exchanges(drift=4e-5, quick=0.004, slow=0.004))
    stamps = np.linspace(0, 120, 7)
    np.testing.assert_allclose(to_sitting(found, stamps), stamps * (1 + 4e-5) + 12.5, atol=0.006)


def test_a_clock_that_was_set_starts_afresh():
    before, after = exchanges(seconds=60), exchanges(offset=99.0, seconds=30, seed=1)
    joined = [np.concatenate([x, y + 60]) for x, y in zip(before, after, strict=True)]
    found = clock(*joined)
    assert found.exchanges == 15
    assert found.offset_s == pytest.approx(99.0, abs=found.uncertainty_s)


def test_one_exchange_is_enough_and_says_how_little_it_is():
    found = clock([1.0], [51.1], [1.2])
    assert found.offset_s == pytest.approx(50.0)
    assert found.uncertainty_s >= 0.1
    assert found.drift == 0


def test_two_clocks_are_as_uncertain_as_both():
    a, b = clock(*exchanges()), clock(*exchanges(seed=2))
    assert uncertainty_between(a, b) == pytest.approx(a.uncertainty_s + b.uncertainty_s)
    assert uncertainty_between(a, b, within_s=600) > uncertainty_between(a, b)


def test_what_cannot_be_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="before its question"):
        clock([1.0], [1.0], [0.5])
    with pytest.raises(ValueError, match="at least one"):
        clock([], [], [])
    with pytest.raises(ValueError, match="2 questions"):
        clock([1, 2], [1], [2])
