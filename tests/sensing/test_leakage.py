"""One heart in two phones: seen where it is, not where two hearts beat, and then nothing is claimed."""

import numpy as np
import pytest

from relational_space.sensing import synchrony
from relational_space.sensing.leakage import shared_heart
from relational_space.study import simulate
from relational_space.study.simulate import Body
from tests.sensing.recordings import chests


def heart(seed, seconds=100.0, hz=100.0, rate_s=0.9):
    """Give stamps and what a phone on a chest shakes: short bursts at every beat, and noise."""
    rng = np.random.default_rng(seed)
    at = np.arange(0, seconds, 1 / hz) + 0.001 * rng.random(int(seconds * hz))
    beats = np.cumsum(rate_s * (1 + 0.05 * rng.standard_normal(int(2 * seconds / rate_s))))
    since = at - np.concatenate(([-1.0], beats))[np.searchsorted(beats, at)]
    burst = np.exp(-since / 0.06) * np.sin(2 * np.pi * 11 * since)
    way = rng.normal(size=3)
    return at, burst[:, None] * way / np.linalg.norm(way) + 0.1 * rng.standard_normal((len(at), 3))


def test_two_hearts_are_two_and_one_felt_by_both_phones_is_one():
    # Five minutes: hearts as even as these can't all be told apart in two.
    for seed in range(4):
        at, a = heart(seed, seconds=300)
        when, b = heart(100 + seed, seconds=300, rate_s=1.0 + 0.02 * seed)
        alone, felt = shared_heart(at, a, when, b), shared_heart(at, a, when, b + a)
        assert not alone.suspected
        assert felt.suspected
        assert abs(felt.lag_s) < 0.05


def test_real_phones_of_strangers_hold_no_common_heart_until_one_is_added():
    people = [(t - t[0], a) for _, t, a in chests() if t[-1] - t[0] > 60]
    alone = felt = 0
    pairs = list(zip(people, people[1:] + people[:1], strict=True))
    for (at, a), (when, b) in pairs:
        added = np.stack([np.interp(when, at, x - x.mean()) for x in a.T], axis=1)
        alone += shared_heart(at, a, when, b).suspected
        felt += shared_heart(at, a, when, b + added).suspected
    assert alone == 0
    assert felt >= 0.8 * len(pairs)


def test_where_a_heart_cannot_be_seen_nothing_is_said_of_it():
    at, a = heart(1, seconds=20)
    assert shared_heart(at, a, at, a) is None
    at, a = heart(1, hz=25)
    assert shared_heart(at, a, at, a) is None
    at, a = heart(1)
    assert shared_heart(at, a, at + 500, a) is None


def test_a_stretch_that_was_not_read_has_no_beats():
    at, a = heart(2)
    a[3000:5000] = np.nan
    when, b = heart(3)
    gone = np.r_[0:4000, 6000 : len(when)]
    assert shared_heart(at, a, when[gone], b[gone]) is None or not (
        shared_heart(at, a, when[gone], b[gone]).suspected
    )


@pytest.mark.parametrize(("one_heart", "says"), [(False, "more than chance"), (True, "could not")])
def test_two_breaths_with_one_heart_are_never_called_more_than_chance(one_heart, says):
    made = simulate.breathing(
        Body(answers=0.2), Body(answers=0.2), seconds=300, rng=np.random.default_rng(4)
    )
    found = synchrony.couple(made.a, made.b, hz=made.hz, one_heart=one_heart, draws=99)
    assert found.verdict.startswith(says)
    assert (found.reason == "one body may be in both recordings") == one_heart
