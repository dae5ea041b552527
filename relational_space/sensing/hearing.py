"""Hear readings as they come: all that breath remembers of a person, and the order of its stages.

A whole recording (breath.py), a live stream and everybody in a process (bank.py) call `hear`, so the
size of the pieces in which readings arrive cannot change a result. It must never read past the
windows named here, never fill a moment that it could not read, and never guess which way is up.

The way of a reading:

1. *Cells* (cells.py). The straight-line path through the readings is averaged over each tenth of a
   second; what is left inside a cell (its variance) is kept as a sign of movement.
2. *Rhythm* (rhythm.py). Second by second: does the body move, how long is a breath, along which
   axis. Moving seconds and gaps cut the recording into segments; nothing is filtered across a cut.
3. *Turns* (turns.py). `LOOKAHEAD_S` later, with period and axis known from both sides: the wave,
   where it turns, and how far each breath is to be trusted.

Each stage is one compiled call for everybody. They are not compiled into one another: what calls
what calls what is optimised again at every level, and a first run would wait for it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import typeof

from relational_space.sensing.cells import AHEAD, gather
from relational_space.sensing.memory import (
    BACKLOG,
    CHANNELS,
    MEMORY,
    MISSING,
    NEVER,
    ONSETS,
)
from relational_space.sensing.rhythm import weigh
from relational_space.sensing.turns import draw

if TYPE_CHECKING:
    from numpy import float32, float64, int8, int64
    from numpy.typing import NDArray


_RECORD = np.dtype((np.record, MEMORY))
"""Records whose fields are attributes, so that the stages also run where nothing is compiled."""
_MANY = 2000
"""So many readings are given in more than one call, and it pays to prepare for it."""


def memory(people: int) -> Any:
    """Make empty memory for some people, a record each."""
    fresh = np.zeros(people, _RECORD)
    _begin(fresh)
    return fresh


def forget(people: Any, row: int) -> None:
    """Empty one person's record, as before their first reading."""
    people[row] = np.zeros((), MEMORY)
    _begin(people[row : row + 1])


def _begin(people: Any) -> None:
    """Set what is not nought before a first reading."""
    for name in ("segment", "start", "turn", "pending", "low_at"):
        people[name] = NEVER
    people["inhale"] = -1.0
    people["furthest_s"] = -np.inf


def _room() -> NDArray[float64]:
    """Make room for what is worked out of some readings ahead."""
    return np.empty((4, AHEAD * CHANNELS))


def hear(
    people: Any,
    rows: NDArray[int64],
    starts: NDArray[int64],
    times: NDArray[float64],
    readings: NDArray[float64],
    heard: NDArray[int64],
    live: NDArray[float64],
) -> None:
    """Give each row its readings, count those heard, and take its wave of this moment.

    It returns early when somebody's memory is full: settle what is certain and call it again.
    """
    gather(people, rows, starts, times, readings.reshape(-1), heard, live, _room())
    weigh(people, rows)
    draw(people, rows)


def hear_all(
    people: Any, row: int, times: NDArray[float64], readings: NDArray[float64]
) -> list[Settled]:
    """Give one person many readings, and take what is settled on the way."""
    pieces, heard, live = [], np.zeros(1, np.int64), np.empty((1, 2))
    rows, starts = np.array([row], np.int64), np.array([0, len(times)])
    given = (people, rows, starts, times, readings.reshape(-1), heard, live, _room())
    straight = len(times) > _MANY
    while heard[0] < len(times):
        before = heard[0]
        if straight:
            gather_, weigh_, draw_ = _compiled()
            gather_(*given)
            weigh_(people, rows)
            draw_(people, rows)
        else:
            hear(people, rows, starts, times, readings, heard, live)
        if heard[0] == before or is_full(people, row):
            pieces.append(settled(people, row))
    return pieces


@cache
def _compiled() -> Any:
    """Give the three stages as they were compiled for plain arrays.

    To find out what fits some arguments takes as long as hearing fifty readings; here it stays the same.
    """
    people, rows, values, live = memory(0), np.zeros(0, np.int64), np.zeros(0), np.empty((0, 2))
    hear(people, rows, rows, values, live, rows, live)
    everyone = (people, rows)
    given = (*everyone, rows, values, values, rows, live, _room())
    return tuple(
        _compiled_for(stage, arguments)
        for stage, arguments in ((gather, given), (weigh, everyone), (draw, everyone))
    )


def _compiled_for(stage: Any, given: tuple[Any, ...]) -> Any:
    if not hasattr(stage, "overloads"):
        return stage
    kinds: Any = tuple(map(typeof, given))
    return stage.overloads[kinds].entry_point


def finish(people: Any, row: int) -> None:
    """Settle all that is left of one person's readings when no more will come."""
    people["ended"][row] = 1
    rows = np.array([row], np.int64)
    weigh(people, rows)
    draw(people, rows)


class Settled(NamedTuple):
    """What has become certain since the last call, by cell; no longer changed by what follows."""

    first_cell: int
    wave: NDArray[float64]
    trust: NDArray[float32]
    reason: NDArray[int8]
    onset_cell: NDArray[float64]
    onset_way: NDArray[int8]


def settled(people: Any, row: int) -> Settled:
    """Take what has become certain for one person since it was last taken."""
    first, end, found = (int(people[name][row]) for name in ("drained", "decided", "onsets"))
    cut, on = (min(max(int(people[name][row]), first), end) for name in ("gap_from", "gap_until"))
    wave, trust, reason = (
        _unrolled(people[name][row], first, cut, on, end, fill)
        for name, fill in (("wave", np.nan), ("trust", 0.0), ("reason", MISSING))
    )
    piece = Settled(
        first,
        wave,
        trust,
        reason,
        people["onset_cell"][row, :found].copy(),
        people["onset_way"][row, :found].copy(),
    )
    people["drained"][row], people["onsets"][row] = end, 0
    return piece


def _unrolled(ring: Any, first: int, cut: int, on: int, end: int, fill: float) -> Any:
    """Copy a ring's cells from `first` to `end`, with `fill` in the gap from `cut` to `on`."""
    if cut == on and (first & (BACKLOG - 1)) + end - first <= BACKLOG:
        return ring[first & (BACKLOG - 1) :][: end - first].copy()
    if cut == on:
        at = first & (BACKLOG - 1)
        return np.concatenate((ring[at:], ring[: at + end - first - BACKLOG]))
    parts = []
    for begin, stop in ((first, cut), (on, end)):
        at, upto = begin & (BACKLOG - 1), (begin & (BACKLOG - 1)) + stop - begin
        parts += [ring[at:upto], ring[: max(upto - BACKLOG, 0)]]
    parts.insert(2, np.full(on - cut, fill, ring.dtype))
    return np.concatenate(parts)


def is_full(people: Any, row: int) -> bool:
    """Say whether what is settled has to be taken before more can be heard."""
    waiting = people["cell"][row] - people["drained"][row]
    return bool(waiting > BACKLOG - 520 or people["onsets"][row] > ONSETS - 160)
