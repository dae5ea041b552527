"""The bank: everybody in one call, each as if alone, and nothing left of who has gone."""

import numpy as np
import pytest

from relational_space.sensing.bank import Bank
from relational_space.sensing.breath import breath
from relational_space.sensing.trace import from_bytes, trace
from tests.sensing.test_breath import equal, phone


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
