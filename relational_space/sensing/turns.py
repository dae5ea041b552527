"""The wave, where it turns, and how far each breath is to be trusted.

A block is drawn `LOOKAHEAD` cells after it, with the period and the axis that were known from both
sides of it: a Hann window of half a period, minus means over whole periods, along the axis. Both are
symmetric, so the wave is not delayed. Turning points swing by a quarter of the usual swing. An onset
is where a raised cosine through the swing (15 % and 50 %) begins, so that a pause belongs to the
breath before. Each breath, from onset to onset, is trusted by how well the signal repeats, and by how
far the breath fits the period and the usual swing. A run needs two breaths in a row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from relational_space.sensing.memory import (
    BACKLOG,
    BLOCK,
    COURSE,
    FAINT,
    HANN,
    LONGEST_HALF,
    LOOKAHEAD,
    MOVING,
    NEVER,
    NOT_BREATH,
    ONSETS,
    READ,
    SHORT,
    Person,
    inner,
)

if TYPE_CHECKING:
    from numpy import int64
    from numpy.typing import NDArray

MASK = BACKLOG - 1
STILL_FAINT = 0.0003
"""Share of gravity (0.02 degrees of tilt): below it phones' own noise looks like breath."""
SWING = 0.25
"""Share of the usual swing by which a turning point must stand out."""
STEP = 2.0
"""A mean that moves by this many usual swings within a period is a change of posture."""
LONGEST_WAIT = 520
"""Cells without a breath before the search starts afresh."""
FOOT = 0.75
"""An onset lies this many times the way from 15 % to 50 % of a swing before its 15 %: 0.43 would be
right for a straight rise, 1.03 for a raised cosine; bodies lie between."""
RAISED_COSINE = 1.03
ONE_PIECE = 1.25
"""A wave that travels more than this many times its swing has something else in it."""
TRUST_LEAST = 0.45
"""Below it a belt is not read; white and brown noise are then read in a twelfth of the time, pink noise in a
fifth (`python -m bench.breath noise`)."""
TRUST_LEAST_MOTION = 0.33
"""Three axes together are harder to fool, and lie on a body rather than round it."""


@inner()
def _plan(one: Person, end: int, trust: float, reason: int) -> None:
    """Note what is to be settled next, up to `end`; `_settle` does it."""
    plan = one.plan[one.plans]
    plan[0], plan[1], plan[2] = end, trust, reason
    one.plans += 1


@inner(inline="always")
def _settle(one: Person) -> None:
    """Settle what has been planned, never a cell that is settled already."""
    for place in range(one.plans):
        plan = one.plan[place]
        end = np.int64(plan[0])
        for cell in range(one.decided, end):
            one.trust[cell & MASK] = plan[1]
            one.reason[cell & MASK] = np.int8(plan[2])
        one.decided = max(one.decided, end)
    one.plans = 0


@inner()
def _unreadable(one: Person, size: float) -> int:
    """Name why a stretch that was still enough could not be read."""
    if size <= (STILL_FAINT if one.channels >= 3 else 1e-9) * one.gravity:
        return FAINT
    return NOT_BREATH


@inner()
def _give_up(one: Person, end: int, reason: int) -> None:
    """Leave everything up to `end` unread and look for breath afresh."""
    if one.pending != NEVER:
        _plan(one, np.int64(one.inhale), 0.0, SHORT)
        one.pending = NEVER
    _plan(one, end, 0.0, reason)
    one.cycles = 0
    one.inhale = -1.0


@inner()
def _onset_between(one: Person, turn: int, next_turn: int, way: int) -> float:
    """Find where the swing from one turning point to the next begins, in cells.

    An inhale has a foot, and the finer wave places it best where it swings in one piece. Where a
    heart beats through, and for an exhale, which begins as the inhale ends and has no corner of its
    own, the smooth wave does: its turns are a raised cosine's whatever the breath's.
    """
    wave, foot = one.fine, FOOT
    travelled = 0.0
    for cell in range(turn, next_turn):
        travelled += abs(wave[(cell + 1) & MASK] - wave[cell & MASK])
    if way < 0 or travelled > ONE_PIECE * abs(wave[next_turn & MASK] - wave[turn & MASK]):
        wave, foot = one.wave, RAISED_COSINE
    low = wave[turn & MASK]
    swing = wave[next_turn & MASK] - low
    if swing == 0.0:
        return float(turn)
    at = next_turn
    half_way = begun = float(next_turn)
    for share in (0.5, 0.15):
        while at > turn and (wave[at & MASK] - low) / swing > share:
            at -= 1
        here = (wave[at & MASK] - low) / swing
        after = (wave[(at + 1) & MASK] - low) / swing
        begun = at + (share - here) / max(after - here, 1e-12)
        if share == 0.5:
            half_way = begun
    onset = begun - foot * (half_way - begun)
    return min(max(onset, turn - 0.1 * (next_turn - turn)), float(next_turn))


@inner()
def _judge(one: Person, onset: float, period: float, size: float) -> None:
    """Settle the breath that ends with this inhale onset."""
    before = one.inhale
    one.inhale = onset
    if before < 0.0:
        return
    first, end = np.int64(before), np.int64(onset)
    interval = onset - before
    like, stepped = 0.0, 0
    for cell in range(first, end):
        quality = one.quality[cell & MASK]
        if quality < 0.0:
            stepped += 1
        else:
            like += quality
    if end - first > stepped:
        like /= end - first - stepped
    odd = np.log(interval / max(period, 1.0)) / 0.7
    swing = np.log(max(one.swung, 1e-300) / max(0.8 * size, 1e-300)) / 0.8
    trust = min(max(like, 0.0), 1.0) / np.sqrt((1.0 + odd * odd) * (1.0 + swing * swing))
    reason = READ
    if stepped > 0.2 * (end - first):
        reason = MOVING
    elif trust < (TRUST_LEAST if one.channels < 3 else TRUST_LEAST_MOTION):
        reason = _unreadable(one, size)
    elif one.channels >= 3 and size < STILL_FAINT * one.gravity:
        reason = FAINT
    if reason != READ:
        if one.pending != NEVER:
            _plan(one, first, 0.0, SHORT)
            one.pending = NEVER
        _plan(one, end, 0.0, reason)
        one.cycles = 0
        return
    one.cycles += 1
    one.good = interval
    if one.cycles == 1:
        # The part of a breath before the first onset is read with the breath that follows it.
        one.pending = max(one.decided, first - np.int64(0.75 * interval))
        _plan(one, one.pending, 0.0, SHORT)
    else:
        if one.pending != NEVER:
            _plan(one, first, one.last_trust, READ)
            one.pending = NEVER
        _plan(one, end, trust, READ)
    one.last_trust = trust


@inner()
def _known_at(one: Person, block: int, first: int, latest: int) -> int:
    """Give the slot of `course` that looks at a block from both sides alike.

    A slow breath is remembered longer, so what is known of it belongs to an earlier moment. And
    before two of its periods have been heard from `first` on, only a quicker one could be found.
    """
    course = one.course
    second = min(block + 12, latest)
    ahead: int = min(max(int(0.125 * course[second % COURSE, 0]), 12), 30)
    second = min(block + ahead, latest)
    while second < latest and course[second % COURSE, 0] == 0.0:
        second += 1
    later: int = min(first + int(0.2 * course[latest % COURSE, 0]) + 2, latest)
    if later > second and course[later % COURSE, 1] > course[second % COURSE, 1]:
        second = later
    return second % COURSE


@inner(inline="always")
def _draw(one: Person, begin: int, count: int, end: int, known: int) -> None:
    """Write the wave of a block, knowing its segment up to `end`."""
    channels = one.channels
    start = one.start
    cells, total = one.cells, one.total
    course = one.course[known]
    period = course[0] if course[0] > 0.0 else min(40.0, float(end - start))
    axis = course[3:]
    half: int = min(max(int(0.25 * period + 0.5), 6), LONGEST_HALF)
    narrow = max(half // 3, 3)
    along, smooth, near = one.along, one.smooth, one.near
    for place in range(count + 2 * half):
        # Beyond its edges a segment is taken to stay level.
        cell = min(max(begin - half + place, start), end - 1)
        value = 0.0
        for channel in range(channels):
            value += axis[channel] * cells[(cell - one.oldest) * channels + channel]
        along[place] = value
    here = along[half : half + count]
    for place in range(count):
        smooth[place] = HANN[half, half] * here[place]
        near[place] = HANN[narrow, narrow] * here[place]
    for tap in range(1, half + 1):
        weight = HANN[half, half + tap]
        before, after = along[half - tap : half - tap + count], along[half + tap :]
        for place in range(count):
            smooth[place] += weight * (before[place] + after[place])
    for tap in range(1, narrow + 1):
        weight = HANN[narrow, narrow + tap]
        before, after = along[half - tap : half - tap + count], along[half + tap :]
        for place in range(count):
            near[place] += weight * (before[place] + after[place])
    width: int = min(max(int(period + 0.5), 8), end - start)
    for cell in range(begin, begin + count):
        # At the edges the mean keeps its whole period and moves inwards: a shorter one would bend the wave.
        first = min(max(cell - width, start), end - width)
        middle = min(max(cell - width // 2, start), end - width)
        last = min(max(cell - width + 2 * (width // 2), start), end - width)
        drift = step = 0.0
        for channel in range(channels):
            place = (first - one.oldest) * channels + channel
            before = total[place + width * channels] - total[place]
            place = (middle - one.oldest) * channels + channel
            here = total[place + width * channels] - total[place]
            place = (last - one.oldest) * channels + channel
            after = total[place + width * channels] - total[place]
            drift += axis[channel] * (0.25 * before + 0.5 * here + 0.25 * after) / width
            if channels >= 3:
                step += ((after - before) / width) ** 2
        slot = cell & MASK
        one.wave[slot] = smooth[cell - begin] - drift
        one.fine[slot] = near[cell - begin] - drift
        stepped = channels >= 3 and step > (STEP * course[2]) ** 2
        one.quality[slot] = -1.0 if stepped else course[1]


@inner(inline="always")
def _follow(one: Person, cell: int, end: int, period: float, size: float) -> None:
    """Follow the wave to its next turning point that stands out, and settle what that ends."""
    value = one.wave[cell & MASK]
    needed = SWING * size
    if one.way == 0 and one.low_at == NEVER:
        one.low = one.high = value
        one.low_at = one.high_at = cell
    if one.way >= 0 and value > one.high:
        one.high, one.high_at = value, cell
    if one.way <= 0 and value < one.low:
        one.low, one.low_at = value, cell
    edge = one.start + 3
    # At the end of a segment the last turning point counts when the wave has left it a little.
    closing = cell + 1 == end
    turn, way = NEVER, 0
    if one.way >= 0 and one.high - value > needed and (one.way > 0 or one.high_at < cell):
        if one.way > 0 or one.high_at > edge:
            turn, way = one.high_at, -1
        one.way = -1
        one.low, one.low_at = value, cell
    elif one.way <= 0 and value - one.low > needed and (one.way < 0 or one.low_at < cell):
        if one.way < 0 or one.low_at > edge:
            turn, way = one.low_at, 1
        one.way = 1
        one.high, one.high_at = value, cell
    elif closing and one.way != 0:
        way = -one.way
        turn = one.high_at if way < 0 else one.low_at
        one.way = way
    if turn > one.turn:
        before = one.turn
        one.turn = turn
        if before != NEVER:
            onset = _onset_between(one, before, turn, -way)
            slot = one.onsets & (ONSETS - 1)
            one.onset_cell[slot] = onset
            one.onset_way[slot] = -way
            one.onsets += 1
            if way < 0:
                _judge(one, onset, period, size)
                one.swung = abs(one.wave[turn & MASK] - one.wave[before & MASK])
    if cell - max(one.inhale, float(max(one.decided, one.start))) > LONGEST_WAIT:
        _give_up(one, cell, _unreadable(one, size))
        one.way, one.turn, one.low_at = 0, NEVER, NEVER


@inner()
def _close(one: Person, end: int, period: float, size: float) -> None:
    """Settle all that is left of a segment before a cut."""
    if one.way != 0 and one.turn != NEVER:
        # The swing that was under way begins a breath, though nobody saw where it would end.
        left = abs(one.wave[(end - 1) & MASK] - one.wave[one.turn & MASK])
        if left > 0.5 * SWING * size and one.onsets < ONSETS:
            one.onset_cell[one.onsets] = float(one.turn)
            one.onset_way[one.onsets] = one.way
            one.onsets += 1
            if one.way > 0:
                _judge(one, float(one.turn), period, size)
    if one.cycles >= 2:
        tail = min(end, np.int64(one.inhale + 1.25 * one.good))
        _plan(one, tail, one.last_trust, READ)
        _plan(one, end, 0.0, SHORT)
    elif period == 0.0 or end - one.start < 3.0 * period or one.cycles == 1:
        _give_up(one, end, SHORT if size > 0.0 or end - one.start < 100 else FAINT)
    else:
        _give_up(one, end, _unreadable(one, size))


@njit(cache=True, error_model="numpy")
def draw(people: Any, rows: NDArray[int64]) -> None:
    """Draw every second whose surroundings have become known, and settle the breaths that it ends."""
    for place in range(len(rows)):
        one = people[rows[place]]
        while one.out < one.weighed:
            begin = one.out
            block = (begin - one.run) // BLOCK
            count = min(BLOCK, one.weighed - begin)
            why = one.why[block % COURSE]
            if why == READ:
                if one.start == NEVER:
                    one.start = begin
                    one.way, one.cycles = 0, 0
                    one.turn = one.pending = one.low_at = NEVER
                    one.swung = one.good = 0.0
                    one.inhale = -1.0
                one.ahead = max(one.ahead, begin)
                far = begin + LOOKAHEAD + BLOCK
                cut = False
                while one.ahead < far and one.ahead < one.weighed and not cut:
                    cut = one.why[(one.ahead - one.run) // BLOCK % COURSE] != READ
                    if not cut:
                        one.ahead = min(one.ahead + BLOCK, one.weighed)
                if not cut and one.ahead < far and not (one.ended == 1 and one.weighed == one.cell):
                    break
                end = one.ahead
                first, latest = (one.start - one.run) // BLOCK, (end - 1 - one.run) // BLOCK
                known = _known_at(one, block, first, latest)
                _draw(one, begin, count, end, known)
                period, size = one.course[known, 0], one.course[known, 2]
                for cell in range(begin, begin + count):
                    _follow(one, cell, end, period, size)
                    if cell + 1 == end:
                        _close(one, end, period, size)
                        one.start = NEVER
                    _settle(one)
            else:
                for cell in range(begin, begin + count):
                    one.wave[cell & MASK] = np.nan
                _plan(one, begin + count, 0.0, why)
                _settle(one)
            one.out = begin + count
