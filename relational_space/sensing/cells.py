"""From readings at any moments to even cells: the first touch, and the only one at the full rate.

It may join readings by straight lines over `LONGEST_BRIDGE_S` and no further, and must pass over what
is not a number that a sensor says or does not move forward in time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from relational_space.sensing.filters import CELL_S, LARGEST, LONGEST_BRIDGE_S
from relational_space.sensing.memory import (
    BACKLOG,
    BASE_HALF,
    KEPT,
    NEVER,
    ONSETS,
    ROOM,
    Person,
    inner,
)

if TYPE_CHECKING:
    from numpy import float64, int64
    from numpy.typing import NDArray

LEAN_S = 60.0
"""Angle from a gyroscope is forgotten over a minute, and its resting rate with it."""
QUICK = 0.3
"""Share of what is new in the wave of this moment, taken twice: it lags by half a second, and a fifth of
a heartbeat is left in it."""


@inner()
def _close_cell(one: Person) -> None:
    """Turn what the open cell gathered into a cell."""
    channels = one.channels
    area, square, quick, calm = one.area, one.square, one.quick, one.calm
    place = one.cell - one.oldest
    inside = 0.0
    for channel in range(channels):
        mean = area[channel] / CELL_S
        if channel < 3:
            inside += square[channel] / (3.0 * CELL_S) - mean * mean
        else:
            one.resting_rate[channel] += (mean - one.resting_rate[channel]) / min(
                1.0 + one.cell, LEAN_S / CELL_S
            )
            turned = (mean - one.resting_rate[channel]) * CELL_S
            one.lean[channel] = one.lean[channel] * (1.0 - CELL_S / LEAN_S) + turned
            mean = one.lean[channel] * one.gravity
        area[channel] = square[channel] = 0.0
        one.cells[place * channels + channel] = mean
        quick[channel] += QUICK * (mean - quick[channel])
        calm[channel] += QUICK * (quick[channel] - calm[channel])
        if one.cell == one.run:
            quick[channel] = calm[channel] = mean
            # Before the first cell it is taken to have been level, so that one smoothing serves all.
            for before in range(BASE_HALF):
                one.cells[before * channels + channel] = mean
    one.inside[place] = max(inside, 0.0)
    one.cell += 1


@inner()
def _make_room(one: Person) -> None:
    """Drop the cells that no stage will look at again."""
    channels = one.channels
    kept = KEPT * channels
    gone = (one.cell - one.oldest - KEPT) * channels
    for index in range(kept):
        one.cells[index] = one.cells[index + gone]
    for index in range(kept + channels):
        one.total[index] = one.total[index + gone]
    for index in range(KEPT):
        one.inside[index] = one.inside[index + one.cell - one.oldest - KEPT]
    one.oldest = one.cell - KEPT


@inner()
def _start(one: Person, now: float, reading: NDArray[float64]) -> None:
    """Begin a run of readings; its first cell is held level until its first reading."""
    if one.begun == 0:
        one.begun = 1
        one.first_s = now
    one.ended = 0
    one.cell = np.int64((now - one.first_s) / CELL_S)
    one.run = one.smoothed = one.weighed = one.out = one.ahead = one.cell
    one.oldest = one.run - BASE_HALF
    one.gap_from, one.gap_until = one.decided, one.cell
    one.decided = max(one.decided, one.cell)
    one.latest_s = now
    one.gravity = one.slow = one.late_shake = one.likeness = 0.0
    one.shaken = one.shaking = 0
    # What was heard before a gap is no part of what comes after it.
    one.segment = NEVER
    late = now - one.first_s - one.cell * CELL_S
    channels = one.channels
    for channel in range(channels):
        one.last[channel] = reading[channel]
        one.area[channel] = reading[channel] * late
        one.square[channel] = 3.0 * reading[channel] ** 2 * late
        one.total[BASE_HALF * channels + channel] = 0.0
        if channel < 3:
            one.gravity += reading[channel] ** 2
    one.gravity = np.sqrt(one.gravity)


@njit(cache=True)
def gather(
    people: Any,
    rows: NDArray[int64],
    starts: NDArray[int64],
    times: NDArray[float64],
    readings: NDArray[float64],
    heard: NDArray[int64],
    live: NDArray[float64],
) -> None:
    """Turn each row's readings into cells, until they end, a gap comes or there is no more room."""
    for place in range(len(rows)):
        one = people[rows[place]]
        channels = one.channels
        last, area, square = one.last, one.area, one.square
        index = starts[place] + heard[place]
        end = starts[place + 1]
        if one.cell - one.oldest > ROOM - 64:
            _make_room(one)
        while index < end and one.onsets < ONSETS - 150:
            if one.cell - one.oldest >= ROOM or one.cell - one.drained > BACKLOG - 32:
                break
            now = times[index]
            sound = np.isfinite(now)
            for channel in range(channels):
                sound = sound and abs(readings[index, channel]) <= LARGEST
            if not sound or (one.begun == 1 and now <= one.latest_s):
                index += 1
                continue
            if one.begun == 1 and one.ended == 0 and now - one.latest_s > LONGEST_BRIDGE_S:
                one.ended = 1
                break
            if one.begun == 0 or one.ended == 1:
                if one.gap_until > one.drained:
                    break
                _start(one, now, readings[index])
                index += 1
                continue
            edge = one.first_s + (one.cell + 1) * CELL_S
            if now >= edge:
                # The path crosses into the next cell: this much of it belongs to the open one.
                share = (edge - one.latest_s) / (now - one.latest_s)
                for channel in range(channels):
                    begin = last[channel]
                    stop = begin + share * (readings[index, channel] - begin)
                    area[channel] += 0.5 * (begin + stop) * (edge - one.latest_s)
                    square[channel] += (begin * begin + begin * stop + stop * stop) * (
                        edge - one.latest_s
                    )
                    last[channel] = stop
                one.latest_s = edge
                _close_cell(one)
                continue
            # The readings that lie in the open cell, without anything odd between them.
            stop_at = index + 1
            before = now
            while stop_at < end and times[stop_at] > before and times[stop_at] < edge:
                before = times[stop_at]
                stop_at += 1
            sound = False
            while not sound:
                strange = 0
                for channel in range(channels):
                    when, value, under = one.latest_s, last[channel], area[channel]
                    for at in range(index, stop_at):
                        after = readings[at, channel]
                        strange += 0 if abs(after) <= LARGEST else 1
                        under += 0.5 * (value + after) * (times[at] - when)
                        value, when = after, times[at]
                    one.fresh[channel] = under
                sound = strange == 0
                if not sound:
                    # One of them is none that a sensor says, but the first is: it goes alone.
                    stop_at = index + 1
                    before = times[index]
            if channels >= 3:
                for channel in range(3):
                    when, value, under = one.latest_s, last[channel], square[channel]
                    for at in range(index, stop_at):
                        after = readings[at, channel]
                        under += (value * value + value * after + after * after) * (
                            times[at] - when
                        )
                        value, when = after, times[at]
                    square[channel] = under
            for channel in range(channels):
                area[channel] = one.fresh[channel]
                last[channel] = readings[stop_at - 1, channel]
            one.latest_s = before
            index = stop_at
        heard[place] = index - starts[place]
        shown = -one.level
        for channel in range(channels):
            shown += one.axis[channel] * one.calm[channel]
        live[place, 0] = shown if one.likeness > 0.0 else np.nan
        live[place, 1] = one.likeness
