"""The sittings of this process: the live part joined to the apps, whatever carries its sockets."""

import asyncio
from pathlib import Path

from django.conf import settings

from relational_space import practices
from relational_space.live.conversation import Entrance
from relational_space.live.ports import Loaded, Seated, Superseded
from relational_space.live.rooms import Rooms
from relational_space.practice.events import Event
from relational_space.practice.practice import Seat
from relational_space.practice.sitting import fold
from relational_space.site import voice
from relational_space.spaces.records import Records
from relational_space.spaces.tickets import ReadTicket

ASK_AGAIN_S = 0.5
"""So soon after a person's devices are signed out, their sockets are closed."""


class Sittings:
    """The live part, joined to the apps for as long as this process serves.

    `guide` is asked for recordings; where it has been started, it makes what is missing.
    """

    def __init__(self, guide: voice.Guide) -> None:
        self._guide = guide
        self._loop = asyncio.get_running_loop()
        self._records = Records(loaded=self._with_its_voice, superseded=Superseded)
        ways = settings.RELATIONAL_SPACE["ways"]
        self.rooms = Rooms(self._records, guide, ways=ways, length_s=guide.lasts_s)
        self.rooms.start()
        origins = settings.RELATIONAL_SPACE["origins"]
        self.entrance = Entrance(self.rooms, ReadTicket(Seated), origins)

    async def stop(self) -> None:
        """Let every device go and write what has come so far."""
        await self.rooms.stop()
        await asyncio.to_thread(self._records.stop)

    # From any thread: pages are answered in others, and a room is touched in its own.

    def close_seat(self, sitting: str, seat: Seat) -> None:
        """Somebody has signed out or left."""
        self._loop.call_soon_threadsafe(self.rooms.close_seat, sitting, seat)

    def ask_again(self, sitting: str, seat: Seat) -> None:
        """A person's devices have been signed out: whoever still has the seat comes again."""
        # The browser that signs the others out has its own new cookie by then.
        self._loop.call_soon_threadsafe(
            self._loop.call_later, ASK_AGAIN_S, self.rooms.ask_again, sitting, seat
        )

    def _with_its_voice(self, events: tuple[Event, ...], at: float, quiet_s: float) -> Loaded:
        """A sitting as the live part wants it; what it will say is made before what can wait."""
        self._guide.learn(fold(events[:1]).practice, *folders(), soon=True)
        return Loaded(events, at, quiet_s)


def find_the_voice(guide: voice.Guide) -> None:
    """Look for a recording of everything that can be said here, and put the rest in its order."""
    shelf = practices.gather(*folders())
    sat = shelf.to_sit()
    # What other practices begin with is needed before any of them, and what is for later, last.
    for written in shelf.practices.values():
        if written.practice not in sat:
            guide.learn(written.practice, *folders(), soon=True)
    for practice in sat:
        guide.learn(practice, *folders())


def folders() -> tuple[Path, Path]:
    """Where practice files and recordings lie; those of the host win."""
    return practices.HERE, settings.RELATIONAL_SPACE["home"] / "practices"
