"""Signing out, as it is really served: the socket of whoever goes is closed within a second."""

import asyncio
import urllib.error

import pytest

from tests.live.guests import Line, let_in
from tests.place import served


@pytest.mark.slow
def test_whoever_signs_out_hears_nothing_more_within_a_second(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("RELATIONAL_SPACE_VOICE", "none")

    async def story(address: str) -> None:
        ada, ben, number = await asyncio.to_thread(let_in, address, "mirroring")
        lines = Line(ada, number), Line(ben, number)
        running = [asyncio.create_task(line.run()) for line in lines]
        try:
            async with asyncio.timeout(20):
                for line in lines:
                    await line.welcomed.wait()
            await asyncio.to_thread(ada.post, "/account/logout/")
            async with asyncio.timeout(1):
                while lines[0].welcomed.is_set():
                    await asyncio.sleep(0.01)
            with pytest.raises(urllib.error.HTTPError, match="404"):
                await asyncio.to_thread(ada.get, f"/sitting/{number}/")
            assert lines[1].welcomed.is_set()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    with served(tmp_path) as place:
        asyncio.run(story(place.address))
