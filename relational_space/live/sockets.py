"""Connections by picows, for a process that serves many of them and nothing else. The only file that
knows picows.

What is said is `conversation.py`'s, as by ASGI; here a message costs no task and no queue. A peer that
doesn't read is not written to: what is for it gathers in its own mailbox, which has an end.
"""

import asyncio
import socket
from http import HTTPStatus

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
from relational_space.live.wire import MOST_BYTES

MOST_UNSENT_BYTES = 16 * 1024
"""So much is handed to the kernel, and to the transport before it, for a peer that doesn't read."""

LAST_WORD_S = 1.0
"""A peer gets so long to answer a close frame."""


async def serve(entrance: Entrance, listener: socket.socket) -> asyncio.Server:
    """Begin to serve the connections that come to this listening socket.

    A proxy on this machine is believed when it says from where somebody has come; nobody else is.
    """

    def come(request: WSUpgradeRequest) -> WSUpgradeResponseWithListener | _Connection:
        path = request.path.decode("latin-1").partition("?")[0]
        if not entrance.lets_in(path, request.headers.getall("origin", [])):
            refused = WSUpgradeResponse.create_error_response(HTTPStatus.FORBIDDEN)
            return WSUpgradeResponseWithListener(refused, None)
        return _Connection(entrance, request.headers.getall("x-forwarded-for", []))

    return await ws_create_server(
        come,
        sock=listener,
        max_frame_size=MOST_BYTES,
        read_buffer_init_size=1024,
        # The page has a heartbeat of its own: a protocol ping is answered by a frozen page too.
        enable_auto_ping=False,
    )


class _Connection(WSListener):
    """One socket, from its first byte to its last."""

    def __init__(self, entrance: Entrance, forwarded_for: list[str]) -> None:
        self._entrance, self._forwarded_for = entrance, forwarded_for
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
        if not frame.fin or kind == WSMsgType.CONTINUATION:
            # No browser cuts a message of less than 4 KiB.
            self._close(NONSENSE)
        elif kind == WSMsgType.BINARY:
            self._conversation.hear(frame.get_payload_as_bytes())
        elif kind == WSMsgType.TEXT:
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
        self._write()

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
        # Not at once: what comes in one go is sent in one go, and to both before either is drained.
        if not self._will_write:
            self._will_write = True
            self._loop.call_soon(self._write)

    def _write(self) -> None:
        self._will_write = False
        if self._may_write:
            for data in self._conversation.take():
                self._transport.send(WSMsgType.TEXT, data)

    def _close(self, code: int) -> None:
        # Ours are codes of the range that is left to applications, which its enumeration leaves out.
        self._transport.send_close(code)  # type: ignore[arg-type]
        # Whoever doesn't answer it is let go all the same.
        self._loop.call_later(LAST_WORD_S, self._transport.disconnect)
