"""The rooms of this process: one for a sitting, and none that is left over."""

import asyncio
import gc
import weakref

from relational_space.live import wire
from relational_space.live.ports import Seated
from relational_space.live.room import Device, Room
from relational_space.live.rooms import LINGER_S, Rooms
from relational_space.practice.practice import Seat
from relational_space.practice.sitting import KEEP_S
from tests.live.house import (
    ADA,
    BEN,
    SITTING,
    House,
    Memory,
    Page,
    arrived,
    leave,
    now_s,
    played,
    seated,
    senses_at_once,
)
from tests.practice.people import opened

ADA_THERE = Seated(SITTING, ADA, "en")


def test_two_who_come_at_once_get_one_room():
    async def story():
        house = House(wait_s=0.5)
        ada, ben = Page(house, ADA), Page(house, BEN)
        await asyncio.gather(ada.connect(), ben.connect())
        await asyncio.sleep(1.0)
        assert house.records.loads == len(house.rooms) == 1
        assert ada.welcomes
        assert ben.welcomes
        await leave(house, ada, ben)

    played(story())


def test_who_gives_up_while_it_loads_does_not_take_it_from_the_other():
    async def story():
        house = House(wait_s=0.5)
        ada, ben = Page(house, ADA), Page(house, BEN)
        await ada.connect()
        await ben.connect()
        await ada.drop()
        await asyncio.sleep(1.0)
        assert ben.welcomes
        await leave(house, ada, ben)

    played(story())


def test_there_is_no_room_for_a_sitting_that_is_not():
    async def story():
        house = House()
        assert await house.rooms.room(Seated("no such sitting", ADA, "en")) is None
        assert len(house.rooms) == 0
        await house.stop()

    played(story())


def test_a_sitting_that_could_not_be_loaded_is_loaded_by_the_next_who_comes():
    async def story():
        house = House()
        house.records.failure = OSError("the disk is away")
        results = await asyncio.gather(
            house.rooms.room(ADA_THERE), house.rooms.room(ADA_THERE), return_exceptions=True
        )
        assert [type(result) for result in results] == [OSError, OSError]
        house.records.failure = None
        assert await house.rooms.room(ADA_THERE) is not None
        await house.stop()

    played(story())


def test_an_epoch_is_short_enough_to_be_sent_back_and_never_the_same():
    async def story():
        epochs = set()
        for _ in range(2):
            records = Memory()
            records.open(SITTING, opened())
            rooms = Rooms(records, lambda text, language: "", senses=senses_at_once())
            room = await rooms.room(ADA_THERE)
            device = Device(ADA_THERE)
            room.enter(device, epoch="", number=0)
            epochs.add(device.mailbox.take()[0].epoch)
            await rooms.stop()
        assert len(epochs) == 2
        for epoch in epochs:
            wire.read(f'{{"t":"hello","v":1,"ticket":"t","epoch":"{epoch}","number":1}}')

    played(story())


def test_the_records_are_told_every_second_which_sittings_run():
    async def story():
        house = House()
        await asyncio.sleep(3.0)
        assert house.records.beat_s == {}
        ada = await Page(house, ADA).connect()
        for _ in range(10):
            await asyncio.sleep(1.0)
            assert now_s() - house.records.beat_s[SITTING] <= 1.1
        await leave(house, ada)

    played(story())


def test_a_beat_that_fails_is_not_the_last(caplog):
    async def story():
        house = House()
        ada = await Page(house, ADA).connect()
        house.records.failure = OSError("the disk is full")
        await asyncio.sleep(2.0)
        house.records.failure = None
        await asyncio.sleep(2.0)
        assert now_s() - house.records.beat_s[SITTING] <= 1.1
        await leave(house, ada)

    played(story())
    assert caplog.text.count("can't be told") == 1


def test_a_closed_sitting_lingers_for_who_was_away_and_is_let_go():
    async def story():
        house = House()
        ada, ben = await seated(house)
        ada.press(wire.Stop)
        await asyncio.sleep(1.0)
        await ben.drop()
        while ada.screen()["stage"] != "closed":
            await asyncio.sleep(1.0)
        await asyncio.sleep(20.0)
        await ben.connect()
        assert ben.screen()["stage"] == "closed"
        assert await ada.socket.closed() == 4404
        assert await ben.socket.closed() == 4404
        assert len(house.rooms) == 0
        await ben.connect()
        assert ben.socket.code == 4404
        await leave(house, ada, ben)

    played(story())


def test_a_room_that_everybody_left_comes_to_its_end_by_itself():
    async def story():
        house = House()
        ada, ben = await seated(house)
        await ada.close()
        await ben.close()
        await asyncio.sleep(12.0 + 600.0 + 46.0 + KEEP_S + LINGER_S + 2.0)
        assert SITTING in house.records.closed
        assert house.events() == []
        assert len(house.rooms) == 0
        await house.stop()

    played(story())


def test_whoever_may_no_longer_sit_there_is_closed_at_once_and_the_other_is_not():
    async def story():
        house = House()
        ada, ben = await seated(house)
        house.rooms.close_seat("no such sitting", Seat.ONE)
        closed_s = now_s()
        house.rooms.close_seat(SITTING, Seat.ONE)
        assert await ada.socket.closed() == 4401
        assert now_s() - closed_s < 1.0
        ada.beats = False
        await asyncio.sleep(1.0)
        assert ben.socket.code is None
        assert not ben.dots
        await leave(house, ada, ben)

    played(story())


def test_whoever_is_asked_again_comes_back_with_another_ticket():
    async def story():
        house = House()
        ada, ben = await seated(house)
        house.rooms.ask_again("no such sitting", Seat.ONE)
        house.rooms.ask_again(SITTING, Seat.ONE)
        assert await ada.socket.closed() == 1012
        await ada.connect()
        assert ada.screen()["stage"] == "sitting"
        assert ben.socket.code is None
        await leave(house, ada, ben)

    played(story())


def test_a_seat_given_up_while_its_device_is_on_its_way_in_is_not_taken():
    async def story():
        house = House(wait_s=0.5)
        ada, ben = Page(house, ADA), Page(house, BEN)
        await ada.connect()
        await ben.connect()
        house.rooms.close_seat(SITTING, Seat.ONE)
        assert await ada.socket.closed() == 4404
        await asyncio.sleep(1.0)
        assert not ada.welcomes
        assert ben.welcomes
        assert house.rooms._given_up_s
        await asyncio.sleep(61.0)
        assert not house.rooms._given_up_s
        await leave(house, ada, ben)

    played(story())


def test_when_the_process_ends_everybody_is_told_to_come_again():
    async def story():
        house = House()
        ada, ben = await arrived(house)
        await house.stop()
        assert await ada.socket.closed() == 1012
        assert await ben.socket.closed() == 1012
        await leave(house, ada, ben)

    played(story())


def test_who_comes_in_while_the_process_ends_is_told_to_come_again():
    async def story():
        house = House(wait_s=0.5)
        ada = await Page(house, ADA).connect()
        await house.stop()
        assert await ada.socket.closed() == 1012
        await leave(house, ada)

    played(story())


def test_what_is_being_written_when_the_process_ends_is_written():
    async def story():
        house = House()
        ada, ben = await seated(house)
        house.records.wait_s = 0.5
        events = len(house.events())
        ada.press(wire.Pause)
        await asyncio.sleep(0.1)
        await house.stop()
        assert len(house.events()) == events + 1
        await leave(house, ada, ben)

    played(story())


def test_nothing_is_left_of_a_hundred_sittings():
    async def story():
        house = House()
        rooms = []
        for number in range(100):
            sitting = f"sitting-{number}"
            house.records.open(sitting, opened())
            room = await house.rooms.room(Seated(sitting, ADA, "en"))
            rooms.append(weakref.ref(room))
            assert isinstance(room, Room)
        del room
        assert len(house.rooms) == 100
        # An hour passes with nobody there: each closes, lingers and is let go.
        await asyncio.sleep(3600.0 + KEEP_S + LINGER_S + 2.0)
        assert len(house.rooms) == 0
        gc.collect()
        assert [ref for ref in rooms if ref() is not None] == []
        await house.stop()

    played(story())
