"""What must change nothing: unit, direction, the order of axes, the rate of sampling, the hour, gaps, rest.

Each is asked of a belt, a phone on a body, a phone in a hand, and tracked points.
"""

from itertools import permutations

import numpy as np
import pytest

from relational_space.sensing.breath import breath
from relational_space.sensing.movement import movement, movement_of_phone
from tests.sensing.test_breath import phone

SECONDS = 100.0


def belt(hz):
    times, readings = phone(seconds=SECONDS, hz=hz, noise=0.0)
    return times, readings[:, :1] + 0.2


def body(hz):
    return phone(seconds=SECONDS, hz=hz, noise=0.0)


def swing(times):
    """Somebody's hand in three directions, below 2 Hz, and the same place at any rate of sampling."""
    parts = [(0.31, 0.4, 1.0), (0.55, 2.0, 0.7), (0.83, 4.1, 0.5), (1.21, 1.3, 0.3)]
    ways = np.array([[1.0, 0.2, 0.1], [0.8, -0.1, 0.3], [0.9, 0.3, 0.0], [1.0, 0.0, -0.2]])
    waves = [size * np.sin(2 * np.pi * f * times + phase) for f, phase, size in parts]
    return np.column_stack(waves) @ ways


def hand(hz):
    times = np.arange(0, SECONDS, 1 / hz)
    return times, swing(times) + np.array([0.0, 0.0, 9.81])


def points(hz):
    times = np.arange(0, SECONDS, 1 / hz)
    at = swing(times)
    return times, np.hstack([at, 0.5 * at + 1.0])


def read(kind, times, readings):
    """Give the signal, its trust, and when its first moment was."""
    if kind in ("belt", "body"):
        found = breath(times, readings)
        return found.wave, found.trust, found.start_s, found.hz
    if kind == "hand":
        found = movement_of_phone(times, readings)
    else:
        found = movement(times, {"hand": readings[:, :3], "wrist": readings[:, 3:]})
    return found.velocity, found.trust, found.start_s, found.hz


MADE = {"belt": belt, "body": body, "hand": hand, "points": points}


def same(one, other, near, *, either_way_up=True):
    """Say that two signals are equal to a share of their size, and read in the same moments."""
    both = np.isfinite(one[0]) & np.isfinite(other[0])
    assert both.mean() > 0.9
    # An edge may fall a moment to either side.
    assert np.mean(np.isfinite(one[0]) == np.isfinite(other[0])) > 0.98
    x, y = one[0][both], other[0][both]
    sign = np.sign(np.sum(x * y)) if either_way_up else 1.0
    np.testing.assert_allclose(sign * y, x, atol=near * np.abs(x).max())
    assert one[2] == pytest.approx(other[2], abs=1e-6)


@pytest.mark.parametrize("scale", [1e-4, 1e-2, 1e2, 1e4])
@pytest.mark.parametrize("kind", MADE)
def test_the_unit_changes_nothing(kind, scale):
    times, readings = MADE[kind](50)
    plain = read(kind, times, readings)
    signal, trust, *rest = read(kind, times, scale * readings)
    same(plain, (signal / scale, trust, *rest), 1e-5, either_way_up=False)
    np.testing.assert_allclose(trust, plain[1], atol=1e-4)


@pytest.mark.parametrize("kind", ["body", "hand", "points"])
def test_how_it_is_turned_changes_at_most_which_way_is_up(kind):
    rng = np.random.default_rng(4)
    times, readings = MADE[kind](50)
    plain = read(kind, times, readings)
    for _ in range(3):
        turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        turned = np.hstack([part @ turn for part in np.split(readings, readings.shape[1] // 3, 1)])
        same(plain, read(kind, times, turned), 1e-4)


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("kind", ["body", "hand", "points"])
def test_the_order_of_axes_changes_at_most_which_way_is_up(kind, order):
    times, readings = MADE[kind](50)
    other = np.hstack([part[:, order] for part in np.split(readings, readings.shape[1] // 3, 1)])
    same(read(kind, times, readings), read(kind, times, other), 1e-4)


def test_the_names_and_the_order_of_points_change_nothing():
    times, at = points(30)
    one = movement(times, {"hand": at[:, :3], "wrist": at[:, 3:]})
    other = movement(times, {"a": at[:, 3:], "z": at[:, :3]})
    np.testing.assert_allclose(other.velocity, one.velocity, atol=1e-9)


@pytest.mark.parametrize("hz", [20.0, 29.97, 59.94, 100.0, 199.3])
@pytest.mark.parametrize("kind", MADE)
def test_the_rate_of_sampling_changes_little(kind, hz):
    plain, other = (read(kind, *MADE[kind](rate)) for rate in (50.0, hz))
    n = min(len(plain[0]), len(other[0]))
    one, two = plain[0][:n], other[0][:n]
    both = np.isfinite(one) & np.isfinite(two)
    assert both.mean() > 0.9
    sign = np.sign(np.sum(one[both] * two[both]))
    off = np.abs(one - sign * two)[both] / np.abs(one[both]).max()
    # At 20 a second straight lines between readings take a little of what is quick.
    assert off.max() < (0.001 if kind in ("belt", "body") else 0.01)


@pytest.mark.parametrize("later", [-40.0, 0.013, 86400.0, 1.7e9])
@pytest.mark.parametrize("kind", MADE)
def test_the_hour_changes_nothing(kind, later):
    times, readings = MADE[kind](50)
    signal, trust, start_s, hz = read(kind, times + later, readings)
    same(read(kind, times, readings), (signal, trust, start_s - later, hz), 2e-3)


@pytest.mark.parametrize("kind", MADE)
def test_a_gap_leaves_what_is_before_and_behind_it_as_they_would_be_alone(kind):
    times, readings = MADE[kind](50)
    early, late = times < 40, times >= 60
    signal, _, start_s, hz = read(kind, times[early | late], readings[early | late])
    at = start_s + np.arange(len(signal)) / hz
    assert np.isnan(signal[(at > 40.2) & (at < 59.8)]).all()
    for part in (early, late):
        alone, _, begin_s, _ = read(kind, times[part], readings[part])
        place = round((begin_s - start_s) * hz)
        mine = signal[place : place + len(alone)]
        both = np.isfinite(mine) & np.isfinite(alone[: len(mine)])
        assert both.mean() > 0.85
        x, y = mine[both], alone[: len(mine)][both]
        off = np.abs(x - np.sign(np.sum(x * y)) * y) / np.abs(y).max()
        assert np.quantile(off, 0.95) < 0.02


@pytest.mark.parametrize("kind", MADE)
def test_a_flat_stretch_is_no_movement_and_no_breath_and_the_rest_stays_read(kind):
    times, readings = MADE[kind](50)
    flat = (times >= 45) & (times < 70)
    readings[flat] = readings[np.argmax(flat)]
    signal, trust, start_s, hz = read(kind, times, readings)
    at = start_s + np.arange(len(signal)) / hz
    inside = (at > 55) & (at < 64)
    if kind in ("belt", "body"):
        assert np.all(trust[inside] == 0)
    else:
        assert np.nanmax(np.abs(signal[inside])) < 1e-3 * np.nanmax(np.abs(signal))
    rest = (at < 40) | (at > 80)
    assert np.isfinite(signal[rest]).mean() > 0.9
