"""What is on its way to one device. Pure: no socket, no clock.

Two things with two lives. A `History` is kept as long as the room: it numbers the shows of one side,
so that whoever comes back is given what was missed, in order and once, or is told that it can't be.
A `Mailbox` lives as long as one connection: what waits there until the socket takes it. Neither may
grow without bound, whatever a device does or leaves undone.
"""

from collections import deque

from relational_space.live.wire import Dots, Pong, Show, Shown, Signal, Swell, ToDevice

RING = 256
"""Shows that a history keeps, and messages that may wait for one device."""

NEWEST_WINS: tuple[type[ToDevice], ...] = (Swell, Pong, Dots)
"""Of these only the newest is worth anything."""

MOST_SIGNALS = 24
"""Of what two pages say about their call so much may wait; then the oldest is lost, and they ask again."""


class History:
    """The last shows of one side, numbered from 1. Another epoch is another history."""

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        self._shows: deque[Show] = deque(maxlen=RING)

    @property
    def number(self) -> int:
        """The number of the newest show; 0 before the first."""
        return self._shows[-1].number if self._shows else 0

    @property
    def newest(self) -> tuple[Show, ...]:
        """The newest show alone. It is whole: it stands in place of all before it."""
        return tuple(self._shows)[-1:]

    def add(self, screens: tuple[Shown, ...]) -> Show:
        show = Show(epoch=self.epoch, number=self.number + 1, screens=screens)
        self._shows.append(show)
        return show

    def since(self, epoch: str, number: int) -> tuple[Show, ...] | None:
        """What a device that has this number has missed: nothing, these, or None: it can't be said."""
        missed = self.number - number
        if epoch != self.epoch or not 0 <= missed <= len(self._shows):
            return None
        return tuple(self._shows)[len(self._shows) - missed :]


class Mailbox:
    """What waits for one device: in order and never dropped, but for what `NEWEST_WINS` and for signals."""

    __slots__ = ("_newest", "_ordered", "_signals")

    def __init__(self) -> None:
        self._ordered: deque[ToDevice] = deque()
        self._newest: dict[type[ToDevice], ToDevice] = {}
        self._signals: deque[ToDevice] = deque(maxlen=MOST_SIGNALS)

    def put(self, message: ToDevice) -> bool:
        """Leave a message; False when too much waits already, since the device doesn't read."""
        kind = type(message)
        if kind in NEWEST_WINS:
            self._newest[kind] = message
            return True
        if kind is Signal:
            self._signals.append(message)
            return True
        if len(self._ordered) >= RING:
            return False
        self._ordered.append(message)
        return True

    def take(self) -> list[ToDevice]:
        """All that waits, which then waits no more."""
        taken = [*self._newest.values()]
        self._newest.clear()
        if self._ordered or self._signals:
            taken = [*self._ordered, *taken, *self._signals]
            self._ordered.clear()
            self._signals.clear()
        return taken

    def __len__(self) -> int:
        return len(self._ordered) + len(self._newest) + len(self._signals)
