"""Real phones on real bodies, replayed through frames: the room finds what the command finds in the file."""

from itertools import islice

import numpy as np
import pytest

from relational_space.sensing.breath import breath
from tests.live.felt import ask, ends, felt
from tests.live.house import played
from tests.sensing import recordings

G = 9.80665


class Replayed:
    """A recording that begins a little after the practice does, with the stamps that it has."""

    def __init__(self, times, readings, begins):
        forward = np.concatenate(([True], np.diff(np.maximum.accumulate(times)) > 0))
        self.times = times[forward] - times[0] + begins
        self.readings = np.full((forward.sum(), 6), np.nan)
        self.readings[:, :3] = readings[forward]

    def __call__(self, since, now):
        here = (self.times >= since) & (self.times < now)
        return self.times[here], self.readings[here]


async def reflected(one, other):
    """What two are told whose phones felt these recordings."""
    async with felt() as (_, ada, ben, *phones):
        begins = ada.at() + 1.0
        for phone, (times, readings) in zip(phones, (one, other), strict=True):
            phone.readings = Replayed(times, readings, begins)
        await ends(ada, ben)
        await ask(ada, ben)
    return ada.reflections


def paced(*names):
    kept = {name: (times, G * readings) for name, times, readings in recordings.paced()}
    return [kept[name] for name in names]


@pytest.mark.parametrize(
    ("one", "other"), [("pos1_4s", "pos2_6s"), ("pos1_8s", "pos2_4s"), ("pos2_12s", "pos1_10s")]
)
def test_two_recordings_are_two_people_each_at_the_rate_that_the_command_says(one, other):
    both = paced(one, other)
    (told,) = played(reflected(*both))
    for whose, (times, readings) in zip(("you", "other"), both, strict=True):
        alone = breath(times, readings)
        assert told[whose]["rate_per_min"] == pytest.approx(alone.rate_per_min, rel=0.02)
    assert "both of you" not in told["sentence"]


def test_one_recording_on_both_phones_is_called_one_body():
    (same,) = paced("pos1_8s")
    (told,) = played(reflected(same, same))
    assert told["verdict"] == "could not tell"
    assert "Each phone may have felt both of you" in told["sentence"]
    assert told["alike"] == told["apart"] == []


def test_a_free_breath_on_both_phones_is_called_one_body_too():
    chest = next(each for each in recordings.chests() if each[1][-1] - each[1][0] > 80)
    _, times, readings = chest
    told = played(reflected((times, readings), (times, readings)))
    assert all("Each phone may have felt both of you" in each["sentence"] for each in told)
    assert told


def test_phones_on_two_chests_are_never_called_more_than_chance():
    long = [e for e in islice(recordings.chests(), 6) if e[1][-1] - e[1][0] > 80]
    for (_, *one), (_, *other) in zip(long[::2], long[1::2], strict=False):
        for told in played(reflected(one, other)):
            assert told["verdict"] != "more than chance"
