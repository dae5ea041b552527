"""A disk with no room left: nothing breaks, what runs goes on, and writing begins again with room.

`max_page_count` is SQLite's own way to be full at an exact byte.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from itertools import count
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from relational_space.live import wire
from relational_space.live.ports import Loaded, Seated, Superseded
from relational_space.live.room import Device
from relational_space.live.rooms import Rooms
from relational_space.people.models import Person
from relational_space.practice.events import Opened, Paused, to_plain
from relational_space.practice.practice import Seat, Stage
from relational_space.spaces import models
from relational_space.spaces.records import Records
from tests.practice.people import opened
from tests.words.test_words import Words

pytestmark = pytest.mark.django_db(transaction=True)

NewBrowser = Callable[..., Client]
OPENED = Opened(0.0, "mirroring", "", "", Seat.ONE, False, True, 1.0)
NO_ROOM = "There is no room here just now"


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[None]]:
    """While this lasts the database may not grow by a page."""
    options = connection.settings_dict["OPTIONS"]

    @contextmanager
    def no_room() -> Iterator[None]:
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
            other.execute("VACUUM")
            [pages] = other.execute("PRAGMA page_count").fetchone()
        limit = f"{options['init_command']} PRAGMA max_page_count = {pages};"
        with monkeypatch.context() as patch:
            patch.setitem(options, "init_command", limit)
            connection.close()
            yield
        connection.close()

    return no_room


def sittings(count: int) -> list[str]:
    made = []
    for _ in range(count):
        sitting = models.Sitting.objects.create(
            seating="beside", opened_at=timezone.now(), pace=1.0
        )
        models.Event.objects.create(sitting=sitting, number=0, plain=to_plain(OPENED))
        made.append(str(sitting.pk))
    return made


def is_intact() -> bool:
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
        found: tuple[str] = other.execute("PRAGMA integrity_check").fetchone()
        return found == ("ok",)


def test_nobody_is_told_that_something_is_kept_when_it_is_not(
    full: Callable[[], AbstractContextManager[None]],
) -> None:
    """Small and large in one commit, and the large one is too much in the middle of it."""
    there = sittings(12)
    large = [Paused(float(at)) for at in range(600)]

    async def kept(*lengths: int) -> list[bool]:
        records = Records(loaded=lambda events, at, quiet_s: events, superseded=LookupError)
        answers = await asyncio.gather(
            *(
                records.append(sitting, 1, large[:length])
                for sitting, length in zip(there, lengths, strict=False)
            ),
            return_exceptions=True,
        )
        # The disk's fault, and never another process's: that would end the sitting.
        assert all(answer is None or "full" in str(answer) for answer in answers)
        loaded = [await records.load(sitting) for sitting in there]
        await asyncio.to_thread(records.stop)
        told = [answer is None for answer in answers]
        assert [len(events or ()) > 1 for events in loaded][: len(told)] == told
        return told

    with full():
        assert not all(asyncio.run(kept(1, 1, 1, 600, 1, 1)))
    assert is_intact()
    models.Event.objects.exclude(number=0).delete()
    assert all(asyncio.run(kept(1, 1, 1, 600, 1, 1)))


def leave_no_byte() -> None:
    """Fill what is left of the pages that there are."""
    [elsewhere] = sittings(1)
    with suppress(OperationalError):
        for number in count(1):
            models.Event.objects.create(sitting_id=elsewhere, number=number, plain={})


def test_a_sitting_that_runs_goes_on_and_ends_and_is_swept_once_there_is_room(
    full: Callable[[], AbstractContextManager[None]],
) -> None:
    pace = 400.0
    sitting = models.Sitting.objects.create(seating="beside", opened_at=timezone.now(), pace=pace)
    models.Event.objects.create(sitting=sitting, number=0, plain=to_plain(opened(pace=pace)))

    async def until(is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not is_so():
                await asyncio.sleep(0.02)

    async def story() -> None:
        devices = [Device(Seated(str(sitting.pk), frozenset({seat}), "en")) for seat in Seat]
        records = Records(loaded=Loaded, superseded=Superseded)
        rooms = Rooms(records, lambda text, language: "")
        room = await rooms.room(devices[0].seated)
        assert room is not None
        for device in devices:
            room.enter(device, epoch="", number=0)
            room.hear(device, wire.Choose(id="1", rung="near"))
            room.hear(device, wire.Ready(id="2"))
        await until(lambda: room.sitting.stage is Stage.SITTING)
        room.hear(devices[0], wire.Stop(id="3"))
        await until(lambda: room.sitting.closed)
        assert not any(device.over.done() for device in devices)
        for device in devices:
            shows = [each for each in device.mailbox.take() if isinstance(each, wire.Show)]
            assert shows[-1].screens[-1].stage == "closed"
        assert not room.is_over
        assert len(found.events if (found := await records.load(str(sitting.pk))) else ()) == 1
        await records._do(lambda: connection.cursor().execute("PRAGMA max_page_count = 100000"))
        await until(lambda: room.is_over)
        await rooms.stop()
        await asyncio.to_thread(records.stop)

    with full():
        leave_no_byte()
        asyncio.run(story())
    sitting.refresh_from_db()
    assert sitting.sat
    assert sitting.closed_at is not None
    assert not models.Event.objects.filter(sitting=sitting).exists()
    assert is_intact()


def test_a_page_says_in_a_sentence_that_there_is_no_room(
    full: Callable[[], AbstractContextManager[None]], browser: NewBrowser
) -> None:
    with full():
        # What is left of the last page of each table takes some.
        for _ in range(60):
            somebody = browser()
            somebody.raise_request_exception = False
            answer = somebody.post("/beside/")
            if answer.status_code != 302:
                break
        assert answer.status_code == 503
        assert NO_ROOM in answer.content.decode()
        assert somebody.get("/").status_code == 200
    assert somebody.post("/beside/").status_code == 302
    assert is_intact()


def test_a_word_that_cannot_be_kept_is_not_acknowledged_and_is_kept_once_there_is_room(
    full: Callable[[], AbstractContextManager[None]], browser: NewBrowser, ada: Person
) -> None:
    words = Words(browser(ada))
    words.there.raise_request_exception = False
    answers: dict[str, int] = {}
    with full():
        while 503 not in answers.values():
            name = str(uuid4())
            answers[name] = words.keep(id=name).status_code
        kept = {name for name, status in answers.items() if status == 200}
        assert {name for name, _ in words.read()} == kept
    # The browser kept it, sealed, and sends it again.
    assert words.keep(id=name).status_code == 200
    assert {name for name, _ in words.read()} == kept | {name}
    assert is_intact()


def test_a_word_that_meets_a_locked_database_is_not_acknowledged_either(
    browser: NewBrowser, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = Words(browser(ada))
    words.there.raise_request_exception = False
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.1)
    connection.close()
    name = str(uuid4())
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
        other.execute("BEGIN IMMEDIATE")
        assert words.keep(id=name).status_code >= 500
        assert words.read() == []
        other.rollback()
    assert words.keep(id=name).status_code == 200
    assert words.read() == [(name, 1)]
    connection.close()
