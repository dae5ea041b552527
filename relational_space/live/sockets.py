"""Connections by picows, for a process that serves many of them and nothing else. The only file that
knows picows.

What is said is `conversation.py`'s, as by ASGI; here a message costs no task and no queue. A peer that
doesn't read is not written to: what is for it gathers in its own mailbox, which has an end.
"""

import asyncio
import gc
import logging
import selectors
import socket
import time
from collections.abc import Coroutine
from http import HTTPStatus
from typing import Any

from picows import (
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
    ws_create_server,
)

from relational_space.live.conversation import NONSENSE, Conversation, Entrance
from relational_space.live.feeling import BEAT_S, next_beat_s
from relational_space.live.wire import MOST_BYTES

MOST_UNSENT_BYTES = 16 * 1024
"""So much is handed to the kernel, and to the transport before it, for a peer that doesn't read."""

MOST_AT_THE_DOOR = 2048
"""So many may connect at one moment. Of asyncio's hundred the rest would be passed over by the kernel, and a
browser that nobody has heard tries again after a whole second."""

LAST_WORD_S = 1.0
"""A peer gets so long to answer a close frame."""

MOST_YOUNG = 20_000
"""So many new objects are let be before the collector looks whether they hold on to each other. A frame makes
a handful that never do, and at a thousand pairs Python's 700 would be looked through fifty times a second."""

GATHER_S = BEAT_S / 2
"""While there is much to read, it is read so often, in one go. Half of what a beat of the engine takes up has
been read by then, so that nobody waits for all of it."""

# By names of their own, as in `wire.py`: they are asked for at every frame.
_BINARY, _TEXT, _CONTINUATION = WSMsgType.BINARY, WSMsgType.TEXT, WSMsgType.CONTINUATION

log = logging.getLogger(__name__)


def settle() -> None:
    """What is loaded by now is there for good, and what a frame brings is gone at once: collect seldom.

    A collector that went through all of it again and again would stop everybody for as long as a beat
    lasts. Only where sockets are all there is: later it would keep what sittings leave behind.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(MOST_YOUNG, 10, 10)


async def serve(entrance: Entrance, listener: socket.socket) -> asyncio.Server:
    """Begin to serve the connections that come to this listening socket.

    A proxy on this machine is believed when it says from where somebody has come; nobody else is.
    """

    writing = _Writing()

    def come(request: WSUpgradeRequest) -> WSUpgradeResponseWithListener | _Connection:
        path = request.path.decode("latin-1").partition("?")[0]
        if not entrance.lets_in(path, request.headers.getall("origin", [])):
            refused = WSUpgradeResponse.create_error_response(HTTPStatus.FORBIDDEN)
            return WSUpgradeResponseWithListener(refused, None)
        return _Connection(entrance, writing, request.headers.getall("x-forwarded-for", []))

    return await ws_create_server(
        come,
        sock=listener,
        backlog=MOST_AT_THE_DOOR,
        max_frame_size=MOST_BYTES,
        read_buffer_init_size=1024,
        # The page has a heartbeat of its own: a protocol ping is answered by a frozen page too.
        enable_auto_ping=False,
    )


class _Gathering(selectors.DefaultSelector):
    """Sockets that are looked at again a moment after some could be read, and not for each one.

    Frames of many come one by one, and to wake for each takes more than to read it. They wait for the next
    beat in any case, which is such a moment too; everything else is later by less than a frame of a screen.
    Who comes alone waits for nothing.
    """

    _busy = False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self._busy and timeout != 0:
            now_s = time.monotonic()
            time.sleep(next_beat_s(now_s, GATHER_S) - now_s)
            timeout = 0
        ready = super().select(timeout)
        self._busy = bool(ready)
        return ready


def run(serving: Coroutine[Any, Any, None]) -> None:
    """Run a process that does nothing but serve sockets, in an event loop that is made for many."""
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(_Gathering())) as runner:
        runner.run(serving)


class _Writing:
    """The connections for which something waits. They are written to in one turn of the loop, one after the
    other: what comes in one go is sent in one go, and to both of two before anything else is done.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: list[_Connection] = []

    def add(self, connection: "_Connection") -> None:
        if not self._waiting:
            self._loop.call_soon(self._write_all)
        self._waiting.append(connection)

    def _write_all(self) -> None:
        waiting, self._waiting = self._waiting, []
        for connection in waiting:
            try:
                connection.write()
            except Exception:
                log.exception("a device could not be written to, and is let go")
                connection.let_go()


class _Connection(WSListener):
    """One socket, from its first byte to its last."""

    __slots__ = (
        "_conversation",
        "_entrance",
        "_forwarded_for",
        "_loop",
        "_may_write",
        "_talk",
        "_transport",
        "_will_write",
        "_writing",
    )

    def __init__(self, entrance: Entrance, writing: _Writing, forwarded_for: list[str]) -> None:
        self._entrance, self._writing, self._forwarded_for = entrance, writing, forwarded_for
        self._loop = asyncio.get_running_loop()
        self._may_write, self._will_write = True, False

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        below = transport.underlying_transport
        below.set_write_buffer_limits(high=MOST_UNSENT_BYTES)
        own = below.get_extra_info("socket")
        own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MOST_UNSENT_BYTES)
        self._conversation: Conversation = self._entrance.conversation(
            self._address(below), self._wake
        )
        self._talk = asyncio.create_task(self._run())

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind is _BINARY and frame.fin:
            self._conversation.hear(frame.get_payload_as_bytes())
        elif not frame.fin or kind == _CONTINUATION:
            # No browser cuts a message of less than 4 KiB.
            self._close(NONSENSE)
        elif kind == _TEXT:
            try:
                self._conversation.hear(frame.get_payload_as_utf8_text())
            except UnicodeDecodeError:
                self._conversation.hear("")
        elif kind == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code())
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._conversation.gone()

    def pause_writing(self) -> None:
        self._may_write = False

    def resume_writing(self) -> None:
        self._may_write = True
        self.write()

    def let_go(self) -> None:
        """Nothing can be written there."""
        self._transport.disconnect()
        self._conversation.gone()

    def _address(self, below: asyncio.Transport) -> str:
        """From where somebody has come: the peer, or whom a proxy here names last."""
        peer = below.get_extra_info("peername")
        address: str = peer[0] if peer else ""
        if self._forwarded_for and address in ("127.0.0.1", "::1"):
            return self._forwarded_for[-1].rpartition(",")[2].strip()
        return address

    async def _run(self) -> None:
        code = await self._conversation.run()
        if code is not None:
            self._close(code)

    def _wake(self) -> None:
        if not self._will_write:
            self._will_write = True
            self._writing.add(self)

    def write(self) -> None:
        """Send all that waits, if the peer reads."""
        self._will_write = False
        if self._may_write:
            for data in self._conversation.take():
                self._transport.send(_TEXT, data)

    def _close(self, code: int) -> None:
        # Ours are codes of the range that is left to applications, which its enumeration leaves out.
        self._transport.send_close(code)  # type: ignore[arg-type]
        # Whoever doesn't answer it is let go all the same.
        self._loop.call_later(LAST_WORD_S, self._transport.disconnect)
