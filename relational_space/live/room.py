"""One sitting while it is alive: what devices say goes through the machine and the records, and only
then is anything shown.

Rules.

1. One turn at a time. What is said while a turn is being written waits and becomes the next turn.
   Everything said carries the moment at which it came, so waiting moves nothing.
2. The records are all that a turn awaits. A socket is never awaited: what is for a device is put
   into its mailbox, to both in one go.
3. Nothing is shown and no command is acknowledged before its events are on disk. While the disk fails,
   the two go on from memory, and what happens is written as soon as it can be. When another process
   has written that number, the turn has not been: the room ends, and the devices come back.
4. What a device gets hangs on events, on the clock, and on what was said at that very device.
5. Presence is the page's heartbeat and nothing else: neither an open socket nor a closed one.

`now_s` is the event loop's clock in real seconds, `at` is sitting time.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields

from relational_space.live import wire
from relational_space.live.feeling import Feeling, Senses, Told
from relational_space.live.felt import Felt, LengthS
from relational_space.live.mailbox import History, Mailbox
from relational_space.live.ports import FindWays, Loaded, Records, Seated, Spoken, Superseded, Ways
from relational_space.live.signalling import Signalling
from relational_space.practice.errors import Refused
from relational_space.practice.events import Event
from relational_space.practice.practice import BOTH_SEATS, Call, Seat, Stage
from relational_space.practice.reflection import Reflection
from relational_space.practice.screen import Screen, own, score
from relational_space.practice.sitting import (
    REFLECT_S,
    Accept,
    AskKeep,
    AskReflection,
    Away,
    Back,
    Choose,
    Command,
    Feel,
    GoOn,
    Join,
    MoreTime,
    Pass,
    Pause,
    Ready,
    Smaller,
    SongEnded,
    Stop,
    Unchoose,
    Unfeel,
    WishCall,
    due,
    fold,
    step,
)

DOTS_S = 2.0
"""A device silent for so long is shown to the other as three dots, while they sit: three heartbeats of a
page, and two of one that is hidden, whose browser lets it beat once a second."""

AWAY_S = 12.0
"""A device silent for so long is away: both wait.

While they settle it is away after `DOTS_S` already. Nobody is told there, and whoever is back in time
has never been away; but when settling ends, a page that was closed a moment ago is no yes.
"""

DEAF_S = 60.0
"""The socket of a device silent for so long is closed. Its seat is kept by the machine."""

OLDEST_S = 60.0
"""Readings that come later than this are passed over: a phone that was cut off keeps half a minute."""

EARLY_S = 1.0
"""A stamp may be so far ahead: a page reckons sitting time from its pings, never to the millisecond."""

STALE_S = 2.0
"""A page that has not put a show on its screen for so long is not there, whatever it sends."""

STALL_S = 0.5
"""An alarm that rings later than this means that this process stood still, and no device."""

AGAIN_S = 1.0
"""While the disk fails, what happens is tried to be kept again so often."""

MOST_IDS = 256
"""Commands of one side that are remembered, so that one sent twice is heard once."""

# A timer may ring a rounding error early, and would then find nothing due and ring for ever.
LATE_S = 1e-6

COME_BACK = 1012
NO_TICKET = 4401
NEWER_DEVICE = 4409

log = logging.getLogger(__name__)


class Device:
    """One connection of one device: what waits for it, and whether it is to be closed.

    `wake` is called whenever something has been put into its mailbox. `side` is where it sits, for as long
    as it is the newest device there.
    """

    __slots__ = ("_wake", "is_over", "mailbox", "over", "seated", "side")

    def __init__(self, seated: Seated, wake: Callable[[], None] = lambda: None) -> None:
        self.seated = seated
        self.side: _Side | None = None
        self.mailbox = Mailbox()
        self._wake = wake
        self.is_over = False
        self.over: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        """With which code the connection is to be closed, once it is."""

    def put(self, message: wire.ToDevice) -> None:
        if not self.mailbox.put(message):
            # It reads too slowly for all of it, and never gets a part: it comes back for the newest.
            self.close(COME_BACK)
        self._wake()

    def close(self, code: int) -> None:
        if not self.is_over:
            self.is_over = True
            self.over.set_result(code)


@dataclass(slots=True)
class _Side:
    """What outlives the sockets of one side: one person's, or both people's at a shared device."""

    seated: Seated
    history: History
    device: Device | None = None
    score: tuple[wire.Shown, ...] = ()
    dots: bool = False
    owed: tuple[int, float] | None = None
    """The oldest show that the page has not yet put on its screen, and since when."""
    heard: dict[str, str | None] = field(default_factory=dict)
    """What became of each command: None while under way, "" when kept, else why it was refused."""
    taken: int | None = None
    """The sequence of the last frame that came from the page that is loaded there."""
    whose: Mapping[wire.Kind, Seat] = field(init=False)
    """Who is felt by what comes from there, of each kind that is taken."""

    def __post_init__(self) -> None:
        self.whose = _whose(self.seated.seats)

    def seat(self, device: Device | None) -> None:
        """Somebody's newest device, or none any more."""
        if self.device is not None:
            self.device.side = None
        self.device = device
        if device is not None:
            device.side = self

    def put(self, message: wire.ToDevice) -> None:
        if self.device is not None:
            self.device.put(message)


@dataclass(frozen=True, slots=True)
class _Said:
    """A command with the moment at which it was said, and who waits to be answered."""

    command: Command
    at: float
    side: _Side | None = None
    id: str = ""


class Room:
    """A sitting that is alive in this process."""

    def __init__(
        self,
        sitting: str,
        loaded: Loaded,
        records: Records,
        spoken: Spoken,
        *,
        new_epoch: Callable[[], str],
        length_s: LengthS,
        senses: Senses,
        ways: FindWays = Ways,
    ) -> None:
        self.id = sitting
        self.sitting = fold(loaded.events)
        self.pace = self.sitting.opened.pace
        self.closed_s: float | None = None
        """When the sitting closed."""
        self.ended = False
        """Whether this room has ended, though the sitting may not have."""
        self._records, self._spoken, self._new_epoch = records, spoken, new_epoch
        self._length_s, self._senses = length_s, senses
        self._loop = asyncio.get_running_loop()
        self._loaded_at, self._loaded_s = loaded.at, self._loop.time()
        self._heard_s = dict.fromkeys(Seat, self._loaded_s)
        self._sides: dict[frozenset[Seat], _Side] = {}
        self._signalling, self._ways = Signalling(), ways
        self._inbox: list[_Said] = []
        self._kept = len(loaded.events)
        self._unkept: list[Event] = []
        self._swept = False
        self._later: asyncio.Task[None] | None = None
        """Tries to keep what could not be kept; there while the disk fails."""
        self._turns: asyncio.Task[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._feeling = Feeling(senses, self.pace, self._swell)
        self._looks: asyncio.Task[None] | None = None
        self._told: Told = ()
        """What both are told of what was felt, for as long as a device may come back for it."""
        self._both_keep = False
        self._forgets: asyncio.TimerHandle | None = None
        if loaded.quiet_s >= AWAY_S:
            # Nobody ran it for so long that both were away, from when it went quiet.
            quiet = self.sitting.real(loaded.quiet_s)
            self._inbox.append(_Said(Away(BOTH_SEATS), loaded.at - quiet))
        self._go()

    @property
    def is_over(self) -> bool:
        """Whether the sitting has closed and nothing of it waits for the disk."""
        return self.closed_s is not None and self._swept

    def at(self) -> float:
        """Sitting time now."""
        return self._loaded_at + (self._loop.time() - self._loaded_s) * self.pace

    @property
    def is_awake(self) -> bool:
        """Whether a device is here, for which the other's may be awaited."""
        return any(side.device is not None for side in self._sides.values())

    # What connections say.

    def enter(self, device: Device, *, epoch: str, number: int) -> None:
        """Somebody's newest device. Welcome it, and give it what it has missed or the newest show."""
        if self.ended:
            device.close(COME_BACK)
            return
        seats = device.seated.seats
        for other in self._sides.values():
            if other.seated.seats & seats and other.device is not None:
                other.device.close(NEWER_DEVICE)
                other.seat(None)
        side = self._side(device.seated)
        side.seat(device)
        if not epoch:
            side.taken = None
        missed = side.history.since(epoch, number)
        device.put(
            wire.Welcome(
                v=wire.VERSION,
                epoch=side.history.epoch,
                number=side.history.number,
                recovered=missed is not None,
                at=self.at(),
                pace=self.pace,
                own=self._own(side),
                taken=side.taken,
            )
        )
        shows = side.history.newest if missed is None else missed
        for show in shows:
            device.put(show)
        side.owed = (shows[0].number, self._loop.time()) if shows else None
        device.put(wire.Dots(on=side.dots))
        self._tell_call()
        self._tell(side)
        if self._both_keep:
            device.put(wire.BothKeep())
        if not seats <= self.sitting.joined:
            self._say(Join(seats))
        self._is_here(seats)

    def leave(self, device: Device) -> None:
        """The connection is gone. Nobody is told: silence is what counts."""
        if device.side is not None:
            device.side.seat(None)

    def hear(self, device: Device, act: wire.Act) -> None:
        """A command; the answer comes when what it brings is on disk."""
        side = device.side
        if side is None:
            return
        if act.id in side.heard:
            self._answer(side, act.id)
            return
        while len(side.heard) >= MOST_IDS:
            del side.heard[next(iter(side.heard))]
        if isinstance(act, wire.HearMe):
            try:
                self._listen(side)
                side.heard[act.id] = ""
            except Refused as refused:
                side.heard[act.id] = str(refused)
            self._answer(side, act.id)
            return
        if isinstance(act, wire.WishCall) and not device.seated.apart:
            side.heard[act.id] = "A call is for two people in two places."
            self._answer(side, act.id)
            return
        side.heard[act.id] = None
        self._say(_command(act, device.seated.seats), side, act.id)

    def signal(self, device: Device, signal: wire.Signal) -> None:
        """From one page to the other while they have a call; else, or too much of it, it is lost."""
        for seat in device.seated.seats:
            other = self._devices().get(seat.partner)
            passes = self._signalling.passes(seat, signal, self._loop.time())
            if passes and other is not None and self._devices().get(seat) is device:
                other.put(signal)

    def beat(self, device: Device, ping: wire.Ping) -> None:
        """The page's heartbeat. It counts when the page shows what it was sent."""
        side = device.side
        taken = None if side is None else side.taken
        device.put(wire.Pong(sent=ping.sent, at=self.at(), taken=taken))
        if side is None:
            return
        self._feeling.reckon(device.seated.seats, ping.off)
        now_s = self._loop.time()
        if side.owed is not None and ping.shown >= side.owed[0]:
            newest = side.history.number
            side.owed = (newest, now_s) if ping.shown < newest else None
        if side.owed is None or now_s - side.owed[1] < STALE_S:
            self._is_here(device.seated.seats)

    def feel(self, device: Device, frame: wire.Frame, now_s: float) -> bool:
        """Some readings of a phone; False when their moment can't be.

        That they came is acknowledged in any case: whether they are used hangs on the other's yes.
        """
        side = device.side
        if side is None or (side.taken is not None and frame.sequence <= side.taken):
            return True
        side.taken = frame.sequence
        pace = self.pace
        at = self._loaded_at + (now_s - self._loaded_s) * pace
        if frame.at < at - OLDEST_S * pace or frame.until > at + EARLY_S * pace:
            return False
        whose = side.whose.get(frame.kind)
        if whose is not None:
            self._feeling.take(whose, frame)
        return True

    def close_seat(self, seat: Seat, code: int = NO_TICKET) -> None:
        """Whoever sits there may no longer: the socket is closed at once."""
        for side in self._sides.values():
            if seat in side.seated.seats and side.device is not None:
                side.device.close(code)
                side.seat(None)

    def end(self, code: int = COME_BACK) -> None:
        """Nothing is heard here any more; the devices are closed with this code."""
        self.ended = True
        self._inbox.clear()
        self._wind()
        self._forget()
        if self._later is not None:
            self._later.cancel()
        for side in self._sides.values():
            if side.device is not None:
                side.device.close(code)
                side.seat(None)

    async def rest(self) -> None:
        """Wait until the turn under way has been written, and nothing else is tried."""
        tasks = [task for task in (self._turns, self._later, self._looks) if task is not None]
        if tasks:
            await asyncio.wait(tasks)

    # The turns.

    def _say(self, command: Command, side: _Side | None = None, id: str = "") -> None:
        self._inbox.append(_Said(command, self.at(), side, id))
        self._go()

    def _go(self) -> None:
        if self._turns is None and not self.ended:
            self._turns = self._loop.create_task(self._take_turns())

    async def _take_turns(self) -> None:
        try:
            while not self.ended and (self._inbox or self._is_due()):
                await self._turn()
            if self.sitting.closed and self.closed_s is None:
                self.closed_s = self._loop.time()
                self._forgets = self._loop.call_later(REFLECT_S, self._forget)
                await self._keep()
        except Superseded:
            log.info("a sitting is run by another process now")
            self.end()
        except Exception:
            log.exception("a turn has failed; its room ends and is loaded again")
            self.end()
        finally:
            self._turns = None
            self._wind()

    def _is_due(self) -> bool:
        when = due(self.sitting)
        return when is not None and when <= self.at()

    async def _turn(self) -> None:
        inbox, self._inbox = self._inbox, []
        sitting = self.sitting
        events: list[Event] = []
        outcomes: list[tuple[_Side, str, str]] = []
        for said in inbox:
            why = ""
            try:
                sitting, brought = step(sitting, said.command, said.at)
                events.extend(brought)
            except Refused as refused:
                why = str(refused)
            if said.side is not None:
                outcomes.append((said.side, said.id, why))
        sitting, brought = step(sitting, None, self.at())
        events.extend(brought)
        if events:
            self._unkept += events
            await self._keep()
        self.sitting = sitting
        if events:
            for side in self._sides.values():
                self._show(side)
            self._dot()
        self._tell_call()
        for side, id, why in outcomes:
            side.heard[id] = why
            self._answer(side, id)
        self._feel_on()

    # What phones feel.

    def _feel_on(self) -> None:
        """After a turn: feel what may be felt now, forget what was taken back, look when both would."""
        sitting = self.sitting
        if sitting.unsaid.unfelt:
            self._forget()
            return
        languages = {
            seat: side.seated.language
            for side in self._sides.values()
            for seat in side.seated.seats
        }
        self._feeling.follow(sitting, self.at(), languages)
        if sitting.reflects and (felt := self._feeling.let_look()) is not None:
            self._looks = self._loop.create_task(self._look(felt))
        if sitting.keeps and not self._both_keep:
            self._both_keep = True
            for side in self._sides.values():
                side.put(wire.BothKeep())

    async def _look(self, felt: Felt) -> None:
        try:
            self._told = await self._senses.look(felt, self._length_s)
        except Exception:
            log.exception("what was felt could not be looked at, and is gone")
        for side in self._sides.values():
            self._tell(side)

    def _tell(self, side: _Side) -> None:
        """What was felt of the two, which both have asked for."""
        for told in self._told:
            # Two at one device look at one drawing.
            side.put(_reflection(told[min(side.seated.seats)]))

    def _forget(self) -> None:
        """Nothing of what was felt is left here, whether or not it has been looked at."""
        self._feeling.forget()
        self._told = ()
        if self._looks is not None:
            self._looks.cancel()

    def _swell(self, seat: Seat, at: float, level: float, trust: float) -> None:
        """Somebody's breath of the moment, for the other, where the two are here to feel it."""
        side = self._sides.get(_ACROSS[seat])
        if side is not None:
            side.put(wire.Swell(at, level, trust))

    def _listen(self, side: _Side) -> None:
        """Listen whether this phone feels its person. Raises Refused where it isn't asked to."""
        seats = side.seated.seats
        settled = self.sitting.stage not in (Stage.ARRIVING, Stage.SETTLING)
        if settled or len(seats) > 1 or not own(self.sitting, seats).feels:
            raise Refused("This phone is not asked to feel anything just now.")
        self._feeling.listen(min(seats), lambda answer: side.put(wire.Hears(answer)))

    # The disk.

    async def _keep(self) -> None:
        """Write what has happened; or go on without, while something else tries it again."""
        if self._later is not None:
            return
        try:
            await self._write()
        except Superseded:
            raise
        except Exception:
            log.exception("a sitting can't be kept just now; it goes on from memory")
            self._later = self._loop.create_task(self._keep_later())

    async def _keep_later(self) -> None:
        try:
            while self._unkept or (self.closed_s is not None and not self._swept):
                await asyncio.sleep(AGAIN_S)
                try:
                    await self._write()
                except Superseded:
                    log.info("a sitting is run by another process now")
                    break
                except Exception:  # noqa: S112 (it has been logged; once a second fills a disk)
                    continue
        finally:
            self._later = None
        if self._unkept:
            self.end()

    async def _write(self) -> None:
        """Put on the disk what is not there yet; of a sitting that has closed, take all away."""
        if self._unkept:
            events = tuple(self._unkept)
            await self._records.append(self.id, self._kept, events)
            self._kept += len(events)
            del self._unkept[: len(events)]
        if self.closed_s is not None and not self._unkept:
            await self._records.close(self.id)
            self._swept = True

    # What devices get.

    def _side(self, seated: Seated) -> _Side:
        """The side of these seats. Another language begins a new one, with a history of its own."""
        side = self._sides.get(seated.seats)
        if side is None or side.seated != seated:
            side = self._sides[seated.seats] = _Side(seated, History(self._new_epoch()))
            self._show(side)
            self._dot()
        return side

    def _show(self, side: _Side) -> None:
        """A new show, but only when this device's score has changed in more than what is past.

        A recording that has been made meanwhile is a change too.
        """
        seats, language = side.seated.seats, side.seated.language
        screens = score(self.sitting, seats, language)
        ahead = tuple(self._shown(screen, language) for screen in screens)
        if side.score[-len(ahead) :] == ahead:
            return
        side.score = ahead
        show = side.history.add(ahead)
        side.put(show)
        if side.owed is None:
            side.owed = (show.number, self._loop.time())

    def _shown(self, screen: Screen, language: str) -> wire.Shown:
        values = {each.name: getattr(screen, each.name) for each in fields(Screen)}
        voice = self._spoken(screen.say, language) if screen.say else ""
        return wire.Shown(voice=voice, **values)

    def _own(self, side: _Side) -> wire.Own:
        said = own(self.sitting, side.seated.seats)
        return wire.Own(**{each.name: getattr(said, each.name) for each in fields(said)})

    def _answer(self, side: _Side, id: str) -> None:
        why = side.heard.get(id)
        if why is None:
            return
        side.put(wire.Refused(id, why) if why else wire.Heard(id, self._own(side)))

    def _devices(self) -> dict[Seat, Device]:
        """Each person's device, where each has one of their own that is here."""
        return {
            seat: side.device
            for side in self._sides.values()
            if side.device is not None and len(side.seated.seats) == 1
            for seat in side.seated.seats
        }

    def _tell_call(self) -> None:
        """What both would have of a call, to both at once."""
        devices = self._devices()
        mailboxes = {seat: device.mailbox for seat, device in devices.items()}
        for seat, call in self._signalling.tell(self.sitting.call, mailboxes, self._ways).items():
            devices[seat].put(call)

    # Who is here.

    def _is_here(self, seats: frozenset[Seat]) -> None:
        """A page has been heard that shows what it was sent."""
        now_s = self._loop.time()
        for seat in seats:
            self._heard_s[seat] = now_s
        # Whoever has been heard of makes nobody silent.
        if any(side.dots for side in self._sides.values()):
            self._dot()
        if seats & self.sitting.unsaid.away:
            self._say(Back(seats))
        # An alarm that rings before this page could be silent again looks then what is next.
        if self._alarm is None or self._alarm.when() > now_s + DOTS_S:
            self._wind()

    def _silent_s(self, seat: Seat) -> float:
        return self._loop.time() - self._heard_s[seat]

    def _dot(self) -> None:
        """Three dots to the other while a device is silent, and only while they sit."""
        silent: set[Seat] = set()
        if self.sitting.stage is Stage.SITTING:
            silent = {seat for seat in self.sitting.joined if self._silent_s(seat) >= DOTS_S}
        for side in self._sides.values():
            on = bool(silent - side.seated.seats)
            if on != side.dots:
                side.dots = on
                side.put(wire.Dots(on=on))

    def _wind(self) -> None:
        """Set the alarm to the next moment at which something may have to be done."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self.ended or self._turns is not None:
            return
        now_s = self._loop.time()
        silences = [
            self._heard_s[seat] + limit_s
            for seat in self.sitting.joined
            for limit_s in (DOTS_S, AWAY_S, DEAF_S)
        ]
        moments = [moment_s for moment_s in silences if moment_s > now_s]
        when = due(self.sitting)
        if when is not None:
            moments.append(self._loaded_s + (when - self._loaded_at) / self.pace)
        if moments:
            rings_s = min(moments) + LATE_S
            self._alarm = self._loop.call_at(rings_s, self._ring, rings_s)

    def _ring(self, rings_s: float) -> None:
        self._alarm = None
        late_s = self._loop.time() - rings_s
        if late_s >= STALL_S:
            # What devices said meanwhile has not been read yet: that silence was ours.
            for seat in self._heard_s:
                self._heard_s[seat] += late_s
        self._dot()
        limit_s = DOTS_S if self.sitting.stage is Stage.SETTLING else AWAY_S
        for seat in sorted(self.sitting.joined):
            silent_s = self._silent_s(seat)
            if silent_s >= limit_s and seat not in self.sitting.unsaid.away:
                # As of when it became so long: the end of settling may have come since.
                since = self.at() - self.sitting.real(silent_s - limit_s)
                self._inbox.append(_Said(Away(frozenset({seat})), since))
                self._go()
            if silent_s >= DEAF_S:
                self.close_seat(seat, COME_BACK)
        if self._is_due():
            self._go()
        self._wind()


def _reflection(told: Reflection) -> wire.Reflection:
    you, other = (
        wire.Rhythm(each.rate_per_min, each.line, each.read) for each in (told.you, told.other)
    )
    return wire.Reflection(
        kind=told.kind,
        verdict=told.verdict,
        reason=told.reason,
        sentence=told.sentence,
        chance=told.chance,
        seconds=told.seconds,
        you=you,
        other=other,
        alike=told.alike,
        apart=told.apart,
        led=tuple(wire.Led(*each) for each in told.led),
    )


_PLAIN: dict[type[wire.Act], Callable[[frozenset[Seat]], Command]] = {
    wire.Unchoose: Unchoose,
    wire.Ready: Ready,
    wire.Smaller: Smaller,
    wire.Pause: Pause,
    wire.GoOn: GoOn,
    wire.Stop: Stop,
    wire.Unfeel: Unfeel,
    wire.AskReflection: AskReflection,
    wire.AskKeep: AskKeep,
}


_ACROSS = {seat: frozenset({seat.partner}) for seat in Seat}
"""Who sits alone across from somebody."""


def _whose(seats: frozenset[Seat]) -> Mapping[wire.Kind, Seat]:
    """Who is felt by which kind: a device's one person, or two who share a camera, by their side."""
    if len(seats) == 1:
        return dict.fromkeys((wire.MOTION, wire.LANDMARKS), min(seats))
    return {wire.LANDMARKS: Seat.ONE, wire.BESIDE: Seat.OTHER}


def _command(act: wire.Act, seats: frozenset[Seat]) -> Command:
    """What this message means, said by whoever sits at that device."""
    match act:
        case wire.Choose(rung=rung, longer=longer):
            return Choose(seats, rung, longer)
        case wire.Feel(seen=seen):
            return Feel(seats, seen)
        case wire.Accept(cue=cue):
            return Accept(seats, cue)
        case wire.Pass(cue=cue):
            return Pass(seats, cue)
        case wire.MoreTime(cue=cue):
            return MoreTime(seats, cue)
        case wire.SongEnded(cue=cue):
            return SongEnded(seats, cue)
        case wire.WishCall(call=call):
            return WishCall(seats, Call[call.upper()])
        case _:
            return _PLAIN[type(act)](seats)
