"""The rooms of this process: loaded when somebody comes, let go when they are over.

A room is never let go while its sitting lasts. Time alone moves every sitting to its end, so an
empty room ends by itself and its events are deleted with it.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable

from relational_space.live.feeling import Senses
from relational_space.live.felt import LengthS
from relational_space.live.ports import FindWays, Records, Seated, Spoken, Ways
from relational_space.live.room import COME_BACK, Room
from relational_space.practice.practice import Seat
from relational_space.practice.sitting import KEEP_S

BEAT_S = 1.0
"""How often the records are told which sittings are being run."""

LINGER_S = 60.0
"""A closed sitting stays for so long, so that whoever was away still gets its end and no error."""

GIVEN_UP_S = 60.0
"""Whoever showed a ticket just before the seat was given up has come to the room within so long."""

NO_SITTING = 4404

log = logging.getLogger(__name__)


class Rooms:
    """The rooms of this process."""

    def __init__(
        self,
        records: Records,
        spoken: Spoken,
        *,
        new_epoch: Callable[[], str] = lambda: secrets.token_hex(8),
        ways: FindWays = Ways,
        length_s: LengthS = lambda text: None,
        senses: Senses | None = None,
    ) -> None:
        self._records, self._spoken, self._new_epoch = records, spoken, new_epoch
        self._ways, self._length_s = ways, length_s
        self.senses = senses or Senses()
        self._rooms: dict[str, Room] = {}
        self._loading: dict[str, asyncio.Task[Room | None]] = {}
        self._given_up_s: dict[tuple[str, Seat], float] = {}
        self._beats: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._rooms)

    async def room(self, seated: Seated) -> Room | None:
        """The room to sit in; None when there is no such sitting any more, or not for them."""
        room = await self._room(seated.sitting)
        if any((seated.sitting, seat) in self._given_up_s for seat in seated.seats):
            return None
        return room

    def close_seat(self, sitting: str, seat: Seat) -> None:
        """Somebody has signed out or left: nothing more is sent there or heard from there."""
        self._given_up_s[sitting, seat] = asyncio.get_running_loop().time()
        room = self._rooms.get(sitting)
        if room is not None:
            room.close_seat(seat)

    def ask_again(self, sitting: str, seat: Seat) -> None:
        """Whoever sits there comes again, if they still may: a new ticket is looked at anew."""
        room = self._rooms.get(sitting)
        if room is not None:
            room.close_seat(seat, COME_BACK)

    def start(self) -> None:
        """Begin the beat. Call it in the event loop that will serve."""
        self._beats = asyncio.create_task(self._beat_for_ever())

    async def stop(self) -> None:
        """Let every device go, to come back later, and wait for what is being written."""
        if self._beats is not None:
            self._beats.cancel()
            await asyncio.wait([self._beats])
        # Whoever waits for one of these finds it ended, and is told to come again.
        await asyncio.gather(*self._loading.values(), return_exceptions=True)
        rooms = list(self._rooms.values())
        self._rooms.clear()
        for room in rooms:
            room.end(COME_BACK)
        for room in rooms:
            await room.rest()
        await self.senses.stop()

    async def _room(self, sitting: str) -> Room | None:
        """The room of this sitting, loaded if need be."""
        room = self._rooms.get(sitting)
        if room is not None and not room.ended:
            return room
        # Two devices that come at once must not get a room each.
        loading = self._loading.get(sitting)
        if loading is None:
            loading = asyncio.create_task(self._load(sitting))
            self._loading[sitting] = loading
        return await asyncio.shield(loading)

    async def _load(self, sitting: str) -> Room | None:
        try:
            loaded = await self._records.load(sitting)
            if loaded is None:
                return None
            room = Room(
                sitting,
                loaded,
                self._records,
                self._spoken,
                new_epoch=self._new_epoch,
                ways=self._ways,
                length_s=self._length_s,
                senses=self.senses,
            )
            if room.sitting.practice.senses:
                self.senses.wake()
            self._rooms[sitting] = room
            return room
        finally:
            del self._loading[sitting]

    async def _beat_for_ever(self) -> None:
        # What phones feel has a beat of its own in `Senses`, while any do.
        fails = False
        while True:
            self._let_go()
            if self._rooms:
                try:
                    await self._records.beat(list(self._rooms))
                    fails = False
                except Exception:
                    if not fails:
                        log.exception("the records can't be told which sittings are being run")
                    fails = True
            await asyncio.sleep(BEAT_S)

    def _let_go(self) -> None:
        now_s = asyncio.get_running_loop().time()
        for sitting, room in list(self._rooms.items()):
            # The same for a sitting of which nothing was felt: how long it stays tells nobody anything.
            linger_s = KEEP_S + LINGER_S if room.sitting.practice.senses else LINGER_S
            if room.is_over and now_s - (room.closed_s or 0.0) >= linger_s:
                room.end(NO_SITTING)
            if room.ended:
                del self._rooms[sitting]
        for place, given_up_s in list(self._given_up_s.items()):
            if now_s - given_up_s >= GIVEN_UP_S:
                del self._given_up_s[place]
