"""A call as the room has it: told to both at once, passed on unread, and never to anybody else."""

import asyncio
import logging

import pytest

from relational_space.live import wire
from relational_space.live.mailbox import MOST_SIGNALS
from relational_space.live.ports import Server, Ways
from relational_space.live.signalling import BURST
from relational_space.practice.events import to_plain
from tests.live.house import BEN, SHARED, House, Page, arrived, leave, now_s, played
from tests.practice.people import in_two_places

CANDIDATE = "candidate:1 1 udp 2113937151 203.0.113.77 53211 typ host"


def far_apart(**changes):
    changes.setdefault("text", in_two_places())
    return House(apart=True, **changes)


async def calling(house, ada="picture", ben="picture"):
    """Ada and Ben some seconds into the practice, having wished for so much of a call."""
    pages = await arrived(house)
    for page, call in zip(pages, (ada, ben), strict=True):
        page.press(wire.WishCall, call=call)
        page.press(wire.Choose, rung="near")
        page.press(wire.Ready)
    await asyncio.sleep(65.0)
    assert {page.screen()["stage"] for page in pages} == {"sitting"}
    return pages


def say(page, data=CANDIDATE, meeting=1):
    page.socket.say(wire.Signal(meeting=meeting, part=0, of=1, data=data))


def kinds(page):
    return [call["call"] for call in page.calls]


def test_both_are_told_at_the_same_moment_once_they_sit_and_not_before():
    async def story():
        house = far_apart()
        ada, ben = await arrived(house)
        for page in (ada, ben):
            page.press(wire.WishCall, call="sound")
            page.press(wire.Choose, rung="near")
            page.press(wire.Ready)
        while ada.screen()["stage"] != "sitting":
            assert ada.calls == ben.calls == []
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.5)
        told = [
            [(at, each) for at, each in page.arrived if each["t"] == "call"] for page in (ada, ben)
        ]
        [[(ada_at, to_ada)], [(ben_at, to_ben)]] = told
        assert ada_at == ben_at
        assert to_ada | {"polite": True} == to_ben
        assert (to_ada["call"], to_ada["meeting"], to_ada["polite"]) == ("sound", 1, False)
        assert to_ada["servers"] == []
        await leave(house, ada, ben)

    played(story())


@pytest.mark.parametrize(
    ("ada_wishes", "ben_wishes"), [("picture", "nothing"), ("nothing", "sound")]
)
def test_a_wish_of_one_alone_is_told_to_nobody(ada_wishes, ben_wishes):
    async def story():
        house = far_apart()
        ada, ben = await calling(house, ada_wishes, ben_wishes)
        assert ada.calls == ben.calls == []
        say(ada)
        await asyncio.sleep(0.5)
        assert ben.signals == []
        await leave(house, ada, ben)

    played(story())


def test_what_one_page_says_comes_to_the_other_as_it_is_and_nowhere_else(caplog):
    async def story():
        house = far_apart()
        ada, ben = await calling(house)
        with caplog.at_level(logging.DEBUG):
            say(ada)
            say(ben, "an answer")
            await asyncio.sleep(0.5)
        assert [each["data"] for each in ben.signals] == [CANDIDATE]
        assert [each["data"] for each in ada.signals] == ["an answer"]
        assert CANDIDATE not in str([to_plain(event) for event in house.events()])
        assert "203.0.113.77" not in caplog.text
        await leave(house, ada, ben)

    played(story())


def test_whatever_is_of_another_meeting_or_of_none_is_lost():
    async def story():
        house = far_apart()
        ada, ben = await arrived(house)
        say(ada, meeting=0)
        await asyncio.sleep(0.1)
        await leave(house, ada, ben)
        assert ben.signals == []
        house = far_apart()
        ada, ben = await calling(house)
        say(ada, meeting=0)
        say(ada, meeting=2)
        await asyncio.sleep(0.1)
        assert ben.signals == []
        ben.press(wire.WishCall, call="nothing")
        await asyncio.sleep(0.1)
        say(ada, meeting=1)
        await asyncio.sleep(0.1)
        assert ben.signals == []
        # And nobody is shown out for what was on its way when the other ended it.
        assert not ada.socket.over.is_set()
        await leave(house, ada, ben)

    played(story())


@pytest.mark.parametrize("less", ["sound", "nothing"])
def test_either_makes_it_less_and_both_are_told_the_same(less):
    async def story():
        house = far_apart()
        ada, ben = await calling(house)
        ada.press(wire.WishCall, call=less)
        await asyncio.sleep(0.1)
        assert kinds(ada) == kinds(ben) == ["picture", less]
        assert ben.calls[-1]["meeting"] == 1
        assert ben.calls[-1] | {"polite": False} == ada.calls[-1]
        await leave(house, ada, ben)

    played(story())


def test_when_a_device_comes_again_both_meet_anew():
    async def story():
        house = far_apart()
        ada, ben = await calling(house)
        await ada.drop()
        await asyncio.sleep(0.5)
        assert len(ben.calls) == 1
        await ada.connect()
        assert [call["meeting"] for call in ada.calls] == [1, 2]
        assert [call["meeting"] for call in ben.calls] == [1, 2]
        say(ben, meeting=1)
        say(ben, "now", meeting=2)
        await asyncio.sleep(0.1)
        assert [each["data"] for each in ada.signals] == ["now"]
        await leave(house, ada, ben)

    played(story())


def test_whoever_was_away_while_it_ended_is_told_when_they_are_back():
    async def story():
        house = far_apart()
        ada, ben = await calling(house)
        await ben.drop()
        ada.press(wire.WishCall, call="nothing")
        await asyncio.sleep(0.1)
        await ben.connect()
        assert kinds(ben) == ["picture", "nothing"]
        await leave(house, ada, ben)

    played(story())


def test_whoever_is_away_when_they_sit_down_is_met_when_they_come():
    async def story():
        house = far_apart()
        ada, ben = await arrived(house)
        for page in (ada, ben):
            page.press(wire.WishCall, call="sound")
            page.press(wire.Choose, rung="near")
            page.press(wire.Ready)
        while ada.screen()["cue"] != 1:
            await asyncio.sleep(0.5)
        await asyncio.sleep(ada.screen()["ends_at"] - ada.at() - 1.0)
        # His line is thin just when they sit down, and so short a silence is none.
        await ben.drop()
        await asyncio.sleep(1.5)
        assert ada.screen()["stage"] == "sitting"
        await asyncio.sleep(0.5)
        assert ada.calls == []
        await ben.connect()
        assert kinds(ada) == kinds(ben) == ["sound"]
        await leave(house, ada, ben)

    played(story())


@pytest.mark.parametrize("ends", [wire.Stop, None])
def test_it_ends_with_a_stop_and_with_the_sitting(ends):
    async def story():
        house = far_apart()
        ada, ben = await calling(house)
        if ends is not None:
            ben.press(ends)
            await asyncio.sleep(0.5)
            assert kinds(ada) == kinds(ben) == ["picture", "nothing"]
        while ada.screen()["stage"] != "closed":
            await asyncio.sleep(5.0)
        assert kinds(ada) == kinds(ben)
        assert kinds(ada)[-1] == "nothing"
        await leave(house, ada, ben)

    played(story())


def test_a_server_that_is_started_again_knows_of_no_call():
    async def story():
        house = far_apart()
        ada, ben = await calling(house)
        await house.stop()
        house.start()
        for page in (ada, ben):
            await page.connect()
        assert page.own["call"] == "nothing"
        say(ada)
        await asyncio.sleep(0.5)
        assert ben.signals == []
        assert len(ben.calls) == 1
        await leave(house, ada, ben)

    played(story())


def test_who_signals_without_end_reaches_the_other_only_so_often():
    async def story():
        house = far_apart()
        ada, ben = await calling(house)
        began_s = now_s()
        while now_s() - began_s < 20.0:
            say(ada)
            await asyncio.sleep(0.04)
        assert BURST <= len(ben.signals) <= BURST + 8 * 21
        await leave(house, ada, ben)

    played(story())


def test_a_page_that_reads_nothing_is_not_filled_with_signals():
    async def story():
        house = far_apart()
        ada, ben = await calling(house)
        ben.socket.reads.clear()
        for number in range(BURST):
            say(ada, f"{number}" * 500)
            await asyncio.sleep(0.2)
        [device] = [s.device for seats, s in _sides(house).items() if seats == BEN]
        assert len(device.mailbox) <= MOST_SIGNALS + 4
        ben.socket.reads.set()
        await asyncio.sleep(0.1)
        # The newest have come, and his seat is his own still.
        assert ben.signals[-1]["data"].startswith(f"{BURST - 1}")
        assert not ben.socket.over.is_set()
        await leave(house, ada, ben)

    played(story())


def _sides(house):
    [room] = house.rooms._rooms.values()
    return room._sides


def test_in_one_room_nobody_wishes_for_a_call():
    async def story():
        house = House(text=in_two_places())
        ada, ben = await arrived(house)
        id = ada.press(wire.WishCall, call="sound")
        await asyncio.sleep(0.1)
        assert [(id, "A call is for two people in two places.")] == ada.refused
        await leave(house, ada, ben)
        shared = House(text=in_two_places())
        both = await Page(shared, SHARED).connect()
        both.press(wire.WishCall, call="sound")
        say(both)
        await asyncio.sleep(0.1)
        assert len(both.refused) == 1
        await leave(shared, both)

    played(story())


def test_the_servers_that_a_host_has_named_are_told_with_the_call_and_at_no_other_time():
    async def story():
        asked = []

        def ways():
            asked.append(now_s())
            return Ways((Server(("turn:turn.example",), f"{len(asked)}:aa", "secret"),), True)

        house = far_apart(ways=ways)
        ada, ben = await arrived(house)
        await asyncio.sleep(10.0)
        assert asked == []
        await leave(house, ada, ben)
        house = far_apart(ways=ways)
        ada, ben = await calling(house)
        [call] = ben.calls
        assert call["relayed"]
        [server] = call["servers"]
        assert server["urls"] == ["turn:turn.example"]
        assert ada.calls[0]["servers"][0]["username"] != server["username"]
        ben.press(wire.WishCall, call="nothing")
        await asyncio.sleep(0.1)
        assert ben.calls[-1]["servers"] == []
        await leave(house, ada, ben)

    played(story())


@pytest.mark.parametrize(
    "text",
    [
        '{"t":"signal","meeting":1,"part":16,"of":16,"data":""}',
        '{"t":"signal","meeting":1,"part":0,"of":17,"data":""}',
        '{"t":"signal","meeting":1,"part":0,"of":1,"data":"%s"}' % ("a" * 1501),
        '{"t":"signal","meeting":1,"part":0,"of":1,"data":{}}',
        '{"t":"signal","meeting":-1,"part":0,"of":1,"data":""}',
        '{"t":"signal","meeting":1,"part":0,"of":1,"data":"","to":"all"}',
        '{"t":"wish_call","id":"1","call":"screen"}',
        '{"t":"wish_call","call":"sound"}',
    ],
)
def test_what_is_no_signal_and_no_wish_is_refused(text):
    with pytest.raises(wire.WireError):
        wire.read(text)
