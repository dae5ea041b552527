"""The bank: everybody in one call, each as if alone, and nothing left of who has gone."""

import numpy as np
import pytest

from relational_space.sensing.bank import Bank, MovementBank
from relational_space.sensing.breath import breath
from relational_space.sensing.movement import movement, movement_of_phone
from relational_space.sensing.trace import from_bytes, trace
from tests.sensing.test_breath import equal, phone
from tests.sensing.test_movement import dance


def beats(bank, people, seconds, beat_s=0.1):
    """Feed recordings beat by beat: row -> (times, readings)."""
    lives = []
    for beat in range(round(seconds / beat_s)):
        rows, starts, times, readings = [], [0], [], []
        for row, (when, what) in people.items():
            now = np.floor(when / beat_s + 1e-9) == beat
            rows.append(row)
            times.append(when[now])
            wide = np.zeros((now.sum(), 6))
            wide[:, : what.shape[1]] = what[now]
            readings.append(wide)
            starts.append(starts[-1] + now.sum())
        lives.append(
            bank.beat(np.array(rows), np.array(starts), np.concatenate(times), np.vstack(readings))
        )
    return np.array(lives)


def test_each_is_heard_as_if_alone():
    bank = Bank(rows=1)
    people = {
        bank.admit(3): phone(seconds=70, hz=50, period_s=4, seed=1),
        bank.admit(3): phone(seconds=70, hz=20, period_s=7, seed=2),
    }
    times, readings = phone(seconds=70, hz=25, seed=3)
    people[bank.admit(1)] = (times, readings[:, :1])
    beats(bank, people, 70)
    for row, (when, what) in people.items():
        assert equal(bank.release(row), breath(when, what))
    assert len(bank) == 0


def test_who_has_gone_leaves_nothing_for_the_next():
    bank = Bank(rows=1)
    times, readings = phone(seconds=40)
    row = bank.admit(3)
    beats(bank, {row: (times, readings)}, 40)
    bank.forget(row)
    again = bank.admit(3)
    assert again == row
    beats(bank, {again: (times, readings)}, 40)
    assert equal(bank.release(again), breath(times, readings))


def test_the_wave_of_this_moment_follows_the_breath():
    bank = Bank()
    times, readings = phone(seconds=60, noise=0.0005)
    live = beats(bank, {bank.admit(3): (times, readings)}, 60)[300:, 0, 0]
    when = 30 + 0.1 * np.arange(len(live))
    lags = [
        abs(np.corrcoef(live, np.sin(2 * np.pi * (when - lag) / 4))[0, 1]) for lag in (0.5, 1.5)
    ]
    assert lags[0] > 0.97
    assert lags[1] < 0.3


def test_a_long_silence_is_carried_over():
    bank = Bank(rows=1)
    row = bank.admit(3)
    times, readings = phone(seconds=60)
    times[1500:] += 4000
    wide = np.hstack([readings, np.zeros_like(readings)])
    bank.beat(np.array([row]), np.array([0, len(times)]), times, wide)
    assert equal(bank.release(row), breath(times, readings))


def test_a_wrong_shape_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="one more start"):
        Bank().beat(np.array([0]), np.array([0]), np.zeros(3), np.zeros((3, 6)))
    with pytest.raises(ValueError, match="1, 3 or 6"):
        Bank().admit(2)


def test_a_trace_comes_back_from_its_bytes():
    kept = trace(breath(*phone(seconds=60)))
    data = kept.to_bytes()
    again = from_bytes(data)
    assert np.array_equal(again.values, kept.values, equal_nan=True)
    assert np.array_equal(again.trust, kept.trust)
    assert len(data) == 32 + 3 * len(kept.values)
    for broken in (data[:-1], data[:20], b"x" * len(data)):
        with pytest.raises(ValueError, match="These bytes"):
            from_bytes(broken)


def points(count, *, seconds=60.0, hz=30.0, seed=1):
    """Some named points of one body, each with a tremble of its own; some not seen for a while."""
    rng = np.random.default_rng(seed)
    times, at = dance(seconds, hz, seed)
    tracked = {
        f"point {k}": at * rng.normal(size=2) + 0.01 * rng.normal(size=at.shape)
        for k in range(count)
    }
    tracked["point 0"][300:420] = np.nan
    tracked["point 1"][::7] = np.nan
    return times, tracked


def moved(bank, people, seconds, beat_s=0.1):
    """Feed recordings beat by beat: row -> (times, readings, confidence)."""
    widest = max(what.shape[1] for _, what, _ in people.values())
    for beat in range(round(seconds / beat_s)):
        rows, starts, parts = [], [0], []
        for row, (when, what, sure) in people.items():
            now = np.flatnonzero(np.floor(when / beat_s + 1e-9) == beat)
            wide = np.zeros((len(now), widest + 2))
            wide[:, 0], wide[:, 1] = when[now], sure[now]
            wide[:, 2 : 2 + what.shape[1]] = what[now]
            rows.append(row)
            parts.append(wide)
            starts.append(starts[-1] + len(now))
        joined = np.vstack(parts)
        order = np.array(rows), np.array(starts)
        bank.beat(*order, joined[:, 0], joined[:, 2:], joined[:, 1])


def same_movement(one, other):
    """Say whether two movements are equal bit for bit."""
    return (one.start_s, one.coverage, one.unread, one.unit) == (
        other.start_s, other.coverage, other.unread, other.unit,
    ) and all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)
        for name in ("velocity", "trust", "still")
    )  # fmt: skip


def test_phones_in_the_hand_and_tracked_points_are_heard_in_one_beat_as_if_alone():
    bank = MovementBank()
    times, tracked = points(7)
    later, others = points(7, hz=50.0, seed=2)
    held = [phone(seconds=60, hz=hz, period_s=3, seed=3) for hz in (100, 20)]
    sure = np.random.default_rng(0).uniform(0.2, 1.0, len(times))
    people = {
        bank.admit(14): (times, np.hstack(list(tracked.values())), sure),
        bank.admit(3, phone=True): (*held[0], np.ones(len(held[0][0]))),
        bank.admit(14): (later, np.hstack(list(others.values())), np.ones(len(later))),
        bank.admit(3, phone=True): (*held[1], np.ones(len(held[1][0]))),
    }
    moved(bank, people, 61)
    found = [bank.release(row) for row in people]
    batch = movement(times, tracked, confidences={name: np.ones(len(times)) for name in tracked})
    assert np.array_equal(found[0].velocity, batch.velocity, equal_nan=True)
    assert np.nanmean(found[0].trust) < 0.8 * np.nanmean(batch.trust)
    assert same_movement(found[1], movement_of_phone(*held[0]))
    assert same_movement(found[2], movement(later, others))
    assert same_movement(found[3], movement_of_phone(*held[1]))
    assert len(bank) == 0
    assert 60 * 25 == pytest.approx(len(trace(found[2]).values), abs=2)


def test_who_moved_and_has_gone_leaves_nothing_for_the_next():
    bank = MovementBank()
    row = bank.admit(14)
    times, tracked = points(7, seconds=20)
    person = times, np.hstack(list(tracked.values())), np.ones(len(times))
    moved(bank, {row: person}, 20)
    bank.forget(row)
    again = bank.admit(14)
    assert again == row
    moved(bank, {again: person}, 20)
    assert same_movement(bank.release(again), movement(times, tracked))


def test_what_movement_remembers_does_not_grow():
    bank = MovementBank()
    row = bank.admit(14)
    times, tracked = points(7, seconds=120)
    person = times, np.hstack(list(tracked.values())), np.ones(len(times))
    moved(bank, {row: person}, 5)
    early = bank.nbytes
    late = times >= 5
    moved(bank, {row: tuple(part[late] for part in person)}, 120)
    assert bank.nbytes == early
    assert same_movement(bank.release(row), movement(times, tracked))


def test_a_long_silence_between_movements_is_carried_over_and_not_filled():
    bank = MovementBank()
    row = bank.admit(3, phone=True)
    times, readings = phone(seconds=60)
    times[len(times) // 2 :] += 4000
    bank.beat(np.array([row]), np.array([0, len(times)]), times, readings)
    found = bank.release(row)
    assert same_movement(found, movement_of_phone(times, readings))
    (gap,) = [s for s in found.unread if s.end_s - s.start_s > 10]
    assert gap.end_s - gap.start_s == pytest.approx(4000, abs=5)


def test_a_beat_of_movement_that_does_not_fit_is_refused_in_a_sentence():
    bank = MovementBank()
    row = np.array([bank.admit(14)])
    with pytest.raises(ValueError, match="one more start"):
        bank.beat(row, np.array([0]), np.zeros(3), np.zeros((3, 14)))
    with pytest.raises(ValueError, match=r"needs \(3, 14\) readings"):
        bank.beat(row, np.array([0, 3]), np.zeros(3), np.zeros((3, 6)))
    with pytest.raises(ValueError, match="3 axes"):
        bank.admit(6, phone=True)


def test_nobody_has_moved_yet_is_an_answer():
    bank = MovementBank()
    found = bank.release(bank.admit(14))
    assert (len(found.velocity), found.coverage) == (0, 0.0)
