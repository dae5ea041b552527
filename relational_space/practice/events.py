"""What has happened in a sitting: results only, never whose.

An event may reach a disk, so it holds nothing that one person chose, declined or pressed: the rung
that is used and not the two choices, "paused" and not by whom, "closed" and not why. Each is plain
data with a version, so that a later program can still read it.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, TypeAlias

from relational_space.practice.practice import Seat


@dataclass(frozen=True, slots=True)
class Opened:
    """The first event: everything that a replay needs, chance included.

    It carries the practice files' text, so that a later edit never changes a running sitting.
    """

    version: ClassVar[int] = 1
    at: float
    practice_name: str
    practice_text: str
    settle_text: str
    first: Seat
    song: bool
    begins_low: bool
    pace: float


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody has taken a seat."""

    version: ClassVar[int] = 1
    at: float
    seat: Seat


@dataclass(frozen=True, slots=True)
class Began:
    """Both are here: settling begins at `begins_at`."""

    version: ClassVar[int] = 1
    at: float
    begins_at: float


@dataclass(frozen=True, slots=True)
class RungSet:
    """The rung and the length that are used from now on: the smaller of what two people chose."""

    version: ClassVar[int] = 1
    at: float
    rung: int
    longer: bool


@dataclass(frozen=True, slots=True)
class CueBegan:
    """The cue with this place in the plan begins at `begins_at`."""

    version: ClassVar[int] = 1
    at: float
    cue: int
    begins_at: float


@dataclass(frozen=True, slots=True)
class Lengthened:
    """The cue under way lasts so much longer."""

    version: ClassVar[int] = 1
    at: float
    by_s: float


@dataclass(frozen=True, slots=True)
class Paused:
    """It stands still because somebody asked for it."""

    version: ClassVar[int] = 1
    at: float


@dataclass(frozen=True, slots=True)
class Held:
    """It stands still because a device has not been heard for a while."""

    version: ClassVar[int] = 1
    at: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """It goes on from where it stood, at `begins_at`."""

    version: ClassVar[int] = 1
    at: float
    begins_at: float


@dataclass(frozen=True, slots=True)
class Landed:
    """The practice is over, early or not, and landing begins at `begins_at`."""

    version: ClassVar[int] = 1
    at: float
    begins_at: float


@dataclass(frozen=True, slots=True)
class Closed:
    """The sitting has ended."""

    version: ClassVar[int] = 1
    at: float


Event: TypeAlias = (
    Opened
    | Joined
    | Began
    | RungSet
    | CueBegan
    | Lengthened
    | Paused
    | Held
    | Resumed
    | Landed
    | Closed
)

KINDS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        Opened,
        Joined,
        Began,
        RungSet,
        CueBegan,
        Lengthened,
        Paused,
        Held,
        Resumed,
        Landed,
        Closed,
    )
}


def to_plain(event: Event) -> dict[str, Any]:
    """An event as a dictionary that JSON can hold."""
    return {"kind": type(event).__name__, "version": event.version, **asdict(event)}


def from_plain(plain: dict[str, Any]) -> Event:
    """The event that `to_plain` wrote; ValueError when this program doesn't know it."""
    kind = KINDS.get(plain.get("kind", ""))
    if kind is None or plain.get("version") != kind.version:
        raise ValueError(
            f"a newer program wrote this event: {plain.get('kind')} {plain.get('version')}"
        )
    values = {f.name: plain[f.name] for f in fields(kind)}
    for name in ("seat", "first"):
        if name in values:
            values[name] = Seat(values[name])
    return kind(**values)
