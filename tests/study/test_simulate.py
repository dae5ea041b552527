"""Made-up bodies: by seed, and with the traits that they are given."""

import numpy as np

from relational_space.study.simulate import Body, breathing, somebody

HZ = 10.0


def breathes(body, seconds=300, seed=1):
    rng = np.random.default_rng(seed)
    return breathing(body, Body(), seconds=seconds, rng=rng, hz=HZ, noise=0.0, wander=0.0)


def cycles(made):
    turns = made.phase_a_rad / (2 * np.pi)
    whole = np.arange(np.ceil(turns[0]), np.floor(turns[-1]))
    return np.diff(np.interp(whole, turns, np.arange(len(turns)) / HZ))


def test_one_seed_makes_one_pair():
    one, again, other = (breathes(Body(), seconds=30, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.a, again.a)
    assert not np.array_equal(one.a, other.a)


def test_whoever_breathes_in_quicker_rises_for_less_than_half_of_the_time():
    share = {
        quicker: np.mean(np.diff(breathes(Body(quicker_in=quicker, uneven=0.0)).a) > 0)
        for quicker in (-0.2, 0.0, 0.2)
    }
    assert share[0.2] < 0.45 < share[0.0] < 0.55 < share[-0.2]


def test_cycles_that_make_up_for_the_one_before_are_unlike_it():
    lengths = cycles(breathes(Body(likeness=-0.8)))
    assert np.corrcoef(lengths[1:], lengths[:-1])[0, 1] < -0.2


def test_no_two_bodies_drawn_are_alike_and_each_is_one_that_can_be():
    drawn = [somebody(np.random.default_rng(seed)) for seed in range(200)]
    assert len({body.jitter for body in drawn}) > 150
    assert all(2 < body.period_s < 9 and abs(body.likeness) < 1 for body in drawn)
    assert somebody(np.random.default_rng(0), 3.4).period_s == 3.4
