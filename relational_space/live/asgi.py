"""A connection by ASGI, as uvicorn carries it. The only file that knows ASGI.

Each connection has one task that reads and one that writes; what is said is `conversation.py`'s.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from relational_space.live.conversation import Conversation, Entrance

LAST_WORD_S = 1.0
"""A socket that is stuck gets so long to take its close frame."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


log = logging.getLogger(__name__)


class Live:
    """The ASGI application for websockets."""

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if not self._entrance.lets_in(scope["path"], _origins(scope)):
            await send({"type": "websocket.close"})
            return
        client, waits = scope.get("client"), asyncio.Event()
        conversation = self._entrance.conversation(client[0] if client else "", waits.set)
        # What comes from here on is kept by `receive`, so nothing said right after is missed.
        try:
            await send({"type": "websocket.accept"})
        except OSError:
            # How a server says that the peer has gone in the middle of a message.
            return
        tasks = [
            asyncio.create_task(_read(receive, conversation)),
            asyncio.create_task(_write(send, conversation, waits)),
        ]
        try:
            code = await conversation.run()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if code is not None:
            await _say_goodbye(send, code)


async def _read(receive: Receive, conversation: Conversation) -> None:
    while (message := await receive())["type"] != "websocket.disconnect":
        text = message.get("text")
        conversation.hear(message.get("bytes") or b"" if text is None else text)
    conversation.gone()


async def _write(send: Send, conversation: Conversation, waits: asyncio.Event) -> None:
    try:
        while True:
            await waits.wait()
            waits.clear()
            for data in conversation.take():
                await send({"type": "websocket.send", "text": data.decode()})
    except OSError:
        conversation.gone()
    except Exception:
        log.exception("a device could not be written to, and is let go")
        conversation.gone()


async def _say_goodbye(send: Send, code: int) -> None:
    try:
        async with asyncio.timeout(LAST_WORD_S):
            await send({"type": "websocket.close", "code": code})
    except (OSError, TimeoutError):
        pass


def _origins(scope: Scope) -> list[str]:
    """The page that opened this socket, as often as it was named."""
    return [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
