"""From tracked points, or from a phone in the hand, to how fast a body moves, and when it rests.

Everything is symmetric in time, so nothing is shifted: a lag between two people is theirs. It must
not fill in a point that was not seen, and it says nothing about what a movement means.

The way of a reading: readings are laid on an even grid of 25 a second by straight lines, never
across more than `LONGEST_BRIDGE_S`; an antisymmetric window turns positions into velocities (a
parabola fitted to 0.28 s) or acceleration into velocity (a tapered sum of what came before minus
what comes after, 2 s each way, in which gravity cancels); the velocity is read along the body's
main direction, which is followed slowly and known `LOOKAHEAD_S` ahead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from relational_space.sensing.trace import Movement, Stretch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy import float64
    from numpy.typing import ArrayLike, NDArray

    Row = NDArray[float64]
    Table = NDArray[float64]

VERSION = "1"
HZ = 25.0
LONGEST_BRIDGE_S = 0.25
"""A point that comes back within this time moved straight; later, it was not seen."""
LOOKAHEAD_S = 10.0
"""The main direction is known from so far ahead; with it comes the delay of a live stream."""
BLOCK = 25
"""Cells between two looks at the main direction."""
FORGET = 0.9
"""What a look keeps of the one before: about ten seconds."""
SEEN_LEAST = 0.3
"""A tracker's confidence below which a point counts as not seen."""
STILL = 0.1
"""Rest is below this share of the body's usual speed, or within the tracker's own tremble."""


def _derivative() -> Row:
    steps = np.arange(-3, 4.0)
    return np.asarray(steps * HZ / np.sum(steps**2))


def _integral() -> Row:
    steps = np.arange(-50, 51)
    return -0.5 * np.sign(steps) * (0.5 + 0.5 * np.cos(np.pi * steps / 51)) / HZ


class Settled(NamedTuple):
    """Cells that are certain: velocity along the main direction, trust, rest."""

    velocity: Row
    trust: Row
    still: Row


class MovementStream:
    """Movement as it comes; pieces of any size give the same cells.

    Parameters
    ----------
    columns : int
        Coordinates a reading: points times two or three, or a phone's three axes.
    phone : bool
        Whether readings are acceleration with gravity instead of positions.

    Notes
    -----
    A cell is certain 12.4 s after its moment. Memory is a dozen seconds of cells, whatever the
    length of the sitting.
    """

    def __init__(self, columns: int, *, phone: bool = False) -> None:
        self._window = _integral() if phone else _derivative()
        self._times = np.empty(0)
        self._readings = np.empty((0, columns))
        self._confidence = np.empty(0)
        self._start_s = np.nan
        self._cells = np.empty((0, columns))
        self._sure = np.empty(0)
        self._first_cell = 0
        self._next_velocity = 0
        self._speeds: list[tuple[Table, Row]] = []
        self._looks: list[tuple[Row, float, float]] = []
        self._spread = np.zeros((columns, columns))
        self._axis = np.zeros(columns)
        self._usual = np.zeros(3)
        self._blocks_out = 0

    @property
    def start_s(self) -> float:
        """The moment of cell 0; NaN before the first reading."""
        return self._start_s

    def hear(self, times_s: Row, readings: Table, confidence: Row | None = None) -> list[Settled]:
        """Hear readings in order; NaN where a coordinate was not seen."""
        if confidence is None:
            confidence = np.ones(len(times_s))
        last = self._times[-1] if len(self._times) else -np.inf
        forward = np.diff(np.maximum.accumulate(np.concatenate(([last], times_s)))) > 0
        forward &= np.isfinite(times_s)
        if not forward.any():
            return []
        self._times = np.concatenate((self._times, times_s[forward]))
        self._readings = np.concatenate((self._readings, readings[forward]))
        self._confidence = np.concatenate((self._confidence, confidence[forward]))
        if np.isnan(self._start_s):
            self._start_s = float(self._times[0])
        until = self._times[-1] - LONGEST_BRIDGE_S
        self._lay_out(int(np.floor((until - self._start_s) * HZ)) + 1)
        return self._settle(finished=False)

    def finish(self) -> list[Settled]:
        """Settle what is left when no more readings will come."""
        if len(self._times):
            self._lay_out(int(np.floor((self._times[-1] - self._start_s) * HZ)) + 1)
            window = len(self._window) // 2
            # The last cells have nothing after them; they are known to be unknown.
            self._cells = np.concatenate(
                (self._cells, np.full((window, self._cells.shape[1]), np.nan))
            )
            self._sure = np.concatenate((self._sure, np.zeros(window)))
        return self._settle(finished=True)

    def _lay_out(self, end: int) -> None:
        """Lay readings on the grid up to cell `end`."""
        begin = self._first_cell + len(self._cells)
        if end <= begin:
            return
        when = self._start_s + np.arange(begin, end) / HZ
        laid = np.column_stack(
            [_straight(self._times, column, when) for column in self._readings.T]
        )
        self._cells = np.concatenate((self._cells, laid))
        self._sure = np.concatenate((self._sure, _straight(self._times, self._confidence, when)))
        keep = max(0, int(np.searchsorted(self._times, when[-1] - 2 * LONGEST_BRIDGE_S)) - 1)
        self._times, self._readings = self._times[keep:], self._readings[keep:]
        self._confidence = self._confidence[keep:]

    def _settle(self, *, finished: bool) -> list[Settled]:
        """Turn cells into velocities, look at each full block, and give what is certain."""
        half = len(self._window) // 2
        ready = self._first_cell + len(self._cells) - half
        while self._next_velocity < ready:
            end = min(ready, (self._next_velocity // BLOCK + 1) * BLOCK)
            if end % BLOCK and not finished:
                break
            self._look(self._next_velocity, end, half)
            self._next_velocity = end
        drop = max(0, self._next_velocity - half - self._first_cell)
        self._cells, self._sure = self._cells[drop:], self._sure[drop:]
        self._first_cell += drop
        ahead = round(LOOKAHEAD_S * HZ / BLOCK)
        pieces = []
        while self._speeds and (finished or len(self._looks) > ahead):
            axis, usual, tremble = self._looks[min(ahead, len(self._looks) - 1)]
            pieces.append(_along(*self._speeds.pop(0), axis, usual, tremble))
            # Kept looks run ahead of kept speeds by the lookahead; at the end the last one serves all.
            if len(self._looks) > 1:
                self._looks.pop(0)
        return pieces

    def _look(self, begin: int, end: int, half: int) -> None:
        """Work out the velocities of one block, and with them the main direction."""
        columns = self._cells.shape[1]
        speed = np.zeros((end - begin, columns))
        sure = np.full(end - begin, np.inf)
        rough = np.zeros((end - begin, columns))
        for place, weight in enumerate(self._window):
            first = begin - half + place - self._first_cell
            rows = np.arange(first, first + end - begin)
            inside = rows >= 0
            cells = np.where(inside[:, None], self._cells[np.maximum(rows, 0)], np.nan)
            speed += weight * cells
            if abs(place - half) <= 1:
                sure = np.minimum(sure, np.where(inside, self._sure[np.maximum(rows, 0)], 0.0))
                rough += (1.0 if place == half else -0.5) * cells
        seen = np.isfinite(speed)
        moved = np.where(seen, speed, 0.0)
        self._spread *= FORGET
        self._spread += (moved[:, :, None] * moved[:, None, :]).sum(0)
        self._usual *= FORGET
        self._usual += (
            (moved**2).sum(),
            seen.any(1).sum(),
            (np.where(np.isfinite(rough), rough, 0.0) ** 2).sum(),
        )
        self._turn()
        count = max(self._usual[1], 1.0)
        usual = float(np.sqrt(self._usual[0] / count))
        # A position's tremble s shows as 1.5 s^2 in `rough`, and as s times the window in the speed.
        gain = float(np.sqrt(np.sum(self._window**2) / 1.5))
        tremble = gain * float(np.sqrt(self._usual[2] / count))
        self._looks.append((self._axis.copy(), usual, tremble))
        share = seen.mean(1)
        self._speeds.append((np.where(seen, speed, np.nan), share * np.nan_to_num(sure)))

    def _turn(self) -> None:
        """Follow the main direction; at first its largest part is positive."""
        if not self._spread.any():
            return
        if not self._axis.any():
            self._axis[int(np.argmax(np.diag(self._spread)))] = 1.0
        for _ in range(12):
            step = (self._spread * self._axis).sum(1)
            size = float(np.sqrt((step**2).sum()))
            if size == 0.0:
                return
            self._axis = step / size


def _straight(times: Row, values: Row, when: Row) -> Row:
    """Interpolate between seen values that lie near enough to each other; NaN elsewhere."""
    seen = np.isfinite(values)
    out = np.full(len(when), np.nan)
    if not seen.any():
        return out
    at, value = times[seen], values[seen]
    after = np.searchsorted(at, when, side="left")
    hit = (after < len(at)) & (at[np.minimum(after, len(at) - 1)] == when)
    between = (after > 0) & (after < len(at)) & ~hit
    out[hit] = value[after[hit]]
    right = after[between]
    gap = at[right] - at[right - 1]
    share = (when[between] - at[right - 1]) / gap
    line = value[right - 1] + share * (value[right] - value[right - 1])
    out[between] = np.where(gap <= LONGEST_BRIDGE_S, line, np.nan)
    return out


def _along(speed: Table, trust: Row, axis: Row, usual: float, tremble: float) -> Settled:
    """Read velocities along the main direction, from the coordinates that were seen."""
    seen = np.isfinite(speed)
    moved = np.where(seen, speed, 0.0)
    carried = (seen * axis**2).sum(1)
    # Half of what carries the main direction must be in sight.
    known = (carried >= 0.5) & (trust > 0)
    scale = np.sqrt(max(1, int(np.count_nonzero(np.abs(axis) > 1e-9))))
    velocity = (moved * axis).sum(1) / np.maximum(carried, 0.5) / scale
    size = np.sqrt((moved**2).sum(1))
    still = np.where(size <= max(STILL * usual, 2.0 * tremble), 1.0, 0.0)
    return Settled(
        np.where(known, velocity, np.nan),
        np.where(known, trust, 0.0),
        np.where(known, still, np.nan),
    )


def movement(
    times_s: ArrayLike,
    points: Mapping[str, ArrayLike],
    *,
    confidences: Mapping[str, ArrayLike] | None = None,
) -> Movement:
    """Read movement from a person's tracked points.

    Parameters
    ----------
    times_s : array_like, shape (n,)
        Stamps in seconds, from about 12 to 120 a second, irregular ones too.
    points : mapping of str to array_like, shape (n, 2) or (n, 3)
        Positions by name, in one unit; NaN where a point was not seen.
    confidences : mapping of str to array_like, shape (n,), optional
        How sure the tracker was, 0 to 1; below 0.3 a point counts as not seen.

    Returns
    -------
    Movement
        At 25 Hz: velocity along the body's main direction, in units a second.

    Raises
    ------
    ValueError
        When there is no point, or shapes do not fit.

    Notes
    -----
    Velocity from a parabola fitted to 0.28 s around each moment (Savitzky and Golay 1964): it does
    not shift time, and leaves movement up to about 3 Hz, where followers' jitter lies (Noy 2011).
    They differ: theirs is one point on one line; ours reads all points along the direction in
    which the body moves most.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.arange(0, 20, 1 / 30)
    >>> hand = np.column_stack([np.sin(t), 0 * t])
    >>> result = movement(t, {"hand": hand})
    >>> round(float(np.nanmax(result.velocity)), 2), result.coverage > 0.95
    (1.0, True)
    """
    times = np.asarray(times_s, np.float64)
    tables, sure = [], []
    for name, position in points.items():
        table = np.array(position, np.float64)
        if table.ndim != 2 or len(table) != len(times) or table.shape[1] not in (2, 3):
            raise ValueError(f"{name} needs {len(times)} positions of 2 or 3, not {table.shape}.")
        confidence = np.ones(len(times))
        if confidences is not None and name in confidences:
            confidence = np.nan_to_num(np.asarray(confidences[name], np.float64))
        table[confidence < SEEN_LEAST] = np.nan
        tables.append(table)
        sure.append(np.clip(confidence, 0.0, 1.0))
    if not tables:
        raise ValueError("Movement needs at least one point.")
    stream = MovementStream(sum(table.shape[1] for table in tables))
    pieces = stream.hear(times, np.hstack(tables), np.mean(sure, 0)) + stream.finish()
    return gathered(pieces, stream.start_s, unit="units a second")


def movement_of_phone(times_s: ArrayLike, acceleration: ArrayLike) -> Movement:
    """Read movement from a phone held or worn: acceleration with gravity, shape (n, 3).

    The velocity is right between about 0.3 and 3 Hz: what is slower cannot be told from a change of
    tilt, and is left out.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.arange(0, 30, 0.01)
    >>> swing = np.column_stack([np.cos(2 * np.pi * t), 0 * t, 9.81 + 0 * t])
    >>> result = movement_of_phone(t, swing)
    >>> round(float(np.nanmax(result.velocity)), 1)  # 1 / (2 pi) m/s
    0.2
    """
    times = np.asarray(times_s, np.float64)
    values = np.asarray(acceleration, np.float64)
    if values.ndim != 2 or values.shape != (len(times), 3):
        raise ValueError(f"A phone gives three axes a reading; this has shape {values.shape}.")
    stream = MovementStream(3, phone=True)
    pieces = stream.hear(times, values) + stream.finish()
    return gathered(pieces, stream.start_s, unit="the acceleration's unit times seconds")


def gathered(pieces: list[Settled], start_s: float, *, unit: str) -> Movement:
    """Put settled pieces together to one result."""
    empty: list[Row] = [np.empty(0)]
    velocity = np.concatenate([piece.velocity for piece in pieces] or empty)
    trust = np.concatenate([piece.trust for piece in pieces] or empty)
    still = np.concatenate([piece.still for piece in pieces] or empty)
    unread = np.isnan(velocity)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], unread, [False])).astype(np.int8)))
    stretches = tuple(
        Stretch(start_s + float(begin) / HZ, start_s + float(end) / HZ, "missing")
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
    )
    return Movement(
        hz=HZ,
        start_s=start_s,
        velocity=velocity,
        trust=trust,
        still=still,
        coverage=float(1 - unread.mean()) if len(unread) else 0.0,
        unread=stretches,
        unit=unit,
        method="velocity along the main direction, symmetric in time, 25 Hz",
        version=VERSION,
    )
