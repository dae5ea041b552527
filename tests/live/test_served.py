"""The live part as it is really served: one process, SQLite, uvicorn, and sockets on the network."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from relational_space.live import wire
from tests.live.guests import Guest, Line, let_in
from tests.place import served

PACE = 60


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RELATIONAL_SPACE_VOICE", "none")
        with served(tmp_path_factory.mktemp("home"), "--pace", str(PACE)) as place:
            yield place


@asynccontextmanager
async def sitting(address, practice="mirroring"):
    """Ada's and Ben's lines to a sitting of their own."""
    ada, ben, number = await asyncio.to_thread(let_in, address, practice)
    lines = Line(ada, number), Line(ben, number)
    running = [asyncio.create_task(line.run()) for line in lines]
    try:
        async with asyncio.timeout(20):
            for line in lines:
                await line.welcomed.wait()
        yield lines
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def until(is_so, within_s=30.0):
    async with asyncio.timeout(within_s):
        while not is_so():
            await asyncio.sleep(0.01)


def test_two_guests_sit_through_a_practice_and_nothing_of_it_is_left(place):
    async def story():
        async with sitting(place.address) as (ada, ben):
            for line in (ada, ben):
                await line.press(wire.Choose, rung="near")
                await line.press(wire.Ready)
            await until(lambda: ada.screen()["stage"] == ben.screen()["stage"] == "sitting")
            await ada.press(wire.Pause)
            await until(lambda: ada.screen()["still"] and ben.screen()["still"])
            await ada.press(wire.GoOn)
            await ben.press(wire.GoOn)
            await until(lambda: not ada.screen()["still"] and not ben.screen()["still"])
            await ben.press(wire.Stop)
            await until(lambda: ada.screen()["stage"] == ben.screen()["stage"] == "closed")
            assert ada.screens[-1]["begins_at"] == ben.screens[-1]["begins_at"]
            assert not ada.unheard
            assert not ben.unheard

    asyncio.run(story())


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "http://127.0.0.1:1", None])
def test_a_page_from_elsewhere_gets_no_socket(place, origin):
    async def story():
        with pytest.raises(InvalidStatus) as refused:
            async with connect(place.address.replace("http", "ws") + "/live", origin=origin):
                pass
        assert refused.value.response.status_code == 403

    asyncio.run(story())


def test_a_message_of_more_than_4_kib_is_not_read(place):
    async def story():
        address = place.address.replace("http", "ws") + "/live"
        async with connect(address, origin=place.address) as socket:
            await socket.send("x" * (wire.MOST_BYTES + 1))
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd.code == 1009

    asyncio.run(story())


def test_no_message_is_compressed(place):
    async def story():
        address = place.address.replace("http", "ws") + "/live"
        async with connect(address, origin=place.address, compression="deflate") as socket:
            assert socket.protocol.extensions == []

    asyncio.run(story())


def test_a_ticket_is_for_those_who_sit_there(place):
    _, _, number = let_in(place.address, "mirroring")
    cy = Guest(place.address)
    cy.get("/")
    with pytest.raises(OSError, match="404"):
        cy.ticket(number)


def test_a_process_that_is_told_to_end_tells_everybody_to_come_again(tmp_path, monkeypatch):
    monkeypatch.setenv("RELATIONAL_SPACE_VOICE", "none")

    async def story(place):
        async with sitting(place.address) as (ada, ben):
            sockets = ada._socket, ben._socket
            place.process.terminate()
            for socket in sockets:
                await asyncio.wait_for(socket.wait_closed(), 10)
                assert socket.close_code == 1012
            assert await asyncio.to_thread(place.process.wait, 10) == 0
            assert "Closed." in place.process.stdout.read()

    with served(tmp_path / "home") as place:
        asyncio.run(story(place))
