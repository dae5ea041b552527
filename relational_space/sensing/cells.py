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
AHEAD = 128
"""Readings worked out at a time: few enough that they stay in a core's first cache."""
QUICK = 0.3
"""Share of what is new in the wave of this moment, taken twice: it lags by half a second, and a fifth of
a heartbeat is left in it."""


@inner(inline="always")
def _close_cell(one: Person) -> None:
    """Turn what the open cell gathered into a cell."""
    channels = one.channels
    area, square, quick, calm = one.area, one.square, one.quick, one.calm
    place = one.cell - one.oldest
    inside = 0.0
    for channel in range(channels):
        mean = area[channel] / CELL_S
        if channel < 3:
            if channels > 1:
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


@inner()
def _look_ahead(
    times: NDArray[float64],
    readings: NDArray[float64],
    index: int,
    end: int,
    width: int,
    work: NDArray[float64],
) -> bool:
    """Work out what lies under the way from each reading to the next, and say whether all are sound."""
    count = end - index - 1
    from_s, to_s = times[index : end - 1], times[index + 1 : end]
    span = work[0]
    odd = 0
    for place in range(count):
        apart = to_s[place] - from_s[place]
        odd += 0 if (apart > 0.0) & (apart <= LONGEST_BRIDGE_S) else 1
        span[place] = apart
    if width > 1:
        span = work[1]
        for column in range(width):
            for place in range(count):
                span[place * width + column] = work[0, place]
    before, after = (
        readings[index * width : (end - 1) * width],
        readings[(index + 1) * width : end * width],
    )
    area, square = work[2], work[3]
    for place in range(count * width):
        begin, stop = before[place], after[place]
        odd += 0 if abs(stop) <= LARGEST else 1
        area[place] = 0.5 * (begin + stop) * span[place]
    if width > 1:
        for place in range(count * width):
            begin, stop = before[place], after[place]
            square[place] = (begin * begin + begin * stop + stop * stop) * span[place]
    return odd == 0


@njit(cache=True, error_model="numpy")
def gather(
    people: Any,
    rows: NDArray[int64],
    starts: NDArray[int64],
    times: NDArray[float64],
    readings: NDArray[float64],
    heard: NDArray[int64],
    live: NDArray[float64],
    work: NDArray[float64],
) -> None:
    """Turn each row's readings into cells, until they end, a gap comes or there is no more room.

    Readings lie one after the other, as wide for everybody. `work` is room for what is worked out ahead.
    """
    width = len(readings) // max(len(times), 1)
    for place in range(len(rows)):
        one = people[rows[place]]
        channels = one.channels
        last, area, square = one.last, one.area, one.square
        index = starts[place] + heard[place]
        end = starts[place + 1]
        # What lies between `known` and `sound` is worked out and in order; before `looked` nothing more is.
        known = sound = looked = index
        if end - index < AHEAD:
            # Of the few readings of a beat it is quicker to take each by itself.
            looked = end
        if one.cell - one.oldest > ROOM - 64:
            _make_room(one)
        while index < end and one.onsets < ONSETS - 150:
            if one.cell - one.oldest >= ROOM or one.cell - one.drained > BACKLOG - 32:
                break
            now = times[index]
            at = index * width
            strange = 0
            if index >= sound:
                strange = 0 if np.isfinite(now) else 1
                for channel in range(channels):
                    strange += 0 if abs(readings[at + channel]) <= LARGEST else 1
            if strange > 0 or (one.begun == 1 and now <= one.latest_s):
                if np.isfinite(now):
                    one.furthest_s = max(one.furthest_s, now)
                index += 1
                continue
            if one.begun == 1 and one.ended == 0 and now - one.latest_s > LONGEST_BRIDGE_S:
                one.ended = 1
                break
            if one.begun == 0 or one.ended == 1:
                if one.gap_until > one.drained:
                    break
                _start(one, now, readings[at : at + channels])
                index += 1
                continue
            edge = one.first_s + (one.cell + 1) * CELL_S
            crosses = now >= edge
            # The path crosses into the next cell: this much of it belongs to the open one.
            until = edge if crosses else now
            apart = until - one.latest_s
            share = apart / (now - one.latest_s) if crosses else 1.0
            for channel in range(channels):
                begin, stop = last[channel], readings[at + channel]
                if crosses:
                    stop = begin + share * (stop - begin)
                area[channel] += 0.5 * (begin + stop) * apart
                if channels > 1:
                    square[channel] += (begin * begin + begin * stop + stop * stop) * apart
                last[channel] = stop
            one.latest_s = until
            if crosses:
                _close_cell(one)
                continue
            index += 1
            if index >= looked:
                known = index - 1
                looked = min(known + AHEAD, end)
                sound = (
                    looked if _look_ahead(times, readings, known, looked, width, work) else index
                )
            if index >= sound or times[index] >= edge:
                continue
            # All that lies in the open cell at once.
            at = (index - known - 1) * width
            if channels == 1:
                under = area[0]
                while index < sound and times[index] < edge:
                    under += work[2, at]
                    at += width
                    index += 1
                area[0] = under
            elif channels == 3:
                a0, a1, a2 = area[0], area[1], area[2]
                s0, s1, s2 = square[0], square[1], square[2]
                while index < sound and times[index] < edge:
                    a0 += work[2, at]
                    a1 += work[2, at + 1]
                    a2 += work[2, at + 2]
                    s0 += work[3, at]
                    s1 += work[3, at + 1]
                    s2 += work[3, at + 2]
                    at += width
                    index += 1
                area[0], area[1], area[2] = a0, a1, a2
                square[0], square[1], square[2] = s0, s1, s2
            else:
                while index < sound and times[index] < edge:
                    for channel in range(channels):
                        area[channel] += work[2, at + channel]
                        square[channel] += work[3, at + channel]
                    at += width
                    index += 1
            for channel in range(channels):
                last[channel] = readings[(index - 1) * width + channel]
            one.latest_s = times[index - 1]
        heard[place] = index - starts[place]
        shown = -one.level
        for channel in range(channels):
            shown += one.axis[channel] * one.calm[channel]
        live[place, 0] = shown if one.likeness > 0.0 else np.nan
        live[place, 1] = one.likeness
