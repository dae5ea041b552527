"""SIGKILL in running sittings: both come back by themselves to the same cue, and nothing that was
acknowledged is lost or happens twice. The real command, its database on a disk, two scripted pages.
"""

import asyncio
import json
import random
import socket
import sqlite3
from collections import Counter
from contextlib import ExitStack
from time import monotonic
from uuid import UUID

import pytest

from relational_space.live import wire
from relational_space.practice.events import CueBegan, Lengthened, RungSet, from_plain
from relational_space.practice.sitting import fold
from tests.live.guests import Line, let_in
from tests.place import served

PACE = 5
KILLS = 20
KILLS_A_SITTING = 5
MOST_OFF_S = 1.0
BACK_S = 10.0

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


class Killed:
    """A place that can be killed and started again with the same home and at the same address."""

    def __init__(self, home):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self._home, self._options = home, ("--port", str(port), "--pace", str(PACE))
        self._stack = ExitStack()

    async def start(self):
        self._place = await asyncio.to_thread(
            self._stack.enter_context, served(self._home, *self._options)
        )
        return self._place.address

    async def kill(self):
        self._place.process.kill()
        await asyncio.to_thread(self._place.process.wait)

    async def end(self):
        await asyncio.to_thread(self._stack.close)

    def events(self, sitting):
        """What is on the disk."""
        with sqlite3.connect(self._home / "place.sqlite3") as database:
            rows = database.execute(
                "SELECT number, plain FROM spaces_event WHERE sitting_id = ? ORDER BY number",
                [UUID(sitting).hex],
            ).fetchall()
        assert [number for number, _ in rows] == list(range(len(rows)))
        return [from_plain(json.loads(plain)) for _, plain in rows]


def test_twenty_kills_in_running_sittings(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RELATIONAL_SPACE_VOICE", "none")
    backs, offs = asyncio.run(story(Killed(tmp_path / "home"), random.Random(20)))
    assert len(backs) == KILLS
    with capsys.disabled():
        print(
            f"\n{KILLS} kills: back after {sorted(backs)[KILLS // 2]:.1f} s in the middle and "
            f"{max(backs):.1f} s at the most, at most {max(offs) * 1000:.0f} ms off"
        )


async def story(place, chance):
    backs, offs = [], []
    address = await place.start()
    try:
        for _ in range(KILLS // KILLS_A_SITTING):
            ada, ben, number = await asyncio.to_thread(let_in, address, "what-i-see-in-you")
            lines = Line(ada, number), Line(ben, number)
            running = [asyncio.create_task(line.run()) for line in lines]
            try:
                await sit_down(lines)
                for _ in range(KILLS_A_SITTING):
                    back_s, off_s = await one_kill(place, lines, chance)
                    backs.append(back_s)
                    offs.append(off_s)
            finally:
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)
            nothing_lost_and_nothing_twice(place.events(number), lines)
    finally:
        await place.end()
    return backs, offs


async def sit_down(lines):
    for line in lines:
        await asyncio.wait_for(line.welcomed.wait(), 20)
        await line.press(wire.Choose, rung="touching")
        await line.press(wire.Ready)
    # On to the first turn, which can be made longer.
    await until(lambda: all((line.screen()["cue"] or 0) >= 9 for line in lines), 60)


async def one_kill(place, lines, chance):
    """Press this and that, kill at any moment, start again, and compare."""
    for _ in range(chance.randrange(4)):
        line = chance.choice(lines)
        await chance.choice([more_time, smaller, pause, go_on])(line, lines)
        await asyncio.sleep(chance.random() * 0.05)
    if chance.random() < 0.5:
        await until(lambda: not any(line.unheard for line in lines))
        await asyncio.sleep(chance.random())
    settled = not any(line.unheard for line in lines)
    before = [(line.epoch, line.offset_s, list(line.screens)) for line in lines]
    killed_s = monotonic()
    await place.kill()
    await place.start()
    for line, (epoch, _, _) in zip(lines, before, strict=True):
        await until(lambda line=line, epoch=epoch: line.welcomed.is_set() and line.epoch != epoch)
    back_s = monotonic() - killed_s
    assert back_s < BACK_S
    await until(lambda: not any(line.unheard for line in lines))
    await asyncio.sleep(1.2)

    off_s = max(
        abs(line.offset_s - offset_s) / PACE
        for line, (_, offset_s, _) in zip(lines, before, strict=True)
    )
    assert off_s <= MOST_OFF_S
    at = lines[0].at()
    assert without_turn(lines[0].screen(at)) == without_turn(lines[1].screen(at))
    assert moments_ahead(lines[0], at) == moments_ahead(lines[1], at)
    if settled:
        # Nobody had to do anything: it is the cue that each device had ahead all the while.
        for line, (_, _, held) in zip(lines, before, strict=True):
            expected = [screen for screen in held if screen["begins_at"] <= at][-1]
            assert line.screen(at) == expected
    return back_s, off_s


def without_turn(screen):
    """The two are told whose turn it is in other words."""
    return {
        name: value for name, value in screen.items() if name not in ("key", "say", "turn", "voice")
    }


def moments_ahead(line, at):
    return [screen["begins_at"] for screen in line.screens if screen["begins_at"] > at]


async def more_time(line, lines):
    await line.press(wire.MoreTime, cue=line.screen()["cue"])


async def smaller(line, lines):
    await line.press(wire.Smaller)


async def pause(line, lines):
    await line.press(wire.Pause)


async def go_on(line, lines):
    for each in lines:
        await each.press(wire.GoOn)


def nothing_lost_and_nothing_twice(events, lines):
    fold(events)
    cues = [event.cue for event in events if isinstance(event, CueBegan)]
    assert cues == sorted(set(cues))
    kinds = {wire.MoreTime: Lengthened, wire.Smaller: RungSet}
    happened = Counter(type(event) for event in events)
    happened[RungSet] -= 1
    for said, event in kinds.items():
        kept = sum(isinstance(act, said) for line in lines for act in line.heard.values())
        perhaps = sum(isinstance(act, said) for line in lines for act in line.lost)
        assert kept <= happened[event] <= kept + perhaps


async def until(is_so, within_s=20.0):
    async with asyncio.timeout(within_s):
        while not is_so():
            await asyncio.sleep(0.01)
