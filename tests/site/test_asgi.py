"""Where the apps and the live part are joined."""

import asyncio
import threading

from relational_space.practice.practice import Seat
from relational_space.site import asgi
from relational_space.spaces.actions import seat_asked_again, seat_given_up
from relational_space.spaces.practices import shelf


def test_a_seat_given_up_in_a_page_closes_its_socket_in_the_loop(monkeypatch):
    closed = []

    async def story():
        sittings = asgi.Sittings()
        monkeypatch.setattr(
            sittings._rooms,
            "close_seat",
            lambda sitting, seat: closed.append((sitting, seat, threading.current_thread())),
        )
        told = {"sender": None, "sitting": "the-sitting", "seat": Seat.OTHER}
        await asyncio.to_thread(lambda: seat_given_up.send(**told))
        await asyncio.sleep(0.01)
        await sittings.stop()
        await asyncio.to_thread(lambda: seat_given_up.send(**told))

    asyncio.run(story())
    assert closed == [("the-sitting", Seat.OTHER, threading.main_thread())]


def test_a_seat_that_is_asked_again_is_closed_in_the_loop_within_a_second(monkeypatch):
    asked = []

    async def story():
        sittings = asgi.Sittings()
        monkeypatch.setattr(sittings._rooms, "ask_again", lambda *seat: asked.append(seat))
        told = {"sender": None, "sitting": "the-sitting", "seat": Seat.OTHER}
        await asyncio.to_thread(lambda: seat_asked_again.send(**told))
        await asyncio.sleep(0.9)
        await sittings.stop()
        await asyncio.to_thread(lambda: seat_asked_again.send(**told))

    asyncio.run(story())
    assert asked == [("the-sitting", Seat.OTHER)]


def test_what_people_begin_with_is_given_a_voice_before_what_is_for_later(monkeypatch):
    learned = []
    monkeypatch.setattr(asgi.guide, "start", lambda: None)
    monkeypatch.setattr(
        asgi.guide, "learn", lambda each, *folders, soon=False: learned.append((each.name, soon))
    )
    asgi._find_the_voice()
    assert learned == [("settle", True), *((each.name, False) for each in shelf().to_sit())]
