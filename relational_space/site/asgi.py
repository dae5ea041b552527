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

from relational_space.live.asgi import Live  # noqa: E402
from relational_space.site import nudges, voice, work  # noqa: E402
from relational_space.site.bodies import bounded  # noqa: E402
from relational_space.site.headers import HEADERS, file_headers  # noqa: E402
from relational_space.site.sittings import Sittings, find_the_voice  # noqa: E402


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

_live: Live | None = None
"""There while this process runs sittings."""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Send each connection to the part that speaks it."""
    if scope["type"] == "http":
        await _pages(scope, receive, send)
    elif scope["type"] == "websocket" and _live is not None:
        await _live(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _lifespan(scope, receive, send)


async def _lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    global _live
    # The server hands its state on with every request: so a page can ask for a recording too.
    scope.setdefault("state", {})["spoken"] = guide
    await receive()
    find_the_voice(guide)
    guide.start()
    sittings = None
    if settings.RELATIONAL_SPACE["role"] == "web":
        nudged = nudges.elsewhere(settings.RELATIONAL_SPACE["home"])
    else:
        sittings = Sittings(guide)
        _live = Live(sittings.entrance)
        nudged = nudges.here(sittings)
    rounds = asyncio.create_task(work.for_ever())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    rounds.cancel()
    nudged.stop()
    _live = None
    if sittings is not None:
        await sittings.stop()
    guide.stop()
    await send({"type": "lifespan.shutdown.complete"})
