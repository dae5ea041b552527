"""Where the apps and the live part are joined."""

import asyncio
import socket
import threading

from relational_space.practice.practice import Seat
from relational_space.site import nudges, voice
from relational_space.site.sittings import Sittings, find_the_voice
from relational_space.spaces.actions import seat_asked_again, seat_given_up
from relational_space.spaces.practices import shelf


def silent_guide(tmp_path):
    return voice.Guide(tmp_path, "none", publish=lambda address, file: None)


def test_a_seat_given_up_in_a_page_closes_its_socket_in_the_loop(monkeypatch, tmp_path):
    closed = []

    async def story():
        sittings = Sittings(silent_guide(tmp_path))
        nudged = nudges.here(sittings)
        monkeypatch.setattr(
            sittings.rooms,
            "close_seat",
            lambda sitting, seat: closed.append((sitting, seat, threading.current_thread())),
        )
        told = {"sender": None, "sitting": "the-sitting", "seat": Seat.OTHER}
        await asyncio.to_thread(lambda: seat_given_up.send(**told))
        await asyncio.sleep(0.01)
        nudged.stop()
        await sittings.stop()
        await asyncio.to_thread(lambda: seat_given_up.send(**told))

    asyncio.run(story())
    assert closed == [("the-sitting", Seat.OTHER, threading.main_thread())]


def test_a_seat_that_is_asked_again_is_closed_in_the_loop_within_a_second(monkeypatch, tmp_path):
    asked = []

    async def story():
        sittings = Sittings(silent_guide(tmp_path))
        nudged = nudges.here(sittings)
        monkeypatch.setattr(sittings.rooms, "ask_again", lambda *seat: asked.append(seat))
        told = {"sender": None, "sitting": "the-sitting", "seat": Seat.OTHER}
        await asyncio.to_thread(lambda: seat_asked_again.send(**told))
        await asyncio.sleep(0.9)
        nudged.stop()
        await sittings.stop()
        await asyncio.to_thread(lambda: seat_asked_again.send(**told))

    asyncio.run(story())
    assert asked == [("the-sitting", Seat.OTHER)]


def test_what_people_begin_with_is_given_a_voice_before_what_is_for_later(monkeypatch, tmp_path):
    learned = []
    guide = silent_guide(tmp_path)
    monkeypatch.setattr(
        guide, "learn", lambda each, *folders, soon=False: learned.append((each.name, soon))
    )
    find_the_voice(guide)
    assert learned == [("settle", True), *((each.name, False) for each in shelf().to_sit())]


def test_another_process_is_told_of_a_seat_and_takes_no_nonsense(monkeypatch, tmp_path):
    closed, asked = [], []

    async def story():
        sittings = Sittings(silent_guide(tmp_path))
        monkeypatch.setattr(sittings.rooms, "close_seat", lambda *seat: closed.append(seat))
        monkeypatch.setattr(sittings.rooms, "ask_again", lambda *seat: asked.append(seat))
        told = {"sender": None, "sitting": "the-sitting", "seat": Seat.OTHER}
        nudged = nudges.elsewhere(tmp_path)
        # Nobody runs sittings yet, so there is nobody to tell.
        await asyncio.to_thread(lambda: seat_given_up.send(**told))
        (tmp_path / "live.sock").touch()
        ear = nudges.Ear(tmp_path, sittings)
        assert (tmp_path / "live.sock").stat().st_mode & 0o777 == 0o600
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger:
            for nonsense in (b"", b"{}", b'{"what": 1}', b'["given up"]', b"\xff" * 600):
                stranger.sendto(nonsense, str(tmp_path / "live.sock"))
        await asyncio.to_thread(lambda: seat_given_up.send(**told))
        await asyncio.to_thread(lambda: seat_asked_again.send(**told))
        await asyncio.sleep(0.9)
        ear.stop()
        nudged.stop()
        await asyncio.to_thread(lambda: seat_given_up.send(**told))
        await sittings.stop()

    asyncio.run(story())
    assert closed == asked == [("the-sitting", Seat.OTHER)]
    assert not (tmp_path / "live.sock").exists()
