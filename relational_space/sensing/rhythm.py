"""Second by second: does the body move, how long is a breath, and along which axis does it lie.

For each half period h, means over half of it are compared, taken h apart: four of them, and again a
quarter of a period earlier. In a rhythm of that period neighbours are opposite and the first and
third are equal. In white noise the two sides' spreads stand as 6 to 4, and in drift the other way, so
`1 - 1.5 (broken / carried)` is 1 for a rhythm, 0 for noise, below 0 for drift. Looked at a quarter
of a period apart, a rhythm carries the same at any moment. Means of its own length are nearly deaf
to what is faster: a heartbeat, and a third of a period. All axes count alike, so turning the phone
changes nothing; square roots keep a push from counting for more than it lasts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from relational_space.sensing.memory import (
    BASE_HALF,
    BLOCK,
    COURSE,
    HALVES,
    HANN,
    KEEP,
    MOVING,
    NEVER,
    READ,
    SHARE,
    STRIDE,
    WEIGHTLESS,
    Person,
    inner,
)

if TYPE_CHECKING:
    from numpy import float64, int64
    from numpy.typing import NDArray

SCALE = 1.0 / ((HALVES + 1) // 2) ** 2
WEIGHTS = HANN[BASE_HALF, BASE_HALF : 2 * BASE_HALF + 1].copy()
"""Half of a Hann window, from its middle on."""
SHAKING = 0.05
"""Share of gravity: a body at rest stays below 0.02 (heart, tremor, sensor), walking exceeds 0.1."""
SHAKING_ALWAYS = 0.15
WITHOUT_GRAVITY = 1.0
"""Shaken by more than gravity for a whole second: thrown about, or a feed that gravity was taken from."""
GRAVITY_KEEP = 0.9
SLOW_KEEP = 0.6
FAST_BLOCKS = 10.0
LOUDER = 8.0
"""In a belt's wave, what is faster than breath may be this many times as large before trust falls to
seven tenths: of so much the side lobes of a Hann window (a fortieth) leave nearly what a turning point
needs, and a pulse or an electrocardiogram taken for a belt has slow waves that are no breath. On a
body the heart shakes a phone along other axes, and adds to the tilt without changing it."""
AXIS_KEEP = float(np.exp(-1 / 20.0))
"""The axis of one breath is forgotten in twenty seconds: posture changes it."""


@inner(inline="always")
def _smooth(one: Person, begin: int, end: int) -> float:
    """Smooth a block of cells into the running totals and give how it was shaken, mean square."""
    channels = one.channels
    cells, total, smooth = one.cells, one.total, one.smooth
    count = end - begin
    many = count * channels
    first = (begin - one.oldest) * channels
    if one.ended == 1 and end + BASE_HALF > one.cell:
        # After the last cell it is taken to stay level.
        beyond = (one.cell - one.oldest) * channels
        for place in range(beyond, beyond + BASE_HALF * channels):
            cells[place] = cells[place - channels]
    here = cells[first : first + many]
    for place in range(many):
        smooth[place] = WEIGHTS[0] * here[place]
    for tap in range(1, BASE_HALF + 1):
        weight, apart = WEIGHTS[tap], tap * channels
        earlier, later = cells[first - apart : first - apart + many], cells[first + apart :]
        for place in range(many):
            smooth[place] += weight * (earlier[place] + later[place])
    for place in range(many):
        total[first + place + channels] = total[first + place] + smooth[place]
    blocks = min(FAST_BLOCKS, (begin - one.run) // BLOCK + 1.0)
    fast = late = slow = gravity = beats = 0.0
    if channels == 1:
        for place in range(many):
            beats += (here[place] - smooth[place]) ** 2
            gravity += abs(smooth[place])
        one.fast += (beats / count - one.fast) / blocks
        one.gravity = max(one.gravity, gravity / count)
        return 0.0
    motion = min(channels, 3)
    for cell in range(begin, end):
        place = (cell - begin) * channels
        size = 0.0
        shaken = one.inside[cell - one.oldest]
        for channel in range(place, place + motion):
            value = smooth[channel]
            quick = (cells[first + channel] - value) ** 2
            beats += quick
            shaken += quick
            size += value * value
            if cell - one.run >= BLOCK:
                before = first + channel - BLOCK * channels
                slow += (value + total[before] - total[before + channels]) ** 2
        gravity += np.sqrt(size)
        fast += shaken
        if 2 * (cell - begin) >= BLOCK:
            late += shaken
    one.fast += (beats / count - one.fast) / blocks
    one.slow = SLOW_KEEP * one.slow + (1.0 - SLOW_KEEP) * slow / count
    # A second that begins half way through the block before is looked at too.
    across = (one.late_shake + fast - late) / BLOCK
    one.late_shake = late
    return float(max(fast / count, across))


@inner(inline="always")
def _listen(one: Person, block: int, end: int) -> None:
    """Compare means over half a half period at the end of a block, for each half period that is due.

    What is due at a block are all up to some period: the quicker, the oftener.
    """
    channels = one.channels
    total, news = one.total, one.news
    due = 0
    while due < len(HALVES) and block % STRIDE[due] == 0:
        half = HALVES[due]
        width = (half + 1) // 2
        if end - 3 * half - 2 * width < one.segment:
            break
        hop, step = half * channels, width * channels
        carried = broken = 0.0
        at = (end - one.oldest) * channels
        for _ in range(2):
            for place in range(at, at + channels):
                first = total[place] - total[place - step]
                second = total[place - hop] - total[place - hop - step]
                third = total[place - 2 * hop] - total[place - 2 * hop - step]
                fourth = total[place - 3 * hop] - total[place - 3 * hop - step]
                carried += (first - 2.0 * second + third) ** 2
                broken += (first - second - third + fourth) ** 2
            at -= step
        news[0, due], news[1, due] = carried, broken
        due += 1
    _remember(one.swing, news, due)


@inner(inline="always")
def _remember(swing: NDArray[float64], news: NDArray[float64], due: int) -> None:
    """Let what was heard of each half period fade, and add the news: roots of several at a time."""
    for index in range(due):
        carried = np.sqrt(np.sqrt(news[0, index] * SCALE[index]))
        carried += swing[0, index] * KEEP[index]
        broken = np.sqrt(np.sqrt(news[1, index] * SCALE[index]))
        broken += swing[1, index] * KEEP[index]
        weight = swing[2, index] * KEEP[index] + 1.0
        swing[0, index], swing[1, index], swing[2, index] = carried, broken, weight
        ratio = broken / max(carried, 1e-300)
        ratio *= ratio
        score = (carried / weight) ** 2 * (1.0 - 1.5 * ratio * ratio)
        swing[3, index] = max(score, 0.0) * SHARE[index]


@inner(inline="always")
def _find_period(one: Person) -> None:
    """Take the period that carries the most of what repeats."""
    score = one.swing[3]
    best, most = -1, 0.0
    for index in range(1, len(HALVES) - 1):
        here = score[index]
        if here > most and here >= score[index - 1] and here > score[index + 1]:
            best, most = index, here
    if best < 0:
        one.likeness = 0.0
        return
    left = float(HALVES[best] - HALVES[best - 1])
    right = float(HALVES[best + 1] - HALVES[best])
    down = (most - score[best - 1]) / left
    up = (score[best + 1] - most) / right
    rounding = (up - down) / (left + right)
    slope = (down * right + up * left) / (left + right)
    place = HALVES[best] - (0.5 * slope / rounding if rounding < 0.0 else 0.0)
    carried = one.swing[0, best] / one.swing[2, best]
    one.period = 2.0 * min(max(place, float(HALVES[best - 1])), float(HALVES[best + 1]))
    one.likeness = most / (SHARE[best] * carried * carried)
    one.reach = 0.55 * carried * carried
    if one.channels < 3:
        # A breath that swings by `reach` has an eighth of its square as its mean square.
        one.likeness /= np.sqrt(1.0 + one.fast / (LOUDER**2 * one.reach**2 / 8.0))


@inner(inline="always")
def _aim(one: Person, end: int) -> None:
    """Turn the axis to the largest half-period difference, keeping its sense where it had one."""
    channels = one.channels
    total, spread, axis, ways = one.total, one.spread, one.axis, one.ways
    half = np.int64(0.5 * one.period) if one.period > 0.0 else 20
    width = (half + 1) // 2
    if end - 2 * half - 2 * width < one.segment:
        return
    if channels == 1:
        axis[0] = 1.0
        return
    size = 0.0
    at = (end - one.oldest) * channels
    hop, step = half * channels, width * channels
    for turn in range(2):
        for channel in range(channels):
            place = at + channel - turn * step
            way = total[place] - total[place - step]
            way -= 2.0 * (total[place - hop] - total[place - hop - step])
            way += total[place - 2 * hop] - total[place - 2 * hop - step]
            ways[turn * channels + channel] = way / width
            size += (way / width) ** 2
    # A push or a change of posture must not decide the axis: large differences count by direction only.
    share = 1.0 / max(size, 0.8 * one.reach**2, 1e-300)
    for row in range(channels):
        for column in range(channels):
            place = row * channels + column
            across = ways[row] * ways[column] + ways[channels + row] * ways[channels + column]
            spread[place] = spread[place] * AXIS_KEEP + share * across
    one.weight = one.weight * AXIS_KEEP + 1.0
    length = 0.0
    for channel in range(channels):
        length += axis[channel] ** 2
    turns = 2
    if length == 0.0 or one.weight < 6.0:
        largest = 0
        for channel in range(channels):
            if spread[channel * channels + channel] > spread[largest * channels + largest]:
                largest = channel
        if length == 0.0:
            axis[largest] = 1.0
        turns = 12
    for _ in range(turns):
        size = 0.0
        for row in range(channels):
            turned = 0.0
            for column in range(channels):
                turned += spread[row * channels + column] * axis[column]
            ways[row] = turned
            size += turned * turned
        size = np.sqrt(size)
        if size <= 0.0:
            break
        for row in range(channels):
            axis[row] = ways[row] / size


@njit(cache=True, error_model="numpy")
def weigh(people: Any, rows: NDArray[int64]) -> None:
    """Say of every second that has become whole whether it is still, and what its rhythm is."""
    for place in range(len(rows)):
        one = people[rows[place]]
        channels = one.channels
        while True:
            begin = one.smoothed
            end = min(begin + BLOCK, one.cell)
            whole = one.ended == 1 or begin + BLOCK + BASE_HALF <= one.cell
            later = READ
            if begin < end and whole:
                shake = _smooth(one, begin, end)
                unit = one.gravity**2
                if shake > WITHOUT_GRAVITY**2 * unit:
                    later = WEIGHTLESS
                elif shake > SHAKING_ALWAYS**2 * unit or (
                    shake > SHAKING**2 * unit and shake > one.slow
                ):
                    later = MOVING
                one.smoothed = end
                if begin == one.run:
                    one.shaken, one.shaking = READ, later
                    continue
            elif one.ended == 0 or one.weighed >= one.cell:
                break
            # The block between two others is still when all three are.
            begin = one.weighed
            end = min(begin + BLOCK, one.cell)
            block = (begin - one.run) // BLOCK
            why = max(one.shaken, one.shaking, later)
            one.shaken, one.shaking = one.shaking, later
            one.weighed = end
            one.why[block % COURSE] = why
            if why != READ:
                one.segment = NEVER
                one.likeness = 0.0
                continue
            if one.segment == NEVER:
                one.segment = begin
                one.period = one.likeness = one.weight = one.reach = 0.0
                one.swing[:] = 0.0
                one.spread[:] = 0.0
            _listen(one, (begin - one.segment) // BLOCK, end)
            _find_period(one)
            _aim(one, end)
            known = one.course[block % COURSE]
            known[0], known[1], known[2] = one.period, one.likeness, one.reach
            for channel in range(channels):
                known[3 + channel] = one.axis[channel]
            one.level = 0.0
            width = min(max(np.int64(one.period), BLOCK), one.smoothed - one.segment)
            at = (one.smoothed - one.oldest) * channels
            for channel in range(channels):
                mean = (
                    one.total[at + channel] - one.total[at + channel - width * channels]
                ) / width
                one.level += one.axis[channel] * mean
