"""The memory of everybody sensed in this process, and one call a beat for all of them.

`Bank` is for breath and `MovementBank` for movement. Each person has a row; what they are called, and
with whom they sit, is known elsewhere. Raw readings pass through and are never kept: a row holds
smoothed cells of the last minute and a half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relational_space.sensing.breath import gathered
from relational_space.sensing.hearing import Settled, finish, forget, hear, memory, settled
from relational_space.sensing.memory import CHANNELS
from relational_space.sensing.movement import gathered as gathered_movement
from relational_space.sensing.moving import HZ, Moving
from relational_space.sensing.moving import Settled as Moved
from relational_space.sensing.trace import LONGEST_S

if TYPE_CHECKING:
    from numpy import float64, int64
    from numpy.typing import NDArray

    from relational_space.sensing.trace import Breath, Movement

COLLECT_BEATS = 300
"""What is settled is collected from every row once in so many beats, a few rows a beat."""


class Bank:
    """Rows of memory for everybody sensed here; about 200 kB a row, whatever a sitting's length."""

    def __init__(self, rows: int = 16) -> None:
        self._people = memory(rows)
        self._free = list(range(rows))[::-1]
        self._taken: dict[int, list[Settled]] = {}
        self._due: list[int] = []

    def __len__(self) -> int:
        """Count the rows in use."""
        return len(self._taken)

    def admit(self, channels: int) -> int:
        """Give an empty row to somebody with 1, 3 or 6 channels."""
        if channels not in (1, 3, 6):
            raise ValueError(f"Breath comes in 1, 3 or 6 channels, not {channels}.")
        if not self._free:
            size = len(self._people)
            more = memory(size)
            self._people = np.concatenate([self._people, more])
            self._free = list(range(size, 2 * size))[::-1]
        row = self._free.pop()
        self._people["channels"][row] = channels
        self._taken[row] = []
        return row

    def beat(
        self,
        rows: NDArray[int64],
        starts: NDArray[int64],
        times_s: NDArray[float64],
        readings: NDArray[float64],
    ) -> NDArray[float64]:
        """Hear everybody's readings since the last beat.

        Parameters
        ----------
        rows : ndarray of int64, shape (k,)
            Whose readings come, each row once.
        starts : ndarray of int64, shape (k + 1,)
            Where each one's readings begin in the two arrays below; the last is their length.
        times_s : ndarray, shape (n,)
        readings : ndarray, shape (n, 6)
            Columns beyond a person's channels are not looked at.

        Returns
        -------
        ndarray, shape (k, 2)
            Each one's wave of this moment, half a second late and NaN where there is none, and how
            much it repeats (0 to 1).
        """
        if readings.shape != (len(times_s), CHANNELS) or len(starts) != len(rows) + 1:
            raise ValueError(
                f"A beat needs n stamps and (n, {CHANNELS}) readings, and one more start than rows; "
                f"not {times_s.shape}, {readings.shape}, {len(starts)} and {len(rows)}."
            )
        live = np.empty((len(rows), 2))
        heard = np.zeros(len(rows), np.int64)
        wanted = np.diff(starts)
        hear(self._people, rows, starts, times_s, readings, heard, live)
        while (heard < wanted).any():
            for row in rows[heard < wanted]:
                self._collect(int(row))
            hear(self._people, rows, starts, times_s, readings, heard, live)
        self._collect_some()
        return live

    def _collect(self, row: int) -> None:
        self._taken[row].append(settled(self._people, row))

    def _collect_some(self) -> None:
        """Collect from a few rows, so that no beat does it for all."""
        if not self._due:
            self._due = list(self._taken)
        for _ in range(-(-len(self._taken) // COLLECT_BEATS)):
            if self._due and (row := self._due.pop()) in self._taken:
                self._collect(row)

    def release(self, row: int) -> Breath:
        """Settle what is left of somebody, give their breath, and forget them."""
        pieces = self._taken[row]
        finish(self._people, row)
        pieces.append(settled(self._people, row))
        one = self._people[row]
        start, duration = float(one["first_s"]), float(one["latest_s"] - one["first_s"])
        self.forget(row)
        return gathered(pieces, start, duration)

    def forget(self, row: int) -> None:
        """Forget somebody at once, and keep nothing."""
        del self._taken[row]
        forget(self._people, row)
        self._free.append(row)


class MovementBank:
    """Rows of memory for everybody who moves here: phones in the hand, and tracked points.

    About 26 kB a row for a phone, 100 kB for seven points in a plane and 146 kB in space, whatever a
    sitting's length, and 230 bytes for each second that is to be given at the end, up to `LONGEST_S`.
    """

    def __init__(self) -> None:
        self._kinds: list[Moving] = []
        self._kind = np.empty(0, np.int64)
        self._place = np.empty(0, np.int64)
        self._free: list[int] = []
        self._taken: dict[int, list[Moved]] = {}
        self._rows: list[dict[int, int]] = []
        self._empty: list[list[int]] = []

    def __len__(self) -> int:
        """Count the rows in use."""
        return len(self._taken)

    @property
    def nbytes(self) -> int:
        """Say how much is remembered of everybody, without what is to be given at the end."""
        return sum(kind.nbytes for kind in self._kinds)

    def admit(self, columns: int, *, phone: bool = False) -> int:
        """Give an empty row to a phone's three axes, or to points of two or three coordinates each."""
        if columns < 2 or (phone and columns != 3):
            raise ValueError(
                f"Movement comes as a phone's 3 axes or as points of 2 or 3 coordinates, not {columns}."
            )
        kind = self._kind_of(columns, phone=phone)
        moving, empty = self._kinds[kind], self._empty[kind]
        if not empty:
            size = max(4, len(moving))
            moving.grow(size)
            empty += range(len(moving) - 1, len(moving) - size - 1, -1)
        place = empty.pop()
        if not self._free:
            self._free = [len(self._kind)]
            self._kind, self._place = np.append(self._kind, 0), np.append(self._place, 0)
        row = self._free.pop()
        self._kind[row], self._place[row] = kind, place
        self._rows[kind][place] = row
        self._taken[row] = []
        return row

    def _kind_of(self, columns: int, *, phone: bool) -> int:
        for kind, moving in enumerate(self._kinds):
            if (moving.columns, moving.phone) == (columns, phone):
                return kind
        self._kinds.append(Moving(0, columns, phone=phone))
        self._rows.append({})
        self._empty.append([])
        return len(self._kinds) - 1

    def beat(
        self,
        rows: NDArray[int64],
        starts: NDArray[int64],
        times_s: NDArray[float64],
        readings: NDArray[float64],
        confidence: NDArray[float64] | None = None,
    ) -> None:
        """Hear everybody's readings since the last beat.

        Parameters
        ----------
        rows : ndarray of int64, shape (k,)
            Whose readings come, each row once.
        starts : ndarray of int64, shape (k + 1,)
            Where each one's readings begin in the arrays below; the last is their length.
        times_s : ndarray, shape (n,)
        readings : ndarray, shape (n, columns)
            As wide as the widest of these rows; columns beyond a person's are not looked at. NaN where
            a coordinate was not seen, or the tracker was less sure of its point than `SEEN_LEAST`.
        confidence : ndarray, shape (n,), optional
            How sure the tracker was of the whole reading, 0 to 1.
        """
        widest = max((self._kinds[kind].columns for kind in self._kind[rows]), default=0)
        if readings.ndim != 2 or readings.shape[0] != len(times_s) or readings.shape[1] < widest:
            raise ValueError(
                f"A beat needs ({len(times_s)}, {widest}) readings, not {readings.shape}."
            )
        if len(starts) != len(rows) + 1:
            raise ValueError(
                f"A beat needs one more start than rows, not {len(starts)} and {len(rows)}."
            )
        sure = np.ones(len(times_s)) if confidence is None else np.nan_to_num(confidence)
        counts = np.diff(starts)
        for kind in np.unique(self._kind[rows]):
            moving = self._kinds[kind]
            mine = self._kind[rows] == kind
            here = np.repeat(mine, counts)
            wide = np.empty((int(here.sum()), moving.columns + 1))
            wide[:, :-1], wide[:, -1] = readings[here, : moving.columns], sure[here]
            begins = np.concatenate(([0], np.cumsum(counts[mine])))
            places = self._place[rows[mine]]
            self._keep(kind, moving.hear(places, begins, times_s[here], wide))

    def _keep(self, kind: int, pieces: list[tuple[int, Moved]]) -> None:
        longest = LONGEST_S * HZ
        for place, piece in pieces:
            if piece.first_cell < longest:
                self._taken[self._rows[kind][place]].append(piece)

    def release(self, row: int) -> Movement:
        """Settle what is left of somebody, give their movement, and forget them."""
        kind, place = int(self._kind[row]), int(self._place[row])
        moving = self._kinds[kind]
        self._keep(kind, moving.finish(place))
        pieces, start = self._taken[row], float(moving.start_s[place])
        self.forget(row)
        return gathered_movement(pieces, start, phone=moving.phone)

    def forget(self, row: int) -> None:
        """Forget somebody at once, and keep nothing."""
        del self._taken[row]
        kind, place = int(self._kind[row]), int(self._place[row])
        del self._rows[kind][place]
        self._kinds[kind].forget(place)
        self._empty[kind].append(place)
        self._free.append(row)
