"""Whatever Ada keeps, changes and lets go in private, Ben is sent the same bytes.

Over the real application, headers and cookies included, with nothing masked: the clock stands still, and
whatever is drawn by chance is drawn from a stream of whoever asks, so that two histories which differ only
in what Ada does for herself have to give Ben the same, byte for byte.
"""

import asyncio
import hashlib
import json
import os
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import async_to_sync
from django.core import signals
from django.core.cache import cache
from django.db import close_old_connections, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relational_space.people.models import Person
from relational_space.practice.practice import Seat
from relational_space.spaces.models import Day, Member, Place, Seating, Sitting, Space
from tests.examples import dear
from tests.words.test_words import BEGIN, PASSKEY
from tests.words.vectors import KEYRING, PASSPHRASE_SLOT, sealed, text

NewBrowser = Callable[..., Client]
NOW = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
TOKEN = "t" * 32


class Chance:
    """What is drawn by chance: for everybody from a stream of their own, so that it can be drawn again."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.whose, self._drawn = "nobody", dict[str, int]()

    def draw(self, size: int) -> bytes:
        drawn = b""
        while len(drawn) < size:
            self._drawn[self.whose] = number = self._drawn.get(self.whose, 0) + 1
            drawn += hashlib.sha256(f"{self.whose} {number}".encode()).digest()
        return drawn[:size]


@pytest.fixture
def chance(monkeypatch: pytest.MonkeyPatch) -> Chance:
    """Every clock stands still, and every draw is this one's."""
    drawing = Chance()
    monkeypatch.setattr(os, "urandom", drawing.draw)
    monkeypatch.setattr(random, "_urandom", drawing.draw)
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr(time, "time", NOW.timestamp)
    return drawing


@dataclass
class Somebody:
    """A browser at the real application, whose every answer can be compared to its last byte."""

    name: str
    session: str
    chance: Chance
    ask: Callable[..., Any]

    async def get(self, path: str, *, whose: str = "") -> bytes:
        return await self._asked("GET", path, b"", "", whose)

    async def form(self, path: str, body: str = "") -> bytes:
        return await self._asked(
            "POST", path, body.encode(), "application/x-www-form-urlencoded", ""
        )

    async def json(self, path: str, body: Any, *, whose: str = "") -> bytes:
        return await self._asked("POST", path, json.dumps(body).encode(), "application/json", whose)

    async def delete(self, path: str) -> bytes:
        return await self._asked("DELETE", path, b"", "", "")

    async def _asked(self, method: str, path: str, body: bytes, kind: str, whose: str) -> bytes:
        self.chance.whose = whose or self.name
        headers = {
            "host": "testserver",
            "cookie": f"__Host-s={self.session}; __Host-c={TOKEN}",
            "x-csrftoken": TOKEN,
            "sec-fetch-site": "same-origin",
            "origin": "https://testserver",
            "content-length": str(len(body)),
        }
        if kind:
            headers["content-type"] = kind
        return await self.ask(method, path, headers, body)


async def answered(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    """Every byte of an answer: its status, its headers in their order, and what they stand above."""
    from relational_space.site.asgi import application

    bare, _, query = path.partition("?")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": bare,
        "raw_path": bare.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("192.0.2.1", 1),
        "server": ("testserver", 443),
    }
    said = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[bytes] = []

    async def receive() -> dict[str, Any]:
        if not said:
            # Nobody hangs up.
            await asyncio.Event().wait()
        return said.pop(0)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            sent.append(str(message["status"]).encode())
            sent.extend(name + b": " + value for name, value in message["headers"])
        else:
            sent.append(message.get("body", b""))

    await application(scope, receive, send)
    return b"\n".join(sent)


# What Ada does for herself. A number says which of what she has kept is meant, if there is one.

Act = tuple[str, int]


def acts() -> st.SearchStrategy[list[Act]]:
    return st.lists(st.tuples(st.sampled_from(sorted(PRIVATELY)), st.integers(0, 5)), max_size=6)


@dataclass
class Ada:
    """Ada's browser, and what it knows of her words."""

    there: Somebody
    space: UUID
    sitting: UUID
    revisions: dict[str, int] = field(default_factory=dict)
    keyring: int = 1

    async def do(self, act: Act) -> None:
        what, number = act
        await PRIVATELY[what](self, number)

    async def keep(self, number: int) -> None:
        name = str(UUID(int=len(self.revisions) + 1))
        self.revisions[name] = 1
        days = (None, 30, 90)[number % 3]
        body = {"id": name, "after": 0, "revision": 1, "keep_days": days}
        await self.there.json("/sealed/records/", {**body, "sealed": text(sealed(number % 4))})

    async def edit(self, number: int) -> None:
        for name in list(self.revisions)[number : number + 1]:
            after = self.revisions[name]
            self.revisions[name] = after + 1
            body = {"id": name, "after": after, "revision": after + 1}
            await self.there.json("/sealed/records/", {**body, "sealed": text(sealed(1))})

    async def remove(self, number: int) -> None:
        for name in list(self.revisions)[number : number + 1]:
            await self.there.delete(f"/sealed/records/?id={name}")

    async def ring(self, number: int) -> None:
        body = {"after": self.keyring, "revision": self.keyring + 1 + number}
        self.keyring += 1 + number
        await self.there.json("/sealed/keyring/", {**body, "sealed": text(KEYRING)})

    async def erase(self, number: int) -> None:
        await self.there.json("/sealed/erase/", {})
        if number % 2:
            await self.there.json("/sealed/begin/", BEGIN)
        self.keyring = 1

    async def another_passphrase(self, number: int) -> None:
        answer = await self.there.get("/sealed/")
        held = answer.rpartition(b"\n")[2]
        for slot in json.loads(held)["slots"]:
            if slot["kind"] == "passphrase":
                body = {"kind": "passphrase", "sealed": text(PASSPHRASE_SLOT), "hint": ""}
                await self.there.json("/sealed/slots/", {**body, "replaces": slot["id"]})

    async def look(self, number: int) -> None:
        pages = "/sealed/", "/sealed/records/", "/account/", "/spaces/", "/help/", "/mine/"
        await self.there.get(pages[number])


PRIVATELY: dict[str, Callable[[Ada, int], Awaitable[object]]] = {
    "keep": Ada.keep,
    "edit": Ada.edit,
    "remove": Ada.remove,
    "ring": Ada.ring,
    "erase": Ada.erase,
    "another passphrase": Ada.another_passphrase,
    "a passkey": lambda ada, _: ada.there.json("/sealed/slots/", PASSKEY),
    "look": Ada.look,
    "take along": lambda ada, _: ada.there.form("/account/export/"),
    "be asked": lambda ada, n: ada.there.form(
        f"/spaces/{ada.space}/check-in/", f"on={'yes' if n % 2 else 'no'}"
    ),
    "forget a day": lambda ada, _: ada.there.form(f"/spaces/{ada.space}/days/", "day=2026-11-02"),
    "would keep the day": lambda ada, n: ada.there.form(
        f"/spaces/keep/{ada.sitting}/", f"wanted={'yes' if n % 2 else 'no'}"
    ),
    "a rhythm": lambda ada, _: ada.there.form(f"/spaces/{ada.space}/rhythm/", "every=week"),
    "another name": lambda ada, n: ada.there.form("/account/name/", f"name=Ada{n}"),
    "a door": lambda ada, _: ada.there.form("/beside/"),
}


@dataclass
class Scene:
    """Ada and Ben, their space, and a day on which they sat."""

    chance: Chance
    ada: Somebody
    ben: Somebody
    space: UUID
    sitting: UUID

    def what_ben_gets(self, history: list[Act], *, shared: bool = True) -> list[bytes]:
        """All that Ben is sent after half of this and after all of it."""
        with _undone():
            cache.clear()
            self.chance.begin()
            return async_to_sync(self._what_ben_gets)(history, shared=shared)

    async def _what_ben_gets(self, history: list[Act], *, shared: bool) -> list[bytes]:
        ada = Ada(self.ada, self.space, self.sitting)
        ours = f"/sealed/spaces/{self.space}/records/"
        got = []
        for act in history[: len(history) // 2]:
            await ada.do(act)
        got += [await self.ben.get(path) for path in (f"/spaces/{self.space}/", ours)]
        for act in history[len(history) // 2 :]:
            await ada.do(act)
        # What both do anyway, after all that Ada has done: a number that goes on would show in it.
        if shared:
            await self.ada.json("/sealed/begin/", BEGIN, whose="both")
            await self.ada.json(ours, a_record(901), whose="both")
        got.append(await self.ben.json(ours, a_record(902)))
        got.append(await self.ben.json("/sealed/records/", a_record(903)))
        for path in (
            f"/spaces/{self.space}/",
            ours,
            f"/spaces/keep/{self.sitting}/",
            "/sealed/",
            "/sealed/records/",
            "/spaces/",
            "/account/",
            "/mine/",
        ):
            got.append(await self.ben.get(path))
        return got


def a_record(number: int) -> dict[str, Any]:
    name = str(UUID(int=number))
    return {"id": name, "after": 0, "revision": 1, "sealed": text(sealed())}


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """The test's own transaction goes on from one request to the next, as with Django's test client."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    yield
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


@pytest.fixture
def scene(
    _one_connection: None, chance: Chance, browser: NewBrowser, ada: Person, ben: Person
) -> Scene:
    space = Space.objects.create()
    for person, other in ((ada, ben), (ben, ada)):
        side = Member.objects.create(space=space, person=person, other_name=other.name)
        Day.objects.create(member=side, day=datetime(2026, 11, 2, tzinfo=UTC).date())
    sitting = Sitting.objects.create(
        space=space, seating=Seating.APART, opened_at=NOW, pace=1.0, closed_at=NOW, sat=True
    )
    for seat, person in ((Seat.ONE, ada), (Seat.OTHER, ben)):
        Place.objects.create(sitting=sitting, seat=seat, person=person, visitor=uuid4().hex)

    def somebody(person: Person) -> Somebody:
        chance.whose = person.name
        there = browser(person)
        cookie: SimpleCookie = there.cookies
        return Somebody(person.name, cookie["__Host-s"].value, chance, answered)

    both = somebody(ada), somebody(ben)
    for each in both:
        assert async_to_sync(each.json)("/sealed/begin/", BEGIN).startswith(b"200")
    return Scene(chance, *both, space.pk, sitting.pk)


# In two halves, so that two cores share what takes minutes.
@pytest.mark.django_db
@pytest.mark.parametrize("keeps", [False, True])
def test_two_private_histories_of_ada_give_ben_the_same_bytes(scene: Scene, keeps: bool) -> None:
    """Every history is compared with the one in which she does nothing, so any two give the same."""
    plain = scene.what_ben_gets([])

    # Each is seventeen pages.
    @settings(
        max_examples=dear(every_day=40, in_all=5_000), suppress_health_check=list(HealthCheck)
    )
    @given(acts())
    def same(history: list[Act]) -> None:
        first = [("keep", 0), ("keep", 1)] if keeps else []
        assert scene.what_ben_gets(first + history) == plain

    same()
    # Ben's own come back to him, and so does what Ada writes for both: that would have been seen.
    assert all(answer.startswith(b"200") for answer in plain)
    assert len(set(plain)) > 8
    assert scene.what_ben_gets([], shared=False) != plain


@pytest.mark.django_db
@pytest.mark.parametrize("act", sorted(PRIVATELY))
def test_each_thing_that_ada_does_is_done(scene: Scene, act: str) -> None:
    """So that the same bytes are not those of somebody whose every act was refused."""
    answers: list[bytes] = []
    asked = scene.ada.ask

    async def ask(*what: Any) -> bytes:
        answers.append(await asked(*what))
        return answers[-1]

    scene.ada.ask = ask
    with _undone():
        ada = Ada(scene.ada, scene.space, scene.sitting)
        async_to_sync(ada.keep)(0)
        async_to_sync(ada.do)((act, 0))
    assert all(answer[:3] in (b"200", b"302") for answer in answers), answers
    assert len(answers) > 1


@pytest.mark.django_db
def test_a_place_that_tells_of_others_would_be_found(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leaks put there on purpose: a number that counts everybody's, and one that counts what others ask."""
    from relational_space.words import views
    from relational_space.words.models import Record

    plain = scene.what_ben_gets([])
    kept = [("keep", 0), ("keep", 1)]
    assert scene.what_ben_gets(kept) == plain
    as_it_is = views._record

    def numbered(record: Record) -> dict[str, Any]:
        return as_it_is(record) | {"number": record.pk}

    with monkeypatch.context() as patch:
        patch.setattr(views, "_record", numbered)
        assert scene.what_ben_gets(kept) != scene.what_ben_gets([])
    counted = 0

    def drawn(number: str, record: Record) -> dict[str, Any]:
        return as_it_is(record) | {"day": number}

    async def asked(*what: Any) -> bytes:
        nonlocal counted
        counted += 1
        patch.setattr(views, "_record", partial(drawn, str(counted)))
        return await answered(*what)

    with monkeypatch.context() as patch:
        patch.setattr(scene.ada, "ask", asked)
        counted = 0
        told = scene.what_ben_gets(kept)
        counted = 0
        assert told != scene.what_ben_gets([])
