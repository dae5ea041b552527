"""What is known of somebody who is felt, while it lasts and when it is over: values, and a row to wait for.

It holds no more raw readings than wait for the engine, and names nobody but by their seat.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from relational_space.live import wire
from relational_space.practice.practice import Seat
from relational_space.practice.sitting import Sitting

MOST_WAITING_S = 30.0
"""Readings wait so long for the engine at most, when it is still being loaded."""

LISTEN_S = 20.0
"""How long it is listened whether a phone feels its person's breath."""

LengthS: TypeAlias = Callable[[str], float | None]
"""How long a recording of these words lasts, where there is one."""


class Body:
    """Somebody, as one sense feels them: a row of the engine's, and what waits for it."""

    __slots__ = ("channels", "hears", "kind", "pace", "row", "sense", "size", "waiting")

    def __init__(self, sense: str, kind: wire.Kind, pace: float) -> None:
        self.sense, self.kind, self.pace = sense, kind, pace
        self.channels = 0
        self.row: int | None = None
        self.waiting: list[wire.Frame] = []
        self.hears: Callable[[float, float, float], None] | None = None
        """Told of this body's wave of the moment, to three places: sitting time, level, trust."""
        self.size = 0.0

    def wait(self, frame: wire.Frame) -> None:
        if self.waiting:
            oldest = frame.at - MOST_WAITING_S * self.pace
            while self.waiting and self.waiting[0].at < oldest:
                del self.waiting[0]
        self.waiting.append(frame)


@dataclass(slots=True)
class Span:
    """From one moment of sitting time to another this cue let these senses feel; no end while it does."""

    cue: int | None
    senses: frozenset[str]
    begin: float
    end: float | None = None
    off_s: dict[Seat, float] = field(default_factory=dict)
    """How far each one's stamps may have been from sitting time while it lasted, at most: real seconds."""

    @property
    def apart_s(self) -> float:
        """How far the two clocks may have been apart; without end where one of them said nothing of it."""
        return sum(self.off_s.get(seat, math.inf) for seat in Seat)

    def reckon(self, seat: Seat, off_s: float) -> None:
        """Somebody's stamps may be so far off just now."""
        self.off_s[seat] = max(self.off_s.get(seat, 0.0), off_s)

    def holds(self, at: float) -> bool:
        """Whether it is of this moment."""
        return self.begin <= at and (self.end is None or at < self.end)


@dataclass(frozen=True, slots=True)
class Words:
    """What the guide begins to say at a moment of sitting time, and to whom."""

    begin: float
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Felt:
    """All that has been felt of two people, when it is over. It knows no socket and no clock."""

    sitting: Sitting
    traces: Mapping[tuple[Seat, str], Any]
    """By seat and sense; None where nothing came."""
    words: tuple[Words, ...]
    spans: tuple["Span", ...]

    def of(self, sense: str) -> dict[Seat, Any]:
        """The traces of one sense, of whoever gave any."""
        return {
            seat: trace
            for (seat, name), trace in sorted(self.traces.items())
            if name == sense and trace is not None
        }
