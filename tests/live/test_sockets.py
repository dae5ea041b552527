"""The server for many sockets: who is let in, what a message is, and what a peer that doesn't read costs."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from relational_space.live import sockets, wire
from tests.live.house import ADA, BEN, ORIGIN, House


@asynccontextmanager
async def served():
    house = House()
    listener = socket.create_server(("127.0.0.1", 0))
    server = await sockets.serve(house.entrance, listener)
    try:
        yield house, f"ws://127.0.0.1:{listener.getsockname()[1]}/live"
    finally:
        server.close()
        await house.stop()


def hello(house, seats):
    return wire.msgspec.json.encode(wire.Hello(v=1, ticket=house.ticket(seats))).decode()


def ping(sent=1.0, shown=0):
    return wire.msgspec.json.encode(wire.Ping(sent=sent, shown=shown)).decode()


def there(address, **changes):
    return connect(address, **{"origin": ORIGIN, "compression": None, **changes})


async def until(peer, kind):
    async with asyncio.timeout(5):
        while (message := json.loads(await peer.recv()))["t"] != kind:
            pass
    return message


async def code_of(peer):
    async with asyncio.timeout(5):
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await peer.recv()
    return closed.value.rcvd.code


@pytest.mark.parametrize("origin", [None, "null", "http://elsewhere.example", ORIGIN + "/"])
def test_a_page_from_elsewhere_gets_no_socket(origin):
    async def story():
        async with served() as (_, address):
            with pytest.raises(InvalidStatus) as refused:
                async with there(address, origin=origin):
                    pass
            assert refused.value.response.status_code == 403

    asyncio.run(story())


def test_nothing_is_live_at_another_address():
    async def story():
        async with served() as (_, address):
            with pytest.raises(InvalidStatus):
                async with there(address + "/else"):
                    pass

    asyncio.run(story())


def test_two_are_let_in_by_their_tickets_and_see_the_same():
    async def story():
        async with served() as (house, address), there(address) as ada, there(address) as ben:
            await ada.send(hello(house, ADA))
            await ben.send(hello(house, BEN))
            shows = [await until(peer, "show") for peer in (ada, ben)]
            assert shows[0]["screens"][0]["begins_at"] == shows[1]["screens"][0]["begins_at"]

    asyncio.run(story())


def test_what_is_said_right_behind_the_ticket_is_not_lost():
    async def story():
        async with served() as (house, address), there(address) as ada:
            await ada.send(hello(house, ADA))
            await ada.send(ping(sent=41.0))
            assert (await until(ada, "pong"))["sent"] == 41.0

    asyncio.run(story())


def test_without_a_good_ticket_a_socket_is_closed():
    async def story():
        async with served() as (_, address), there(address) as cy:
            await cy.send(wire.msgspec.json.encode(wire.Hello(v=1, ticket="none")).decode())
            assert await code_of(cy) == 4401

    asyncio.run(story())


@pytest.mark.parametrize("nonsense", ["{}", "\x00", '{"t":"no"}', b"\xff\xfe"])
def test_the_third_piece_of_nonsense_closes_and_the_other_feels_nothing(nonsense):
    async def story():
        async with served() as (house, address), there(address) as ada, there(address) as ben:
            await ada.send(hello(house, ADA))
            await ben.send(hello(house, BEN))
            await until(ben, "welcome")
            for _ in range(3):
                await ada.send(nonsense)
            assert await code_of(ada) == 4400
            await ben.send(ping(sent=7.0))
            assert (await until(ben, "pong"))["sent"] == 7.0

    asyncio.run(story())


def test_a_message_in_pieces_is_none_of_ours():
    async def story():
        async with served() as (house, address), there(address) as ada:
            await ada.send(hello(house, ADA))
            await ada.send(iter(['{"t":"ping",', '"sent":1,"shown":0}']))
            assert await code_of(ada) == 4400

    asyncio.run(story())


def test_a_message_of_more_than_4_kib_is_not_read():
    async def story():
        async with served() as (house, address), there(address) as ada:
            await ada.send(hello(house, ADA))
            await until(ada, "show")
            await ada.send("x" * 5000)
            async with asyncio.timeout(5):
                with pytest.raises(ConnectionClosed):
                    while True:
                        await ada.recv()

    asyncio.run(story())


def test_who_speaks_too_fast_is_closed():
    async def story():
        async with served() as (house, address), there(address) as ada:
            await ada.send(hello(house, ADA))
            for number in range(100):
                await ada.send(ping(sent=float(number)))
            assert await code_of(ada) == 4429

    asyncio.run(story())


def test_a_newer_device_takes_the_seat():
    async def story():
        async with served() as (house, address), there(address) as old, there(address) as new:
            await old.send(hello(house, ADA))
            await until(old, "show")
            await new.send(hello(house, ADA))
            assert await code_of(old) == 4409
            await until(new, "show")

    asyncio.run(story())


def test_a_device_that_reads_nothing_is_held_to_a_mailbox_and_let_go():
    async def story():
        async with served() as (house, address):
            writer = await _deaf(house, address)
            side = None
            async with asyncio.timeout(5):
                while side is None:
                    await asyncio.sleep(0.01)
                    room = house.rooms._rooms.get("the-sitting")
                    side = room and room._sides.get(ADA)
            device = side.device
            show = side.history.newest[0]
            for _ in range(20_000):
                device.put(show)
                if device.over.done():
                    break
                if len(device.mailbox) > 200:
                    await asyncio.sleep(0)
            assert device.over.result() == 1012
            assert len(device.mailbox) <= 256
            writer.close()

    asyncio.run(story())


async def _deaf(house, address):
    """A connection that says hello by hand, and never reads what comes."""
    port = int(address.split(":")[2].split("/")[0])
    own = socket.socket()
    own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    own.setblocking(False)
    await asyncio.get_running_loop().sock_connect(own, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=own, limit=1024)
    writer.write(
        b"GET /live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Origin: " + ORIGIN.encode() + b"\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    writer.transport.pause_reading()
    said = hello(house, ADA).encode()
    writer.write(bytes([0x81, 0x80 | len(said)]) + bytes(4) + said)
    return writer


def test_who_comes_alone_waits_for_nothing_and_what_comes_with_much_is_read_in_one_go(monkeypatch):
    rests = []
    one, other = socket.socketpair()
    gathering = sockets._Gathering()
    gathering.register(one, sockets.selectors.EVENT_READ)

    def rest(seconds):
        rests.append(seconds)
        other.send(b".")

    monkeypatch.setattr(sockets.time, "sleep", rest)
    assert not gathering.select(0.0)
    other.send(b".")
    assert gathering.select(1.0)
    assert not rests
    one.recv(16)
    # There was something to read, so there is a rest until the next moment, and for a timer too.
    assert gathering.select(None)
    assert gathering.select(1.0)
    assert len(rests) == 2
    assert all(0 < rest_s <= sockets.GATHER_S for rest_s in rests)
    # What is to be done at once is done at once.
    assert gathering.select(0)
    assert len(rests) == 2
    for each in (gathering, one, other):
        each.close()


def test_a_device_that_cannot_be_written_to_keeps_nobody_from_theirs(monkeypatch):
    async def story():
        async with served() as (house, address), there(address) as ben:
            await ben.send(hello(house, BEN))
            await until(ben, "welcome")
            written = sockets._Connection.write
            broken = []

            def write(connection):
                if not broken:
                    broken.append(connection)
                if connection in broken:
                    raise RuntimeError("broken")
                written(connection)

            monkeypatch.setattr(sockets._Connection, "write", write)
            async with there(address) as ada:
                await ada.send(hello(house, ADA))
                async with asyncio.timeout(5):
                    with pytest.raises(ConnectionClosed):
                        await ada.recv()
                await ben.send(ping(7.0))
                assert (await until(ben, "pong"))["sent"] == 7.0

    asyncio.run(story())


def test_three_hundred_who_come_at_one_moment_are_all_at_the_door():
    async def story():
        async with served() as (_, address):
            there = "127.0.0.1", int(address.split(":")[2].split("/")[0])
            # Nothing here lets anybody in meanwhile: who isn't kept waiting has to try again after a second.
            come = [socket.create_connection(there, timeout=0.9) for _ in range(300)]
            for each in come:
                each.close()

    asyncio.run(story())
