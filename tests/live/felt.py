"""Ada and Ben at the begin of a practice, each with a phone that lies on them: what a story of being felt
begins with, and how it ends. It asserts nothing but that they sit.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from relational_space.live import wire
from relational_space.live.room import Room
from tests.live.house import ADA, BEN, House, Page, leave
from tests.live.phones import Phone, breath, breathing_text

SETTLED_S = 65.0


@asynccontextmanager
async def felt(
    house: House | None = None, *, motions: Any = None, who: Any = (ADA, BEN), phones: Any = Phone
) -> AsyncIterator[tuple[Any, ...]]:
    """The house, the two pages and the two phones; these have said yes, and all go when the story is told."""
    house = house or House(text=breathing_text())
    motions = motions or (breath(per_min=12, seed=1), breath(per_min=15, seed=2))
    pages = [await Page(house, seats).connect() for seats in (ADA, BEN)]
    theirs = [phones(page, motion, 25.0) for page, motion in zip(pages, motions, strict=True)]
    for page in pages:
        page.press(wire.Choose, rung="near")
        if page.seats in who:
            page.press(wire.Feel)
        page.press(wire.Ready)
    await asyncio.sleep(SETTLED_S / pages[0].pace)
    assert {page.screen()["stage"] for page in pages} == {"sitting"}
    yield house, *pages, *theirs
    for phone in theirs:
        await phone.stop()
    await leave(house, *pages)


async def listened(house: House, motion: Any) -> tuple[Page, Phone]:
    """Ada's page and phone while they arrive: she has said yes, and asks whether the phone feels her."""
    page = await Page(house, ADA).connect()
    page.press(wire.Feel)
    await asyncio.sleep(0.5)
    phone = Phone(page, motion)
    phone.always = True
    page.press(wire.HearMe)
    return page, phone


async def ends(*pages: Page) -> None:
    """On to the end, which comes to both."""
    while "closed" not in {page.screen()["stage"] for page in pages}:
        await asyncio.sleep(1.0)
    await asyncio.sleep(1.0)
    assert {page.screen()["stage"] for page in pages} == {"closed"}


async def ask(*pages: Page) -> None:
    """All of them ask to look at it, and would have been answered by now."""
    for page in pages:
        page.press(wire.AskReflection)
    await asyncio.sleep(5.0)


def room_of(house: House) -> Room:
    return next(iter(house.rooms._rooms.values()))


def felt_in(house: House) -> int:
    """How many are felt there now."""
    engine = house.senses._engine
    return 0 if engine is None else len(engine)


def taken_of_ada(house: House) -> list[int]:
    """The numbers of the frames that are taken of her from now on."""
    numbers: list[int] = []
    feeling = room_of(house)._feeling
    take = feeling.take

    def noted(seat: Any, frame: Any) -> None:
        if {seat} == ADA:
            numbers.append(frame.sequence)
        take(seat, frame)

    feeling.take = noted
    return numbers
