"""A socket from its first byte to its close: who is let in, and what one device can do to another."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relational_space.live import wire
from relational_space.live.limits import MOST_SOCKETS, Crowd
from relational_space.live.mailbox import RING
from tests.live.house import (
    ADA,
    BEN,
    ORIGIN,
    House,
    Page,
    Socket,
    arrived,
    frame,
    leave,
    played,
    seated,
)


def hello(ticket, **changes):
    return wire.Hello(**{"v": 1, "ticket": ticket, **changes})


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "http://elsewhere.example",
        "https://localhost:8000",
        "http://localhost",
        "http://localhost:80000",
        "http://localhost:8000/",
        "http://LOCALHOST:8000",
        "http://localhost:8000.elsewhere.example",
        "http://user@localhost:8000",
        "http://127.0.0.1:8000",
    ],
)
def test_a_page_from_elsewhere_is_not_let_in(origin):
    async def story():
        house = House()
        socket = Socket(house.live, origin=origin)
        assert await socket.closed() == 1000
        assert not socket.accepted
        assert not socket.sent
        await house.stop()

    played(story())


def test_two_origins_at_once_are_none():
    async def story():
        house = House()
        socket = Socket(house.live, headers=[(b"origin", ORIGIN.encode())] * 2)
        await socket.closed()
        assert not socket.accepted
        await house.stop()

    played(story())


def test_nothing_is_live_at_another_address():
    async def story():
        house = House()
        socket = Socket(house.live, path="/live/else")
        await socket.closed()
        assert not socket.accepted
        await house.stop()

    played(story())


def test_who_says_nothing_for_five_seconds_is_let_go():
    async def story():
        house = House()
        socket = Socket(house.live)
        await asyncio.sleep(4.9)
        assert socket.code is None
        await asyncio.sleep(0.2)
        assert socket.code == 4401
        await house.stop()

    played(story())


def test_nonsense_does_not_buy_time():
    async def story():
        house = House()
        socket = Socket(house.live)
        await asyncio.sleep(3.0)
        socket.say("{")
        await asyncio.sleep(2.1)
        assert socket.code == 4401
        await house.stop()

    played(story())


def test_a_ticket_comes_first_and_lets_in_once():
    async def story():
        house = House()
        for first in (wire.Ping(sent=1.0, shown=0), wire.Stop(id="1"), hello("never given")):
            socket = Socket(house.live)
            socket.say(first)
            assert await socket.closed() == 4401
        ticket = house.ticket(ADA)
        ada, again = Socket(house.live), Socket(house.live)
        ada.say(hello(ticket))
        await asyncio.sleep(0.1)
        again.say(hello(ticket))
        assert await again.closed() == 4401
        assert ada.code is None
        await ada.drop()
        await house.stop()

    played(story())


def test_a_ticket_for_a_sitting_that_is_over_is_told_so():
    async def story():
        house = House()
        socket = Socket(house.live)
        socket.say(hello(house.ticket(ADA, sitting="over")))
        assert await socket.closed() == 4404
        await house.stop()

    played(story())


def test_another_version_is_told_so():
    async def story():
        house = House()
        socket = Socket(house.live)
        socket.say(hello(house.ticket(ADA), v=2))
        assert await socket.closed() == 4400
        await house.stop()

    played(story())


def test_what_is_said_right_behind_the_ticket_is_not_lost():
    async def story():
        house = House()
        socket = Socket(house.live)
        socket.say(hello(house.ticket(ADA)))
        socket.say(wire.Choose(id="1", rung="near"))
        socket.say(wire.Ready(id="2"))
        await asyncio.sleep(0.1)
        heard = [json.loads(text) for text in socket.sent if '"heard"' in text]
        assert [message["id"] for message in heard] == ["1", "2"]
        assert heard[-1]["own"]["chosen"] == "near"
        await socket.drop()
        await house.stop()

    played(story())


def test_a_ping_is_answered_with_its_own_number_and_the_sitting_time():
    async def story():
        house = House(pace=20.0)
        ada, ben = await arrived(house)
        ada.socket.say(wire.Ping(sent=1234.5, shown=ada.number))
        await asyncio.sleep(0.0001)
        pong = json.loads(ada.socket.sent[-1])
        assert pong["sent"] == 1234.5
        assert pong["at"] == pytest.approx(ada.at(), abs=0.1)
        await leave(house, ada, ben)

    played(story())


MALFORMED = [
    "",
    "{",
    "[]",
    "null",
    "1e999",
    '"hello"',
    "{}",
    '{"t":"nothing"}',
    '{"t":"ready"}',
    '{"t":"ready","id":""}',
    '{"t":"ready","id":"' + "x" * 37 + '"}',
    '{"t":"ready","id":"1","seat":"other"}',
    '{"t":"ready","id":1}',
    '{"t":"choose","id":"1","rung":"' + "x" * 65 + '"}',
    '{"t":"choose","id":"1","rung":"near","longer":1}',
    '{"t":"accept","id":"1","cue":-1}',
    '{"t":"accept","id":"1","cue":1.5}',
    '{"t":"accept","id":"1","cue":1e999}',
    '{"t":"ping","sent":NaN,"shown":0}',
    '{"t":"ping","sent":Infinity,"shown":0}',
    '{"t":"ping","sent":-1,"shown":0}',
    '{"t":"ping","sent":1,"shown":0,"off":-0.1}',
    '{"t":"ping","sent":1,"shown":0,"off":1e9}',
    '{"t":"ping","sent":1,"shown":0,"off":NaN}',
    '{"t":"ping","sent":1,"shown":0,"off":"0"}',
    '{"t":"ping","sent":1e999,"shown":0}',
    '{"t":"ping","sent":1,"shown":99999999999999999999}',
    '{"t":"hello","v":1,"ticket":"once more"}',
    '{"t":"welcome"}',
    '{"t":"away","id":"1"}',
    "[" * 4000,
    "x" * 5000,
    '{"t":"ready","id":"\ud800"}',
    b"\x00\x01",
    b'{"t":"ready","id":"1"}',
]


@pytest.mark.parametrize("nonsense", MALFORMED)
def test_the_third_piece_of_nonsense_closes_and_a_healthy_pair_feels_nothing(nonsense):
    async def story():
        house = House()
        ada, ben = await seated(house)
        house.records.open("another", house.events()[0])
        cy = Socket(house.live)
        cy.say(hello(house.ticket(ADA, sitting="another")))
        await asyncio.sleep(0.1)
        kept, shows = list(house.events()), ben.count("show")
        for _ in range(2):
            cy.say(nonsense)
        await asyncio.sleep(0.1)
        assert cy.code is None
        cy.say(nonsense)
        assert await cy.closed() == 4400
        assert house.events() == kept
        assert ben.count("show") == shows
        ada.press(wire.Pause)
        await asyncio.sleep(0.1)
        assert ben.screen()["still"]
        await leave(house, ada, ben)

    played(story())


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200)))
def test_whatever_is_sent_ends_at_most_its_own_connection(anything):
    async def story():
        house = House()
        ada, ben = await arrived(house)
        for _ in range(3):
            ada.socket.say(anything)
        await asyncio.sleep(0.1)
        assert ada.socket.code in (None, 4400)
        assert ben.socket.code is None
        await leave(house, ada, ben)

    played(story())


def test_a_few_mistakes_among_good_messages_are_forgiven():
    async def story():
        house = House()
        ada, ben = await arrived(house)
        ada.socket.say("{")
        ada.socket.say("{")
        ada.press(wire.Choose, rung="near")
        await asyncio.sleep(1.0)
        assert ada.own["chosen"] == "near"
        await leave(house, ada, ben)

    played(story())


def test_who_speaks_too_fast_is_closed_and_the_other_feels_nothing():
    async def story():
        house = House()
        ada, ben = await seated(house)
        for number in range(100):
            ada.socket.say(wire.Ping(sent=number, shown=ada.number))
        assert await ada.socket.closed() == 4429
        assert ben.socket.code is None
        assert not ben.dots
        await leave(house, ada, ben)

    played(story())


def test_nonsense_counts_against_the_rate_too_and_a_steady_pace_does_not():
    async def story():
        house = House()
        ada, ben = await arrived(house)
        for number in range(300):
            ada.socket.say(wire.Ping(sent=number, shown=ada.number))
            await asyncio.sleep(1 / 25)
        assert ada.socket.code is None
        await leave(house, ada, ben)

    played(story())


def test_what_a_phone_sends_is_acknowledged_whether_or_not_anybody_is_felt():
    async def story():
        house = House()
        ada, ben = await seated(house)
        assert ada.taken is None
        for sequence in (0, 1, 5, 4, 5, 6):
            ada.socket.say(frame(ada, sequence))
        await asyncio.sleep(1.5)
        assert ada.taken == 6
        assert ben.taken is None
        await ada.drop()
        await ada.connect()
        assert ada.welcomes[-1]["taken"] == 6
        # A page that has been loaded anew begins to count again.
        ada.epoch = ""
        await ada.connect()
        assert ada.welcomes[-1]["taken"] is None
        assert not house.entrance.refused
        await leave(house, ada, ben)

    played(story())


def test_a_thousand_frames_a_second_are_passed_over_and_the_sitting_goes_on():
    async def story():
        house = House()
        ada, ben = await seated(house)
        for sequence in range(3000):
            ada.socket.say(frame(ada, sequence))
            await asyncio.sleep(0.001)
        assert ada.socket.code is None
        assert 2700 < house.entrance.refused["too fast"] < 2850
        ada.press(wire.Pause)
        await asyncio.sleep(0.1)
        assert ben.screen()["still"]
        await leave(house, ada, ben)

    played(story())


def test_frames_without_end_are_closed_and_the_other_feels_nothing():
    async def story():
        house = House()
        ada, ben = await seated(house)
        for sequence in range(11_000):
            ada.socket.say(frame(ada, sequence))
        assert await ada.socket.closed() == 4429
        assert ben.socket.code is None
        await leave(house, ada, ben)

    played(story())


def test_ten_frames_a_second_and_twenty_after_a_drop_are_never_too_fast():
    async def story():
        house = House()
        ada, ben = await seated(house)
        for sequence in range(900):
            ada.socket.say(frame(ada, sequence))
            await asyncio.sleep(1 / 30)
        assert not house.entrance.refused
        await leave(house, ada, ben)

    played(story())


@pytest.mark.parametrize("after_s", [1.5, 1e9, 1e308, -61.0, -1e308])
def test_a_moment_that_cannot_be_is_counted_and_costs_no_connection(after_s):
    async def story():
        house = House()
        ada, ben = await seated(house)
        for sequence in range(20):
            ada.socket.say(frame(ada, sequence, after_s=after_s))
            await asyncio.sleep(0.1)
        await asyncio.sleep(1.0)
        assert ada.socket.code is None
        assert house.entrance.refused == {"impossible": 20}
        # It would be sent again for ever if it weren't acknowledged.
        assert ada.taken == 19
        await leave(house, ada, ben)

    played(story())


def test_the_third_frame_that_is_none_is_the_last():
    async def story():
        house = House()
        ada, ben = await seated(house)
        for _ in range(3):
            ada.socket.say(frame(ada, 0)[:-1])
        assert await ada.socket.closed() == 4400
        assert house.entrance.refused == {"nonsense": 3}
        assert ben.socket.code is None
        await leave(house, ada, ben)

    played(story())


def test_a_network_that_opens_one_silent_socket_after_the_other_keeps_nobody_out():
    async def story():
        house = House()
        crowd = [Socket(house.live, address=f"192.0.2.{n % 250}") for n in range(MOST_SOCKETS)]
        await asyncio.sleep(0.1)
        assert {socket.code for socket in crowd} == {None}
        elsewhere = Socket(house.live, address="198.51.100.1")
        ada, ben = await arrived(house)
        assert [socket.code for socket in crowd[:3]] == [4429, None, None]
        assert elsewhere.code is None
        assert ada.welcomes
        assert ben.welcomes
        for socket in (*crowd, elsewhere):
            await socket.closed()
        assert crowd[-1].code == elsewhere.code == 4401
        await leave(house, ada, ben)

    played(story())


def test_of_a_network_so_many_sit_and_nobody_is_kept_from_who_waits_for_them():
    async def story():
        house = House()
        house.entrance.crowd = Crowd(most=2)
        house.records.open("another", house.events()[0])
        ada = await Page(house, ADA).connect()
        other = Socket(house.live)
        other.say(hello(house.ticket(ADA, sitting="another")))
        await asyncio.sleep(0.1)
        house.records.open("a third", house.events()[0])
        third = Socket(house.live)
        third.say(hello(house.ticket(ADA, sitting="a third")))
        assert await third.closed() == 4429
        ben = await Page(house, BEN).connect()
        assert ben.welcomes
        elsewhere = Socket(house.live, address="198.51.100.1")
        elsewhere.say(hello(house.ticket(ADA, sitting="a third")))
        await asyncio.sleep(0.1)
        assert elsewhere.code is None
        await ben.drop()
        await other.drop()
        await elsewhere.drop()
        again = Socket(house.live)
        again.say(hello(house.ticket(ADA, sitting="a third")))
        await asyncio.sleep(0.1)
        assert again.code is None
        await again.drop()
        await leave(house, ada, ben)

    played(story())


def test_a_device_that_reads_nothing_costs_the_other_nothing_and_is_let_go():
    async def story():
        house = House()
        ada, ben = await seated(house)
        ada.socket.reads.clear()
        mailbox = house.rooms._rooms["the-sitting"]._sides[ADA].device.mailbox
        most = 0
        for number in range(RING):
            ben.press(wire.Pause)
            ada.socket.say(wire.GoOn(id=f"unread-{number}"))
            ben.press(wire.GoOn)
            await asyncio.sleep(0.2)
            most = max(most, len(mailbox))
            if ada.socket.over.is_set():
                break
        assert most <= RING + 2
        assert len(ben.heard) > 100
        assert not ben.unheard
        assert await ada.socket.closed() is None
        ada.socket.reads.set()
        await ada.connect()
        assert ada.screen()["still"] == ben.screen()["still"]
        await leave(house, ada, ben)

    played(story())


def test_nobody_is_left_when_a_connection_ends_at_any_moment():
    """`played` fails when a task is left over."""

    async def story():
        house = House(wait_s=0.3)
        for wait_s in (0.0, 0.0001, 0.01, 0.2, 0.4, 1.0):
            for first in (hello(house.ticket(ADA)), hello("wrong"), "{"):
                socket = Socket(house.live)
                socket.say(first)
                await asyncio.sleep(wait_s)
                await socket.drop()
        await house.stop()

    played(story())


def test_pages_of_both_seats_hear_only_what_is_theirs():
    async def story():
        house = House()
        ada, ben = await seated(house, "near", "facing")
        kinds = {json.loads(text)["t"] for text in ben.socket.sent}
        assert kinds == {"welcome", "show", "pong", "heard", "dots"}
        assert "one-" not in "".join(ben.socket.sent)
        assert "other-" not in "".join(ada.socket.sent)
        again = await Page(house, ADA).connect()
        assert "facing" not in "".join(again.socket.sent)
        await leave(house, ada, ben, again)

    played(story())
