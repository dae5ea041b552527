"""Events on disk: kept in order, fenced by their number, and gone when the sitting is over."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from relational_space.practice.events import (
    Closed,
    Event,
    Joined,
    Opened,
    Paused,
    RungSet,
    to_plain,
)
from relational_space.practice.practice import Seat
from relational_space.spaces import clock as steady_clock
from relational_space.spaces import models
from relational_space.spaces.records import Records

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
OPENED = Opened(0.0, "mirroring", "", "", Seat.ONE, False, True, 1.0)


@dataclass(frozen=True)
class Found:
    events: tuple[Event, ...]
    at: float
    quiet_s: float


class Superseded(Exception):
    pass


@dataclass
class Clock:
    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def records(clock: Clock) -> Iterator[Records[Found]]:
    records = Records(loaded=Found, superseded=Superseded, now=clock)
    yield records
    records.stop()


def opened(
    seating: models.Seating = models.Seating.BESIDE,
    *,
    pace: float = 1.0,
    space: models.Space | None = None,
) -> str:
    sitting = models.Sitting.objects.create(seating=seating, opened_at=NOON, pace=pace, space=space)
    models.Event.objects.create(sitting=sitting, number=0, plain=to_plain(OPENED))
    return str(sitting.pk)


async def kept(records: Records[Found], sitting: str) -> Found:
    found = await records.load(sitting)
    assert found is not None
    return found


def test_what_was_appended_is_loaded_again_in_order(records: Records[Found]) -> None:
    sitting = opened()
    later = (Joined(1.0, Seat.ONE), Joined(2.0, Seat.OTHER), Paused(3.0))

    async def live() -> Found:
        await records.append(sitting, 1, later[:2])
        await records.append(sitting, 3, later[2:])
        return await kept(records, sitting)

    assert asyncio.run(live()).events == (OPENED, *later)


def test_a_number_that_is_taken_is_superseded_and_nothing_of_it_is_kept(
    records: Records[Found],
) -> None:
    sitting = opened()

    async def live() -> Found:
        await records.append(sitting, 1, [Joined(1.0, Seat.ONE)])
        with pytest.raises(Superseded):
            await records.append(sitting, 0, [Paused(2.0), Paused(3.0)])
        with pytest.raises(Superseded):
            await records.append(sitting, 1, [Paused(2.0), Paused(3.0)])
        return await kept(records, sitting)

    assert asyncio.run(live()).events == (OPENED, Joined(1.0, Seat.ONE))


def test_of_two_processes_with_the_same_number_one_writes(clock: Clock) -> None:
    sitting = opened()
    processes = [Records(loaded=Found, superseded=Superseded, now=clock) for _ in range(2)]

    async def live() -> list[BaseException | None]:
        return await asyncio.gather(
            *(each.append(sitting, 1, [Paused(1.0)]) for each in processes), return_exceptions=True
        )

    answers = asyncio.run(live())
    for process in processes:
        process.stop()
    assert sorted(str(type(answer).__name__) for answer in answers) == ["NoneType", "Superseded"]
    assert models.Event.objects.count() == 2


def test_one_sitting_that_fails_takes_no_other_with_it(records: Records[Found]) -> None:
    """Also when they are in one commit, and when a sitting was erased while it was alive."""
    sittings = [opened() for _ in range(40)]
    erased = str(uuid4())

    async def live() -> list[BaseException | None]:
        return await asyncio.gather(
            *(
                records.append(s, 1, [Paused(1.0)])
                for s in [*sittings[:20], erased, *sittings[20:]]
            ),
            *(records.append(s, 0, [Paused(1.0)]) for s in sittings),
            return_exceptions=True,
        )

    answers = asyncio.run(live())
    assert answers[:20] == [None] * 20
    assert isinstance(answers[20], Superseded)
    assert answers[21:41] == [None] * 20
    assert all(isinstance(answer, Superseded) for answer in answers[41:])
    assert models.Event.objects.count() == 80


def test_events_that_came_together_are_one_commit(
    records: Records[Found], monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting, commits = opened(), []
    commit = Records._commit
    monkeypatch.setattr(
        Records, "_commit", lambda self, jobs: (commits.append(len(jobs)), commit(self, jobs))
    )

    async def live() -> None:
        await asyncio.gather(
            *(records.append(sitting, number, [Paused(1.0)]) for number in range(1, 201))
        )

    asyncio.run(live())
    assert sum(commits) == 200
    assert len(commits) < 50


def test_an_append_returns_only_when_it_is_on_disk(records: Records[Found]) -> None:
    sitting = opened()
    path = connection.settings_dict["NAME"]

    async def live() -> int:
        await records.append(sitting, 1, [Paused(1.0)])
        with sqlite3.connect(path) as other:
            count: int = other.execute("SELECT count(*) FROM spaces_event").fetchone()[0]
            return count

    assert asyncio.run(live()) == 2


def test_events_are_written_with_a_full_wait_for_the_disk(records: Records[Found]) -> None:
    def synchronous() -> int:
        with connection.cursor() as cursor:
            return int(cursor.execute("PRAGMA synchronous").fetchone()[0])

    assert asyncio.run(records._do(synchronous)) == 2
    assert synchronous() == 1


def test_a_locked_database_is_an_error_and_the_next_append_works(
    records: Records[Found], monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting = opened()
    path = connection.settings_dict["NAME"]
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.05)

    async def live() -> Found:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Exception, match="locked"):
            await records.append(sitting, 1, [Paused(1.0)])
        other.execute("ROLLBACK")
        other.close()
        await records.append(sitting, 1, [Paused(2.0)])
        return await kept(records, sitting)

    assert asyncio.run(live()).events == (OPENED, Paused(2.0))


def test_when_the_database_undoes_a_whole_commit_nobody_is_told_that_theirs_is_kept(
    records: Records[Found],
) -> None:
    """As SQLite may when a disk fails in the middle of it."""
    sitting = opened()

    def undo() -> None:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")
        raise OSError("the disk has failed")

    async def live() -> list[BaseException | None]:
        return await asyncio.gather(
            records.append(sitting, 1, [Paused(1.0)]),
            records._do(undo),
            return_exceptions=True,
        )

    held, release = threading.Event(), threading.Event()
    records._jobs.put((lambda: (held.set(), release.wait()), Future()))
    held.wait()
    threading.Timer(0.1, release.set).start()
    assert all(isinstance(answer, Exception) for answer in asyncio.run(live()))
    assert models.Event.objects.count() == 1
    asyncio.run(records.append(sitting, 1, [Paused(1.0)]))


def test_sitting_time_is_the_time_since_it_was_opened_times_its_pace(
    records: Records[Found], clock: Clock
) -> None:
    sitting, fast = opened(), opened(pace=20.0)
    clock.moment = NOON + timedelta(seconds=30)
    assert asyncio.run(kept(records, sitting)).at == 30.0
    assert asyncio.run(kept(records, fast)).at == 600.0


def test_a_wall_clock_that_is_set_while_a_process_runs_moves_no_sitting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = steady_clock.now()
    monkeypatch.setattr("time.time", lambda: before.timestamp() + 3600)
    monkeypatch.setattr("django.utils.timezone.now", lambda: before + timedelta(hours=1))
    assert timedelta(0) <= steady_clock.now() - before < timedelta(minutes=1)


def test_after_a_restart_with_a_clock_set_back_time_stands_at_the_last_event(
    records: Records[Found], clock: Clock
) -> None:
    sitting = opened()

    async def live() -> Found:
        clock.moment = NOON + timedelta(seconds=90)
        await records.append(sitting, 1, [Paused(88.0)])
        await records.beat([sitting])
        clock.moment = NOON - timedelta(hours=1)
        return await kept(records, sitting)

    found = asyncio.run(live())
    assert found.at == 88.0
    assert found.quiet_s == 0.0


def test_quiet_is_the_time_since_a_process_last_said_that_it_ran_it(
    records: Records[Found], clock: Clock
) -> None:
    sitting, untouched = opened(), opened()

    async def live() -> tuple[Found, Found]:
        clock.moment = NOON + timedelta(seconds=10)
        await records.beat([sitting])
        clock.moment = NOON + timedelta(seconds=17)
        return await kept(records, sitting), await kept(records, untouched)

    run, never_run = asyncio.run(live())
    assert run.quiet_s == 7.0
    assert never_run.quiet_s == 0.0


def test_a_closed_sitting_has_no_events_and_is_not_loaded(records: Records[Found]) -> None:
    sitting = opened()

    async def live() -> Found | None:
        await records.append(sitting, 1, [Closed(5.0)])
        await records.close(sitting)
        await records.close(sitting)
        return await records.load(sitting)

    assert asyncio.run(live()) is None
    assert models.Event.objects.count() == 0
    assert models.Sitting.objects.get().closed_at == NOON


def test_a_name_said_at_the_door_goes_with_the_sitting_and_one_for_keeping_stays(
    records: Records[Found],
) -> None:
    sitting = opened()
    for seat, name, keeps in (("one", "Ada", True), ("other", "Ben", False)):
        models.Place.objects.create(
            sitting_id=sitting, seat=seat, visitor=seat, name=name, keeps=keeps
        )
    asyncio.run(records.close(sitting))
    assert list(models.Place.objects.order_by("seat").values_list("name", flat=True)) == ["Ada", ""]


def test_nothing_stays_of_a_sitting_on_a_shared_device(records: Records[Found]) -> None:
    sitting = opened(models.Seating.SHARED)
    asyncio.run(records.close(sitting))
    assert not models.Sitting.objects.exists()
    assert not models.Event.objects.exists()


def test_a_space_counts_its_first_three_sittings_and_no_further(records: Records[Found]) -> None:
    space = models.Space.objects.create()
    counts = []

    async def live(sitting: str, *events: Event) -> None:
        await records.append(sitting, 1, events)
        await records.close(sitting)

    for _ in range(5):
        asyncio.run(live(opened(space=space), RungSet(200.0, 0, False)))
        space.refresh_from_db()
        counts.append(space.sittings)
    assert counts == [1, 2, 3, 3, 3]


def test_a_sitting_that_two_people_never_reached_is_not_counted(records: Records[Found]) -> None:
    space = models.Space.objects.create()
    sitting = opened(space=space)

    async def live() -> None:
        await records.append(sitting, 1, [Closed(200.0)])
        await records.close(sitting)

    asyncio.run(live())
    space.refresh_from_db()
    assert space.sittings == 0


def test_what_is_not_there_is_none(records: Records[Found]) -> None:
    assert asyncio.run(records.load(str(uuid4()))) is None


def test_stopping_writes_what_had_come_and_refuses_what_comes_later(clock: Clock) -> None:
    records, sitting = Records(loaded=Found, superseded=Superseded, now=clock), opened()

    async def live() -> None:
        written = asyncio.ensure_future(records.append(sitting, 1, [Paused(1.0)]))
        await asyncio.sleep(0)
        await asyncio.to_thread(records.stop)
        await written
        with pytest.raises(RuntimeError):
            await records.append(sitting, 2, [Paused(2.0)])

    asyncio.run(live())
    assert models.Event.objects.count() == 2
