"""A place in two processes, one for pages and one for sittings, as it is served for many."""

import asyncio
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest

from relational_space.live import wire
from tests.live.guests import Line, let_in
from tests.live.test_served import until
from tests.place import ROOT, served, started


@contextmanager
def parts(home):
    """The pages' address, which is the place's origin too, and where its sockets are carried."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    words = ("--home", str(home), "--origin", origin)
    with (
        started("serve", "--role", "web", "--port", str(port), *words),
        started("serve", "--role", "live", "--port", "0", *words) as live,
    ):
        yield origin, f"ws://{live.listens_at}"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with parts(home) as (origin, live):
        yield home, origin, live


def test_two_sit_in_the_process_that_is_there_for_it(place):
    _, origin, live = place

    async def story():
        ada, ben, number = await asyncio.to_thread(let_in, origin, "mirroring")
        lines = Line(ada, number, live=live), Line(ben, number, live=live)
        running = [asyncio.create_task(line.run()) for line in lines]
        for line in lines:
            await asyncio.wait_for(line.welcomed.wait(), 20)
            await line.press(wire.Choose, rung="near")
            await line.press(wire.Ready)
        await until(lambda: all(line.screen()["stage"] == "settling" for line in lines))
        assert lines[0].screens[0]["begins_at"] == lines[1].screens[0]["begins_at"]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    asyncio.run(story())


def test_whoever_signs_out_of_the_pages_loses_the_socket_within_a_second(place):
    _, origin, live = place

    async def story():
        ada, ben, number = await asyncio.to_thread(let_in, origin, "mirroring")
        lines = Line(ada, number, live=live), Line(ben, number, live=live)
        running = [asyncio.create_task(line.run()) for line in lines]
        for line in lines:
            await asyncio.wait_for(line.welcomed.wait(), 20)
        await asyncio.to_thread(ben.get, "/account/logout/")
        await asyncio.to_thread(ben.post, "/account/logout/")
        # Asking for another ticket, the page of whoever signed out is told that there is no such seat.
        await until(lambda: not lines[1].welcomed.is_set(), within_s=1.0)
        assert lines[0].welcomed.is_set()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    asyncio.run(story())


@pytest.mark.parametrize("words", [("run", "--port", "0"), ("serve", "--role", "live")])
def test_nothing_else_serves_the_same_home_meanwhile(place, words):
    home, origin, _ = place
    more = ("--origin", origin) if words[0] == "serve" else ()
    command = [sys.executable, "-m", "relational_space", *words, "--home", str(home), *more]
    tried = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert tried.returncode == 2
    assert "already serves the folder" in tried.stderr


def test_sittings_are_not_served_over_a_database_that_pages_have_not_made(tmp_path):
    command = [sys.executable, "-m", "relational_space", "serve", "--role", "live", "--port", "0"]
    command += ["--home", str(tmp_path), "--origin", "https://example.org"]
    tried = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert tried.returncode == 2
    assert "Start the pages first" in tried.stderr


@pytest.mark.parametrize("origin", ["example.org", "ftp://example.org", "https://example.org/here"])
def test_an_origin_that_is_none_is_told_so(tmp_path, origin):
    command = [sys.executable, "-m", "relational_space", "serve", "--role", "web", "--port", "0"]
    command += ["--home", str(tmp_path), "--origin", origin]
    tried = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert tried.returncode == 2
    assert "is no address of a place" in tried.stderr


def test_a_home_that_one_process_serves_is_not_served_in_parts(tmp_path):
    with served(tmp_path):
        command = [sys.executable, "-m", "relational_space", "serve", "--role", "web"]
        command += ["--home", str(tmp_path), "--origin", "https://example.org", "--port", "0"]
        tried = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert tried.returncode == 2
    assert "already serves the folder" in tried.stderr
