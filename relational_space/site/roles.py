"""A place served by several processes of one machine, behind a proxy: one for the pages, one for sittings.

The same code as `run`, cut at the seam that `asgi.py` always had. The pages migrate the database,
render the guide's voice and do what is due; the sittings are carried by a server for many sockets.
"""

import asyncio
import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

from relational_space.site.home import Unusable
from relational_space.site.serving import (
    Server,
    behind,
    bring_up_to_date,
    config,
    listen,
    on_the_end,
    say_host_link,
    say_what_was_left_out,
)


def serve_web(home: Path, port: int, address: str, origins: list[str]) -> None:
    """Serve the pages of a home behind a proxy, and do what is due; another process sits.

    `origins` are what browsers call this place, such as https://example.org.
    """
    listener = listen(port, address)
    _set_up(home, "web", origins)
    bring_up_to_date()
    asyncio.run(_serve_web(listener, origins))


def serve_live(home: Path, port: int, address: str, origins: list[str]) -> None:
    """Run the sittings of a home, behind a proxy that sends `/live` here."""
    listener = listen(port, address)
    _set_up(home, "live", origins)
    missing, _ = behind()
    if missing:
        raise Unusable(
            "The database of this home is not up to date. Start the pages first: they see to it "
            "(relational-space serve --role web)."
        )
    from relational_space.live import sockets

    sockets.run(_serve_live(home, listener))


def origin(said: str) -> str:
    """An origin as a browser names it: scheme, host and perhaps a port, and nothing else."""
    parts = urlsplit(said)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
        raise Unusable(
            f"“{said}” is no address of a place. Give scheme and host, such as "
            "--origin https://example.org"
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _set_up(home: Path, role: str, origins: list[str]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "relational_space.site.settings"
    os.environ["RELATIONAL_SPACE_HOME"] = str(home)
    os.environ["RELATIONAL_SPACE_ROLE"] = role
    os.environ["RELATIONAL_SPACE_HOSTS"] = ",".join(
        host for origin in origins if (host := urlsplit(origin).hostname)
    )
    os.environ["RELATIONAL_SPACE_ORIGINS"] = ",".join(origins)

    import django

    django.setup()


async def _serve_web(listener: socket.socket, origins: list[str]) -> None:
    how = config()
    # A proxy on this machine is believed when it says from where somebody came, and how.
    how.proxy_headers = True
    server = Server(how)
    on_the_end(server.end)
    say_ready("web", listener)
    say_host_link(origins[0])
    say_what_was_left_out()
    print("Ctrl-C ends it.", flush=True)
    await server.serve(sockets=[listener])


async def _serve_live(home: Path, listener: socket.socket) -> None:
    from django.conf import settings

    from relational_space.live import sockets
    from relational_space.site import nudges, voice
    from relational_space.site.sittings import Sittings, find_the_voice

    # It finds what the other process has rendered, and renders nothing itself.
    guide = voice.Guide(
        home / "voice", settings.RELATIONAL_SPACE["voice"], publish=lambda address, file: None
    )
    find_the_voice(guide)
    sittings = Sittings(guide)
    ear = nudges.Ear(home, sittings)
    await sittings.rooms.senses.ready()
    sockets.settle()
    server = await sockets.serve(sittings.entrance, listener)
    ends = asyncio.Event()
    on_the_end(ends.set)
    say_ready("live", listener)
    print("Ctrl-C ends it.", flush=True)
    await ends.wait()
    server.close()
    ear.stop()
    await sittings.stop()


def say_ready(role: str, listener: socket.socket) -> None:
    """Print which part of the place this is, and where its proxy finds it."""
    address, port = listener.getsockname()[:2]
    print(f"Relational Space, the part “{role}”, listens at {address}:{port}.")
