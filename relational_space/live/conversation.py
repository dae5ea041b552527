"""One connection, whichever server carries it: ticket → who sits there → room, and what is said there.

A shell hands over what has come, message by message, and takes what is to be sent; nothing here knows a
server. What a device sends is untrusted to the last byte; whatever is wrong with it ends at most its
own connection.

Close codes: 4400 nonsense, 4401 no ticket, 4404 no such sitting or over, 4409 a newer device has
taken the seat, 4429 too fast or too many from one network, 1012 come back in a moment.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any, TypeAlias

from relational_space.live import wire
from relational_space.live.limits import FRAME_BURST, FRAME_RATE_HZ, Bucket, Crowd, network
from relational_space.live.ports import ReadTicket
from relational_space.live.room import COME_BACK, NO_TICKET, Device, Room
from relational_space.live.rooms import NO_SITTING, Rooms

PATH = "/live"

HELLO_S = 5.0
"""A new connection says who it is within so many seconds."""

MOST_NONSENSE = 3
"""With so many messages that no page of ours sends, a connection is closed."""

MOST_TOO_FAST = 10_000
"""Frames that come too fast are passed over and the sitting goes on; but not so many, which cost time."""

NONSENSE = 4400
TOO_MUCH = 4429

Said: TypeAlias = wire.FromDevice | wire.Frame

log = logging.getLogger(__name__)


class Closed(Exception):
    """This connection is over; `code` says to the device why. None when it has gone by itself."""

    def __init__(self, code: int | None) -> None:
        self.code = code
        super().__init__(f"closed with {code}")


class Entrance:
    """Where connections come in to the rooms of this process. Pages of `origins` alone may open one."""

    def __init__(self, rooms: Rooms, read_ticket: ReadTicket, origins: Collection[str]) -> None:
        self.rooms, self.read_ticket = rooms, read_ticket
        self.crowd: Crowd[asyncio.Timeout] = Crowd()
        self.refused: Counter[str] = Counter()
        """How much of what devices sent was no message, came too fast, or bore a stamp that can't be."""
        self._origins = frozenset(origins)

    def lets_in(self, path: str, origins: Collection[str]) -> bool:
        """Whether a connection to this path is opened that named these origins: exactly one of ours."""
        return path == PATH and len(origins) == 1 and self._origins.issuperset(origins)

    def conversation(self, address: str, wake: Callable[[], None]) -> "Conversation":
        """A conversation with whoever has connected from this address; `wake` as there."""
        return Conversation(self, network(address), wake)


class Conversation:
    """What one device says and gets, from its first word to the end of its connection.

    It is given what has come by `hear`, in order, and `gone` when the connection has ended by itself. It
    calls `wake` when there is something to be sent, which `take` gives; a shell takes it when the peer
    reads. `run` lasts for as long as the conversation. Nothing that is said before somebody is let in gets
    lost.
    """

    __slots__ = (
        "_device",
        "_early",
        "_entrance",
        "_first",
        "_frames",
        "_is_over",
        "_loop",
        "_network",
        "_nonsense",
        "_now_s",
        "_over",
        "_room",
        "_too_fast",
        "_wake",
        "_words",
    )

    def __init__(self, entrance: Entrance, network: str, wake: Callable[[], None]) -> None:
        self._entrance, self._network, self._wake = entrance, network, wake
        self._loop = asyncio.get_running_loop()
        self._now_s = self._loop.time
        self._words = Bucket(self._now_s())
        # Readings come many times as often as words, and none of them is worth a connection.
        self._frames = Bucket(self._now_s(), rate_hz=FRAME_RATE_HZ, burst=FRAME_BURST)
        self._nonsense = self._too_fast = 0
        self._first: asyncio.Future[Said] = self._loop.create_future()
        self._over: asyncio.Future[int | None] = self._loop.create_future()
        self._early: list[Said] = []
        self._is_over = False
        self._device: Device | None = None
        self._room: Room | None = None

    def hear(self, data: str | bytes) -> None:
        """A message has come."""
        if self._is_over:
            return
        try:
            try:
                if isinstance(data, bytes):
                    self._hear_frame(data)
                else:
                    self._hear_words(data)
            except wire.WireError:
                self._count_nonsense()
        except Closed as closed:
            self._end(closed.code)
        except Exception:
            log.exception("what a device said could not be taken; it will come again")
            self._end(COME_BACK)

    def gone(self) -> None:
        """The connection has ended without us."""
        self._end(None)

    def take(self) -> list[bytes]:
        """All that waits to be sent, which then waits no more."""
        device = self._device
        if device is None or self._is_over or device.is_over:
            return []
        return [wire.write(message) for message in device.mailbox.take()]

    async def run(self) -> int | None:
        """Let whoever it is in; the answer is the code to close with, or None when the peer has gone."""
        try:
            device, room = await self._admit()
        except Closed as closed:
            self._end(closed.code)
            return closed.code
        try:
            self._device, self._room = device, room
            self._wake()
            for message in self._early:
                self._hear_later(message)
            ends: set[asyncio.Future[Any]] = {device.over, self._over}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._device = self._room = None
            room.leave(device)
            self._entrance.crowd.rise(self._network)
        if device.over.done():
            self._end(device.over.result())
        return self._over.result()

    def _hear_words(self, text: str) -> None:
        if not self._words.take(self._now_s()):
            raise Closed(TOO_MUCH)
        self._hear(wire.read(text))

    def _hear_frame(self, data: bytes) -> None:
        now_s = self._now_s()
        if self._frames.take(now_s):
            frame = wire.read_frame(data)
            # Of all that is said nineteen in twenty are frames: the shortest way for them.
            device, room = self._device, self._room
            if device is None or room is None:
                self._hear(frame)
            elif not room.feel(device, frame, now_s):
                self._entrance.refused["impossible"] += 1
            return
        self._entrance.refused["too fast"] += 1
        self._too_fast += 1
        if self._too_fast >= MOST_TOO_FAST:
            raise Closed(TOO_MUCH)

    def _hear(self, message: Said) -> None:
        if not self._first.done():
            self._first.set_result(message)
        elif self._device is None or self._room is None:
            self._early.append(message)
        else:
            self._say(self._device, self._room, message)

    def _say(self, device: Device, room: Room, message: Said) -> None:
        match message:
            case wire.Frame():
                if not room.feel(device, message, self._now_s()):
                    self._entrance.refused["impossible"] += 1
            case wire.Ping():
                room.beat(device, message)
            case wire.Signal():
                room.signal(device, message)
            case wire.Hello():
                self._count_nonsense()
            case _:
                room.hear(device, message)

    def _hear_later(self, message: Said) -> None:
        try:
            self._hear(message)
        except Closed as closed:
            self._end(closed.code)

    def _count_nonsense(self) -> None:
        self._entrance.refused["nonsense"] += 1
        self._nonsense += 1
        if self._nonsense >= MOST_NONSENSE:
            raise Closed(NONSENSE)

    def _end(self, code: int | None) -> None:
        self._is_over = True
        if not self._over.done():
            self._over.set_result(code)
        if not self._first.done():
            self._first.set_exception(Closed(code))

    async def _admit(self) -> tuple[Device, Room]:
        hello = await self._first_word()
        if not isinstance(hello, wire.Hello):
            raise Closed(NO_TICKET)
        if hello.v != wire.VERSION:
            raise Closed(NONSENSE)
        seated = await self._entrance.read_ticket(hello.ticket)
        if seated is None:
            raise Closed(NO_TICKET)
        try:
            room = await self._entrance.rooms.room(seated)
        except Exception:
            log.exception("a sitting could not be loaded; its devices will come again")
            raise Closed(COME_BACK) from None
        if room is None:
            raise Closed(NO_SITTING)
        if self._over.done():
            raise Closed(self._over.result())
        if not self._entrance.crowd.sit(self._network, awaited=room.is_awake):
            raise Closed(TOO_MUCH)
        device = Device(seated, self._wake)
        room.enter(device, epoch=hello.epoch, number=hello.number)
        return device, room

    async def _first_word(self) -> Said:
        """What a connection says first; it gets less time for it while many of its network say nothing."""
        until_s = self._loop.time() + HELLO_S
        patience = asyncio.timeout_at(until_s)
        crowd = self._entrance.crowd
        try:
            async with patience:
                crowded_out = crowd.come(self._network, patience)
                if crowded_out is not None:
                    crowded_out.reschedule(self._loop.time())
                return await self._first
        except TimeoutError:
            # Not by the clock: a timer may ring a rounding error early.
            raise Closed(NO_TICKET if patience.when() == until_s else TOO_MUCH) from None
        finally:
            crowd.speak(self._network, patience)
