"""Events on disk: `live.ports.Records` over the ORM, fitted by shape.

One thread writes everything, in the order in which it came; sittings are loaded beside it. What has
gathered while it wrote is one commit, so that a hundred sittings cost as much as one; a commit on a
disk takes some milliseconds, and never on the event loop. Whoever waits is told after the commit and
never before. A job that fails undoes itself alone.

Nothing here knows what an event means, but for one thing: `RungSet` says that two people sat.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F

from relational_space.practice.events import Event, RungSet, from_plain, to_plain
from relational_space.spaces import clock, models
from relational_space.spaces.looking import look

Loaded_co = TypeVar("Loaded_co", covariant=True)

MOST_TOGETHER = 256
"""Jobs in one commit at the most, so that the first of them does not wait for long."""

_Job = tuple[Callable[[], Any], Future[Any]]


class Records(Generic[Loaded_co]):
    """Events of sittings, kept by one writing thread.

    `loaded` makes the value that `load` answers with, from the events, the sitting time now and the
    real seconds for which no process ran it; `superseded` is raised when somebody else has written
    the number.
    """

    def __init__(
        self,
        *,
        loaded: Callable[[tuple[Event, ...], float, float], Loaded_co],
        superseded: type[Exception],
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._loaded, self._superseded, self._now = loaded, superseded, now
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._stopped = False
        self._thread = threading.Thread(target=self._write, name="records", daemon=True)
        self._thread.start()

    async def load(self, sitting: str) -> Loaded_co | None:
        """The sitting, or None when there is none or it has closed."""
        return await look(lambda: self._load(sitting))

    async def append(self, sitting: str, number: int, events: Sequence[Event]) -> None:
        """Keep these events, the first of which is the `number`-th; returns when they are on disk."""
        await self._do(lambda: self._append(sitting, number, events))

    async def beat(self, sittings: Sequence[str]) -> None:
        """Remember that these sittings are being run at this moment."""
        at = self._now()
        await self._do(
            lambda: models.Sitting.objects.filter(pk__in=[UUID(s) for s in sittings]).update(
                beat_at=at
            )
        )

    async def close(self, sitting: str) -> None:
        """The sitting has closed: its events and names go, and a shared device's sitting as a whole."""
        await self._do(lambda: self._close(sitting))

    def stop(self) -> None:
        """Write what has come so far and end the thread; what comes later is refused."""
        self._stopped = True
        self._jobs.put(None)
        self._thread.join()

    async def _do(self, act: Callable[[], Any]) -> Any:
        if self._stopped:
            raise RuntimeError("the records have been closed; nothing more can be kept")
        done: Future[Any] = Future()
        self._jobs.put((act, done))
        return await asyncio.wrap_future(done)

    # In a thread that looks. What this process still has to write belongs to a room that is alive,
    # and of a sitting that has one nothing is loaded.

    def _load(self, sitting: str) -> Loaded_co | None:
        row = models.Sitting.objects.filter(pk=sitting, closed_at=None).first()
        if row is None:
            return None
        events = tuple(from_plain(event.plain) for event in row.events.all())
        if not events:
            # Another process has closed it between the two looks.
            return None
        now = self._now()
        # After a restart the wall clock may stand before the last event: time never goes back.
        at = max((now - row.opened_at) / timedelta(seconds=1) * row.pace, events[-1].at)
        quiet_s = (now - row.beat_at) / timedelta(seconds=1) if row.beat_at else 0.0
        return self._loaded(events, at, max(quiet_s, 0.0))

    # From here on: in the writing thread.

    def _write(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                jobs, last = self._gathered(job)
                self._commit(jobs)
                if last:
                    return
        finally:
            connection.close()

    def _gathered(self, first: _Job) -> tuple[list[_Job], bool]:
        """This job and those that have come since, and whether the thread is to end."""
        jobs = [first]
        while len(jobs) < MOST_TOGETHER:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False

    def _commit(self, jobs: list[_Job]) -> None:
        outcomes: list[tuple[Any, BaseException | None]] = []
        try:
            _connect()
            with transaction.atomic():
                for act, _ in jobs:
                    outcomes.append(self._outcome(act))
                if transaction.get_rollback():
                    raise DatabaseError("the database has undone everybody's part of this commit")
        except Exception as error:  # the commit itself: then nobody's events are on disk
            outcomes = [(None, error)] * len(jobs)
            connection.close()
        for (_, done), (value, failure) in zip(jobs, outcomes, strict=True):
            if not done.set_running_or_notify_cancel():
                continue
            if failure is None:
                done.set_result(value)
            else:
                done.set_exception(failure)

    def _outcome(self, act: Callable[[], Any]) -> tuple[Any, BaseException | None]:
        try:
            with transaction.atomic():
                return act(), None
        except Exception as error:
            return None, error

    def _append(self, sitting: str, number: int, events: Sequence[Event]) -> None:
        # Looked for first: a missing sitting would only fail at the commit, and everybody with it.
        alive = models.Sitting.objects.select_for_update().filter(pk=sitting, closed_at=None)
        if alive.first() is None:
            raise self._superseded(f"Sitting {sitting} has been closed elsewhere.")
        rows = [
            models.Event(sitting_id=UUID(sitting), number=at, plain=to_plain(event))
            for at, event in enumerate(events, number)
        ]
        try:
            models.Event.objects.bulk_create(rows)
        except IntegrityError as error:
            raise self._superseded(
                f"Event {number} of sitting {sitting} is already written: another process runs it."
            ) from error
        if any(isinstance(event, RungSet) for event in events):
            models.Sitting.objects.filter(pk=sitting).update(sat=True)

    def _close(self, sitting: str) -> None:
        rows = models.Sitting.objects.filter(pk=sitting, closed_at=None)
        row = rows.first()
        if row is None:
            return
        if row.seating == models.Seating.SHARED:
            row.delete()
            return
        row.events.all().delete()
        # Whoever would keep a space says a name then; what was said at the door is needed no more.
        row.places.filter(keeps=False).update(name="")
        rows.update(closed_at=self._now())
        if row.sat and row.space_id is not None:
            _count(row.space_id)


def _count(space: UUID) -> None:
    """One of a space's first sittings has been; nothing counts beyond them."""
    first = models.Space.objects.filter(pk=space, sittings__lt=models.FIRST_SITTINGS)
    first.update(sittings=F("sittings") + 1)


def _connect() -> None:
    """This thread's own connection: what it commits outlives a power cut, and not only a kill."""
    if connection.connection is None:
        connection.ensure_connection()
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA synchronous = FULL")
