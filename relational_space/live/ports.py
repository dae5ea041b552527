"""What the live part needs from outside, and nothing about who provides it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from relational_space.practice.events import Event
from relational_space.practice.practice import Seat


@dataclass(frozen=True, slots=True)
class Seated:
    """Who sits at a device: one seat, or both at a shared one."""

    sitting: str
    seats: frozenset[Seat]
    language: str
    apart: bool = False
    """Whether the two are in two places, where they may have a call."""


class Superseded(Exception):
    """Another process has written this sitting's next event: it owns the sitting now."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A sitting as it stands in the records.

    `at` is the sitting time now, and `quiet_s` the real seconds for which no process ran it.
    """

    events: tuple[Event, ...]
    at: float
    quiet_s: float


@dataclass(frozen=True, slots=True)
class Server:
    """A STUN or TURN server by which two browsers may find each other, as they want to be told of it."""

    urls: tuple[str, ...]
    username: str = ""
    credential: str = ""


@dataclass(frozen=True, slots=True)
class Ways:
    """How two browsers may come to each other. `relayed`: only through a server, which hides addresses."""

    servers: tuple[Server, ...] = ()
    relayed: bool = False


class FindWays(Protocol):
    """The ways as they are now: what lets a browser use a relay holds for some hours only."""

    def __call__(self) -> Ways: ...


class ReadTicket(Protocol):
    """A signed one-use ticket → who sits there; None when it is wrong, spent or too old."""

    async def __call__(self, ticket: str) -> Seated | None: ...


class Records(Protocol):
    """Where events are kept while a sitting lasts. Nothing here may block the event loop."""

    async def load(self, sitting: str) -> Loaded | None:
        """The sitting, or None when there is none or it has closed."""

    async def append(self, sitting: str, number: int, events: Sequence[Event]) -> None:
        """Keep these events; returns when they are on disk.

        The first of them has this number. `Opened` has 0, so it is how many there were before.
        Raises Superseded when somebody else has already written that number.
        """

    async def beat(self, sittings: Sequence[str]) -> None:
        """Remember that these sittings are being run at this moment."""

    async def close(self, sitting: str) -> None:
        """The sitting has closed: its events are deleted."""


class Spoken(Protocol):
    """The address of a recording of these words, or an empty string when there is none (yet)."""

    def __call__(self, text: str, language: str) -> str: ...
