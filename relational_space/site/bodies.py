"""How much may be sent with one request, before anything reads it.

Django gathers a body before it looks at whom it is for, and puts what is large into a temporary file:
without a bound anybody fills the disk. Nothing that is sent to this place comes near to it, and so no
body ever reaches a disk.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

LARGEST_BODY_BYTES = 1024 * 1024
"""Less than what Django keeps in memory."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def bounded(application: Application, headers: dict[str, str]) -> Application:
    """The application, for requests whose bodies are not too large; the others get these headers."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        body = _Body(receive)
        if _said_bytes(scope) <= LARGEST_BODY_BYTES:
            await application(scope, body.receive, send)
        if _said_bytes(scope) > LARGEST_BODY_BYTES or body.is_too_large:
            await _refuse(send, headers)

    return answer


class _Body:
    """What a request brings, which ends as if its sender had gone once it is too much."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._bytes = 0

    @property
    def is_too_large(self) -> bool:
        return self._bytes > LARGEST_BODY_BYTES

    async def receive(self) -> Message:
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.is_too_large else message


def _said_bytes(scope: Scope) -> int:
    """How long the body is said to be; 0 when that is left open."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(send: Send, headers: dict[str, str]) -> None:
    told = {**headers, "Content-Type": "text/plain; charset=utf-8", "Connection": "close"}
    await send(
        {
            "type": "http.response.start",
            "status": 413,
            "headers": [(name.lower().encode(), value.encode()) for name, value in told.items()],
        }
    )
    await send({"type": "http.response.body", "body": b"That is more than this place takes.\n"})
