"""From a movement of a phone to the engine's trace, and to the other's phone: how late, on this machine.

    python -m bench.feeling

A really served place and two sockets in another process, with frames of a tenth of a second as a page packs
them. In the practice made for it, the other's breath is sent as soon as the engine has heard the readings; so
when it comes says when they were in the trace, at the latest. Of each it is known how old the newest reading
was. The oldest of its frame is a tenth of a second older; in between, readings are spread evenly.
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from time import monotonic

import numpy as np

from relational_space.live import wire
from relational_space.live.engine import LATE_S
from tests.live.guests import Line, let_in
from tests.live.phones import breath, pack
from tests.place import served

PRACTICE = "feeling-breath-from-afar"
PACE = 3
"""Until the breath is shown; what is timed is real seconds all the same."""

FRAME_S = 0.1
HZ = 50
SECONDS = 60.0


class Lying(Line):
    """A page whose phone lies on somebody."""

    sequence = 0
    seed = 1

    async def feel(self) -> None:
        motion = breath(seed=self.seed)
        due = monotonic()
        while True:
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - monotonic()))
            if self._socket is None or not self.welcomed.is_set():
                continue
            now = self.at()
            at = now - self.pace * np.arange(round(FRAME_S * HZ))[::-1] / HZ
            await self._socket.send(pack(self.sequence, at, motion(at / self.pace)))
            self.sequence += 1


async def swells(address: str, seconds: float) -> list[float]:
    """How old the newest reading was, s, of which each swell tells that came to Ada."""
    ada, ben, number = await asyncio.to_thread(let_in, address, PRACTICE)
    lines = Lying(ada, number), Lying(ben, number)
    lines[1].seed = 2
    running = [asyncio.create_task(act) for line in lines for act in (line.run(), line.feel())]
    late: list[float] = []
    for line in lines:
        await line.welcomed.wait()
        await line.press(wire.Feel)
        await line.press(wire.Choose, rung="afar", longer=True)
    # Until the engine has been loaded: nothing is felt before.
    answers: list[str] = []
    while not answers or answers[-1] == "nothing":
        await lines[0].press(wire.HearMe)
        await asyncio.sleep(21.0)
        answers = [message["answer"] for _, message in lines[0].got if message["t"] == "hears"]
    for line in lines:
        await line.press(wire.Ready)
    while not all("other-breath" in line.screen()["show"] for line in lines):
        await asyncio.sleep(0.1)
    began, seen = monotonic(), len(lines[0].got)
    while monotonic() - began < seconds and "other-breath" in lines[0].screen()["show"]:
        await asyncio.sleep(0.2)
    for when, message in lines[0].got[seen:]:
        if message["t"] == "swell":
            at = lines[0].offset_s + lines[0].pace * when
            late.append((at - message["at"]) / lines[0].pace - LATE_S)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    return late


def main() -> None:
    os.environ["RELATIONAL_SPACE_VOICE"] = "none"
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with tempfile.TemporaryDirectory() as home, served(Path(home), "--pace", str(PACE)) as place:
        newest = np.array(asyncio.run(swells(place.address, seconds)))
    rng = np.random.default_rng(0)
    every = newest[:, None] + FRAME_S * rng.uniform(size=(1, 50))
    print(f"{len(newest)} swells                                  median ms   95 % ms    goal")
    for name, late, goal in (
        ("newest reading of a frame → the other's page", newest, ""),
        ("any reading → the trace, and the other's page", every.ravel(), "150"),
    ):
        low, high = 1e3 * np.quantile(late, (0.5, 0.95))
        print(f"{name:47s} {low:9.0f} {high:9.0f} {goal:>7s}")


if __name__ == "__main__":
    main()
