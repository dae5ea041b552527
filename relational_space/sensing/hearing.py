"""Hear one reading at a time: the compiled heart of breath, and all that it remembers.

One kernel keeps all it knows of a person in one record of `MEMORY`. A whole recording (breath.py),
a live stream and everybody in a process (bank.py) run this same kernel, so the size of the pieces
in which readings arrive cannot change a result. It must never read past the windows named here,
never fill a moment that it could not read, and never guess which way is up.

The way of a reading:

1. *Cells.* The straight-line path through the readings is averaged over each tenth of a second;
   what is left inside a cell (its variance) is kept as a sign of movement.
2. *Stillness.* What is faster than breath, against gravity, says whether the body moves. Moving
   stretches and gaps cut the recording into segments; nothing is filtered across a cut.
3. *Period.* For each half period h the differences x(t) - x(t-h), x(t-h) - x(t-2h) and
   x(t-2h) - x(t-3h) are compared. In a rhythm of that period the first two are opposite and the
   first and third are equal; in white noise their spreads stand as 6 to 4, and in drift the other
   way. `1 - 1.5 (broken / carried)` is therefore 1 for a rhythm, 0 for noise, below 0 for drift.
   All axes count alike, so turning the phone changes nothing; square roots keep a push from
   counting for more than it lasts.
4. *Axis.* The direction of half-period differences, large ones by direction only.
5. *Wave.* `LOOKAHEAD_S` later, with period and axis known from both sides: a Hann window of half
   a period, minus means over whole periods, along the axis. Both are symmetric, so the wave is
   not delayed.
6. *Onsets.* Turning points that swing by a quarter of the usual swing. An onset is where a raised
   cosine through the swing (15 % and 50 %) begins, so that a pause belongs to the breath before.
7. *Trust.* Each breath, from onset to onset: how well the signal repeats, and how far the breath
   fits the period and the usual swing. A run needs two breaths in a row.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from relational_space.sensing.filters import (
    CELL_S,
    LONGEST_BRIDGE_S,
    hann_table,
    main_axis,
    mean_over,
    smooth_at,
)

if TYPE_CHECKING:
    from numpy import float64, int8, int64
    from numpy.typing import NDArray

Person = Any
"""One record of `MEMORY`; numba has no name for its type."""

HZ = 1.0 / CELL_S
CHANNELS = 6
LEAN_S = 60.0
"""Angle from a gyroscope is forgotten over a minute, and its resting rate with it."""
RING = 1024
"""Cells of running totals kept for a person: both sides of the slowest breath, and to spare."""
BACKLOG = 2048
"""Cells that may wait for a decision; the oldest are decided long before the ring comes round."""
ONSETS = 256
SECOND = 10
LOOKAHEAD = 300
LOOKAHEAD_S = LOOKAHEAD * CELL_S
"""The wave at a moment is settled this long after it (and 2 s for stillness)."""
DECIDED_WITHIN_S = 140.0
"""Trust and onsets are settled two breaths after the wave, and after this long at the latest."""

SLOWEST = 330
"""Cells in the slowest period tried: a little over 30 s, two breaths a minute."""
BASE_HALF = 7
BASE_WINDOW = 10
EARLY = 5
LATE = 10

SHAKING = 0.05
"""Share of gravity: a body at rest stays below 0.02 (heart, tremor, sensor), walking exceeds 0.1."""
SHAKING_ALWAYS = 0.15
STILL_FAINT = 0.0003
"""Share of gravity (0.02 degrees of tilt): below it phones' own noise looks like breath."""

SWING = 0.25
"""Share of the usual half-period difference by which a turning point must stand out."""
STEP = 2.0
"""A mean that moves by this many usual swings within a period is a change of posture."""
LONGEST_WAIT = 520
"""Cells without a breath before the search starts afresh."""
NEARLY = 0.7
"""A shorter period is preferred when it carries this share of what the best one does."""
FOOT = 0.75
"""An onset lies this many times the way from 15 % to 50 % of a swing before its 15 %: 0.43 would be
right for a straight rise, 1.03 for a raised cosine; bodies lie between."""
RAISED_COSINE = 1.03
ONE_PIECE = 1.25
"""A wave that travels more than this many times its swing has something else in it."""
TRUST_LEAST = 0.45
"""Below it a belt is not read; white, pink and brown noise are then read a tenth of the time or less."""
TRUST_LEAST_MOTION = 0.33
"""Three axes together are harder to fool, and lie on a body rather than round it."""
NOTHING, READ, MOVING, FAINT, SHORT, NOT_BREATH, MISSING = range(7)
REASONS = ("", "", "moving", "too faint", "too short", "not a breath", "missing")

HANN = hann_table(30)
_inner: Any = partial(njit, cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For parts that only other compiled parts call: without their Python shells they compile sooner."""
AXIS_KEEP = float(np.exp(-2 * CELL_S / 20.0))


def _halves() -> NDArray[int64]:
    halves = [7]
    while halves[-1] < SLOWEST // 2:
        halves.append(max(halves[-1] + 1, round(halves[-1] * 1.06)))
    return np.array([half for half in halves if half < SLOWEST // 2] + [SLOWEST // 2], np.int64)


HALVES = _halves()
"""Half of each period that is tried, in cells: 1.4 to 33 s, six per cent apart where cells allow."""
EVERY = 2 ** np.maximum(1, np.log2(HALVES / 5.0).astype(np.int64))
"""How often each is looked at, in cells: ten to twenty times a period."""
KEEP = np.exp(-EVERY * CELL_S / np.maximum(12.0, 4 * CELL_S * HALVES))
"""How fast each forgets: 12 s, or two periods."""


NEVER = -(1 << 40)
"""A cell before every cell."""

MEMORY = np.dtype(
    [
        ("channels", np.int64),  # axes in use: 1 a belt, 3 acceleration, 6 with a gyroscope
        ("begun", np.int64),
        ("first_s", np.float64),
        ("latest_s", np.float64),
        ("last", np.float64, CHANNELS),
        # The open cell.
        ("cell", np.int64),
        ("area", np.float64, CHANNELS),
        ("square", np.float64),
        ("resting_rate", np.float64, CHANNELS),
        ("lean", np.float64, CHANNELS),
        # Readings without a gap, and whether they are still.
        ("run", np.int64),
        ("shook", np.int64),
        ("gravity", np.float64),
        ("slow", np.float64),
        ("inside", np.float64, 32),
        ("shake", np.float64, 32),
        ("total", np.float64, (RING, CHANNELS)),
        ("smooth", np.float64, (RING // 2, CHANNELS)),
        # A segment: still, and without a gap.
        ("segment", np.int64),
        (
            "swing",
            np.float64,
            (3, len(HALVES)),
        ),  # what swings with a period, what breaks it, how many
        ("period", np.float64),
        ("likeness", np.float64),
        ("reach", np.float64),
        ("weight", np.float64),
        ("spread", np.float64, (CHANNELS, CHANNELS)),
        ("axis", np.float64, CHANNELS),
        ("course", np.float64, (64, 3 + CHANNELS)),  # period, likeness, reach, axis at each second
        # The wave and where it turns.
        ("out", np.int64),
        ("way", np.int64),
        ("low", np.float64),
        ("low_at", np.int64),
        ("high", np.float64),
        ("high_at", np.int64),
        ("turn", np.int64),
        ("inhale", np.float64),
        ("swung", np.float64),
        # Breaths judged, and what waits for a second one.
        ("cycles", np.int64),
        ("good", np.float64),
        ("last_trust", np.float64),
        ("pending", np.int64),
        # What is settled: rings by cell, each slot saying which cell it holds.
        ("decided", np.int64),
        ("drained", np.int64),
        ("wave", np.float64, BACKLOG),
        ("fine", np.float64, BACKLOG),  # the wave, smoothed less, where onsets are placed
        ("quality", np.float32, BACKLOG),
        ("trust", np.float32, BACKLOG),
        ("reason", np.int8, BACKLOG),
        ("stamp", np.int64, BACKLOG),
        ("onsets", np.int64),
        ("onset_cell", np.float64, ONSETS),
        ("onset_way", np.int8, ONSETS),
        ("scratch", np.float64, (5, CHANNELS)),
        # The wave of this moment, 0.8 s behind, and how much it repeats: to show, never to keep.
        ("live", np.float64, 2),
    ],
    align=True,
)
"""All that is remembered of one person: about 140 kB, however long they sit."""


def memory(people: int) -> Any:
    """Make empty memory for some people, a record each."""
    fresh = np.zeros(people, MEMORY).view(np.recarray)
    for row in range(people):
        forget(fresh, row)
    return fresh


def forget(people: Any, row: int) -> None:
    """Empty one person's record, as before their first reading."""
    people[row] = np.zeros((), MEMORY)
    people[row]["stamp"][:] = NEVER
    for name in ("run", "segment", "turn", "pending", "low_at", "shook"):
        people[name][row] = NEVER
    people["inhale"][row] = -1.0


@_inner()
def _decide(one: Person, start: int, end: int, trust: float, reason: int) -> None:
    """Settle the cells from `start` up to `end`, never one that is settled already."""
    start = max(start, one.decided)
    for cell in range(start, end):
        slot = cell & (BACKLOG - 1)
        one.trust[slot] = trust
        one.reason[slot] = reason
        if one.stamp[slot] != cell:
            one.stamp[slot] = cell
            one.wave[slot] = np.nan
    if end > start:
        one.decided = end


@_inner()
def _unreadable(one: Person) -> int:
    """Name why a stretch that was still enough could not be read."""
    if one.reach <= 1e-9 * one.gravity:
        return FAINT
    if one.channels >= 3 and one.reach < STILL_FAINT * one.gravity:
        return FAINT
    return NOT_BREATH


@_inner()
def _give_up(one: Person, end: int, reason: int) -> None:
    """Leave everything up to `end` unread and look for breath afresh."""
    if one.pending != NEVER:
        _decide(one, one.pending, np.int64(one.inhale), 0.0, SHORT)
        one.pending = NEVER
    _decide(one, one.decided, end, 0.0, reason)
    one.cycles = 0
    one.inhale = -1.0


@_inner()
def _note_onset(one: Person, at: float, way: int) -> None:
    slot = one.onsets & (ONSETS - 1)
    one.onset_cell[slot] = at
    one.onset_way[slot] = way
    one.onsets += 1


@_inner()
def _onset_between(one: Person, turn: int, next_turn: int, way: int) -> float:
    """Find where the swing from one turning point to the next begins, in cells.

    An inhale has a foot, and the finer wave places it best where it swings in one piece. Where a
    heart beats through, and for an exhale, which begins as the inhale ends and has no corner of its
    own, the smooth wave does: its turns are a raised cosine's whatever the breath's.
    """
    mask = BACKLOG - 1
    wave, foot = one.fine, FOOT
    travelled = 0.0
    for cell in range(turn, next_turn):
        travelled += abs(wave[(cell + 1) & mask] - wave[cell & mask])
    if way < 0 or travelled > ONE_PIECE * abs(wave[next_turn & mask] - wave[turn & mask]):
        wave, foot = one.wave, RAISED_COSINE
    low = wave[turn & mask]
    swing = wave[next_turn & mask] - low
    if swing == 0.0:
        return float(turn)
    at = next_turn
    half_way = begun = float(next_turn)
    for share in (0.5, 0.15):
        while at > turn and (wave[at & mask] - low) / swing > share:
            at -= 1
        here = (wave[at & mask] - low) / swing
        after = (wave[(at + 1) & mask] - low) / swing
        begun = at + (share - here) / max(after - here, 1e-12)
        if share == 0.5:
            half_way = begun
    onset = begun - foot * (half_way - begun)
    return min(max(onset, turn - 0.1 * (next_turn - turn)), float(next_turn))


@_inner()
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
        quality = one.quality[cell & (BACKLOG - 1)]
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
        reason = _unreadable(one)
    elif one.channels >= 3 and one.reach < STILL_FAINT * one.gravity:
        reason = FAINT
    if reason != READ:
        if one.pending != NEVER:
            _decide(one, one.pending, first, 0.0, SHORT)
            one.pending = NEVER
        _decide(one, one.decided, end, 0.0, reason)
        one.cycles = 0
        return
    one.cycles += 1
    one.good = interval
    if one.cycles == 1:
        # The part of a breath before the first onset is read with the breath that follows it.
        one.pending = max(one.decided, first - np.int64(0.75 * interval))
        _decide(one, one.decided, one.pending, 0.0, SHORT)
        one.last_trust = trust
    else:
        if one.pending != NEVER:
            _decide(one, one.pending, first, one.last_trust, READ)
            one.pending = NEVER
        _decide(one, first, end, trust, READ)
    one.last_trust = trust


@_inner()
def _found(one: Person, turn: int, way: int, period: float, size: float) -> None:
    """Hear of a turning point (`way` 1: upwards); it settles where the one before it began."""
    before = one.turn
    one.turn = turn
    if before == NEVER:
        return
    onset = _onset_between(one, before, turn, -way)
    _note_onset(one, onset, -way)
    if way < 0:
        _judge(one, onset, period, size)
        mask = BACKLOG - 1
        one.swung = abs(one.wave[turn & mask] - one.wave[before & mask])


@_inner()
def _turn(one: Person, cell: int, period: float, size: float) -> None:
    """Follow the wave to its next turning point that stands out."""
    value = one.wave[cell & (BACKLOG - 1)]
    needed = SWING * size
    if one.way == 0 and (one.low_at == NEVER):
        one.low = one.high = value
        one.low_at = one.high_at = cell
    if one.way >= 0 and value > one.high:
        one.high, one.high_at = value, cell
    if one.way <= 0 and value < one.low:
        one.low, one.low_at = value, cell
    edge = one.segment + 3
    if one.way >= 0 and one.high - value > needed and (one.way > 0 or one.high_at < cell):
        if one.way > 0 or one.high_at > edge:
            _found(one, one.high_at, -1, period, size)
        one.way = -1
        one.low, one.low_at = value, cell
    elif one.way <= 0 and value - one.low > needed and (one.way < 0 or one.low_at < cell):
        if one.way < 0 or one.low_at > edge:
            _found(one, one.low_at, 1, period, size)
        one.way = 1
        one.high, one.high_at = value, cell
    since = max(one.inhale, float(max(one.decided, one.segment)))
    if cell - since > LONGEST_WAIT:
        _give_up(one, cell, _unreadable(one))
        one.way, one.turn, one.low_at = 0, NEVER, NEVER


@_inner()
def _emit(one: Person, cell: int, end: int) -> None:
    """Write the wave at `cell`, knowing its segment up to `end`."""
    channels = one.channels
    begin = one.segment
    known = one.course[_known_at(one, cell, end)]
    period = known[0] if known[0] > 0.0 else min(40.0, float(end - begin))
    here, near, means = one.scratch[0], one.scratch[1], one.scratch[2:]
    half: int = min(max(int(0.25 * period + 0.5), 6), 30)
    edge = min(cell - begin, end - 1 - cell)
    total = one.total
    smooth_at(total, HANN, min(half, edge), cell, channels, here)
    smooth_at(total, HANN, min(max(half // 3, 3), edge), cell, channels, near)
    width = min(max(np.int64(round(period)), 8), end - begin)
    for place in range(3):
        # At the edges the mean keeps its whole period and moves inwards: a shorter one would bend the wave.
        start = cell + (place - 1) * (width // 2) - width // 2
        start = min(max(start, begin), end - width)
        mean_over(total, start, start + width, channels, means[place])
    value, fine, step = 0.0, 0.0, 0.0
    for channel in range(channels):
        drift = 0.25 * means[0, channel] + 0.5 * means[1, channel] + 0.25 * means[2, channel]
        value += known[3 + channel] * (here[channel] - drift)
        fine += known[3 + channel] * (near[channel] - drift)
        step += (means[2, channel] - means[0, channel]) ** 2
    slot = cell & (BACKLOG - 1)
    one.wave[slot] = value
    one.fine[slot] = fine
    one.stamp[slot] = cell
    stepped = channels >= 3 and step > (STEP * known[2]) ** 2
    one.quality[slot] = -1.0 if stepped else known[1]
    one.out = cell + 1
    _turn(one, cell, known[0], known[2])


@_inner()
def _find_period(one: Person) -> None:
    """Take the shortest period that carries nearly the most of what repeats."""
    bend, breaks, weight = one.swing[0], one.swing[1], one.swing[2]
    score = np.zeros(len(HALVES))
    most = 0.0
    for index in range(len(HALVES)):
        if weight[index] <= 0.0:
            break
        carried = bend[index] / weight[index]
        broken = breaks[index] / weight[index]
        ratio = (broken / carried) ** 2 if carried > 0.0 else 1.0
        like = 1.0 - 1.5 * ratio * ratio
        score[index] = carried * carried * max(like, 0.0) / np.sqrt(HALVES[index])
        most = max(most, score[index])
    best = -1
    for index in range(1, len(HALVES) - 1):
        peak = score[index] >= score[index - 1] and score[index] > score[index + 1]
        if peak and score[index] >= NEARLY * most:
            best = index
            break
    if best < 0:
        one.likeness = 0.0
        return
    left, right = float(HALVES[best] - HALVES[best - 1]), float(HALVES[best + 1] - HALVES[best])
    down = (score[best] - score[best - 1]) / left
    up = (score[best + 1] - score[best]) / right
    rounding = (up - down) / (left + right)
    slope = (down * right + up * left) / (left + right)
    place = HALVES[best] - (0.5 * slope / rounding if rounding < 0.0 else 0.0)
    carried = bend[best] / weight[best]
    one.period = 2.0 * min(max(place, HALVES[best - 1]), HALVES[best + 1])
    one.likeness = score[best] * np.sqrt(HALVES[best]) / (carried * carried)
    one.reach = 0.86 * carried * carried


@_inner()
def _analyse(one: Person, cell: int) -> None:
    """Learn period and axis from one more still cell."""
    age = cell - one.segment
    if age & 1:
        return
    channels = one.channels
    smooth, swing = one.smooth, one.swing
    mask = RING // 2 - 1
    for index in range(len(HALVES)):
        half = HALVES[index]
        if 3 * half > age:
            break
        if age % EVERY[index]:
            continue
        carried, broken = 0.0, 0.0
        here, once = smooth[cell & mask], smooth[(cell - half) & mask]
        twice, thrice = smooth[(cell - 2 * half) & mask], smooth[(cell - 3 * half) & mask]
        for channel in range(channels):
            first = here[channel] - once[channel]
            carried += (first - once[channel] + twice[channel]) ** 2
            broken += (first - twice[channel] + thrice[channel]) ** 2
        swing[0, index] = swing[0, index] * KEEP[index] + np.sqrt(np.sqrt(carried))
        swing[1, index] = swing[1, index] * KEEP[index] + np.sqrt(np.sqrt(broken))
        swing[2, index] = swing[2, index] * KEEP[index] + 1.0
    half = np.int64(0.5 * one.period) if one.period > 0.0 else 20
    if half <= age:
        size = 0.0
        for channel in range(channels):
            size += (smooth[cell & mask, channel] - smooth[(cell - half) & mask, channel]) ** 2
        # A push or a change of posture must not decide the axis: large differences count by direction only.
        share = 1.0 / max(size + 0.25 * one.reach**2, 1e-300)
        for row in range(channels):
            across = smooth[cell & mask, row] - smooth[(cell - half) & mask, row]
            for column in range(channels):
                along = smooth[cell & mask, column] - smooth[(cell - half) & mask, column]
                one.spread[row, column] *= AXIS_KEEP
                one.spread[row, column] += share * across * along
        one.weight = one.weight * AXIS_KEEP + 1.0
    if age % SECOND == 0:
        _learn(one, cell)


@_inner()
def _learn(one: Person, cell: int) -> None:
    """Take stock of period and axis, once a second."""
    _find_period(one)
    if one.weight > 0.0:
        _aim(one)
    known = one.course[(cell - one.segment) // SECOND & 63]
    known[0], known[1], known[2] = one.period, one.likeness, one.reach
    for channel in range(one.channels):
        known[3 + channel] = one.axis[channel]


@_inner()
def _known_at(one: Person, cell: int, end: int) -> int:
    """Give the slot of `course` that looks at `cell` from both sides alike."""
    begin = one.segment
    latest: int = (end - 1 - begin) // SECOND
    course = one.course
    second: int = min((cell + 120 - begin) // SECOND, latest)
    ahead = max(int(1.25 * course[second & 63, 0]), 120)
    second = min((cell + min(ahead, LOOKAHEAD) - begin) // SECOND, latest)
    while second < latest and course[second & 63, 0] == 0.0:
        second += 1
    return second & 63


@_inner()
def _aim(one: Person) -> None:
    """Turn the axis to the largest difference, keeping its sense where it had one."""
    axis = one.axis
    channels = one.channels
    length = 0.0
    for channel in range(channels):
        length += axis[channel] ** 2
    turns = 2
    if length == 0.0 or one.weight < 30.0:
        largest = 0
        for channel in range(channels):
            if one.spread[channel, channel] > one.spread[largest, largest]:
                largest = channel
        if length == 0.0:
            axis[largest] = 1.0
        turns = 12
    main_axis(one.spread, axis, channels, turns)


@_inner()
def _begin_segment(one: Person, cell: int) -> None:
    one.segment, one.out, one.way, one.cycles = cell, cell, 0, 0
    one.turn, one.pending, one.low_at = NEVER, NEVER, NEVER
    one.period = one.likeness = one.weight = one.reach = one.swung = one.good = 0.0
    one.inhale = -1.0
    one.swing[:] = 0.0
    one.spread[:] = 0.0


@_inner()
def _end_segment(one: Person, end: int) -> None:
    """Settle all that is left before a cut; the last turning point counts if the wave left it."""
    if one.segment == NEVER:
        return
    _learn(one, end - 1)
    for cell in range(one.out, end):
        _emit(one, cell, end)
    if one.way != 0:
        turn = one.high_at if one.way > 0 else one.low_at
        left = abs(one.wave[(end - 1) & (BACKLOG - 1)] - one.wave[turn & (BACKLOG - 1)])
        if turn > one.turn:
            way = -one.way
            _found(one, turn, way, one.period, one.reach)
            if left > 0.5 * SWING * one.reach:
                _note_onset(one, float(turn), way)
                if way > 0:
                    _judge(one, float(turn), one.period, one.reach)
    if one.cycles >= 2:
        tail = min(end, np.int64(one.inhale + 1.25 * one.good))
        _decide(one, one.decided, tail, one.last_trust, READ)
        _decide(one, tail, end, 0.0, SHORT)
    elif one.period == 0.0 or end - one.segment < 3.0 * one.period or one.cycles == 1:
        reason = SHORT if one.reach > 0.0 or end - one.segment < 100 else FAINT
        _give_up(one, end, reason)
    else:
        _give_up(one, end, _unreadable(one))
    one.segment = NEVER


@_inner()
def _hand(one: Person, cell: int) -> None:
    """Give one cell, now known to be still or not, to its segment."""
    if cell <= one.shook:
        _end_segment(one, cell)
        _decide(one, cell, cell + 1, 0.0, MOVING)
        return
    if one.segment == NEVER:
        _begin_segment(one, cell)
    _analyse(one, cell)
    if cell - LOOKAHEAD >= one.segment:
        _emit(one, cell - LOOKAHEAD, cell + 1)


@_inner()
def _settle(one: Person, cell: int, end: int) -> None:
    """Smooth one cell over 1.5 s and see whether what is faster than breath means movement."""
    channels = one.channels
    mask = RING - 1
    total, smooth, shake = one.total, one.smooth, one.shake
    near = RING // 2 - 1
    half = min(BASE_HALF, cell - one.run, end - 1 - cell)
    smooth_at(total, HANN, half, cell, channels, smooth[cell & near])
    if channels < 3:
        one.gravity = max(one.gravity, abs(smooth[cell & near, 0]))
        return
    fast, gravity, slow = 0.0, 0.0, 0.0
    young = cell == one.run
    earlier = cell - min(10, cell - one.run)
    for channel in range(3):
        value = total[(cell + 1) & mask, channel] - total[cell & mask, channel]
        fast += (value - smooth[cell & near, channel]) ** 2
        gravity += smooth[cell & near, channel] ** 2
        if not young:
            slow += (smooth[cell & near, channel] - smooth[earlier & near, channel]) ** 2
    gravity = np.sqrt(gravity)
    one.gravity += 0.01 * (gravity - one.gravity)
    one.slow = 0.95 * one.slow + 0.05 * slow
    shake[cell & 31] = fast + one.inside[cell & 31]
    first = max(one.run, cell - BASE_WINDOW + 1)
    box = 0.0
    for other in range(first, cell + 1):
        box += shake[other & 31]
    box /= cell + 1 - first
    unit = one.gravity**2
    if box > SHAKING_ALWAYS**2 * unit or (box > SHAKING**2 * unit and box > one.slow):
        one.shook = cell - EARLY + LATE


@_inner()
def _cell(one: Person, cell: int) -> None:
    """Take one finished cell: smooth, look for movement, hand on what is known by now."""
    if one.run == NEVER:
        one.run, one.shook = cell, NEVER
    settled = cell - BASE_HALF
    if settled >= one.run:
        _settle(one, settled, cell + 1)
        _show(one, settled)
    handed = settled - 2 * EARLY
    if handed >= one.run:
        _hand(one, handed)


@_inner()
def _show(one: Person, cell: int) -> None:
    """Keep the wave of this moment for showing: one-sided, so its slow drift is removed late."""
    begin = one.segment
    if begin == NEVER or cell <= one.shook or one.period <= 0.0:
        one.live[0] = np.nan
        one.live[1] = 0.0
        return
    channels = one.channels
    drift = one.scratch[0]
    width = min(np.int64(round(one.period)), cell - begin)
    if width < 1:
        return
    mean_over(one.total, cell + 1 - width, cell + 1, channels, drift)
    value = 0.0
    for channel in range(channels):
        value += one.axis[channel] * (one.smooth[cell & (RING // 2 - 1), channel] - drift[channel])
    one.live[0] = value
    one.live[1] = one.likeness


@njit(cache=True)
def finish(people: Any, row: int) -> None:
    """Settle all that is left of one person's readings when no more will come."""
    _end_run(people[row])


@_inner()
def _end_run(one: Person) -> None:
    """Settle all that is left before a gap or the end."""
    if one.run == NEVER:
        return
    end = one.cell
    for cell in range(max(one.run, end - BASE_HALF), end + 2 * EARLY):
        if cell < end:
            _settle(one, cell, end)
        if cell - 2 * EARLY >= one.run:
            _hand(one, cell - 2 * EARLY)
    _end_segment(one, end)
    one.run = NEVER


@_inner()
def _close_cell(one: Person) -> None:
    """Turn what the open cell gathered into a cell."""
    area = one.area
    channels = one.channels
    cell = one.cell
    mask = RING - 1
    total = one.total
    inside = one.square / CELL_S
    one.square = 0.0
    fresh = one.run == NEVER
    for channel in range(channels):
        mean = area[channel] / CELL_S
        area[channel] = 0.0
        if channel < 3:
            inside -= mean * mean
        else:
            one.resting_rate[channel] += (mean - one.resting_rate[channel]) / min(
                1.0 + cell, LEAN_S / CELL_S
            )
            turned = (mean - one.resting_rate[channel]) * CELL_S
            one.lean[channel] = one.lean[channel] * (1.0 - CELL_S / LEAN_S) + turned
            mean = one.lean[channel] * one.gravity
        if fresh:
            total[cell & mask, channel] = 0.0
        total[(cell + 1) & mask, channel] = total[cell & mask, channel] + mean
    one.inside[cell & 31] = max(inside, 0.0)
    _cell(one, cell)
    one.cell = cell + 1


@_inner()
def _start(one: Person, reading: NDArray[float64], late: float) -> None:
    """Begin a run of readings, `late` seconds into its first cell, which is held level until then."""
    one.square = one.gravity = one.slow = 0.0
    for channel in range(one.channels):
        one.last[channel] = reading[channel]
        one.area[channel] = reading[channel] * late
        if channel < 3:
            one.square += reading[channel] ** 2 * late
            one.gravity += reading[channel] ** 2
    one.gravity = np.sqrt(one.gravity)


@_inner()
def _hear(people: Any, row: int, times: NDArray[float64], readings: NDArray[float64]) -> int:
    """Hear one person's readings until they end or the rings are full; give how many were heard."""
    one = people[row]
    last, area = one.last, one.area
    channels = one.channels
    for index in range(len(times)):
        now = times[index]
        sound = np.isfinite(now)
        for channel in range(channels):
            sound = sound and np.isfinite(readings[index, channel])
        if not sound:
            continue
        if one.begun == 0:
            one.begun = 1
            one.first_s = one.latest_s = now
            _start(one, readings[index], 0.0)
            continue
        before = one.latest_s
        if now <= before:
            continue
        origin = one.first_s
        if now - before > LONGEST_BRIDGE_S:
            _end_run(one)
            one.cell = np.int64((now - origin) / CELL_S)
            one.decided = max(one.decided, one.cell)
            one.latest_s = now
            _start(one, readings[index], now - origin - one.cell * CELL_S)
            if one.cell - one.drained > BACKLOG - 32:
                return index + 1
            continue
        edge = origin + (one.cell + 1) * CELL_S
        while edge <= now:
            share = (edge - before) / (now - before)
            _gather(area, one, last, readings[index], share, edge - before, channels)
            _close_cell(one)
            before = edge
            edge = origin + (one.cell + 1) * CELL_S
        _gather(area, one, last, readings[index], 1.0, now - before, channels)
        one.latest_s = now
        if one.cell - one.drained > BACKLOG - 32 or one.onsets > ONSETS - 64:
            return index + 1
    return len(times)


@_inner()
def _gather(
    area: NDArray[float64],
    one: Person,
    last: NDArray[float64],
    reading: NDArray[float64],
    share: float,
    seconds: float,
    channels: int,
) -> None:
    """Add the straight path from the last reading, `share` of the way to this one."""
    for channel in range(channels):
        start = last[channel]
        stop = start + share * (reading[channel] - start)
        area[channel] += 0.5 * (start + stop) * seconds
        if channel < 3:
            one.square += (start * start + start * stop + stop * stop) * seconds / 3.0
        last[channel] = stop


@njit(cache=True)
def hear_all(
    people: Any,
    rows: NDArray[int64],
    starts: NDArray[int64],
    times: NDArray[float64],
    readings: NDArray[float64],
    heard: NDArray[int64],
    live: NDArray[float64],
) -> None:
    """Give each row its readings, count those heard, and take its wave of this moment.

    Whoever hears one person calls this too: compiled apart, the same lines may round apart.
    """
    for place in range(len(rows)):
        row = rows[place]
        begin = starts[place] + heard[place]
        end = starts[place + 1]
        heard[place] += _hear(people, row, times[begin:end], readings[begin:end])
        live[place, 0] = people[row].live[0]
        live[place, 1] = people[row].live[1]


class Settled(NamedTuple):
    """What has become certain since the last call, by cell; no longer changed by what follows."""

    first_cell: int
    wave: NDArray[float64]
    trust: NDArray[float64]
    reason: NDArray[int8]
    onset_cell: NDArray[float64]
    onset_way: NDArray[int8]


def settled(people: Any, row: int) -> Settled:
    """Take what has become certain for one person since it was last taken."""
    one = people[row]
    first, end = int(one["drained"]), int(one["decided"])
    cells = np.arange(first, end)
    slots = cells & (BACKLOG - 1)
    here = one["stamp"][slots] == cells
    found = int(one["onsets"])
    piece = Settled(
        first,
        np.where(here, one["wave"][slots], np.nan),
        np.where(here, one["trust"][slots], 0).astype(np.float64),
        np.where(here, one["reason"][slots], MISSING).astype(np.int8),
        one["onset_cell"][:found].copy(),
        one["onset_way"][:found].copy(),
    )
    one["drained"], one["onsets"] = end, 0
    return piece
