"""The one application: http to Django and the built files, websockets to the live part.

Nothing is shared between the two but what is joined here.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import allauth
from django.core.asgi import get_asgi_application
from servestatic import ServeStaticASGI

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relational_space.site.settings")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_django = get_asgi_application()

from django.conf import settings  # noqa: E402  (read once Django is set up)

from relational_space import practices  # noqa: E402
from relational_space.live.asgi import Live  # noqa: E402
from relational_space.live.conversation import Entrance  # noqa: E402
from relational_space.live.ports import Loaded, Seated, Superseded  # noqa: E402
from relational_space.live.rooms import Rooms  # noqa: E402
from relational_space.practice.events import Event  # noqa: E402
from relational_space.practice.practice import Seat  # noqa: E402
from relational_space.practice.sitting import fold  # noqa: E402
from relational_space.site import voice, work  # noqa: E402
from relational_space.site.bodies import bounded  # noqa: E402
from relational_space.site.headers import HEADERS, file_headers  # noqa: E402
from relational_space.spaces.actions import seat_asked_again, seat_given_up  # noqa: E402
from relational_space.spaces.records import Records  # noqa: E402
from relational_space.spaces.tickets import ReadTicket  # noqa: E402

ASK_AGAIN_S = 0.5
"""So soon after a person's devices are signed out, their sockets are closed."""


def _add_headers(headers: Any, path: str, url: str) -> None:
    for name, value in file_headers(url).items():
        headers[name] = value


# esbuild puts a hash of its bytes into every name but the manifest's, and a recording's name is a
# hash, so neither ever changes.
_http = ServeStaticASGI(
    _django,
    root=settings.RELATIONAL_SPACE["built"],
    prefix=settings.STATIC_URL,
    add_headers_function=_add_headers,
    immutable_file_test=rf"-[A-Z0-9]{{8}}\.|^{voice.PREFIX}",
    allow_all_origins=False,
)
# The passkey's scripts come with allauth; they are in files of their own, as our policy asks.
for _app in ("account", "mfa"):
    _http.add_files(Path(allauth.__path__[0], _app, "static"), prefix=settings.STATIC_URL)

_pages = bounded(_http, HEADERS)

guide = voice.Guide(
    settings.RELATIONAL_SPACE["home"] / "voice",
    settings.RELATIONAL_SPACE["voice"],
    publish=_http.add_file_to_dictionary,
)


class Sittings:
    """The live part, joined to the apps for as long as this process serves."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._records = Records(loaded=_with_its_voice, superseded=Superseded)
        self._rooms = Rooms(self._records, guide)
        self._rooms.start()
        origins = settings.RELATIONAL_SPACE["origins"]
        self.live = Live(Entrance(self._rooms, ReadTicket(Seated), origins))
        seat_given_up.connect(self._close_seat)
        seat_asked_again.connect(self._ask_again)

    async def stop(self) -> None:
        """Let every device go and write what has come so far."""
        seat_given_up.disconnect(self._close_seat)
        seat_asked_again.disconnect(self._ask_again)
        await self._rooms.stop()
        await asyncio.to_thread(self._records.stop)

    def _close_seat(self, sitting: str, seat: Seat, **_rest: Any) -> None:
        # Pages are answered in other threads; a room is touched in its own.
        self._loop.call_soon_threadsafe(self._rooms.close_seat, sitting, seat)

    def _ask_again(self, sitting: str, seat: Seat, **_rest: Any) -> None:
        # The browser that signs the others out has its own new cookie by then.
        self._loop.call_soon_threadsafe(
            self._loop.call_later, ASK_AGAIN_S, self._rooms.ask_again, sitting, seat
        )


_sittings: Sittings | None = None


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Send each connection to the part that speaks it."""
    if scope["type"] == "http":
        await _pages(scope, receive, send)
    elif scope["type"] == "websocket" and _sittings is not None:
        await _sittings.live(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _lifespan(scope, receive, send)


async def _lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    global _sittings
    # The server hands its state on with every request: so a page can ask for a recording too.
    scope.setdefault("state", {})["spoken"] = guide
    await receive()
    _find_the_voice()
    _sittings = Sittings()
    rounds = asyncio.create_task(work.for_ever())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    rounds.cancel()
    await _sittings.stop()
    _sittings = None
    guide.stop()
    await send({"type": "lifespan.shutdown.complete"})


def _find_the_voice() -> None:
    """Look for a recording of everything that can be said here, and begin to make what is missing."""
    shelf = practices.gather(*_folders())
    sat = shelf.to_sit()
    # What other practices begin with is needed before any of them, and what is for later, last.
    for written in shelf.practices.values():
        if written.practice not in sat:
            guide.learn(written.practice, *_folders(), soon=True)
    for practice in sat:
        guide.learn(practice, *_folders())
    guide.start()


def _with_its_voice(events: tuple[Event, ...], at: float, quiet_s: float) -> Loaded:
    """A sitting as the live part wants it; what it will say is made before what can wait."""
    guide.learn(fold(events[:1]).practice, *_folders(), soon=True)
    return Loaded(events, at, quiet_s)


def _folders() -> tuple[Path, Path]:
    """Where practice files and recordings lie; those of the host win."""
    return practices.HERE, settings.RELATIONAL_SPACE["home"] / "practices"
