"""How far apart one change reaches two devices, and how long it takes to come back.

    python -m bench.live_cues

A place is served by the real command on this machine; two scripted pages sit in one sitting. What is
measured is the server and the loopback: no browser, no radio, and no clock of a phone. The scripts
share the machine with the server, so a busy machine shows in every figure.
"""

import asyncio
import os
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

from relational_space.live import wire
from tests.live.guests import Line, let_in
from tests.place import served

CHANGES = 100
# A page may ask for some twenty tickets a minute.
COMES = 15


async def sit(address):
    """Two lines in a sitting that has settled, and what keeps them running."""
    ada, ben, number = await asyncio.to_thread(let_in, address, "what-i-see-in-you")
    lines = Line(ada, number), Line(ben, number)
    running = [asyncio.create_task(line.run()) for line in lines]
    for line in lines:
        await line.welcomed.wait()
        await line.press(wire.Choose, rung="touching")
        await line.press(wire.Ready)
    while any(line.screen()["stage"] != "sitting" for line in lines):
        await asyncio.sleep(0.1)
    return lines, running


async def next_show(line, number):
    """The moment at which the show after this number had come."""
    while line.number <= number:
        await asyncio.sleep(0.002)
    return next(at_s for at_s, message in reversed(line.got) if message["t"] == "show")


async def one_change(lines, act):
    """From the press to the show, at whoever pressed and at the other."""
    numbers = [line.number for line in lines]
    if act is wire.GoOn:
        await lines[1].press(act)
        await asyncio.sleep(0.05)
    pressed_s = monotonic()
    await lines[0].press(act)
    own_s, other_s = await asyncio.gather(*map(next_show, lines, numbers))
    return own_s - pressed_s, other_s - pressed_s


async def one_return(line):
    """From a broken line to a welcome: 100 ms of waiting, a ticket, a socket, hello."""
    welcomes = sum(message["t"] == "welcome" for _, message in line.got)
    broken_s = monotonic()
    line._socket.transport.abort()
    while sum(message["t"] == "welcome" for _, message in line.got) == welcomes:
        await asyncio.sleep(0.001)
    return (
        next(at_s for at_s, message in reversed(line.got) if message["t"] == "welcome") - broken_s
    )


@asynccontextmanager
async def seated(address):
    lines, running = await sit(address)
    yield lines
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def measure(address):
    changes, returns = [], []
    async with seated(address) as lines:
        for _ in range(CHANGES // 2):
            for act in (wire.Pause, wire.GoOn):
                changes.append(await one_change(lines, act))
                await asyncio.sleep(0.1)
        for _ in range(COMES):
            for line in lines:
                returns.append(await one_return(line))
                await asyncio.sleep(0.1)
    return changes, returns


def row(name, seconds):
    ordered = sorted(1000 * each for each in seconds)
    middle, most = ordered[len(ordered) // 2], ordered[-1]
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    print(f"{name:<44}{len(ordered):>5}{middle:>9.2f}{p95:>9.2f}{most:>9.2f}")


def main():
    os.environ["RELATIONAL_SPACE_VOICE"] = "none"
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder) / "home", "--pace", "20") as place,
    ):
        changes, returns = asyncio.run(measure(place.address))
    print(f"{'milliseconds':<44}{'n':>5}{'middle':>9}{'p95':>9}{'most':>9}")
    row("one change, between the two devices", [abs(own - other) for own, other in changes])
    row("from a press to the show, its event on disk", [max(each) for each in changes])
    row("from a broken line to a welcome, 100 waited", returns)


if __name__ == "__main__":
    main()
