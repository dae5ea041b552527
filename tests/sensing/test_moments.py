"""Moments alike and apart: both found, both as rare by chance, and none where nothing is known."""

import numpy as np
import pytest

from relational_space.sensing.moments import RARE, moments

HZ = 10.0


def breathing(seconds, seed, period_s=4.0):
    """A breath that wanders as breath does."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(1.0, 0.3, int(seconds * HZ)) / (period_s * HZ)
    return np.sin(2 * np.pi * np.cumsum(steps) + rng.uniform(0, 6)) + 0.1 * rng.normal(
        size=int(seconds * HZ)
    )


def seconds(stretches):
    return sum(end - begin for begin, end in stretches)


def test_two_who_go_together_for_the_first_half_are_alike_then_and_not_later():
    one, other = breathing(600, 1), breathing(600, 2, 5.0)
    other[:3000] = np.roll(one, 5)[:3000]
    found = moments(one, other, hz=HZ)
    assert seconds(found.alike) > 200
    assert all(end < 320 for _, end in found.alike)
    assert all(begin > 270 for begin, _ in found.apart)
    assert seconds(found.apart) > 20


def test_strangers_are_as_often_alike_as_apart():
    found = [
        moments(breathing(600, seed), breathing(600, 100 + seed, 4.4), hz=HZ) for seed in range(12)
    ]
    alike, apart = (
        np.mean([seconds(x) for x in side])
        for side in zip(*((each.alike, each.apart) for each in found), strict=True)
    )
    # Short moments are left out, so it is less than `RARE` of the time, and the same of both.
    assert 0 < alike < 1.3 * RARE * 600
    assert 0 < apart < 1.3 * RARE * 600


def test_which_way_is_up_makes_no_difference():
    one, other = breathing(300, 1), breathing(300, 2)
    assert moments(one, other, hz=HZ) == moments(one, -other, hz=HZ)
    assert moments(one, other, hz=HZ) == moments(3 * one, 0.01 * other, hz=HZ)


def test_moments_lie_on_the_clock_they_were_given():
    one, other = breathing(300, 1), breathing(300, 2)
    early, late = (moments(one, other, hz=HZ, start_s=start) for start in (0.0, 1000.0))
    assert [b + 1000.0 for b, _ in early.alike] == pytest.approx([b for b, _ in late.alike])


def test_a_stretch_that_was_not_read_is_neither():
    one, other = breathing(600, 1), breathing(600, 2)
    other[2000:4000] = np.nan
    found = moments(one, other, hz=HZ)
    for begin, end in found.alike + found.apart:
        assert end < 215 or begin > 385


@pytest.mark.parametrize("what", ["short", "flat", "unread"])
def test_where_nothing_is_known_there_are_none(what):
    one, other = breathing(300, 1), breathing(300, 2)
    if what == "short":
        one, other = one[:600], other[:600]
    if what == "flat":
        other[:] = 1.0
    if what == "unread":
        other[200:] = np.nan
    found = moments(one, other, hz=HZ)
    assert found.alike == found.apart == ()
