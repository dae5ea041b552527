"""What happens to a seat in a page, said to whoever runs the sittings: here, or in another process.

A nudge is a sitting, a seat and what became of it; never a sample, a name or a word. To another process
it goes by a socket in the home, which its owner alone may open, and only while somebody listens
there: where no sittings are run there is no seat to close.
"""

import asyncio
import json
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from relational_space.practice.practice import Seat
from relational_space.site.home import Unusable
from relational_space.site.sittings import Sittings
from relational_space.spaces.actions import seat_asked_again, seat_given_up

LARGEST_BYTES = 512

Tell = Callable[[str, Seat], None]

log = logging.getLogger(__name__)


class Nudges:
    """Passes on what pages do to seats, from when it is made until it is stopped."""

    def __init__(self, *, given_up: Tell, asked_again: Tell) -> None:
        self._given_up, self._asked_again = given_up, asked_again
        seat_given_up.connect(self._say_given_up)
        seat_asked_again.connect(self._say_asked_again)

    def stop(self) -> None:
        """Pass on nothing more."""
        seat_given_up.disconnect(self._say_given_up)
        seat_asked_again.disconnect(self._say_asked_again)

    def _say_given_up(self, sitting: str, seat: Seat, **_rest: Any) -> None:
        self._given_up(sitting, seat)

    def _say_asked_again(self, sitting: str, seat: Seat, **_rest: Any) -> None:
        self._asked_again(sitting, seat)


def here(sittings: Sittings) -> Nudges:
    """Nudges to the sittings of this very process."""
    return Nudges(given_up=sittings.close_seat, asked_again=sittings.ask_again)


def elsewhere(home: Path) -> Nudges:
    """Nudges to the process that runs the sittings of this home."""

    def say(what: str, sitting: str, seat: Seat) -> None:
        nudge = json.dumps({"what": what, "sitting": sitting, "seat": seat}).encode()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
            try:
                own.sendto(nudge, str(_path(home)))
            except (FileNotFoundError, ConnectionRefusedError):
                log.info("no sittings are run just now, so no seat is to be closed")
            except OSError:
                log.exception("whoever runs the sittings could not be told of a seat")

    return Nudges(
        given_up=lambda sitting, seat: say("given up", sitting, seat),
        asked_again=lambda sitting, seat: say("asked again", sitting, seat),
    )


class Ear:
    """Hears the nudges of other processes of this home, in the event loop that makes it."""

    def __init__(self, home: Path, sittings: Sittings) -> None:
        self._path, self._sittings = _path(home), sittings
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        # The lock of the role is ours, so whatever lies here is left over from a process that died.
        self._path.unlink(missing_ok=True)
        try:
            self._socket.bind(str(self._path))
        except OSError as error:
            self._socket.close()
            raise Unusable(
                f"{self._path} cannot be made ({error}). Choose a home with a shorter path, on a disk "
                "of this machine."
            ) from error
        self._path.chmod(0o600)
        asyncio.get_running_loop().add_reader(self._socket, self._hear)

    def stop(self) -> None:
        """Hear nothing more."""
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _hear(self) -> None:
        with suppress(BlockingIOError):
            while True:
                self._take(self._socket.recv(LARGEST_BYTES))

    def _take(self, data: bytes) -> None:
        try:
            nudge = json.loads(data)
            tell = {
                "given up": self._sittings.close_seat,
                "asked again": self._sittings.ask_again,
            }[nudge["what"]]
            tell(str(nudge["sitting"]), Seat(nudge["seat"]))
        except (ValueError, KeyError, TypeError):
            log.warning("a nudge could not be read, and was passed over")


def _path(home: Path) -> Path:
    return home / "live.sock"
