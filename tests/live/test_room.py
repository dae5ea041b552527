"""One sitting alive: everybody in a House whose clock jumps, over the real ASGI application."""

import asyncio
import json
import random
from collections import deque
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict

from relational_space.live import room, wire
from relational_space.live.mailbox import History
from relational_space.live.ports import Seated
from relational_space.live.room import MOST_IDS, STALE_S, Device
from relational_space.live.rooms import LINGER_S
from relational_space.practice.events import Held, Lengthened, Paused, RungSet, to_plain
from relational_space.practice.sitting import KEEP_S, MOST_EVENTS
from tests.examples import dear
from tests.live.house import (
    ADA,
    SHARED,
    SITTING,
    House,
    Page,
    arrived,
    frame,
    leave,
    now_s,
    played,
    seated,
)
from tests.practice.people import practice_text

OFFERED = 5
"""The cue of the practice in these tests that offers something."""


def kinds(house, kind):
    return [event for event in house.events() if isinstance(event, kind)]


def test_two_are_carried_from_arriving_to_the_end_by_time_alone():
    async def story():
        house = House()
        ada, ben = await seated(house)
        stages = []
        while ada.screen()["stage"] != "closed":
            assert ada.screen()["begins_at"] == ben.screen()["begins_at"]
            stages.append(ada.screen()["stage"])
            await asyncio.sleep(5.0)
        await asyncio.sleep(1.0)
        assert list(dict.fromkeys(stages)) == ["sitting", "landing"]
        assert ben.screen()["stage"] == "closed"
        assert SITTING in house.records.closed
        assert house.events() == []
        await leave(house, ada, ben)

    played(story())


def test_a_show_is_sent_only_when_what_lies_ahead_has_changed():
    async def story():
        house = House()
        ada, ben = await seated(house)
        shows = ada.count("show"), ben.count("show")
        cue = ada.screen()["cue"]
        await asyncio.sleep(100.0)
        assert ada.screen()["cue"] > cue
        assert (ada.count("show"), ben.count("show")) == shows
        ada.press(wire.Pause)
        await asyncio.sleep(0.1)
        assert (ada.count("show"), ben.count("show")) == (shows[0] + 1, shows[1] + 1)
        await leave(house, ada, ben)

    played(story())


def test_a_recording_made_meanwhile_comes_with_the_next_turn():
    async def story():
        house = House()
        house.voices = False
        ada, ben = await seated(house)
        assert {screen["voice"] for screen in ada.screens} == {""}
        house.voices = True
        shows = ada.count("show")
        await asyncio.sleep(70.0)
        assert ada.count("show") == shows + 1
        assert ada.screen()["voice"].startswith("/voice/")
        await leave(house, ada, ben)

    played(story())


def test_both_get_a_change_at_the_same_moment():
    async def story():
        house = House()
        ada, ben = await seated(house)
        ada.arrived.clear()
        ben.arrived.clear()
        ada.press(wire.Pause)
        await asyncio.sleep(0.5)
        (ada_at, _), (ben_at, _) = (
            next(each for each in page.arrived if each[1]["t"] == "show") for page in (ada, ben)
        )
        assert ada_at == ben_at
        assert ada.screen()["still"]
        assert ben.screen()["still"]
        await leave(house, ada, ben)

    played(story())


def test_nothing_is_shown_or_acknowledged_before_it_is_on_disk():
    async def story():
        house = House()
        ada, ben = await seated(house)
        house.records.wait_s = 0.5
        shows = ben.count("show")
        id = ada.press(wire.Pause)
        await asyncio.sleep(0.4)
        assert not kinds(house, Paused)
        assert ben.count("show") == shows
        assert id not in ada.heard
        await asyncio.sleep(0.2)
        assert kinds(house, Paused)
        assert ben.count("show") == shows + 1
        assert id in ada.heard
        await leave(house, ada, ben)

    played(story())


def test_who_comes_while_it_is_being_written_sees_what_is_on_disk():
    async def story():
        house = House()
        ada, ben = await seated(house)
        house.records.wait_s = 0.5
        ben.press(wire.Pause)
        await asyncio.sleep(0.1)
        again = await Page(house, ADA).connect()
        assert not again.screen()["still"]
        await asyncio.sleep(0.5)
        assert again.screen()["still"]
        await leave(house, ada, ben, again)

    played(story())


def test_what_is_said_while_the_disk_is_slow_is_one_turn_and_keeps_its_moment():
    async def story():
        house = House()
        ada, ben = await seated(house)
        house.records.wait_s = 0.5
        turns = len(house.records.appends)
        for _ in range(3):
            ada.press(wire.Smaller)
            ben.press(wire.Pause)
            ben.press(wire.GoOn)
            ada.press(wire.GoOn)
        said_at = ada.at()
        await asyncio.sleep(2.0)
        assert len(house.records.appends) - turns <= 2
        assert kinds(house, Paused)[-1].at == pytest.approx(said_at, abs=0.1)
        assert not ada.unheard
        assert not ben.unheard
        await leave(house, ada, ben)

    played(story())


def test_a_command_sent_twice_is_heard_once_and_answered_twice():
    async def story():
        house = House()
        ada, ben = await seated(house, "touching", "touching")
        smaller = wire.Smaller(id="same")
        for wait_s in (0.0, 0.1, 0.1):
            ada.socket.say(smaller)
            await asyncio.sleep(wait_s)
        assert [event.rung for event in kinds(house, RungSet)] == [2, 1]
        assert ada.heard.count("same") == 2
        await leave(house, ada, ben)

    played(story())


def test_a_command_sent_again_after_a_drop_is_heard_once():
    async def story():
        house = House()
        ada, ben = await seated(house)
        house.records.wait_s = 0.3
        id = ada.press(wire.Smaller)
        await asyncio.sleep(0.1)
        await ada.drop()
        await ada.connect()
        await asyncio.sleep(1.0)
        assert ada.heard.count(id) == 1
        assert not ada.unheard
        assert [event.rung for event in kinds(house, RungSet)] == [2, 1]
        await leave(house, ada, ben)

    played(story())


def test_a_refusal_is_remembered_as_well():
    async def story():
        house = House()
        ada, ben = await arrived(house)
        for _ in range(2):
            ada.socket.say(wire.Smaller(id="same"))
            await asyncio.sleep(0.1)
        assert [id for id, _ in ada.refused] == ["same", "same"]
        assert ben.refused == []
        await leave(house, ada, ben)

    played(story())


def test_ids_of_one_person_are_not_those_of_the_other():
    async def story():
        house = House()
        ada, ben = await seated(house)
        ada.socket.say(wire.MoreTime(id="1", cue=ada.screen()["cue"]))
        ben.socket.say(wire.Smaller(id="1"))
        await asyncio.sleep(0.1)
        assert [id for id, _ in ada.refused] == ["1"]
        assert ben.heard[-1] == "1"
        await leave(house, ada, ben)

    played(story())


def test_what_is_remembered_of_commands_is_bounded():
    async def story():
        house = House()
        ada, ben = await seated(house)
        for number in range(MOST_IDS * 2):
            ada.socket.say(wire.Pause(id=str(number)))
            await asyncio.sleep(0.1)
        side = house.rooms._rooms[SITTING]._sides[ADA]
        assert len(side.heard) == MOST_IDS
        await leave(house, ada, ben)

    played(story())


@pytest.mark.parametrize("song", [False, True])
def test_every_control_of_a_turn_reaches_the_machine(song):
    async def story():
        text = practice_text(lasts="60 s to 120 s, chosen, or one song")
        house = House(text=text, song=song)
        ada, ben = await seated(house)
        for kind, values in (
            (wire.Smaller, {}),
            (wire.Pause, {}),
            (wire.GoOn, {}),
            (wire.Pass if song else wire.MoreTime, {"cue": 3}),
            (wire.SongEnded if song else wire.Pass, {"cue": 4}),
            (wire.Accept, {"cue": OFFERED}),
            (wire.Stop, {}),
        ):
            while ada.screen()["cue"] < values.get("cue", 0):
                await asyncio.sleep(1.0)
            id = ada.press(kind, **values)
            if kind is wire.GoOn:
                ben.press(kind)
            await asyncio.sleep(0.5)
            assert id in ada.heard, kind
        assert ben.screen()["stage"] == "landing"
        await leave(house, ada, ben)

    played(story())


def test_the_first_reason_to_close_a_device_is_what_it_is_told():
    async def story():
        device = Device(Seated(SITTING, ADA, "en"))
        device.close(4409)
        device.close(1012)
        assert device.over.result() == 4409

    played(story())


def test_a_room_that_has_ended_takes_nobody_in():
    async def story():
        house = House()
        there = Seated(SITTING, ADA, "en")
        room = await house.rooms.room(there)
        room.end()
        device = Device(there)
        room.enter(device, epoch="", number=0)
        assert device.over.result() == 1012
        room.hear(device, wire.Ready(id="1"))
        room.beat(device, wire.Ping(sent=1.0, shown=0))
        assert "welcome" not in str(device.mailbox.take())
        await house.stop()

    played(story())


def test_only_the_own_device_hears_what_somebody_said_in_private():
    async def story():
        house = House()
        ada, ben = await arrived(house)
        before = len(ben.socket.sent)
        ada.press(wire.Choose, rung="near", longer=True)
        await asyncio.sleep(0.1)
        assert ada.own == {
            "ready": False,
            "chosen": "near",
            "longer": True,
            "accepted": None,
            "going_on": None,
            "feels": False,
            "call": "nothing",
        }
        assert len(ben.socket.sent) == before
        await leave(house, ada, ben)

    played(story())


def test_a_guest_who_never_ceases_to_press_fills_no_disk_and_the_other_stops_at_once():
    """Even with somebody at the other seat who says yes each time; at the rate that is allowed."""

    async def story():
        house = House()
        ada, ben = await seated(house)
        rows = []

        async def press(number):
            for page, act in ((ada, wire.Pause), (ada, wire.GoOn), (ben, wire.GoOn)):
                page.press(act)
            ada.press(wire.MoreTime, cue=number % 12)
            await asyncio.sleep(0.2)
            if len(house.events()) > len(rows):
                rows[:] = house.events()

        for number in range(100):
            await press(number)
        ben.press(wire.Stop)
        await asyncio.sleep(0.3)
        assert ada.screen()["stage"] == ben.screen()["stage"] == "landing"
        while SITTING not in house.records.closed:
            await press(0)
        assert MOST_EVENTS < len(rows) < MOST_EVENTS + 40
        assert sum(len(json.dumps(to_plain(row))) for row in rows[1:]) < 64 * 1024
        assert {ada.socket.code, ben.socket.code} == {None}
        await leave(house, ada, ben)

    played(story())


# Who is here.


def test_two_seconds_of_silence_are_dots_and_twelve_hold_both():
    async def story():
        house = House()
        ada, ben = await seated(house)
        await asyncio.sleep(0.5)
        ada.beats = False
        silent_s = now_s() - house.rooms._rooms[SITTING]._silent_s(min(ADA))
        await asyncio.sleep(silent_s + 1.9 - now_s())
        assert not ben.dots
        await asyncio.sleep(0.2)
        assert ben.dots
        assert not ada.dots
        await asyncio.sleep(silent_s + 11.9 - now_s())
        assert not ben.screen()["still"]
        await asyncio.sleep(0.2)
        assert ben.screen()["held"]
        assert kinds(house, Held)[0].at == pytest.approx(ben.at(), abs=0.2)
        await leave(house, ada, ben)

    played(story())


def test_a_process_that_stood_still_does_not_take_it_for_their_silence():
    async def story():
        house = House()
        ada, ben = await seated(house)
        asyncio.get_running_loop().stand_still(30.0)
        await asyncio.sleep(3.0)
        assert not ada.dots
        assert not ben.dots
        assert not kinds(house, Held)
        ada.beats = False
        await asyncio.sleep(4.5)
        assert ben.dots
        await leave(house, ada, ben)

    played(story())


def test_after_a_short_silence_nobody_does_anything():
    async def story():
        house = House()
        ada, ben = await seated(house)
        ada.beats = False
        await asyncio.sleep(8.0)
        assert ben.dots
        ada.beats = True
        await asyncio.sleep(1.1)
        assert not ben.dots
        assert not kinds(house, Held)
        await leave(house, ada, ben)

    played(story())


def test_who_comes_back_is_told_whether_there_are_dots():
    async def story():
        house = House()
        ada, ben = await seated(house)
        ada.beats = False
        await asyncio.sleep(6.0)
        assert ben.dots
        await ben.drop()
        ada.beats = True
        await asyncio.sleep(1.1)
        await ben.connect()
        assert not ben.dots
        await leave(house, ada, ben)

    played(story())


def test_who_is_silent_again_after_coming_back_is_dots_again_as_soon():
    async def story():
        house = House()
        ada, ben = await seated(house)
        ada.beats = False
        # Twelve seconds are the next that would be looked at; who comes back is looked at sooner.
        await asyncio.sleep(6.0)
        assert ben.dots
        ada.beats = True
        await asyncio.sleep(1.1)
        assert not ben.dots
        ada.beats = False
        silent_s = now_s() - house.rooms._rooms[SITTING]._silent_s(min(ADA))
        await asyncio.sleep(silent_s + 1.9 - now_s())
        assert not ben.dots
        await asyncio.sleep(0.2)
        assert ben.dots
        await leave(house, ada, ben)

    played(story())


def test_after_a_hold_both_go_on_together():
    async def story():
        house = House()
        ada, ben = await seated(house)
        await ada.drop()
        await asyncio.sleep(20.0)
        assert ben.screen()["held"]
        ben.press(wire.GoOn)
        await asyncio.sleep(2.0)
        assert ben.screen()["held"]
        assert ben.own["going_on"] == ben.screen()["begins_at"]
        await ada.connect()
        await asyncio.sleep(1.0)
        assert ada.screen()["held"]
        assert not ben.dots
        ada.press(wire.GoOn)
        await asyncio.sleep(1.0)
        assert not ada.screen()["still"]
        assert not ben.screen()["still"]
        await leave(house, ada, ben)

    played(story())


def test_a_seat_is_kept_ten_minutes_and_then_both_land():
    async def story():
        house = House()
        ada, ben = await seated(house)
        await ada.drop()
        await asyncio.sleep(600.0)
        assert ben.screen()["held"]
        await asyncio.sleep(20.0)
        assert ben.screen()["stage"] == "landing"
        await leave(house, ada, ben)

    played(story())


@pytest.mark.parametrize("stage", ["arriving", "settling"])
def test_before_they_sit_no_silence_shows(stage):
    async def story():
        house = House()
        ada, ben = await arrived(house)
        if stage == "settling":
            ada.press(wire.Ready)
            ben.press(wire.Ready)
            await asyncio.sleep(1.0)
        assert ben.screen()["stage"] == stage
        before = [text for text in ben.socket.sent if '"pong"' not in text]
        await ada.drop()
        await asyncio.sleep(40.0)
        assert [text for text in ben.socket.sent if '"pong"' not in text] == before
        await leave(house, ada, ben)

    played(story())


def test_a_page_that_beats_but_shows_nothing_new_is_not_there():
    async def story():
        house = House()
        ada, ben = await seated(house)
        ada.shows = False
        ben.press(wire.Smaller)
        await asyncio.sleep(STALE_S + 1.5)
        assert not ben.dots
        await asyncio.sleep(2.0)
        assert ben.dots
        ada.shows = True
        await asyncio.sleep(1.1)
        assert not ben.dots
        await leave(house, ada, ben)

    played(story())


def test_a_device_that_was_not_heard_for_a_minute_loses_its_socket_and_not_its_seat():
    async def story():
        house = House()
        ada, ben = await seated(house)
        ada.beats = False
        assert await ada.socket.closed() == 1012
        ada.beats = True
        await ada.connect()
        assert ada.welcomes[-1]["recovered"]
        ada.press(wire.GoOn)
        ben.press(wire.GoOn)
        await asyncio.sleep(1.0)
        assert not ben.screen()["still"]
        await leave(house, ada, ben)

    played(story())


def test_a_shared_device_sits_for_both_and_never_sees_dots():
    async def story():
        house = House()
        page = await Page(house, SHARED).connect()
        page.press(wire.Choose, rung="touching")
        page.press(wire.Ready)
        await asyncio.sleep(64.0)
        assert page.screen()["stage"] == "sitting"
        page.beats = False
        await asyncio.sleep(20.0)
        assert page.count("dots") == 1
        assert not page.dots
        assert kinds(house, Held)
        page.beats = True
        await asyncio.sleep(1.1)
        page.press(wire.GoOn)
        await asyncio.sleep(1.0)
        assert not page.screen()["still"]
        await leave(house, page)

    played(story())


# Coming back.


def test_the_newest_device_of_a_seat_wins_and_the_older_is_told():
    async def story():
        house = House()
        ada, ben = await seated(house)
        second = await Page(house, ADA).connect()
        assert await ada.socket.closed() == 4409
        assert second.screen() == ada.screen()
        assert second.own == ada.own
        assert not ben.dots
        ben.press(wire.Pause)
        await asyncio.sleep(0.1)
        assert second.screen()["still"]
        await leave(house, ada, ben, second)

    played(story())


def test_what_an_older_device_still_says_is_not_heard():
    async def story():
        house = House()
        ada, ben = await seated(house)
        older = ada.socket
        await ada.connect()
        older.say(wire.Stop(id="late"))
        await asyncio.sleep(1.0)
        assert ben.screen()["stage"] == "sitting"
        await leave(house, ada, ben)

    played(story())


def test_whoever_comes_back_is_given_what_was_missed_or_nothing():
    async def story():
        house = House()
        ada, ben = await seated(house)
        had = ada.number
        await ada.drop()
        await ada.connect()
        assert ada.welcomes[-1]["recovered"]
        assert ada.number == had
        await ada.drop()
        ben.press(wire.Smaller)
        await asyncio.sleep(1.0)
        ben.press(wire.Pause)
        await asyncio.sleep(1.0)
        ada.numbers.clear()
        await ada.connect()
        assert ada.welcomes[-1]["recovered"]
        assert [number for _, number in ada.numbers] == [had + 1, had + 2]
        assert ada.screen()["still"]
        await leave(house, ada, ben)

    played(story())


def test_whoever_missed_more_than_is_kept_is_told_so_and_given_the_newest_alone(monkeypatch):
    class Short(History):
        def __init__(self, epoch):
            super().__init__(epoch)
            self._shows = deque(maxlen=2)

    async def story():
        monkeypatch.setattr(room, "History", Short)
        house = House()
        ada, ben = await seated(house)
        had = ada.number
        await ada.drop()
        for act in (wire.Smaller, wire.Pause, wire.Stop):
            ben.press(act)
            await asyncio.sleep(1.0)
        ada.numbers.clear()
        await ada.connect()
        assert not ada.welcomes[-1]["recovered"]
        assert [number for _, number in ada.numbers] == [had + 3]
        assert ada.screens == ben.screens
        await leave(house, ada, ben)

    played(story())


def test_a_page_that_was_reloaded_is_given_the_newest_alone():
    async def story():
        house = House()
        ada, ben = await seated(house)
        again = await Page(house, ADA).connect()
        assert not again.welcomes[-1]["recovered"]
        assert again.count("show") == 1
        assert again.screen() == ben.screen()
        await leave(house, ada, ben, again)

    played(story())


def test_another_language_begins_a_history_of_its_own():
    async def story():
        house = House()
        ada, ben = await seated(house)
        epoch = ada.epoch
        ada.language = "de"
        await ada.connect()
        assert not ada.welcomes[-1]["recovered"]
        assert ada.epoch != epoch
        assert ada.screen()["voice"].startswith("/voice/de-")
        assert ben.screen()["voice"].startswith("/voice/en-")
        await leave(house, ada, ben)

    played(story())


def test_a_server_that_is_back_within_seconds_brings_both_to_the_same_cue():
    async def story():
        house = House()
        ada, ben = await seated(house)
        epoch, key, at = ada.epoch, ada.screen()["key"], ada.at()
        await house.stop()
        await asyncio.sleep(4.0)
        house.start()
        await ada.connect()
        await ben.connect()
        assert not ada.welcomes[-1]["recovered"]
        assert ada.epoch != epoch
        assert ada.screen()["key"] == ben.screen()["key"] == key
        assert ada.at() == pytest.approx(at + 4.1, abs=0.05)
        assert not ada.screen()["still"]
        assert not kinds(house, Held)
        await leave(house, ada, ben)

    played(story())


def test_a_server_that_was_away_for_longer_holds_both_as_of_when_it_went():
    async def story():
        house = House()
        ada, ben = await seated(house)
        await asyncio.sleep(0.5)
        at = ada.at()
        await house.stop()
        await asyncio.sleep(30.0)
        house.start()
        await ada.connect()
        await ben.connect()
        await asyncio.sleep(1.0)
        assert ada.screen()["held"]
        assert ben.screen()["held"]
        assert kinds(house, Held)[0].at == pytest.approx(at, abs=1.1)
        ada.press(wire.GoOn)
        ben.press(wire.GoOn)
        await asyncio.sleep(1.0)
        assert not ada.screen()["still"]
        await leave(house, ada, ben)

    played(story())


def test_what_was_said_in_private_is_asked_again_after_a_restart():
    async def story():
        house = House()
        ada, ben = await arrived(house)
        ada.press(wire.Choose, rung="near")
        await asyncio.sleep(0.1)
        assert ada.own["chosen"] == "near"
        await house.stop()
        house.start()
        await ada.connect()
        assert ada.own["chosen"] == ""
        assert "near" not in json.dumps([str(event) for event in house.events()[1:]])
        await leave(house, ada, ben)

    played(story())


def test_when_another_process_has_written_everybody_comes_again_to_what_it_wrote():
    async def story():
        house = House()
        ada, ben = await seated(house)
        house.events().append(Paused(ada.at()))
        id = ada.press(wire.Smaller)
        assert await ada.socket.closed() == 1012
        assert await ben.socket.closed() == 1012
        assert id not in ada.heard
        await ada.connect()
        await ben.connect()
        assert ada.screen()["still"]
        assert id in ada.heard
        assert len(house.rooms) == 1
        await leave(house, ada, ben)

    played(story())


@pytest.mark.parametrize("failure", [OSError("the disk is full"), RuntimeError("anything")])
def test_while_the_disk_fails_two_go_on_from_memory_and_all_is_kept_as_soon_as_it_can_be(
    failure, caplog
):
    async def story():
        house = House()
        ada, ben = await seated(house)
        kept = list(house.events())
        house.records.failure = failure
        smaller = ada.press(wire.Smaller)
        await asyncio.sleep(1.0)
        assert smaller in ada.heard
        ben.press(wire.Pause)
        await asyncio.sleep(5.0)
        assert ada.screen()["still"]
        assert {ada.socket.code, ben.socket.code} == {None}
        assert house.events() == kept
        house.records.failure = None
        await asyncio.sleep(1.5)
        assert [event.rung for event in kinds(house, RungSet)] == [2, 1]
        assert kinds(house, Paused)[-1].at == pytest.approx(ada.at() - 6.5, abs=0.2)
        for page in (ada, ben):
            page.press(wire.GoOn)
        await asyncio.sleep(0.1)
        assert len(house.events()) == len(kept) + 3
        assert not ada.screen()["still"]
        await leave(house, ada, ben)

    played(story())
    assert caplog.text.count("goes on from memory") == 1


def test_a_sitting_ends_from_memory_and_is_swept_when_the_disk_is_well_again():
    async def story():
        house = House()
        ada, ben = await seated(house)
        house.records.failure = OSError("the disk is full")
        ada.press(wire.Stop)
        await asyncio.sleep(60.0)
        assert ada.screen()["stage"] == ben.screen()["stage"] == "closed"
        await asyncio.sleep(KEEP_S + LINGER_S)
        assert SITTING not in house.records.closed
        await ben.drop()
        await ben.connect()
        assert ben.screen()["stage"] == "closed"
        house.records.failure = None
        await asyncio.sleep(3.0)
        assert SITTING in house.records.closed
        assert len(house.rooms) == 0
        await leave(house, ada, ben)

    played(story())


def test_what_was_only_in_memory_when_another_process_wrote_has_not_been():
    async def story():
        house = House()
        ada, ben = await seated(house)
        house.records.failure = OSError("the disk is full")
        ada.press(wire.Smaller)
        await asyncio.sleep(1.0)
        house.events().append(Paused(ada.at()))
        house.records.failure = None
        assert await ada.socket.closed() == 1012
        await ada.connect()
        await ben.connect()
        assert ada.screen()["still"]
        assert len(kinds(house, RungSet)) == 1
        await leave(house, ada, ben)

    played(story())


def test_a_place_that_ends_while_the_disk_fails_leaves_nothing_behind():
    async def story():
        house = House()
        ada, ben = await seated(house)
        house.records.failure = OSError("the disk is full")
        ada.press(wire.Smaller)
        await asyncio.sleep(0.5)
        await leave(house, ada, ben)

    played(story())


# Promises about many histories.

SAID_BEFORE = st.one_of(
    st.builds(wire.Choose, st.just("?"), st.sampled_from(["near", "touching", "facing", "none"])),
    st.sampled_from([wire.Unchoose("?"), wire.Smaller("?"), wire.Pass("?", 1)]),
    st.builds(wire.WishCall, st.just("?"), st.sampled_from(["nothing", "sound", "picture"])),
    st.just(wire.Signal(1, 0, 1, "{}")),
    st.sampled_from([wire.Feel("?"), wire.Unfeel("?"), wire.HearMe("?"), wire.AskReflection("?")]),
    st.just(wire.AskKeep("?")),
    st.sampled_from(["{", "frame", '{"t":"ping","sent":NaN,"shown":0}', "drop", "come", "hush"]),
)
SAID_WHILE_SITTING = st.one_of(
    st.builds(wire.Accept, st.just("?"), st.sampled_from([OFFERED, 99])),
    st.sampled_from([wire.GoOn("?"), wire.Unchoose("?"), wire.Ready("?")]),
    st.sampled_from([wire.Pass("?", 99), wire.MoreTime("?", 99), "{", "drop and come"]),
    st.sampled_from([wire.WishCall("?", "nothing"), wire.WishCall("?", "picture")]),
    st.sampled_from([wire.Signal(0, 0, 1, "{}"), wire.Signal(1, 0, 1, "{}")]),
    st.sampled_from([wire.Feel("?"), wire.Unfeel("?"), wire.AskReflection("?"), "frame"]),
    st.just(wire.AskKeep("?")),
)
LAST_NO = st.sampled_from([wire.Unchoose("?"), wire.Stop("?"), "drop", "hush"])
LAST_YES = st.builds(
    wire.Choose, st.just("?"), st.sampled_from(["near", "touching", "facing"]), st.booleans()
)


def moments(spans, what):
    """These things at any moments, but not while the two do something together."""
    times = st.one_of(*(st.floats(begin_s, end_s) for begin_s, end_s in spans))
    return st.lists(st.tuples(times, what), max_size=6)


SOON_OVER_S = 86.0
"""When settling has four more seconds, if both were ready."""

BEFORE_S = ((2.0, 29.0), (31.0, 70.0))
WHILE_SITTING_S = ((185.0, 239.0), (242.0, 390.0))


def a_no():
    """Not today, a change of mind, a closed page: everything that ends without a yes."""
    return st.builds(
        lambda before, last: [*before, last],
        moments(BEFORE_S, SAID_BEFORE),
        st.tuples(st.sampled_from([75.0, SOON_OVER_S]), LAST_NO),
    )


def a_yes():
    """A choice that is no smaller than Ben's, and what has no effect, or none without Ben."""
    return st.builds(
        lambda before, last, sitting, accepts: [
            *before,
            (75.0, last),
            *sitting,
            *[(when_s, wire.Accept("?", OFFERED)) for when_s in (280.0, 370.0) if accepts],
        ],
        moments(BEFORE_S, SAID_BEFORE),
        LAST_YES,
        moments(WHILE_SITTING_S, SAID_WHILE_SITTING),
        st.booleans(),
    )


# In two halves, so that two cores share what takes minutes.
@pytest.mark.parametrize("ready", [False, True])
@pytest.mark.parametrize(
    ("ada_says", "plainly", "end_s"),
    [
        (a_no, [(75.0, wire.Unchoose("?"))], 200.0),
        (a_yes, [(75.0, wire.Choose("?", "near"))], 400.0),
    ],
    ids=["no", "yes"],
)
def test_two_private_histories_of_ada_give_ben_the_same_bytes_at_the_same_moments(
    ada_says, plainly, end_s, ready
):
    """Every history is compared with the plainest, so any two of them give the same."""

    @cache
    def plain(pauses):
        return played(what_ben_gets(plainly, ready=ready, pauses=pauses, end_s=end_s))

    # Each is two sittings from end to end.
    @settings(max_examples=dear(every_day=200, in_all=5_000))
    @given(ada_says(), st.booleans())
    def same(history, pauses):
        got = played(what_ben_gets(history, ready=ready, pauses=pauses, end_s=end_s))
        assert got == plain(pauses)

    same()
    for got in (plain(False), plain(True)):
        assert any('"stage":"sitting"' in text for _, text in got) == (ada_says is a_yes)


@pytest.mark.parametrize("closes", ["drop", "hush"])
def test_a_page_closed_a_moment_before_settling_ends_looks_like_not_today(closes):
    def to_ben(*history):
        return played(what_ben_gets(history, ready=True, pauses=False, end_s=200.0))

    yes = (75.0, wire.Choose("?", "near"))
    not_today = to_ben((75.0, wire.Unchoose("?")))
    assert to_ben(yes, (SOON_OVER_S, closes)) == not_today
    assert any('"stage":"closed"' in text for _, text in not_today)
    # Whoever is back in time has never been away.
    back = to_ben(yes, (80.0, closes), (SOON_OVER_S, "come"))
    assert back == to_ben(yes)
    assert any('"stage":"sitting"' in text for _, text in back)


async def what_ben_gets(history, *, ready, pauses, end_s):
    """Every byte that Ben's device is sent, with its moment, while Ada says these things."""
    house = House(apart=True)
    began_s = now_s()
    ada, ben = await arrived(house)
    ada.period_s = ben.period_s = 1.8
    ben.press(wire.Choose, rung="near")
    ben.press(wire.Feel)
    ben.press(wire.Ready)
    said = [*history, (30.0, "come"), (30.1, wire.Ready("?") if ready else None), (74.9, "come")]
    said += [(when_s, "ben's phone") for when_s in (40.0, 72.0, 90.5, 160.0)]
    if pauses:
        # The first while they settle, if Ada was ready: it ends as soon whatever she has done.
        said += [(80.0, "ben pauses"), (81.0, "ben goes on")]
        said += [(240.0, "ben pauses"), (241.0, wire.GoOn("?"))]
    for when_s, what in sorted(said, key=lambda each: each[0]):
        await asyncio.sleep(began_s + when_s - now_s())
        if what == "ben's phone":
            ben.socket.say(frame(ben, round(now_s())))
        elif what == "ben pauses":
            ben.press(wire.Pause)
        elif what == "ben goes on":
            ben.press(wire.GoOn)
        else:
            await ada_does(ada, what)
    await asyncio.sleep(began_s + end_s - now_s())
    got = [(when_s - began_s, text) for when_s, text in ben.raw]
    await leave(house, ada, ben)
    return got


async def ada_does(ada, what):
    gone = ada.socket is None or ada.socket.over.is_set()
    match what:
        case None:
            return
        case "come":
            ada.beats = True
        case "hush":
            ada.beats = False
        case "drop" | "drop and come":
            if not gone:
                await ada.drop()
        case "frame":
            if not gone:
                ada.socket.say(frame(ada, round(now_s())))
        case str():
            if not gone:
                ada.socket.say(what)
                await asyncio.sleep(0.01)
        case wire.Signal():
            if not gone:
                ada.socket.say(what)
        case _:
            if not gone:
                ada.press(type(what), **{k: v for k, v in asdict(what).items() if k != "id"})
    if what in ("come", "drop and come", "{") and (ada.socket is None or ada.socket.over.is_set()):
        await ada.connect()


@pytest.mark.parametrize("seed", range(4))
def test_a_storm_of_kicks_leaves_no_gap_and_no_double(seed):
    played(storm(seed, kicks=250))


async def storm(seed, kicks):
    """Sockets are cut again and again while both press: every press counts once, every show comes."""
    chance = random.Random(seed)
    house = House(wait_s=0.02)
    pages = ada, ben = await seated(house)
    await asyncio.sleep(60.0)
    asked_for_more = set()
    for _ in range(kicks):
        for _ in range(chance.randrange(3)):
            page = chance.choice(pages)
            act = chance.choice([wire.Pause, wire.GoOn, wire.GoOn, wire.MoreTime])
            if act is wire.MoreTime:
                asked_for_more.add(page.press(act, cue=page.screen()["cue"]))
            else:
                page.press(act)
            await asyncio.sleep(chance.random() * 0.03)
        page = chance.choice(pages)
        if page.socket is not None:
            await page.drop()
        await asyncio.sleep(chance.random() * 0.05)
        for page in pages:
            if page.socket is None and chance.random() < 0.7:
                await page.connect()
    for page in pages:
        if page.socket is None:
            await page.connect()
    await asyncio.sleep(1.0)
    for page in pages:
        assert all(welcome["recovered"] for welcome in page.welcomes[1:])
        assert page.numbers == [(page.epoch, number) for number in range(1, page.number + 1)]
        assert not page.unheard
    longer = asked_for_more & {*ada.heard, *ben.heard}
    assert len(kinds(house, Lengthened)) == len(longer) > 0
    assert ada.screen()["begins_at"] == ben.screen()["begins_at"]
    assert ada.screen()["still"] == ben.screen()["still"]
    await leave(house, ada, ben)
