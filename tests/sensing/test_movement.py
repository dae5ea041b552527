"""Movement: right in time and size, the same in pieces, and silent where nothing was seen."""

import numpy as np
import pytest

from relational_space.sensing import movement as m
from tests.sensing import naive
from tests.sensing.stage import check_stage, run, same


def dance(seconds=60.0, hz=30.0, seed=1, shift_s=0.0):
    """One point on a plane, moving as people do, below 2 Hz."""
    rng = np.random.default_rng(seed)
    times = np.arange(0, seconds, 1 / hz)
    parts = [(rng.uniform(0.1, 1.5), rng.uniform(0, 6), rng.normal(size=2)) for _ in range(12)]
    at = sum(
        way * np.sin(2 * np.pi * f * (times - shift_s) + phase)[:, None] / (1 + f)
        for f, phase, way in parts
    )
    return times, at


def cells(piece):
    first = piece.first_cell + np.arange(len(piece.velocity))
    return piece._asdict() | {"first_cell": first}


def stream(columns, phone=False):
    def open_stream():
        opened = m.MovementStream(columns, phone=phone)

        def hear(times, readings):
            return [cells(piece) for piece in opened.hear(times, readings)]

        hear.memory = opened

        def finish():
            return [cells(piece) for piece in opened.finish() or [m.Settled(0, *np.empty((3, 0)))]]

        return hear, finish

    return open_stream


def test_pieces_of_any_size_give_the_same_movement_bit_for_bit():
    times, at = dance()
    check_stage(stream(2), times, at, memory_of=lambda hear: hear.memory)
    check_stage(stream(3, phone=True), times, np.column_stack([at, at[:, 0] + 9.81]))


@pytest.mark.parametrize("columns", [2, 3])
def test_a_stamp_that_does_not_move_forward_is_passed_over(columns):
    times, at = dance(seconds=40)
    at = np.column_stack([at, at[:, 0] + 9.81])[:, :columns]
    read = (lambda t, r: m.movement(t, {"hand": r})) if columns == 2 else m.movement_of_phone
    plain = read(times, at)
    places = np.sort(np.r_[np.arange(len(times)), [200, 200, 500, 900]])
    odd, rows = times[places].copy(), at[places].copy()
    again = np.flatnonzero(np.diff(places) == 0) + 1
    odd[again] = [times[200], times[190], np.nan, -np.inf]
    rows[again] = 1e6
    found = read(odd, rows)
    np.testing.assert_array_equal(found.velocity, plain.velocity)
    np.testing.assert_array_equal(found.trust, plain.trust)
    # In pieces that end between the two as well.
    other = stream(columns, phone=columns == 3)
    assert check_pieces(other, odd, rows)


def check_pieces(open_stream, times, readings):
    whole = run(open_stream, times, readings, [len(times)])
    return all(same(whole, run(open_stream, times, readings, [size])) for size in (1, 67, 201))


def test_the_velocity_is_the_slow_twins():
    times, at = dance(hz=25)
    straight = np.column_stack([at[:, 0], np.zeros(len(at))])
    found = m.movement(times, {"hand": straight})
    slow = naive.parabola_slope(straight[:, 0], 3, 25.0)
    inner = slice(10, len(found.velocity) - 10)
    # Some stamps of the grid fall a rounding beside a reading.
    np.testing.assert_allclose(found.velocity[inner], slow[inner], atol=1e-6)


@pytest.mark.parametrize("hz", [13.0, 25.0, 29.97, 60.0])
def test_smoothing_does_not_shift_time(hz):
    times, early = dance(hz=hz)
    _, late = dance(hz=hz, shift_s=0.2)
    a, b = m.movement(times, {"hand": early}), m.movement(times, {"hand": late})
    read = np.isfinite(a.velocity) & np.isfinite(b.velocity)
    shifts = np.arange(-20, 21)
    x, y = np.where(read, a.velocity, 0), np.where(read, b.velocity, 0)
    r = [np.sum(x[30:-30] * np.roll(y, -shift)[30:-30]) for shift in shifts]
    best = int(np.argmax(r))
    bend = r[best - 1] - 2 * r[best] + r[best + 1]
    lag = shifts[best] + 0.5 * (r[best - 1] - r[best + 1]) / bend
    assert lag / 25 == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize("scale", [1e-4, 1e4])
def test_the_unit_does_not_matter(scale):
    times, at = dance()
    plain, scaled = m.movement(times, {"hand": at}), m.movement(times, {"hand": at * scale})
    np.testing.assert_allclose(
        plain.velocity * scale, scaled.velocity, rtol=1e-6, atol=1e-9 * scale
    )
    assert np.array_equal(plain.still, scaled.still, equal_nan=True)


def test_a_turned_camera_changes_at_most_the_sign():
    times, at = dance()
    turn = np.array([[np.cos(1), -np.sin(1)], [np.sin(1), np.cos(1)]])
    plain, turned = m.movement(times, {"hand": at}), m.movement(times, {"hand": at @ turn})
    sign = np.sign(np.nansum(plain.velocity * turned.velocity))
    np.testing.assert_allclose(plain.velocity, sign * turned.velocity, atol=1e-3)


def test_what_was_not_seen_is_not_made_up():
    times, at = dance()
    at[600:750] = np.nan
    found = m.movement(times, {"hand": at})
    gap = [s for s in found.unread if s.end_s - s.start_s > 1]
    assert len(gap) == 1
    assert gap[0].start_s == pytest.approx(20, abs=0.2)
    assert gap[0].end_s == pytest.approx(25, abs=0.2)
    assert np.all(found.trust[np.isnan(found.velocity)] == 0)


def test_an_unsure_point_counts_less_and_a_lost_one_not_at_all():
    times, at = dance()
    half = m.movement(times, {"hand": at}, confidences={"hand": np.full(len(times), 0.5)})
    assert np.nanmax(half.trust) == pytest.approx(0.5)
    lost = m.movement(times, {"hand": at}, confidences={"hand": np.full(len(times), 0.1)})
    assert lost.coverage == 0


def test_rest_is_found_through_the_trackers_tremble():
    rng = np.random.default_rng(3)
    times, at = dance()
    resting = (times > 20) & (times < 30)
    at[resting] = at[np.flatnonzero(resting)[0]]
    at += 0.002 * rng.normal(size=at.shape)
    found = m.movement(times, {"hand": at})
    when = np.arange(len(found.still)) / 25
    assert np.nanmean(found.still[(when > 21) & (when < 29)]) > 0.9
    assert np.nanmean(found.still[(when < 19) | (when > 31)]) < 0.3


def test_a_phone_in_the_hand_gives_its_velocity():
    times = np.arange(0, 40, 0.01)
    speed = 0.3 * np.sin(2 * np.pi * 0.8 * times)
    push = np.gradient(speed, times)
    found = m.movement_of_phone(times, np.column_stack([0 * push, push + 2, 0 * push + 9.6]))
    when = found.start_s + np.arange(len(found.velocity)) / 25
    inner = (when > 4) & (when < 36)
    np.testing.assert_allclose(
        found.velocity[inner], 0.3 * np.sin(2 * np.pi * 0.8 * when)[inner], atol=0.02
    )


def test_wrong_shapes_are_refused_in_a_sentence():
    with pytest.raises(ValueError, match="at least one point"):
        m.movement([0, 1], {})
    with pytest.raises(ValueError, match="positions of 2 or 3"):
        m.movement([0, 1], {"hand": np.zeros((2, 4))})
    with pytest.raises(ValueError, match="three axes"):
        m.movement_of_phone([0, 1], np.zeros((2, 2)))
