"""From motion to breath: the wave, where it turns, how fast, and how far to trust each moment.

The signal work is hearing.py's; here readings are checked and what has been settled is put
together. It must never show a moment as read that hearing.py did not read.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from relational_space.sensing.filters import CELL_S
from relational_space.sensing.hearing import Settled, finish, hear_all, memory, settled
from relational_space.sensing.memory import READ, REASONS
from relational_space.sensing.trace import Breath, Stretch
from relational_space.sensing.windows import plain

if TYPE_CHECKING:
    from numpy import float64, int8
    from numpy.typing import ArrayLike, NDArray

VERSION = "1"
HZ = 1.0 / CELL_S


class BreathStream:
    """Breath as it comes: hear readings in pieces of any size, take what has become certain.

    Parameters
    ----------
    channels : int
        1 for a belt, airflow or impedance; 3 for acceleration with gravity; 6 with a
        gyroscope (rad/s) after it.

    Notes
    -----
    The wave is certain 45 s after the moment it belongs to; onsets and trust two breaths later,
    and `memory.DECIDED_WITHIN_S` at the latest. Memory does not grow with the length of the recording.
    """

    def __init__(self, channels: int) -> None:
        self._held = memory(1)
        self._held["channels"] = channels
        self._channels = channels

    def hear(self, times_s: NDArray[float64], readings: NDArray[float64]) -> list[Settled]:
        """Hear readings with stamps in seconds; a stamp that does not move forward is passed over."""
        times_s = plain(times_s)
        readings = plain(readings).reshape(len(times_s), self._channels)
        return hear_all(self._held, 0, times_s, readings)

    def finish(self) -> list[Settled]:
        """Settle what is left when no more readings will come."""
        finish(self._held, 0)
        return [settled(self._held, 0)]

    @property
    def start_s(self) -> float:
        """The stamp of the first reading, where cell 0 begins."""
        return float(self._held["first_s"][0])

    @property
    def latest_s(self) -> float:
        """The latest stamp, whether its reading was heard or passed over."""
        heard = float(self._held["latest_s"][0]) if self._held["begun"][0] else -np.inf
        return max(heard, float(self._held["furthest_s"][0]))


def breath(
    times_s: ArrayLike, readings: ArrayLike, *, first_inhale_s: float | None = None
) -> Breath:
    """Read breath from a phone or chest sensor, or from a belt, airflow or impedance wave.

    Parameters
    ----------
    times_s : array_like, shape (n,)
        Stamps in seconds, 10 to 420 a second; irregular and missing ones are fine, and one that is no
        later than the latest before it, or is no number, is passed over with its reading.
    readings : array_like, shape (n,), (n, 1), (n, 3) or (n, 6)
        One column: a belt, airflow or impedance. Three: acceleration *with gravity*, in any
        unit. Six: acceleration, then angular rate in rad/s. Rows with NaN are passed over.
    first_inhale_s : float, optional
        A moment within a guided first inhale, on the clock of the stamps; it fixes which way is
        up, if it was read.

    Returns
    -------
    Breath
        Sampled at 10 Hz. See `trace.Breath`.

    Raises
    ------
    ValueError
        When shapes do not fit: n stamps, and n rows of 1, 3 or 6.

    Notes
    -----
    Axis by second moments as in Hostrup et al. 2025 (Physiol Meas 46:035005), who take the
    principal axis of a whole minute; ours follows half-period differences, forgets in 20 s, and
    is found again after every movement. The period is found by differences at a delay as YIN
    finds a pitch (de Cheveigne and Kawahara 2002); ours compares four means, half a period apart
    and half of that long, which white noise, drift and a heartbeat cannot imitate, and has a
    longer memory for longer delays.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.arange(0, 120, 0.02)
    >>> tilt = 0.02 * np.sin(2 * np.pi * t / 5)
    >>> phone = np.column_stack([np.sin(tilt), 0 * t, np.cos(tilt)])
    >>> result = breath(t, phone)
    >>> round(result.rate_per_min, 1), round(result.coverage, 1), result.sign
    (12.0, 1.0, 'unknown')
    """
    times = np.asarray(times_s, np.float64)
    values = np.asarray(readings, np.float64)
    if values.ndim == 1:
        values = values[:, np.newaxis]
    if (
        times.ndim != 1
        or values.ndim != 2
        or len(values) != len(times)
        or values.shape[1] not in (1, 3, 6)
    ):
        raise ValueError(
            f"breath needs n stamps and n rows of 1, 3 or 6 readings, not {times.shape} and {values.shape}"
        )
    stream = BreathStream(values.shape[1])
    pieces = stream.hear(times, values) + stream.finish()
    if len(times) and not np.isfinite(times[0]):
        times = times[np.isfinite(times)]
    duration = stream.latest_s - float(times[0]) if len(times) else 0.0
    return gathered(pieces, stream.start_s, duration, first_inhale_s=first_inhale_s)


def gathered(
    pieces: list[Settled], start_s: float, duration_s: float, *, first_inhale_s: float | None = None
) -> Breath:
    """Put settled pieces together to one result."""
    wave = np.concatenate([piece.wave for piece in pieces])
    trust = np.concatenate([piece.trust for piece in pieces], dtype=np.float64)
    reason = np.concatenate([piece.reason for piece in pieces])
    onset = np.concatenate([piece.onset_cell for piece in pieces])
    way = np.concatenate([piece.onset_way for piece in pieces])
    read = reason == READ
    unread = ~read
    np.copyto(wave, np.nan, where=unread)
    np.copyto(trust, 0.0, where=unread)
    within = np.zeros(len(onset), bool)
    if len(read):
        place = np.clip(np.round(onset).astype(np.int64), 0, len(read) - 1)
        within = read[place] | read[np.maximum(place - 1, 0)]
    onset, way = onset[within], way[within]
    sign = "unknown"
    if first_inhale_s is not None:
        ahead = (first_inhale_s - start_s) / CELL_S
        before = np.flatnonzero(onset <= ahead)
        # What was not read between the turn and that moment may have held another turn.
        if len(before) and ahead < len(read):
            turn = before[-1]
            if read[round(float(onset[turn])) + 1 : int(ahead) + 1].all():
                sign = "known"
                if way[turn] < 0:
                    wave, way = -wave, -way
    at = start_s + CELL_S * onset + 0.5 * CELL_S
    inhale = onset[way > 0]
    ends = np.clip(np.round(inhale).astype(np.int64), 0, len(read))
    unread_before = np.searchsorted(np.flatnonzero(unread), ends)
    unbroken = unread_before[1:] == unread_before[:-1]
    intervals = CELL_S * np.diff(inhale)[unbroken]
    rate, low, high = _rate(intervals)
    total = max(duration_s, CELL_S * len(read), CELL_S)
    return Breath(
        hz=HZ,
        start_s=start_s + 0.5 * CELL_S,
        wave=wave,
        trust=trust,
        inhale_onsets_s=at[way > 0],
        exhale_onsets_s=at[way < 0],
        intervals_s=intervals,
        rate_per_min=rate,
        rate_interval=(low, high),
        coverage=float(CELL_S * np.count_nonzero(read) / total),
        unread=_stretches(reason, start_s, duration_s),
        sign=sign,
        method="period-led wave and turning points, 10 Hz",
        version=VERSION,
    )


def _rate(intervals_s: NDArray[float64]) -> tuple[float, float, float]:
    """Give breaths a minute and a 95 % interval from the spread of the intervals."""
    if len(intervals_s) == 0:
        return np.nan, np.nan, np.nan
    mean = float(intervals_s.mean())
    if len(intervals_s) < 3:
        return 60 / mean, np.nan, np.nan
    wide = 2.0 * float(intervals_s.std(ddof=1)) / np.sqrt(len(intervals_s))
    return 60 / mean, 60 / (mean + wide), 60 / max(mean - wide, 0.5 * mean)


def _stretches(reason: NDArray[int8], start_s: float, duration_s: float) -> tuple[Stretch, ...]:
    """Give the unread stretches; the last part of a cell belongs to the stretch before it."""
    if len(reason) == 0:
        return (Stretch(start_s, start_s + duration_s, "too short"),)
    cuts = np.concatenate([[0], np.flatnonzero(reason[1:] != reason[:-1]) + 1, [len(reason)]])
    found = [
        Stretch(start_s + CELL_S * int(first), start_s + CELL_S * int(end), REASONS[reason[first]])
        for first, end in pairwise(cuts.tolist())
        if reason[first] != READ
    ]
    return tuple(found)
