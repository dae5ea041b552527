"""From tracked points, or from a phone in the hand, to how fast a body moves, and when it rests.

Everything is symmetric in time, so nothing is shifted: a lag between two people is theirs. The signal
work is moving.py's; here readings are checked and what has been settled is put together. It must
never show a moment as read that moving.py did not read, and says nothing about what a movement means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relational_space.sensing.moving import HZ, Moving, Settled
from relational_space.sensing.trace import Movement, Stretch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy import float64
    from numpy.typing import ArrayLike, NDArray

    Row = NDArray[float64]
    Table = NDArray[float64]

VERSION = "2"
SEEN_LEAST = 0.3
"""A tracker's confidence below which a point counts as not seen."""


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
    A cell is certain at most 11.4 s after its moment for points, 13.3 s for a phone. Memory is twenty
    seconds of cells, whatever the length of the sitting.
    """

    def __init__(self, columns: int, *, phone: bool = False) -> None:
        self._moving = Moving(1, columns, phone=phone)

    @property
    def start_s(self) -> float:
        """The moment of cell 0; NaN before the first reading."""
        return float(self._moving.start_s[0])

    @property
    def nbytes(self) -> int:
        """How much is remembered."""
        return self._moving.nbytes

    def hear(self, times_s: Row, readings: Table, confidence: Row | None = None) -> list[Settled]:
        """Hear readings in order; NaN where a coordinate was not seen."""
        sure = np.ones(len(times_s)) if confidence is None else confidence
        wide = np.column_stack((readings, sure))
        starts = np.array([0, len(times_s)])
        return [
            piece for _, piece in self._moving.hear(np.zeros(1, np.int64), starts, times_s, wide)
        ]

    def finish(self) -> list[Settled]:
        """Settle what is left when no more readings will come."""
        return [piece for _, piece in self._moving.finish(0)]


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
    return gathered(pieces, stream.start_s)


def movement_of_phone(times_s: ArrayLike, acceleration: ArrayLike) -> Movement:
    """Read movement from a phone held or worn: acceleration with gravity, shape (n, 3).

    The velocity is right between about 0.3 and 3 Hz: what is slower cannot be told from a change of
    tilt, and is left out.

    Parameters
    ----------
    times_s : array_like, shape (n,)
        Stamps in seconds; irregular, repeated and missing ones are fine.
    acceleration : array_like, shape (n, 3)
        m/s² with gravity; rows with NaN are passed over.

    Returns
    -------
    Movement
        Sampled at 25 Hz, in m/s. See `trace.Movement`.

    Raises
    ------
    ValueError
        When there are not three axes for every stamp.

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
    return gathered(pieces, stream.start_s, phone=True)


def gathered(pieces: list[Settled], start_s: float, *, phone: bool = False) -> Movement:
    """Put settled pieces together to one result; what lies between two of them was not read."""
    cells = pieces[-1].first_cell + len(pieces[-1].velocity) if pieces else 0
    velocity, trust, still = np.full(cells, np.nan), np.zeros(cells), np.full(cells, np.nan)
    for piece in pieces:
        place = slice(piece.first_cell, piece.first_cell + len(piece.velocity))
        velocity[place], trust[place] = piece.velocity, piece.trust
        still[place] = np.where(piece.still < 0, np.nan, piece.still)
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
        unit="the acceleration's unit times seconds" if phone else "units a second",
        method="velocity along the main direction, symmetric in time, 25 Hz",
        version=VERSION,
    )
