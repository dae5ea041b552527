"""A place without a disk and without waiting: an event loop whose clock jumps, records in memory, and
a page as the server knows it. Ada sits at one, Ben at the other.
"""

import asyncio
import json
import selectors
import struct
from collections.abc import Callable, Coroutine, Sequence
from functools import wraps
from itertools import count
from typing import Any, TypeVar

from relational_space.live import wire
from relational_space.live.asgi import Live
from relational_space.live.conversation import PATH, Entrance
from relational_space.live.feeling import Senses
from relational_space.live.ports import FindWays, Loaded, Seated, Superseded, Ways
from relational_space.live.rooms import Rooms
from relational_space.practice.events import Event, Opened
from relational_space.practice.practice import BOTH_SEATS, Seat
from tests.practice.people import opened, practice_text

ORIGIN = "http://localhost:8000"
SITTING = "the-sitting"
ADA, BEN = frozenset({Seat.ONE}), frozenset({Seat.OTHER})

_T = TypeVar("_T")


class _Jump(selectors.SelectSelector):
    """Waits for nothing, files included: the time that would be waited is added to the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 1000.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise AssertionError("everybody waits and nothing will ever happen")
        # Without the dust of sums, which would tell one way to a moment from another.
        self.now_s = round(self.now_s + max(0.0, timeout), 9)
        return []


class JumpLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.now_s

    def stand_still(self, seconds: float) -> None:
        """As when the machine sleeps: time goes on, and nothing has been done in it."""
        self._jump.now_s += seconds


def played(story: Coroutine[Any, Any, _T]) -> _T:
    """Run it with a clock that jumps; nothing of it may be left over at the end."""
    with asyncio.Runner(loop_factory=JumpLoop) as runner:
        return runner.run(_to_its_end(story))


def story(told: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that is told as one story, with such a clock."""

    @wraps(told)
    def test(*given: Any, **named: Any) -> None:
        played(told(*given, **named))

    return test


async def _to_its_end(story: Coroutine[Any, Any, _T]) -> _T:
    told = await story
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, f"still running: {left}"
    return told


def now_s() -> float:
    return asyncio.get_running_loop().time()


class Memory:
    """Records that are lost with the test. `wait_s` is how long a disk takes."""

    def __init__(self, wait_s: float = 0.005) -> None:
        self.wait_s = wait_s
        self.events: dict[str, list[Event]] = {}
        self.opened_s: dict[str, float] = {}
        self.beat_s: dict[str, float] = {}
        self.closed: set[str] = set()
        self.loads = 0
        self.appends: list[tuple[int, float]] = []
        self.failure: Exception | None = None

    def open(self, sitting: str, first: Opened) -> None:
        self.events[sitting] = [first]
        self.opened_s[sitting] = now_s()

    async def load(self, sitting: str) -> Loaded | None:
        self.loads += 1
        await self._disk()
        if sitting not in self.events or sitting in self.closed:
            return None
        first = self.events[sitting][0]
        assert isinstance(first, Opened)
        at = (now_s() - self.opened_s[sitting]) * first.pace
        quiet_s = now_s() - self.beat_s.get(sitting, now_s())
        return Loaded(tuple(self.events[sitting]), at, quiet_s)

    async def append(self, sitting: str, number: int, events: Sequence[Event]) -> None:
        await self._disk()
        if number != len(self.events[sitting]):
            raise Superseded("somebody else has written that number")
        self.events[sitting].extend(events)
        self.appends.append((len(events), now_s()))

    async def beat(self, sittings: Sequence[str]) -> None:
        if self.failure is not None:
            raise self.failure
        self.beat_s.update(dict.fromkeys(sittings, now_s()))

    async def close(self, sitting: str) -> None:
        await self._disk()
        self.closed.add(sitting)
        self.events[sitting].clear()

    async def _disk(self) -> None:
        await asyncio.sleep(self.wait_s)
        if self.failure is not None:
            raise self.failure


async def at_once(function: Callable[..., _T], /, *args: Any) -> _T:
    """As `asyncio.to_thread`, in no time and no thread."""
    await asyncio.sleep(0.001)
    return function(*args)


def senses_at_once() -> Senses:
    """An engine that is there as soon as it is asked for."""

    async def prepared() -> None:
        pass

    return Senses(elsewhere=at_once, prepare=prepared)


class House:
    """One process, and what outlives it: the records and the tickets."""

    def __init__(
        self,
        *,
        pace: float = 1.0,
        wait_s: float = 0.005,
        apart: bool = False,
        ways: FindWays = Ways,
        **changes: Any,
    ) -> None:
        self.apart, self.ways = apart, ways
        self.records = Memory(wait_s)
        changes.setdefault("text", practice_text())
        self.records.open(SITTING, opened(pace=pace, **changes))
        self.tickets: dict[str, Seated] = {}
        self._names, self._epochs = count(1), count(1)
        self.voices = True
        self.start()

    def start(self) -> None:
        self.senses = senses_at_once()
        self.rooms = Rooms(
            self.records,
            self._recording_of,
            new_epoch=self._new_epoch,
            ways=self.ways,
            senses=self.senses,
        )
        self.rooms.start()
        self.entrance = Entrance(self.rooms, self._read_ticket, {ORIGIN})
        self.live = Live(self.entrance)

    def _recording_of(self, text: str, language: str) -> str:
        return f"/voice/{language}-{len(text)}.mp3" if self.voices else ""

    def _new_epoch(self) -> str:
        return f"epoch-{next(self._epochs)}"

    async def stop(self) -> None:
        await self.rooms.stop()

    def ticket(self, seats: frozenset[Seat], sitting: str = SITTING, language: str = "en") -> str:
        ticket = f"ticket-{next(self._names)}"
        self.tickets[ticket] = Seated(sitting, seats, language, self.apart)
        return ticket

    async def _read_ticket(self, ticket: str) -> Seated | None:
        await asyncio.sleep(0)
        return self.tickets.pop(ticket, None)

    def events(self) -> list[Event]:
        return self.records.events[SITTING]


class Socket:
    """One connection, driven without a network. What the server sent is in `sent`, byte for byte."""

    def __init__(
        self,
        app: Any,
        *,
        origin: str | None = ORIGIN,
        path: str = PATH,
        headers: list[tuple[bytes, bytes]] | None = None,
        address: str = "192.0.2.1",
    ) -> None:
        self.sent: list[str] = []
        self.accepted = False
        self.code: int | None = None
        self.over = asyncio.Event()
        self.reads = asyncio.Event()
        self.reads.set()
        self.on_message: Callable[[str], None] = lambda text: None
        if headers is None:
            headers = [] if origin is None else [(b"origin", origin.encode())]
        scope = {"type": "websocket", "path": path, "headers": headers, "client": (address, 1)}
        self._incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._incoming.put_nowait({"type": "websocket.connect"})
        self._app = asyncio.create_task(self._run(app, scope))

    async def _run(self, app: Any, scope: dict[str, Any]) -> None:
        try:
            await app(scope, self._incoming.get, self._send)
        finally:
            self.over.set()

    async def _send(self, message: dict[str, Any]) -> None:
        await self.reads.wait()
        if self.over.is_set():
            raise OSError("the peer has gone")
        match message["type"]:
            case "websocket.accept":
                self.accepted = True
            case "websocket.close":
                self.code = message.get("code", 1000)
                self.over.set()
                self._incoming.put_nowait({"type": "websocket.disconnect", "code": self.code})
            case "websocket.send":
                self.sent.append(message["text"])
                self.on_message(message["text"])

    def say(self, message: wire.FromDevice | str | bytes) -> None:
        if isinstance(message, bytes):
            self._incoming.put_nowait({"type": "websocket.receive", "bytes": message})
            return
        text = message if isinstance(message, str) else wire.msgspec.json.encode(message).decode()
        self._incoming.put_nowait({"type": "websocket.receive", "text": text})

    async def drop(self) -> None:
        """The connection is gone without a word."""
        self.over.set()
        self._incoming.put_nowait({"type": "websocket.disconnect", "code": 1006})
        self.reads.set()
        await self._app

    async def closed(self) -> int | None:
        """Wait until the server has closed it, and say with what."""
        await self._app
        return self.code


class Page:
    """What a browser does: it keeps the newest show over every reconnect, and its heart beats."""

    def __init__(self, house: House, seats: frozenset[Seat], language: str = "en") -> None:
        self.house, self.seats, self.language = house, seats, language
        self.epoch, self.number = "", 0
        self.numbers: list[tuple[str, int]] = []
        self.screens: list[dict[str, Any]] = []
        self.own: dict[str, Any] = {}
        self.dots = False
        self.calls: list[dict[str, Any]] = []
        self.signals: list[dict[str, Any]] = []
        self.heard: list[str] = []
        self.refused: list[tuple[str, str]] = []
        self.welcomes: list[dict[str, Any]] = []
        self.arrived: list[tuple[float, dict[str, Any]]] = []
        self.raw: list[tuple[float, str]] = []
        self.beats = True
        self.period_s = 0.65
        self.off_s: float | None = 0.01
        self.shows = True
        self.socket: Socket | None = None
        self._heart: asyncio.Task[None] | None = None
        self._ids = count(1)
        self._clock = (0.0, 0.0, 1.0)
        self._welcomed: Socket | None = None
        self.unheard: dict[str, wire.Act] = {}
        self.taken: int | None = None
        self.hears: list[str] = []
        self.swells: list[dict[str, Any]] = []
        self.reflections: list[dict[str, Any]] = []
        self.both_keep = 0

    async def connect(self) -> "Page":
        ticket = self.house.ticket(self.seats, language=self.language)
        self.socket = Socket(self.house.live)
        self.socket.on_message = self._got
        self.socket.say(wire.Hello(v=1, ticket=ticket, epoch=self.epoch, number=self.number))
        for act in self.unheard.values():
            self.socket.say(act)
        if self._heart is None:
            self._heart = asyncio.create_task(self._beat())
        await asyncio.sleep(0.05)
        return self

    async def _beat(self) -> None:
        while True:
            if self.beats and self.socket is not None and not self.socket.over.is_set():
                shown = self.number if self.shows else 0
                self.socket.say(wire.Ping(sent=now_s() * 1000, shown=shown, off=self.off_s))
            await asyncio.sleep(self.period_s)

    def _got(self, text: str) -> None:
        self.raw.append((now_s(), text))
        message = json.loads(text)
        self.arrived.append((now_s(), message))
        match message["t"]:
            case "welcome":
                self.welcomes.append(message)
                self._welcomed = self.socket
                if not message["recovered"]:
                    self.epoch, self.number = message["epoch"], 0
                self.own = message["own"]
                self._clock = (now_s(), message["at"], message["pace"])
                self.taken = message["taken"]
            case "pong":
                self.taken = message["taken"]
            case "show":
                self.epoch, self.number = message["epoch"], message["number"]
                self.numbers.append((self.epoch, self.number))
                self.screens = message["screens"]
            case "heard":
                self.heard.append(message["id"])
                self.unheard.pop(message["id"], None)
                self.own = message["own"]
            case "refused":
                self.refused.append((message["id"], message["why"]))
                self.unheard.pop(message["id"], None)
            case "call":
                self.calls.append(message)
            case "signal":
                self.signals.append(message)
            case "dots":
                self.dots = message["on"]
            case "hears":
                self.hears.append(message["answer"])
            case "swell":
                self.swells.append(message)
            case "reflection":
                self.reflections.append(message)
            case "both_keep":
                self.both_keep += 1

    def press(self, kind: type[Any], **values: Any) -> str:
        """Press something, now or as soon as there is a connection again."""
        id = f"{sorted(self.seats)[0]}-{next(self._ids)}"
        act = kind(id=id, **values)
        self.unheard[id] = act
        if self.socket is not None and not self.socket.over.is_set():
            self.socket.say(act)
        return id

    def at(self) -> float:
        """Sitting time, as this page reckons it."""
        welcomed_s, at, pace = self._clock
        return at + (now_s() - welcomed_s) * pace

    @property
    def is_welcome(self) -> bool:
        """Whether this connection has been welcomed: nothing is sent before."""
        return self._welcomed is self.socket

    @property
    def pace(self) -> float:
        return self._clock[2]

    def screen(self) -> dict[str, Any]:
        """What is on the screen now: the last that has begun."""
        at = self.at() + 1e-3
        begun = [screen for screen in self.screens if screen["begins_at"] <= at]
        return (begun or self.screens[:1])[-1]

    def count(self, kind: str) -> int:
        return sum(message["t"] == kind for _, message in self.arrived)

    async def drop(self) -> None:
        assert self.socket is not None
        await self.socket.drop()
        self.socket = None

    async def close(self) -> None:
        """The page is closed for good."""
        if self._heart is not None:
            self._heart.cancel()
            await asyncio.wait([self._heart])
        if self.socket is not None:
            await self.drop()


STILL = (0, 0, 4903, 0, 0, 0)
"""A phone on its back that nobody breathes under."""


def frame(
    page: Page,
    sequence: int,
    *,
    after_s: float = 0.0,
    hz: float = 50.0,
    steps: Sequence[Sequence[int]] = (STILL,) * 5,
) -> bytes:
    """Readings of motion as this page packs them, the first so many seconds from now."""
    count = len(steps)
    stamps = [round(n * page.pace / hz / wire.STAMP_S) for n in range(count)]
    head = struct.pack("<BBHId", 1, wire.Kind.MOTION, count, sequence, page.at() + after_s)
    packed = struct.pack(f"<{6 * count}h", *(step for reading in steps for step in reading))
    return head + struct.pack(f"<{count}H", *stamps) + packed


async def arrived(house: House) -> tuple[Page, Page]:
    """Ada and Ben, both on the page that says what will happen."""
    return await Page(house, ADA).connect(), await Page(house, BEN).connect()


async def seated(house: House, ada: str = "touching", ben: str = "touching") -> tuple[Page, Page]:
    """Ada and Ben, some seconds into the practice."""
    pages = await arrived(house)
    for page, rung in zip(pages, (ada, ben), strict=True):
        page.press(wire.Choose, rung=rung)
        page.press(wire.Ready)
    await asyncio.sleep(65.0 / pages[0]._clock[2])
    assert {page.screen()["stage"] for page in pages} == {"sitting"}
    return pages


async def leave(house: House, *pages: Page) -> None:
    for page in pages:
        await page.close()
    await house.stop()


SHARED = BOTH_SEATS
