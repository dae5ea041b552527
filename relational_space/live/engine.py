"""The measuring engine as the live part uses it: frames → rows of a bank → what both are told.

The only file here that knows NumPy or `sensing`, and it is imported where that can't be felt. It knows no
socket, no clock and no task. What is measured is real seconds; what is told is sitting time.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from relational_space.live import wire
from relational_space.live.felt import LISTEN_S, Body, Felt, LengthS
from relational_space.practice.practice import Seat
from relational_space.practice.reflection import (
    MORE,
    UNKNOWN,
    Found,
    Line,
    Reflection,
    Rhythm,
    joined,
    never_compared,
    reflection,
)
from relational_space.sensing.bank import Bank, MovementBank
from relational_space.sensing.coupling import Coupling, couple
from relational_space.sensing.moments import moments
from relational_space.sensing.movement import SEEN_LEAST
from relational_space.sensing.trace import Breath, Movement

LATE_S = 0.5
"""The wave of this moment is so late; the filter has to know what comes after."""

SENSORS_S = 0.1
"""So far two devices' stamps may be apart besides their clocks, whatever their pages say of those: a sensor
tells of a movement, and a camera of a picture, some hundredths of a second after it, each as it is built."""

MOST_APART_S = 1.0
"""One body is looked for in both recordings at displacements up to this: further apart, two who breathe
evenly look like one."""

MOST_POINTS = 1600
"""Points of one line, so that a breath of three seconds can be told from the next for a quarter hour."""

LEAST_READ_S = 20.0
"""Somebody who could be read for less than this has not been felt, and there is nothing to look at."""

LEAST_TURN_S = 30.0
"""Who moved first is said of turns that last at least so long."""

ONE_BODY = 0.98
"""Two bodies are never so much alike at one moment; one that is felt by two phones is."""

WORDS_PER_S = 2.2
"""How quickly the guide speaks where no recording says how long it takes; a second is added."""


class Engine:
    """The memory of everybody who is felt in this process, a row each."""

    def __init__(self) -> None:
        """Make it, and see that nobody waits for its first work."""
        self._breath, self._movement = Bank(), MovementBank()
        _work_once()

    def __len__(self) -> int:
        """How many rows are in use."""
        return len(self._breath) + len(self._movement)

    def hear(self, bodies: list[Body]) -> None:
        """Hear what waits of these, in one call for each sense, and tell whoever follows their wave."""
        groups: dict[tuple[str, wire.Kind], list[Body]] = {}
        for body in bodies:
            if body.waiting:
                groups.setdefault((body.sense, body.kind), []).append(body)
        for (sense, kind), group in groups.items():
            beat = _gathered(group, kind)
            if sense == "breath":
                self._hear_breath(group, beat)
            else:
                self._hear_movement(group, beat, kind)

    def _hear_breath(self, bodies: list[Body], beat: "_Beat") -> None:
        motion = _motion(beat.values)
        for body, first in zip(bodies, beat.starts, strict=False):
            if body.row is None:
                # A gyroscope that is missing gives no reading, and what lacks one isn't heard.
                body.channels = 6 if np.isfinite(motion[first : first + 5, 3:]).all() else 3
                body.row = self._breath.admit(body.channels)
        live = self._breath.beat(_rows(bodies), beat.starts, beat.times_s, motion)
        heard = np.flatnonzero(np.isfinite(live[:, 0]))
        who = [bodies[each] for each in heard.tolist()]
        level, trust = live[heard].T
        # A breath is measured against its own size, which is forgotten within a minute.
        size = np.maximum(np.abs(level), 0.998 * np.array([body.size for body in who]))
        size = np.maximum(size, 1e-12)
        at = (beat.times_s[beat.starts[heard + 1] - 1] - LATE_S) * beat.paces[heard]
        told = np.round((at, level / size, trust), 3).tolist()
        # A loop over everybody, at every beat: nothing of NumPy in it.
        for body, of, *wave in zip(who, size.tolist(), *told, strict=True):
            body.size = of
            if body.hears is not None:
                body.hears(*wave)

    def _hear_movement(self, bodies: list[Body], beat: "_Beat", kind: wire.Kind) -> None:
        phone = kind is wire.Kind.MOTION
        confidence = None
        if phone:
            where = _motion(beat.values)[:, :3]
        else:
            where, confidence = _landmarks(beat.values)
        for body in bodies:
            if body.row is None:
                body.row = self._movement.admit(where.shape[1], phone=phone)
        self._movement.beat(_rows(bodies), beat.starts, beat.times_s, where, confidence)

    def release(self, body: Body) -> Breath | Movement | None:
        """What was felt of somebody, who is then forgotten; None when nothing was."""
        row, body.row = body.row, None
        return None if row is None else self._bank(body).release(row)

    def forget(self, body: Body) -> None:
        """Nothing is remembered of somebody any more."""
        row, body.row = body.row, None
        if row is not None:
            self._bank(body).forget(row)

    def _bank(self, body: Body) -> Bank | MovementBank:
        return self._breath if body.sense == "breath" else self._movement


@cache
def _work_once() -> None:
    """Do everything once in this process: what is compiled is loaded by it."""
    breath = Bank()
    for channels in (3, 6):
        row = breath.admit(channels)
        some = np.zeros((50, 6))
        breath.beat(np.array([row]), np.array([0, 50]), np.arange(50) / 50.0, some)
        breath.release(row)
    at = np.arange(0.0, 200.0, 0.1)
    one, other = np.sin(at), np.sin(1.1 * at + np.sin(at / 30.0))
    other[::97] = np.nan
    senses: tuple[Literal["breath"], Literal["movement"]] = ("breath", "movement")
    for sense in senses:
        _coupled(sense, (one, other), 10.0, SENSORS_S)
    moments(one, other, hz=10.0)


def _rows(bodies: list[Body]) -> NDArray[np.int64]:
    return np.array([body.row for body in bodies], np.int64)


class _Beat(NamedTuple):
    """What has come of some people since the last beat: whose begins where, when, and what, as it came."""

    starts: NDArray[np.int64]
    paces: NDArray[np.float64]
    times_s: NDArray[np.float64]
    values: NDArray[np.uint16]
    """A row of 16-bit numbers for each reading."""


def _gathered(bodies: list[Body], kind: wire.Kind) -> _Beat:
    """Take what waits of everybody, all of it of this kind."""
    frames: list[wire.Frame] = []
    firsts = []
    for body in bodies:
        firsts.append(len(frames))
        frames += body.waiting
        body.waiting.clear()
    # All frames are one row of 16-bit numbers: head, stamps and values, of one frame after the other.
    numbers = np.frombuffer(b"".join([frame.data for frame in frames]), "<u2")
    head, width = wire.HEAD_BYTES // 2, wire.READING_BYTES[kind] // 2
    counts = np.array([frame.count for frame in frames])
    begun = np.concatenate(([0], np.cumsum(counts)))
    stamps = np.arange(head, head * (len(frames) + 1), head) + (1 + width) * begun[:-1]
    nth = np.arange(begun[-1]) - np.repeat(begun[:-1], counts)
    after = numbers[np.repeat(stamps, counts) + nth]
    values = numbers[(np.repeat(stamps + counts, counts) + width * nth)[:, None] + np.arange(width)]
    at = np.repeat(np.array([frame.at for frame in frames]), counts) + wire.STAMP_S * after
    starts = begun[[*firsts, len(frames)]]
    paces = np.array([body.pace for body in bodies])
    return _Beat(starts, paces, at / np.repeat(paces, np.diff(starts)), values)


def _motion(values: NDArray[np.uint16]) -> NDArray[np.float64]:
    """Acceleration with gravity in m/s², then turning in rad/s; NaN where there is no reading."""
    steps = values.view("<i2")
    motion = np.where(steps == wire.NO_READING, np.nan, steps.astype(np.float64))
    motion[:, :3] *= wire.ACCELERATION_STEP
    motion[:, 3:] *= np.deg2rad(wire.TURNING_STEP_DEG)
    return motion


_POINT = np.dtype([("x", "<i2"), ("y", "<i2"), ("sure", "u1"), ("", "u1")])


def _landmarks(values: NDArray[np.uint16]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points, x before y, NaN where the tracker was not sure; and how sure it was of a whole reading."""
    points = values.view(_POINT)
    sure = points["sure"] / 255.0
    where = wire.PLACE_STEP * np.stack((points["x"], points["y"]), axis=2).astype(np.float64)
    where[sure < SEEN_LEAST] = np.nan
    return where.reshape(len(points), -1), sure.mean(axis=1)


TRUSTED = 0.6
"""What is read on a table is trusted up to 0.53 in twenty seconds; on somebody's chest from 0.89 on."""

PLAIN = 0.03
"""In m/s², a lean of a sixth of a degree: a sway so large, and as slow as breath, is felt plainly."""


def heard(breath: Breath, sway: float) -> str:
    """Whether a phone was felt to breathe in `LISTEN_S`, in one of four answers."""
    why: dict[str, float] = {}
    for stretch in breath.unread:
        why[stretch.reason] = why.get(stretch.reason, 0.0) + stretch.end_s - stretch.start_s
    read = np.isfinite(breath.wave)
    if len(read) / breath.hz - why.get("missing", 0.0) < 0.3 * LISTEN_S:
        return "nothing"
    if read.sum() / breath.hz > 0.4 * LISTEN_S and breath.trust[read].mean() > TRUSTED:
        return "yes"
    if why.get("moving", 0.0) > 0.4 * LISTEN_S:
        return "moving"
    # Of slow breaths there are too few in so short a time, though they are plainly felt.
    slow_s = why.get("too short", 0.0) + why.get("not a breath", 0.0)
    return "yes" if slow_s > 0.4 * LISTEN_S and sway > PLAIN else "too faint"


# Looking at it afterwards.


def look(felt: Felt, length_s: LengthS) -> tuple[dict[Seat, Reflection], ...]:
    """What both are told of what was felt: a reflection for each, for each sense that read them both.

    It takes long, and runs elsewhere.
    """
    clear = _clear(felt, length_s)
    founds = (_find(felt, "breath", _breath, clear), _find(felt, "movement", _movement, clear))
    return tuple(
        {seat: reflection(found, seat) for seat in Seat} for found in founds if found is not None
    )


Stretch = tuple[float, float]


def _clear(felt: Felt, length_s: LengthS) -> list[Stretch]:
    """From when to when the guide spoke to either of them, in real seconds."""
    pace = felt.sitting.opened.pace
    out = []
    for words in felt.words:
        lasts_s = length_s(words.text)
        if lasts_s is None:
            lasts_s = 1.0 + len(words.text.split()) / WORDS_PER_S
        out.append((words.begin / pace, words.begin / pace + lasts_s))
    return out


class _Two(NamedTuple):
    """Both on one clock, as far as each was read: all of it, and without the guide's words."""

    hz: float
    start_s: float
    whole: tuple[NDArray[np.float64], NDArray[np.float64]]
    quiet: tuple[NDArray[np.float64], NDArray[np.float64]]

    @property
    def end_s(self) -> float:
        return self.start_s + len(self.whole[0]) / self.hz

    def within(self, begin_s: float, end_s: float) -> tuple[NDArray[np.float64], ...]:
        first, last = (round((at - self.start_s) * self.hz) for at in (begin_s, end_s))
        return tuple(each[max(first, 0) : max(last, 0)] for each in self.quiet)


def _together(traces: Iterable[Any], spoken: list[Stretch]) -> _Two:
    values = [(each, each.wave if isinstance(each, Breath) else each.velocity) for each in traces]
    hz = values[0][0].hz
    start_s = min(each.start_s for each, _ in values)
    end_s = max(each.start_s + len(value) / hz for each, value in values)
    whole = []
    for each, value in values:
        laid = np.full(round((end_s - start_s) * hz), np.nan)
        first = round((each.start_s - start_s) * hz)
        read = np.where(each.trust > 0, value, np.nan)[: len(laid) - first]
        laid[first : first + len(read)] = read
        whole.append(laid)
    at_s = start_s + np.arange(len(whole[0])) / hz
    clear = np.ones(len(at_s), bool)
    for begin, end in spoken:
        clear &= (at_s < begin) | (at_s > end)
    quiet = [np.where(clear, each, np.nan) for each in whole]
    return _Two(hz, start_s, (whole[0], whole[1]), (quiet[0], quiet[1]))


def _find(felt: Felt, sense: str, how: Any, spoken: list[Stretch]) -> Found | None:
    """What is found of two people by one sense; None where one of them was not felt by it."""
    traces = felt.of(sense)
    if set(traces) != set(Seat):
        return None
    two = _together((traces[seat] for seat in Seat), spoken)
    if any(np.isfinite(each).sum() < LEAST_READ_S * two.hz for each in two.whole):
        return None
    sitting = felt.sitting
    pace = sitting.opened.pace
    reason = never_compared(sitting.practice, song=sitting.opened.song)
    found: Found = how(felt, traces, two, reason)

    def scaled(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
        return tuple((round(begin * pace, 1), round(end * pace, 1)) for begin, end in stretches)

    return replace(
        found,
        seconds=scaled([(two.start_s, two.end_s)])[0],
        alike=scaled(found.alike),
        apart=scaled(found.apart),
        led=joined((*scaled([(begin, end)])[0], who) for begin, end, who in found.led),
        rhythms={
            seat: replace(
                rhythm, line=tuple((round(at * pace, 1), level) for at, level in rhythm.line)
            )
            for seat, rhythm in found.rhythms.items()
        },
    )


def _breath(felt: Felt, traces: dict[Seat, Any], two: _Two, reason: str) -> Found:
    verdict, reason = _verdict("breath", two, reason, _apart_s(felt, "breath"))
    periods = [60.0 / each.rate_per_min for each in traces.values()]
    period_s = float(np.nanmean(periods)) if np.isfinite(periods).any() else 5.0
    close = moments(
        *two.quiet,
        hz=two.hz,
        start_s=two.start_s,
        window_s=float(np.clip(4 * period_s, 12.0, 40.0)),
        max_lag_s=float(np.clip(0.5 * period_s, 1.0, 6.0)),
    )
    rates = [_rounded(traces[seat].rate_per_min) for seat in Seat]
    return Found(
        kind="breath",
        verdict=verdict,
        reason=reason,
        seconds=(two.start_s, two.end_s),
        rhythms=_rhythms(two, rates, points_hz=2.0),
        alike=close.alike,
        apart=close.apart,
    )


def _movement(felt: Felt, traces: dict[Seat, Any], two: _Two, reason: str) -> Found:
    verdict, reason = _verdict("movement", two, reason, _apart_s(felt, "movement"))
    close = moments(
        *two.quiet, hz=two.hz, start_s=two.start_s, window_s=10.0, max_lag_s=1.5, shortest_s=4.0
    )
    return Found(
        kind="movement",
        verdict=verdict,
        reason=reason,
        seconds=(two.start_s, two.end_s),
        rhythms=_rhythms(two, [_swings_per_min(each, two.hz) for each in two.whole], points_hz=4.0),
        alike=close.alike,
        apart=close.apart,
        led=_led(felt, two) if verdict == MORE else (),
    )


def _apart_s(felt: Felt, sense: str) -> float:
    """How far two stamps of one moment may have been apart, at most."""
    return SENSORS_S + max((s.apart_s for s in felt.spans if sense in s.senses), default=0.0)


def _verdict(
    sense: Literal["breath", "movement"], two: _Two, reason: str, apart_s: float
) -> tuple[str, str]:
    """Whether the two went together more than chance, or why that can't be told."""
    if reason:
        return UNKNOWN, reason
    if _alikeness(*two.quiet, within=round(min(apart_s, MOST_APART_S) * two.hz)) > ONE_BODY:
        return UNKNOWN, "one body may be in both recordings"
    coupled = _coupled(sense, two.quiet, two.hz, apart_s)
    if coupled.reason == "too little trust":
        read = [np.isfinite(each).mean() for each in two.whole]
        # They could be read; it is the guide's words that left too little.
        return UNKNOWN, "too short" if min(read) >= 0.6 else coupled.reason
    return coupled.verdict, coupled.reason


def _coupled(
    sense: Literal["breath", "movement"],
    both: tuple[NDArray[np.float64], ...],
    hz: float,
    apart_s: float,
) -> Coupling:
    return couple(*both, hz=hz, sense=sense, clock_uncertainty_s=apart_s)


def _alikeness(one: NDArray[np.float64], other: NDArray[np.float64], *, within: int) -> float:
    """How much two signals are one and the same, either way up, at most so many samples apart: 0 to 1."""
    shorter = len(one) - within
    return max(
        _alike_at_once(one[max(by, 0) :][:shorter], other[max(-by, 0) :][:shorter])
        for by in range(-within, within + 1)
    )


def _alike_at_once(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    read = np.isfinite(one) & np.isfinite(other)
    if read.sum() < 100 or one[read].std() == 0 or other[read].std() == 0:
        return 0.0
    return float(abs(np.corrcoef(one[read], other[read])[0, 1]))


def _led(felt: Felt, two: _Two) -> tuple[tuple[float, float, Seat | None], ...]:
    """Who moved first in each turn, where that is surer than the two clocks are."""
    pace = felt.sitting.opened.pace
    out: list[tuple[float, float, Seat | None]] = []
    for span in felt.spans:
        end = two.end_s if span.end is None else span.end / pace
        begin, end = max(span.begin / pace, two.start_s), min(end, two.end_s)
        if "movement" not in span.senses or end - begin < LEAST_TURN_S:
            continue
        both = two.within(begin, end)
        apart_s = SENSORS_S + span.apart_s
        leader = _coupled("movement", both, two.hz, apart_s).leader if _are_read(both) else None
        out.append((begin, end, {"a": Seat.ONE, "b": Seat.OTHER, None: None}[leader]))
    return tuple(out)


def _are_read(both: tuple[NDArray[np.float64], ...]) -> bool:
    return all(np.isfinite(each).mean() > 0.3 for each in both)


def _swings_per_min(velocity: NDArray[np.float64], hz: float) -> float | None:
    """How often somebody turned back and forth, in a minute of what was read; None where hardly ever."""
    read = np.isfinite(velocity)
    least = 0.3 * float(np.std(velocity[read]))
    # Only what swings clearly to either side counts: between, the last side holds.
    sides = np.where(velocity > least, 1, np.where(velocity < -least, -1, 0))[read]
    sides = sides[sides != 0]
    swings = int(np.count_nonzero(np.diff(sides) > 0))
    return _rounded(60.0 * swings * hz / int(read.sum())) if swings >= 3 else None


def _rhythms(two: _Two, rates: list[float | None], *, points_hz: float) -> dict[Seat, Rhythm]:
    return {
        seat: Rhythm(
            rate, line(two.start_s, two.hz, each, points_hz), float(np.isfinite(each).mean())
        )
        for seat, rate, each in zip(Seat, rates, two.whole, strict=True)
    }


def line(start_s: float, hz: float, values: NDArray[np.float64], points_hz: float) -> Line:
    """A signal as few enough points to draw, between -1 and 1; None where it wasn't read."""
    every = max(1, round(hz / points_hz), -(-len(values) // MOST_POINTS))
    whole = len(values) // every * every
    parts = values[:whole].reshape(-1, every)
    read = np.isfinite(parts)
    counts = read.sum(axis=1)
    sums = np.where(read, parts, 0.0).sum(axis=1)
    levels = np.where(counts * 2 > every, sums / np.maximum(counts, 1), np.nan)
    largest = float(np.nanquantile(np.abs(levels), 0.98)) if np.isfinite(levels).any() else 0.0
    levels = np.clip(levels / (largest or 1.0), -1.0, 1.0)
    at = start_s + (np.arange(len(levels)) + 0.5) * every / hz
    return tuple(
        (round(when, 2), None if np.isnan(level) else round(level, 2))
        for when, level in zip(at.tolist(), levels.tolist(), strict=True)
    )


def _rounded(rate_per_min: float) -> float | None:
    return round(float(rate_per_min), 2) if np.isfinite(rate_per_min) else None
