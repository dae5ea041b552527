"""What somebody says in private, or a phone feels, is looked for wherever this place could have put it.

A really served place, two sockets, and a word that nobody else says: in what a device calls its
presses, in nonsense it sends, in a ticket; and a movement that no phone makes. The records of two
sittings that differ only in who chose what have to be the same.
"""

import asyncio
import base64
import json
import sqlite3
import struct
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from relational_space.live import wire
from relational_space.site.home import database_path
from tests.live.guests import Line, let_in
from tests.place import Place, served

CANARY = "quetzal"
FORMS = tuple(
    form
    for word in (CANARY, CANARY.upper(), CANARY.capitalize())
    for form in (word.encode(), word.encode("utf-16-le"), word.encode().hex().encode())
)
PACE = 100


class NamedLine(Line):
    """A device whose presses carry the canary in their names."""

    async def press(self, kind, **values):
        act = kind(id=f"{CANARY}-{next(self._ids)}", **values)
        self.unheard[act.id] = act
        await self._say(act)


def found(*folders: Path, forms: tuple[bytes, ...] = FORMS) -> list[str]:
    return [
        str(path)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    ]


def kept_of(home: Path, sitting: str) -> list[dict]:
    """The results of a sitting as they stand in the database, without their moments."""
    database = sqlite3.connect(database_path(home))
    rows = database.execute(
        "SELECT plain FROM spaces_event WHERE sitting_id = ? ORDER BY number",
        [sitting.replace("-", "")],
    ).fetchall()
    database.close()
    timeless = []
    for (row,) in rows:
        event = json.loads(row)
        timeless.append({key: event[key] for key in event if key not in ("at", "begins_at")})
    return timeless


async def history(place: Place, home: Path, ada_wants: str, ben_wants: str, looks) -> list[dict]:
    """One sitting in which the two say this in private; what is kept of it when it has begun."""
    ada, ben, number = await asyncio.to_thread(let_in, place.address, "back-to-back-breathing")
    lines = NamedLine(ada, number), NamedLine(ben, number)
    running = [asyncio.create_task(line.run()) for line in lines]
    try:
        async with asyncio.timeout(60):
            for line in lines:
                await line.welcomed.wait()
            for line, rung in zip(lines, (ada_wants, ben_wants), strict=True):
                await line.press(wire.Choose, rung="touching", longer=True)
                await line.press(wire.Unchoose)
                await line.press(wire.Choose, rung=rung)
                await line.press(wire.Ready)
            while not all(line.screen()["stage"] == "sitting" for line in lines):
                await asyncio.sleep(0.02)
            looks()
            kept = await asyncio.to_thread(kept_of, home, number)
            await lines[0].press(wire.Stop)
            while not all(line.screen()["stage"] == "closed" for line in lines):
                await asyncio.sleep(0.02)
            looks()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    assert not any(line.refused for line in lines)
    return kept


async def nonsense(place: Place) -> None:
    for said in (CANARY, json.dumps({"t": "hello", "v": 1, "ticket": CANARY})):
        async with connect(
            f"{place.address.replace('http', 'ws')}/live", origin=place.address
        ) as s:
            await s.send(said)
            await asyncio.wait_for(s.wait_closed(), 10) if "ticket" in said else await s.close()


@pytest.mark.slow
def test_what_is_said_in_private_is_kept_nowhere(tmp_path, monkeypatch) -> None:
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("RELATIONAL_SPACE_VOICE", "none")
    seen: list[str] = []

    def look() -> None:
        seen.extend(found(home, temporary))

    with served(home, "--pace", str(PACE)) as place:
        smaller_by_ben = asyncio.run(history(place, home, "touching", "near", look))
        smaller_by_ada = asyncio.run(history(place, home, "near", "touching", look))
        asyncio.run(nonsense(place))
        look()
        place.process.terminate()
        said = place.said + place.process.stdout.read()
    look()
    assert seen == []
    assert CANARY not in said.lower()
    assert "RungSet" in [event["kind"] for event in smaller_by_ben]
    for kept in (smaller_by_ben, smaller_by_ada):
        kept[0].pop("first")  # the coin's
        kept[1:3] = sorted(kept[1:3], key=json.dumps)  # who came in first
    assert smaller_by_ben == smaller_by_ada


FELT = b"quetzalcoatl"
"""One reading: six numbers of two bytes. No phone moves like this."""
STEPS = struct.unpack("<6h", FELT)
ACCELERATION = [step * wire.ACCELERATION_STEP for step in STEPS[:3]]
FORMS_FELT = (
    FELT,
    FELT.hex().encode(),
    base64.b64encode(FELT),
    struct.pack("<3d", *ACCELERATION),
    struct.pack("<3f", *ACCELERATION),
    ", ".join(map(str, STEPS)).encode(),
    ",".join(map(str, STEPS)).encode(),
    ", ".join(map(str, ACCELERATION)).encode(),
)


class FeelingLine(Line):
    """A device that sends the same reading again and again, whether or not anybody asks for it."""

    sequence = 0

    async def feel(self) -> None:
        while True:
            if self._socket is not None and self.welcomed.is_set():
                stamps = [round(self.pace * 0.02 * n / wire.STAMP_S) for n in range(5)]
                head = struct.pack("<BBHId", 1, wire.Kind.MOTION, 5, self.sequence, self.at())
                self.sequence += 1
                await self._socket.send(head + struct.pack("<5H", *stamps) + 5 * FELT)
            await asyncio.sleep(0.1)

    def answers(self) -> list[str]:
        """What came of each time that it was asked whether this phone feels its person."""
        return [message["answer"] for _, message in self.got if message["t"] == "hears"]


async def felt(place: Place, looks) -> bool:
    """A sitting in which both phones feel, from the first yes until both have asked to look.

    False when the engine was still being loaded, and nothing was heard.
    """
    ada, ben, number = await asyncio.to_thread(let_in, place.address, "back-to-back-breathing")
    lines = FeelingLine(ada, number), FeelingLine(ben, number)
    running = [asyncio.create_task(act) for line in lines for act in (line.run(), line.feel())]
    try:
        async with asyncio.timeout(300):
            for line in lines:
                await line.welcomed.wait()
                await line.press(wire.Feel)
            while not all(line.own.get("feels") for line in lines):
                await asyncio.sleep(0.02)
            # So that it is known that the engine has been loaded and has heard the readings.
            await lines[0].press(wire.HearMe)
            while not lines[0].answers():
                looks()
                await asyncio.sleep(1.0)
            if lines[0].answers() == ["nothing"]:
                return False
            for line in lines:
                await line.press(wire.Choose, rung="near")
                await line.press(wire.Ready)
            while not all(line.screen()["sense"] for line in lines):
                await asyncio.sleep(0.02)
            await asyncio.sleep(3.0)
            looks()
            await lines[0].press(wire.Stop)
            while not all(line.screen()["stage"] == "closed" for line in lines):
                await asyncio.sleep(0.02)
            for line in lines:
                await line.press(wire.AskReflection)
            await asyncio.sleep(1.0)
            looks()
        for line in lines:
            assert not line.refused
            pongs = [message for _, message in line.got if message["t"] == "pong"]
            assert pongs[-1]["taken"] > 100
        return True
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


@pytest.mark.long
def test_what_phones_feel_is_written_nowhere(tmp_path, monkeypatch) -> None:
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    seen: list[str] = []

    def look() -> None:
        seen.extend(found(home, temporary, forms=FORMS_FELT))

    with served(home, "--pace", "4") as place:
        assert any(asyncio.run(felt(place, look)) for _ in range(4))
        look()
        place.process.terminate()
        said = (place.said + place.process.stdout.read()).encode()
    look()
    assert seen == []
    assert not any(form in said for form in FORMS_FELT)
    assert b"felt" not in said


def test_the_search_finds_what_is_there(tmp_path) -> None:
    for forms in (FORMS, FORMS_FELT):
        for number, form in enumerate(forms):
            (tmp_path / f"{number}").write_bytes(b"\0" + form + b"\0")
        assert len(found(tmp_path, forms=forms)) == len(forms)
