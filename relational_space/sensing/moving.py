"""Hear movement as it comes: all that it remembers of some people, a row each, and how a reading goes.

A whole recording, a live stream (movement.py) and everybody in a process (bank.py) call `hear`, so the
size of the pieces in which readings arrive cannot change a result. It must not fill in a point that
was not seen, keep a raw reading beyond the one that a line is drawn from, or grow with a sitting.

The way of a reading: readings are laid on an even grid of 25 a second by straight lines, never
across more than `LONGEST_BRIDGE_S`; an antisymmetric window turns positions into velocities (a
parabola fitted to 0.28 s) or acceleration into velocity (a tapered sum of what came before minus
what comes after, 2 s each way, in which gravity cancels); the velocity is read along the body's
main direction, which is followed slowly and known `LOOKAHEAD_S` ahead. A silence of `SILENCE_S`
cuts a recording into runs; the main direction is kept across it, so that a sign stays what it was.

It is NumPy over rows: a beat of many people costs little more than one of a few, and nothing is compiled.
Sums are over axes whose order does not hang on how many people or seconds are worked on together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy import bool_, float32, float64, int8, int64
    from numpy.typing import NDArray

    Row = NDArray[float64]
    Table = NDArray[float64]
    Places = NDArray[int64]

HZ = 25.0
LONGEST_BRIDGE_S = 0.25
"""A point that comes back within this time moved straight; later, it was not seen."""
BRIDGED = 7
"""Cells that lie within the longest bridge, at most."""
SILENCE_S = 10.0
"""After so long without any reading a new run begins, and nothing of the one before is remembered but
the main direction."""
BLOCK = 25
"""Cells between two looks at the main direction: a second, counted from the begin of a run."""
AHEAD = 10
LOOKAHEAD_S = AHEAD * BLOCK / HZ
"""The main direction is known from so far ahead; with it comes the delay of a live stream."""
FORGET = 0.9
"""What a look keeps of the one before: about ten seconds."""
STILL = 0.1
"""Rest is below this share of the body's usual speed, or within the tracker's own tremble."""
TURNS = 12
"""Steps towards the main direction at each look."""
RING = 512
"""Cells that a row has room for, a power of two."""
AT_ONCE = 300
"""Cells by which one pass goes on at the most: with a window and a block they must fit into the ring."""
MASK = RING - 1


def _derivative() -> Row:
    steps = np.arange(1, 4.0)
    return np.asarray(steps * HZ / (2 * np.sum(steps**2)))


def _integral() -> Row:
    steps = np.arange(1, 51)
    return -0.5 * (0.5 + 0.5 * np.cos(np.pi * steps / 51)) / HZ


class Settled(NamedTuple):
    """Cells that are certain, from `first_cell` on: velocity along the main direction, trust, rest."""

    first_cell: int
    velocity: NDArray[float32]
    trust: NDArray[float32]
    still: NDArray[int8]
    """1 at rest, 0 in motion, -1 where it is not known."""


class Moving:
    """The memory of some people who move, a row each, all with as many coordinates.

    Parameters
    ----------
    people : int
        Rows to begin with; `grow` makes more.
    columns : int
        Coordinates a reading: points times two or three, or a phone's three axes.
    phone : bool
        Whether readings are acceleration with gravity instead of positions.
    """

    def __init__(self, people: int, columns: int, *, phone: bool = False) -> None:
        self.columns = columns
        self.phone = phone
        self._window = _integral() if phone else _derivative()
        # A position's tremble s shows as 1.5 s^2 in `rough`, and as s times the window in the speed.
        self._gain = float(np.sqrt(2 * np.sum(self._window**2) / 1.5))
        self.start_s = np.empty(0)
        self._latest_s = np.empty(0)
        self._run = np.empty(0, np.int64)
        self._next = np.empty(0, np.int64)
        # The last that was seen of every coordinate, the tracker's confidence after them.
        self._seen_s = np.empty((0, columns + 1))
        self._seen = np.empty((0, columns + 1))
        self._cells = np.empty((0, RING, columns + 1))
        self._spread = np.empty((0, columns, columns))
        self._axis = np.empty((0, columns))
        self._usual = np.empty((0, 3))
        self._speed = np.empty((0, AHEAD + 1, BLOCK, columns))
        self._trust = np.empty((0, AHEAD + 1, BLOCK))
        self.grow(people)

    def _memory(self) -> list[str]:
        return [name for name, value in vars(self).items() if isinstance(value, np.ndarray)][1:]

    @property
    def nbytes(self) -> int:
        """Say how much is remembered of everybody together."""
        return sum(getattr(self, name).nbytes for name in self._memory())

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.start_s)

    def grow(self, people: int) -> None:
        """Make room for more people, all empty."""
        first = len(self)
        for name in self._memory():
            old = getattr(self, name)
            setattr(
                self, name, np.concatenate((old, np.zeros((people, *old.shape[1:]), old.dtype)))
            )
        for row in range(first, first + people):
            self.forget(row)

    def forget(self, row: int) -> None:
        """Empty one row, as before its first reading."""
        self.start_s[row] = np.nan
        self._latest_s[row] = -np.inf
        self._axis[row] = 0.0
        self._begin(row, 0)

    def _begin(self, row: int, cell: int) -> None:
        self._run[row] = self._next[row] = cell
        self._seen_s[row] = -np.inf
        self._seen[row] = 0.0
        self._cells[row] = np.nan
        self._spread[row] = 0.0
        self._usual[row] = 0.0
        self._speed[row] = np.nan
        self._trust[row] = 0.0

    def hear(
        self, rows: Places, starts: Places, times_s: Row, readings: Table
    ) -> list[tuple[int, Settled]]:
        """Hear readings of some rows, each row once, and give what has become certain of whom.

        `readings` has a column more than there are coordinates: how sure the tracker was, 0 to 1. Row
        `k`'s lie from `starts[k]` to `starts[k + 1]`; a stamp that does not move forward is passed over.
        """
        kept = self._forward(rows, starts, times_s)
        if not kept.all():
            starts = np.concatenate(([0], np.cumsum(kept)))[starts]
            times_s, readings = times_s[kept], readings[kept]
        at, ends = starts[:-1].copy(), starts[1:]
        out: list[tuple[int, Settled]] = []
        while (busy := np.flatnonzero(at < ends)).size:
            until = self._reached(rows, at, ends, busy, times_s, out)
            counts = until - at[busy]
            going = np.repeat(busy, counts)
            index = np.arange(len(going)) + np.repeat(at[busy] - np.cumsum(counts) + counts, counts)
            self._lay(rows[going], times_s[index], readings[index])
            some = rows[busy]
            self._latest_s[some] = times_s[until - 1]
            at[busy] = until
            certain = self._cell(some, self._latest_s[some] - LONGEST_BRIDGE_S) + 1
            self._look(some, certain - len(self._window), out)
        return out

    def finish(self, row: int) -> list[tuple[int, Settled]]:
        """Settle what is left of one row when no more readings will come before a silence or the end."""
        out: list[tuple[int, Settled]] = []
        if np.isnan(self.start_s[row]):
            return out
        rows = np.array([row])
        end = int(self._cell(rows, self._latest_s[rows])[0]) + 1
        # The last cells have nothing after them; they are known to be unknown.
        self._cells[row, np.arange(end, end + BLOCK + len(self._window)) & MASK] = np.nan
        self._look(rows, np.array([end + BLOCK - 1]), out)
        block = (int(self._next[row]) - int(self._run[row])) // BLOCK
        left = np.arange(max(0, block - AHEAD), block)
        out += ((row, piece) for piece in self._along(np.repeat(rows, len(left)), left))
        whole = [(who, piece) for who, piece in out if piece.first_cell < end]
        if whole:
            first, velocity, trust, still = whole[-1][1]
            count = end - first
            whole[-1] = row, Settled(first, velocity[:count], trust[:count], still[:count])
        return whole

    def _forward(self, rows: Places, starts: Places, times_s: Row) -> NDArray[bool_]:
        """Tell which stamps move forward."""
        counts = np.diff(starts)
        before = np.empty(len(times_s))
        before[1:] = times_s[:-1]
        some = counts > 0
        before[starts[:-1][some]] = self._latest_s[rows[some]]
        good: NDArray[bool_] = (times_s > before) & np.isfinite(times_s)
        if not good.all():
            for k in np.unique(np.repeat(np.arange(len(rows)), counts)[~good]):
                mine = slice(starts[k], starts[k + 1])
                finite = np.where(np.isfinite(times_s[mine]), times_s[mine], -np.inf)
                highest = np.maximum.accumulate(
                    np.concatenate((self._latest_s[rows[k]][None], finite))
                )
                good[mine] = finite > highest[:-1]
        return good

    def _reached(
        self,
        rows: Places,
        at: Places,
        ends: Places,
        busy: Places,
        times_s: Row,
        out: list[tuple[int, Settled]],
    ) -> Places:
        """Say how far each busy row's readings go in this pass; begin a run where one begins."""
        first = times_s[at[busy]]
        some = rows[busy]
        for k in np.flatnonzero(~(first - self._latest_s[some] <= SILENCE_S)):
            row = int(some[k])
            if np.isnan(self.start_s[row]):
                self.start_s[row] = first[k]
            else:
                out += self.finish(row)
            self._begin(row, int(self._cell(np.array([row]), first[k : k + 1])[0]))
            self._latest_s[row] = first[k]
        until = ends[busy].copy()
        furthest = self._next[some] + AT_ONCE
        over = self._cell(some, times_s[until - 1]) > furthest
        for k in np.flatnonzero(over):
            mine = times_s[at[busy[k]] : until[k]]
            cells = self._cell(some[k : k + 1], mine)
            silent = np.flatnonzero(np.diff(mine) > SILENCE_S)
            fit = int(np.searchsorted(cells, furthest[k], side="right"))
            until[k] = at[busy[k]] + max(1, min([fit, *(silent[:1] + 1).tolist()]))
        return until

    def _cell(self, rows: Places, times_s: Row) -> Places:
        """Give the last cell at or before each moment."""
        return np.floor((times_s - self.start_s[rows]) * HZ).astype(np.int64)

    def _lay(self, who: Places, times_s: Row, readings: Table) -> None:
        """Lay readings, row by row and in order, on the grid."""
        n = len(who)
        cells = self._cell(who, times_s)
        opens = np.empty(n, bool)
        opens[0] = True
        np.not_equal(who[1:], who[:-1], out=opens[1:])
        first = np.flatnonzero(opens)
        people = who[first]
        before = np.empty(n, np.int64)
        before[1:] = cells[:-1]
        # A run's first cell lies at its first reading, and may be hit by it.
        fresh = self._seen_s[people].max(axis=1) == -np.inf
        before[first] = np.where(
            fresh & (times_s[first] == self._latest_s[people]),
            cells[first] - 1,
            self._cell(people, self._latest_s[people]),
        )
        self._clear(who, before, cells)
        begin = np.repeat(first, np.diff(np.append(first, n)))
        seen = np.isfinite(readings)
        if seen.all() and (self._seen_s[people] == self._latest_s[people, None]).all():
            self._lay_whole(who, times_s, readings, cells, first)
            held = np.repeat((np.append(first[1:], n) - 1)[:, None], readings.shape[1], axis=1)
        else:
            held = np.maximum.accumulate(np.where(seen, np.arange(n)[:, None], -1), axis=0)
            self._lay_each(who, times_s, readings, cells, begin, seen, held)
            held = held[np.append(first[1:], n) - 1]
        hit = np.flatnonzero(self.start_s[who] + cells / HZ == times_s)
        if hit.size:
            where = who[hit], cells[hit] & MASK
            self._cells[where] = np.where(seen[hit], readings[hit], self._cells[where])
        new = held >= first[:, None]
        column = np.arange(readings.shape[1])
        self._seen_s[people] = np.where(new, times_s[held], self._seen_s[people])
        self._seen[people] = np.where(new, readings[held, column], self._seen[people])

    def _lay_whole(
        self, who: Places, times_s: Row, readings: Table, cells: Places, first: Places
    ) -> None:
        """Draw lines where every coordinate of everybody is seen all the while: one share for them all."""
        from_s, value = np.empty(len(who)), np.empty_like(readings)
        from_s[1:], value[1:] = times_s[:-1], readings[:-1]
        from_s[first], value[first] = self._latest_s[who[first]], self._seen[who[first]]
        gap = times_s - from_s
        near = (gap <= LONGEST_BRIDGE_S) & (gap > 0.0)
        since = np.where(near, self._cell(who, from_s), cells)
        for step in range(1, BRIDGED + 1):
            here = np.flatnonzero(since + step <= cells)
            if not here.size:
                break
            cell = since[here] + step
            moment = self.start_s[who[here]] + cell / HZ
            share = np.minimum((moment - from_s[here]) / gap[here], 1.0)[:, None]
            begun = value[here]
            self._cells[who[here], cell & MASK] = begun + share * (readings[here] - begun)

    def _lay_each(
        self,
        who: Places,
        times_s: Row,
        readings: Table,
        cells: Places,
        begin: Places,
        seen: NDArray[bool_],
        held: Places,
    ) -> None:
        """Draw the lines of each coordinate from where it was last seen."""
        last = np.concatenate((np.full((1, held.shape[1]), -1), held[:-1]))
        carried = last < begin[:, None]
        from_s = np.where(carried, self._seen_s[who], times_s[last])
        value = np.where(carried, self._seen[who], readings[last, np.arange(readings.shape[1])])
        gap = times_s[:, None] - from_s
        near = seen & (gap <= LONGEST_BRIDGE_S)
        since = np.floor((np.where(near, from_s, 0.0) - self.start_s[who][:, None]) * HZ)
        since = np.where(near, since.astype(np.int64), cells[:, None])
        for step in range(1, BRIDGED + 1):
            place, column = np.nonzero(since + step <= cells[:, None])
            if not place.size:
                break
            cell = since[place, column] + step
            moment = self.start_s[who[place]] + cell / HZ
            share = np.minimum((moment - from_s[place, column]) / gap[place, column], 1.0)
            begun = value[place, column]
            self._cells[who[place], cell & MASK, column] = begun + share * (
                readings[place, column] - begun
            )

    def _clear(self, who: Places, before: Places, cells: Places) -> None:
        """Empty the cells that are reached for the first time."""
        counts = np.minimum(np.maximum(cells - before, 0), RING)
        place = np.repeat(np.arange(len(who)), counts)
        within = np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts)
        self._cells[who[place], (cells[place] - within) & MASK] = np.nan

    def _look(self, rows: Places, ready: Places, out: list[tuple[int, Settled]]) -> None:
        """Work out the velocities of every full block up to `ready`, and with them the main direction."""
        blocks = np.maximum(ready - self._next[rows], 0) // BLOCK
        some = blocks > 0
        if not some.any():
            return
        rows, blocks = rows[some], blocks[some]
        who = np.repeat(rows, blocks)
        turn = np.arange(len(who)) - np.repeat(np.cumsum(blocks) - blocks, blocks)
        begin = self._next[who] + BLOCK * turn
        speed, trust, gone, total, rough = self._velocities(who, begin)
        slot = (begin - self._run[who]) // BLOCK % (AHEAD + 1)
        for step in range(int(blocks.max())):
            now = np.flatnonzero(turn == step)
            here = who[now]
            self._speed[here, slot[now]], self._trust[here, slot[now]] = speed[now], trust[now]
            self._spread[here] = FORGET * self._spread[here] + gone[now]
            self._usual[here] = FORGET * self._usual[here] + np.column_stack(
                (total[now], rough[now])
            )
            self._turn(here)
            self._next[here] += BLOCK
            block = (self._next[here] - self._run[here]) // BLOCK - 1 - AHEAD
            known = block >= 0
            pieces = self._along(here[known], block[known]) if known.any() else []
            out += zip(here[known].tolist(), pieces, strict=True)

    def _velocities(self, who: Places, begin: Places) -> tuple[Table, Table, Table, Table, Row]:
        """Give the velocities of some blocks, how sure they are, and their sums."""
        half = len(self._window)
        offset = np.arange(-half, BLOCK + half)
        cells = self._cells[who[:, None], (begin[:, None] + offset) & MASK]
        cells[begin[:, None] + offset < self._run[who][:, None]] = np.nan
        sure, cells = cells[..., -1], np.ascontiguousarray(cells[..., :-1])

        def moved_on(by: int) -> Table:
            return cells[:, half + by : half + by + BLOCK]

        speed = 0.0 * moved_on(0)
        for step, weight in enumerate(self._window, 1):
            speed += weight * (moved_on(step) - moved_on(-step))
        tremble = moved_on(0) - 0.5 * (moved_on(1) + moved_on(-1))
        near = [sure[:, half + by : half + by + BLOCK] for by in (-1, 0, 1)]
        trust = np.nan_to_num(np.minimum(np.minimum(*near[:2]), near[2]))
        seen = np.isfinite(speed)
        moved = np.where(seen, speed, 0.0)
        tremble = np.where(np.isfinite(tremble), tremble, 0.0)
        gone = np.zeros((len(who), self.columns, self.columns))
        total = np.zeros((len(who), 2))
        rough = np.zeros(len(who))
        trust *= seen.sum(axis=2) / self.columns
        any_seen: NDArray[bool_] = np.any(seen, axis=2)
        squares = np.sum(moved * moved, axis=2)
        rest = np.sum(tremble * tremble, axis=2)
        for cell in range(BLOCK):
            gone += moved[:, cell, :, None] * moved[:, cell, None, :]
            total[:, 0] += squares[:, cell]
            total[:, 1] += any_seen[:, cell]
            rough += rest[:, cell]
        return speed, trust, gone, total, rough

    def _turn(self, rows: Places) -> None:
        """Follow the main direction; at first its largest part is positive."""
        spread, axis = self._spread[rows], self._axis[rows]
        new: NDArray[bool_] = ~np.any(axis, axis=1)
        largest = np.argmax(np.diagonal(spread, axis1=1, axis2=2), axis=1)
        axis[new, largest[new]] = 1.0
        for _ in range(TURNS):
            step = np.sum(spread * axis[:, None, :], axis=2)
            size = np.sqrt(np.sum(step * step, axis=1))[:, None]
            # Where nothing has moved, the direction stays what it was.
            axis = (
                step / size
                if size.all()
                else np.where(size > 0, step / np.maximum(size, 1e-300), axis)
            )
        none: NDArray[bool_] = ~np.any(spread, axis=(1, 2))
        self._axis[rows] = np.where((new & none)[:, None], 0.0, axis)

    def _along(self, rows: Places, blocks: Places) -> list[Settled]:
        """Read a block of each row along the main direction, from the coordinates that were seen."""
        slot = blocks % (AHEAD + 1)
        speed, trust, axis = self._speed[rows, slot], self._trust[rows, slot], self._axis[rows]
        count = np.maximum(self._usual[rows, 1], 1.0)
        usual = np.sqrt(self._usual[rows, 0] / count)
        tremble = self._gain * np.sqrt(self._usual[rows, 2] / count)
        seen = np.isfinite(speed)
        moved = np.where(seen, speed, 0.0)
        carried = np.sum(np.where(seen, (axis * axis)[:, None, :], 0.0), axis=2)
        # Half of what carries the main direction must be in sight.
        known = (carried >= 0.5) & (trust > 0)
        scale = np.sqrt(np.maximum(1, np.count_nonzero(np.abs(axis) > 1e-9, axis=1)))
        velocity = np.sum(moved * axis[:, None, :], axis=2) / np.maximum(carried, 0.5)
        velocity = np.where(known, velocity / scale[:, None], np.nan).astype(np.float32)
        size = np.sqrt(np.sum(moved * moved, axis=2))
        rests = size <= np.maximum(STILL * usual, 2.0 * tremble)[:, None]
        still = np.where(known, rests, -1).astype(np.int8)
        trust = np.where(known, trust, 0.0).astype(np.float32)
        first = self._run[rows] + BLOCK * blocks
        return [
            Settled(int(cell), *row)
            for cell, *row in zip(first, velocity, trust, still, strict=True)
        ]
