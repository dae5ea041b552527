"""The memory of everybody sensed in this process, and one call a beat for all of them.

Each person has a row; what they are called, and with whom they sit, is known elsewhere. Raw readings
pass through and are never kept: a row holds smoothed cells of the last minute and a half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relational_space.sensing.breath import gathered
from relational_space.sensing.hearing import Settled, finish, forget, hear, memory, settled
from relational_space.sensing.memory import CHANNELS

if TYPE_CHECKING:
    from numpy import float64, int64
    from numpy.typing import NDArray

    from relational_space.sensing.trace import Breath

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
