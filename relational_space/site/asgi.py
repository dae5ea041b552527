"""The one application: http to Django and the built files, websockets to the live part.

Nothing is shared between the two but what is joined here.
"""

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
from relational_space.site import voice  # noqa: E402
from relational_space.site.headers import HEADERS  # noqa: E402


def _add_headers(headers: Any, path: str, url: str) -> None:
    for name, value in HEADERS.items():
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

guide = voice.Guide(
    settings.RELATIONAL_SPACE["home"] / "voice",
    settings.RELATIONAL_SPACE["voice"],
    publish=_http.add_file_to_dictionary,
)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Send each connection to the part that speaks it."""
    if scope["type"] == "http":
        await _http(scope, receive, send)
    elif scope["type"] == "websocket":
        await _nobody_live(receive, send)
    elif scope["type"] == "lifespan":
        await _lifespan(receive, send)


async def _nobody_live(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 1000})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            _find_the_voice()
        else:
            guide.stop()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _find_the_voice() -> None:
    """Look for a recording of everything that can be said here, and begin to make what is missing."""
    folders = practices.HERE, settings.RELATIONAL_SPACE["home"] / "practices"
    for written in practices.gather(*folders).practices.values():
        guide.learn(written.practice, *folders)
    guide.start()
