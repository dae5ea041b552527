"""What somebody says in private is looked for wherever this place could have put it.

A really served place, two sockets, and a word that nobody else says: in what a device calls its
presses, in nonsense it sends, in a ticket. The records of two sittings that differ only in who
chose what have to be the same.
"""

import asyncio
import json
import sqlite3
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


def found(*folders: Path) -> list[str]:
    return [
        str(path)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in FORMS)
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


def test_the_search_finds_what_is_there(tmp_path) -> None:
    for number, form in enumerate(FORMS):
        (tmp_path / f"{number}").write_bytes(b"\0" + form + b"\0")
    assert len(found(tmp_path)) == len(FORMS)
