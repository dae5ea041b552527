"""Two guests of a place that is really served: they come in by its pages and sit by its sockets."""

import asyncio
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from itertools import count
from time import monotonic
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from relational_space.live import wire


class Guest:
    """A browser without a screen: pages, forms and cookies."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._open = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar())
        ).open
        self._page = ""

    def get(self, path: str) -> str:
        with self._open(urllib.parse.urljoin(self.address, path), timeout=10) as answer:
            self._page = answer.read().decode()
            self.at = urllib.parse.urlsplit(answer.url).path
        return self._page

    def post(self, path: str, **fields: str) -> str:
        """Send the form that is on the page, to this address."""
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": self._token(), **fields}).encode()
        with self._open(urllib.parse.urljoin(self.address, path), data, timeout=10) as answer:
            self._page = answer.read().decode()
            self.at = urllib.parse.urlsplit(answer.url).path
        return self._page

    def ticket(self, sitting: str) -> str:
        request = urllib.request.Request(
            urllib.parse.urljoin(self.address, "/live/ticket"),
            json.dumps({"sitting": sitting}).encode(),
            {"Content-Type": "application/json", "X-CSRFToken": self._token()},
        )
        with self._open(request, timeout=10) as answer:
            return json.load(answer)["ticket"]

    def _token(self) -> str:
        return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self._page).group(1)


def let_in(address: str, practice: str, name: str = "Ben") -> tuple[Guest, Guest, str]:
    """Ada opens a door, Ben comes through it: both, and their sitting."""
    ada, ben = Guest(address), Guest(address)
    ada.get("/")
    door = ada.post("/beside/")
    link = re.search(r'data-link="([^"]+)"', door).group(1)
    ben.get(urllib.parse.urlsplit(link).path)
    ben.post(urllib.parse.urlsplit(link).path, name=name)
    knock = json.loads(Guest.get(_same(ada), "/door/state"))["knocks"][0]["id"]
    ada.get("/door/")
    ada.post("/door/let-in/", knock=knock, practice=practice, first="one")
    sitting = re.fullmatch(r"/sitting/([0-9a-f-]+)/", ada.at).group(1)
    ben.get(f"/sitting/{sitting}/")
    return ada, ben, sitting


def _same(guest: Guest) -> Guest:
    """The same browser in another tab, so that the form on the page stays."""
    tab = Guest(guest.address)
    tab._open = guest._open
    return tab


@dataclass
class Line:
    """What the page's script does: a ticket, a socket, a heartbeat, and again whenever it breaks."""

    guest: Guest
    sitting: str
    live: str = ""
    """Where sockets are carried, as ws://host:port; where the pages are, when nothing is said."""
    epoch: str = ""
    number: int = 0
    screens: list[dict[str, Any]] = field(default_factory=list)
    own: dict[str, Any] = field(default_factory=dict)
    pace: float = 1.0
    offset_s: float = 0.0
    """Sitting time when the clock here shows nought."""
    welcomed: asyncio.Event = field(default_factory=asyncio.Event)
    over: int | None = None
    got: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    unheard: dict[str, wire.Act] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)
    lost: list[wire.Act] = field(default_factory=list)
    """What may or may not have been heard by a server that is no more, and would count twice."""
    heard: dict[str, wire.Act] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    _socket: ClientConnection | None = None
    _ids: Any = field(default_factory=lambda: count(1))

    async def run(self) -> None:
        """Until it is over, or cancelled."""
        while self.over is None:
            try:
                ticket = await asyncio.to_thread(self.guest.ticket, self.sitting)
                await self._sit(ticket)
            except (OSError, InvalidHandshake, ConnectionClosed):
                self.welcomed.clear()
                await asyncio.sleep(0.1)

    async def _sit(self, ticket: str) -> None:
        address = (self.live or self.guest.address.replace("http", "ws", 1)) + "/live"
        async with connect(address, origin=self.guest.address, compression=None) as socket:
            self._socket = socket
            hello = wire.Hello(v=1, ticket=ticket, epoch=self.epoch, number=self.number)
            await self._say(hello)
            heart = asyncio.create_task(self._beat())
            try:
                async for text in socket:
                    await self._hear(json.loads(text))
            finally:
                heart.cancel()
                await asyncio.gather(heart, return_exceptions=True)
                self.welcomed.clear()
                self._socket = None
            if socket.close_code in (4404, 4409):
                self.over = socket.close_code

    async def _hear(self, message: dict[str, Any]) -> None:
        self.got.append((monotonic(), message))
        match message["t"]:
            case "welcome":
                if self.epoch not in ("", message["epoch"]):
                    self._forget_what_would_count_twice()
                self.pace, self.own = message["pace"], message["own"]
                self.offset_s = message["at"] - self.pace * monotonic()
                self.epoch = message["epoch"]
                for act in self.unheard.values():
                    await self._say(act)
            case "show":
                self.number, self.screens = message["number"], message["screens"]
                self.welcomed.set()
            case "pong":
                self.offset_s = (
                    message["at"] - self.pace * (monotonic() + message["sent"] / 1e3) / 2
                )
            case "heard":
                self.heard[message["id"]] = self.unheard.pop(message["id"])
                self.own = message["own"]
            case "refused":
                self.unheard.pop(message["id"])
                self.refused[message["id"]] = message["why"]

    def _forget_what_would_count_twice(self) -> None:
        for id, act in list(self.unheard.items()):
            if isinstance(act, wire.Smaller | wire.MoreTime) and id in self.sent:
                self.lost.append(self.unheard.pop(id))

    async def _beat(self) -> None:
        while True:
            await self._say(wire.Ping(sent=monotonic() * 1e3, shown=self.number))
            await asyncio.sleep(0.65)

    async def press(self, kind: type[Any], **values: Any) -> None:
        act = kind(id=f"{id(self)}-{next(self._ids)}", **values)
        self.unheard[act.id] = act
        if self.welcomed.is_set():
            await self._say(act)

    async def _say(self, message: wire.FromDevice) -> None:
        if self._socket is not None:
            if not isinstance(message, wire.Hello | wire.Ping):
                self.sent.add(message.id)
            await self._socket.send(msgspec.json.encode(message).decode())

    def at(self) -> float:
        return self.offset_s + self.pace * monotonic()

    def screen(self, at: float | None = None) -> dict[str, Any]:
        """What is on the screen at this sitting time, else now."""
        at = self.at() if at is None else at
        begun = [screen for screen in self.screens if screen["begins_at"] <= at]
        return (begun or self.screens[:1])[-1]
