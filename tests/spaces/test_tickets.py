"""A ticket: from a page to the live part, for half a minute, once, and only for one's own seat."""

import asyncio
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.core import signing
from django.db import connection
from django.test import Client
from django.utils import timezone

from relational_space.practice.events import Paused
from relational_space.practice.practice import Seat
from relational_space.site import work
from relational_space.spaces import actions, due, tickets
from relational_space.spaces.models import Knock, Member, Place, Seating, Sitting, Space
from relational_space.spaces.records import Records

pytestmark = pytest.mark.django_db(transaction=True)

NewBrowser = Callable[..., Client]


@dataclass(frozen=True)
class Seated:
    sitting: str
    seats: frozenset[Seat]
    language: str
    apart: bool


def read(ticket: str) -> Seated | None:
    return asyncio.run(tickets.ReadTicket(Seated)(ticket))


def asked(there: Client, sitting: str, *, kind: str = "application/json") -> str:
    answer = there.post("/live/ticket", json.dumps({"sitting": sitting}), content_type=kind)
    assert answer.status_code == 200, answer.content
    return str(answer.json()["ticket"])


@pytest.fixture
def sharing(browser: NewBrowser) -> tuple[Client, str]:
    """A browser at which both sit."""
    there = browser()
    there.post("/beside/")
    answer = there.post("/door/share/", {"practice": "mirroring"})
    return there, answer.headers["Location"].split("/")[2]


def test_it_says_who_sits_there(sharing: tuple[Client, str]) -> None:
    there, sitting = sharing
    assert read(asked(there, sitting)) == Seated(sitting, frozenset(Seat), "en", False)


def test_a_locked_database_keeps_nobody_out(
    sharing: tuple[Client, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else writes for long, and what is due waits for it; who comes does not."""
    there, sitting = sharing
    ticket = asked(there, sitting)
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 3)
    monkeypatch.setattr(due, "wipe", lambda: None)

    async def story() -> None:
        records = Records(loaded=lambda *found: found, superseded=OSError)
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
            other.execute("BEGIN IMMEDIATE")
            a_round = asyncio.create_task(sync_to_async(work.one_round)())
            a_write = asyncio.create_task(records.append(sitting, 1, [Paused(1.0)]))
            await asyncio.sleep(0.05)
            assert await tickets.ReadTicket(Seated)(ticket) is not None
            assert await records.load(sitting) is not None
            assert not a_round.done()
            assert not a_write.done()
        await a_round
        await a_write
        records.stop()

    asyncio.run(story())


def test_it_carries_the_language_of_its_page(sharing: tuple[Client, str]) -> None:
    there, sitting = sharing
    ticket = there.post(
        "/live/ticket",
        json.dumps({"sitting": sitting}),
        content_type="application/json",
        headers={"Accept-Language": "de"},
    ).json()["ticket"]
    seated = read(ticket)
    assert seated is not None
    assert seated.language == "de"


def test_it_works_once(sharing: tuple[Client, str]) -> None:
    there, sitting = sharing
    ticket = asked(there, sitting)
    assert read(ticket) is not None
    assert read(ticket) is None


def test_of_many_who_bring_it_at_once_one_comes_in(sharing: tuple[Client, str]) -> None:
    there, sitting = sharing
    ticket = asked(there, sitting)

    async def bring() -> list[Seated | None]:
        reader = tickets.ReadTicket(Seated)
        return await asyncio.gather(*(reader(ticket) for _ in range(20)))

    assert sum(seated is not None for seated in asyncio.run(bring())) == 1


def test_a_stale_one_is_refused(
    sharing: tuple[Client, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    there, sitting = sharing
    ticket = asked(there, sitting)
    monkeypatch.setattr(tickets, "LASTS_S", -1)
    assert read(ticket) is None


@pytest.mark.parametrize("wrong", ["", "x", "a:b:c", "é", "x" * 512, "\x00"])
def test_a_wrong_one_is_refused(db: None, wrong: str) -> None:
    assert read(wrong) is None


def test_one_that_was_signed_for_something_else_is_refused(db: None) -> None:
    assert read(signing.dumps({"places": [1], "language": "en", "once": "x"}, salt="other")) is None


def test_it_fits_what_the_live_part_hears(sharing: tuple[Client, str]) -> None:
    there, sitting = sharing
    assert len(asked(there, sitting)) <= 512


def test_it_dies_with_the_seat_it_was_for(browser: NewBrowser) -> None:
    ada, ben = _persons()
    space, sitting = _sitting_of(ada, ben)
    ticket = asked(browser(ada), str(sitting.pk))
    actions.leave(Member.objects.get(space=space, person=ada))
    assert read(ticket) is None


def test_it_dies_with_the_sitting(sharing: tuple[Client, str]) -> None:
    there, sitting = sharing
    ticket = asked(there, sitting)
    Sitting.objects.update(closed_at=timezone.now())
    assert read(ticket) is None


def test_there_is_none_for_the_sitting_of_others(
    browser: NewBrowser, sharing: tuple[Client, str]
) -> None:
    _, sitting = sharing
    for there in (browser(), browser(_persons()[0])):
        for number in (sitting, str(uuid4()), "x", ""):
            body = json.dumps({"sitting": number})
            answer = there.post("/live/ticket", body, content_type="application/json")
            assert answer.status_code == 404


@pytest.mark.parametrize("body", ["[]", "{", "1", '{"sitting": null}', "[" * 5000])
def test_nonsense_gets_none(sharing: tuple[Client, str], body: str) -> None:
    there, _ = sharing
    assert there.post("/live/ticket", body, content_type="application/json").status_code == 404


def test_a_form_of_another_site_gets_none(sharing: tuple[Client, str]) -> None:
    there, sitting = sharing
    body = json.dumps({"sitting": sitting})
    assert there.post("/live/ticket", body, content_type="text/plain").status_code == 415
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    answer = there.post("/live/ticket", body, content_type="application/json", headers=elsewhere)
    assert answer.status_code == 403


def test_twenty_a_minute_are_enough(sharing: tuple[Client, str]) -> None:
    there, sitting = sharing
    body = json.dumps({"sitting": sitting})
    answers = [
        there.post("/live/ticket", body, content_type="application/json").status_code
        for _ in range(25)
    ]
    assert answers == [200] * 20 + [429] * 5


@pytest.mark.parametrize("ends", ["leaving the space", "signing out", "erasing the account"])
def test_the_live_part_is_told_when_a_seat_is_given_up(browser: NewBrowser, ends: str) -> None:
    ada, ben = _persons()
    space, sitting = _sitting_of(ada, ben)
    told: list[tuple[str, Seat]] = []

    def hear(*, sitting: str, seat: Seat, **_rest: object) -> None:
        told.append((sitting, seat))

    actions.seat_given_up.connect(hear)
    there = browser(ada)
    address = {
        "leaving the space": f"/spaces/{space.pk}/leave/",
        "signing out": "/account/logout/",
        "erasing the account": "/account/erase/",
    }[ends]
    there.post(address)
    actions.seat_given_up.disconnect(hear)
    assert told == [(str(sitting.pk), Seat.ONE)]
    assert there.get(f"/sitting/{sitting.pk}/").status_code == 404


def test_a_device_that_was_signed_out_elsewhere_has_no_seat_any_more(browser: NewBrowser) -> None:
    ada, ben = _persons()
    here, lost, there = browser(ada), browser(ada), browser(ben)
    lost.post("/beside/")
    [link] = re.findall(
        r'data-link="https://testserver([^"]+)"', lost.get("/door/").content.decode()
    )
    there.post(link, {"name": "Ben"})
    terms = {"practice": "mirroring", "knock": str(Knock.objects.get().pk)}
    sitting = lost.post("/door/let-in/", terms).headers["Location"].split("/")[2]
    asked: list[tuple[str, Seat]] = []

    def hear(*, sitting: str, seat: Seat, **_rest: object) -> None:
        asked.append((sitting, seat))

    actions.seat_asked_again.connect(hear)
    here.post("/account/sessions/")
    actions.seat_asked_again.disconnect(hear)
    assert asked == [(sitting, Seat.ONE)]
    body = json.dumps({"sitting": sitting})
    for device, status in ((lost, 404), (lost, 404), (here, 200)):
        answer = device.post("/live/ticket", body, content_type="application/json")
        assert answer.status_code == status


def _persons():  # type: ignore[no-untyped-def]
    from relational_space.people.models import Person

    return Person.objects.create(name="Ada"), Person.objects.create(name="Ben")


def _sitting_of(ada, ben):  # type: ignore[no-untyped-def]
    space = Space.objects.create()
    sitting = Sitting.objects.create(
        space=space, seating=Seating.APART, opened_at=timezone.now(), pace=1.0
    )
    for person, other, seat in ((ada, ben, Seat.ONE), (ben, ada, Seat.OTHER)):
        Member.objects.create(space=space, person=person, other_name=other.name)
        Place.objects.create(sitting=sitting, person=person, seat=seat, visitor=uuid4().hex)
    return space, sitting
