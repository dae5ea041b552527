"""A socket: origin → ticket → who sits there → room. The only file that knows ASGI.

Each connection has one task that reads and one that writes. What a device sends is untrusted to the
last byte; whatever is wrong with it ends at most its own connection.

Close codes: 4400 nonsense, 4401 no ticket, 4404 no such sitting or over, 4409 a newer device has
taken the seat, 4429 too fast or too many from one network, 1012 come back in a moment.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any

from relational_space.live import wire
from relational_space.live.limits import Bucket, Crowd, network
from relational_space.live.ports import ReadTicket
from relational_space.live.room import COME_BACK, NO_TICKET, Device, Room
from relational_space.live.rooms import NO_SITTING, Rooms

PATH = "/live"

HELLO_S = 5.0
"""A new connection says who it is within so many seconds."""

LAST_WORD_S = 1.0
"""A socket that is stuck gets so long to take its close frame."""

MOST_NONSENSE = 3
"""With so many messages that no page of ours sends, a connection is closed."""

NONSENSE = 4400
TOO_MUCH = 4429

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

log = logging.getLogger(__name__)


class Closed(Exception):
    """This connection is over; `code` says to the device why. None when it has gone by itself."""

    def __init__(self, code: int | None) -> None:
        self.code = code
        super().__init__(f"closed with {code}")


class Live:
    """The ASGI application for websockets. `origins` are the only pages that may open one."""

    def __init__(self, rooms: Rooms, read_ticket: ReadTicket, origins: Collection[str]) -> None:
        self._rooms, self._read_ticket = rooms, read_ticket
        self._origins = frozenset(origins)
        self._crowd: Crowd[asyncio.Timeout] = Crowd()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if scope["path"] != PATH or _origin(scope) not in self._origins:
            await send({"type": "websocket.close"})
            return
        code = None
        try:
            # `receive` keeps what comes from here on, so nothing said right after is missed.
            await send({"type": "websocket.accept"})
            await self._converse(_Ear(receive), send, _network(scope))
        except Closed as closed:
            code = closed.code
        except OSError:
            # How a server says that the peer has gone in the middle of a message.
            return
        if code is not None:
            await _say_goodbye(send, code)

    async def _converse(self, ear: "_Ear", send: Send, network: str) -> None:
        device, room = await self._admit(ear, network)
        tasks = [
            asyncio.create_task(_read(ear, device, room)),
            asyncio.create_task(_write(device, send)),
            asyncio.create_task(device.closing.wait()),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            room.leave(device)
            self._crowd.rise(network)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()
        raise Closed(device.close_code)

    async def _admit(self, ear: "_Ear", network: str) -> tuple[Device, Room]:
        hello = await self._first_word(ear, network)
        if not isinstance(hello, wire.Hello):
            raise Closed(NO_TICKET)
        if hello.v != wire.VERSION:
            raise Closed(NONSENSE)
        seated = await self._read_ticket(hello.ticket)
        if seated is None:
            raise Closed(NO_TICKET)
        try:
            room = await self._rooms.room(seated)
        except Exception:
            log.exception("a sitting could not be loaded; its devices will come again")
            raise Closed(COME_BACK) from None
        if room is None:
            raise Closed(NO_SITTING)
        if not self._crowd.sit(network, awaited=room.is_awake):
            raise Closed(TOO_MUCH)
        device = Device(seated)
        room.enter(device, epoch=hello.epoch, number=hello.number)
        return device, room

    async def _first_word(self, ear: "_Ear", network: str) -> wire.FromDevice:
        """What a connection says first; it gets less time for it while many of its network say nothing."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + HELLO_S
        patience = asyncio.timeout_at(until_s)
        try:
            async with patience:
                crowded_out = self._crowd.come(network, patience)
                if crowded_out is not None:
                    crowded_out.reschedule(loop.time())
                return await ear.next()
        except TimeoutError:
            raise Closed(TOO_MUCH if loop.time() < until_s else NO_TICKET) from None
        finally:
            self._crowd.speak(network, patience)


class _Ear:
    """What a device says, message by message, within limits."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._now_s = asyncio.get_running_loop().time
        self._bucket = Bucket(self._now_s())
        self._nonsense = 0

    async def next(self) -> wire.FromDevice:
        """The next message that means something."""
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                raise Closed(None)
            if not self._bucket.take(self._now_s()):
                raise Closed(TOO_MUCH)
            try:
                return wire.read(message.get("text") or "")
            except wire.WireError:
                self.count_nonsense()

    def count_nonsense(self) -> None:
        self._nonsense += 1
        if self._nonsense >= MOST_NONSENSE:
            raise Closed(NONSENSE)


async def _read(ear: _Ear, device: Device, room: Room) -> None:
    while True:
        message = await ear.next()
        match message:
            case wire.Ping():
                room.beat(device, message)
            case wire.Hello():
                ear.count_nonsense()
            case _:
                room.hear(device, message)


async def _write(device: Device, send: Send) -> None:
    while True:
        await device.waiting.wait()
        device.waiting.clear()
        for message in device.mailbox.take():
            await send({"type": "websocket.send", "text": wire.write(message).decode()})


async def _say_goodbye(send: Send, code: int) -> None:
    try:
        async with asyncio.timeout(LAST_WORD_S):
            await send({"type": "websocket.close", "code": code})
    except (OSError, TimeoutError):
        pass


def _origin(scope: Scope) -> str:
    """The page that opened this socket; empty when it didn't say, or said it twice."""
    said = [value for name, value in scope["headers"] if name == b"origin"]
    return said[0].decode("latin-1") if len(said) == 1 else ""


def _network(scope: Scope) -> str:
    """Where this socket comes from, as it is counted."""
    client = scope.get("client")
    return network(client[0]) if client else ""
