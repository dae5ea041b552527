"""What is due is done, also when one thing of it fails."""

import asyncio
import logging
from datetime import datetime

import pytest

from relational_space.site import work


@pytest.mark.django_db
def test_one_thing_that_fails_keeps_no_other_from_being_done(monkeypatch, caplog):
    done = []

    def fails(now: datetime) -> bool:
        raise ValueError("no")

    def works(now: datetime) -> bool:
        done.append(now)
        return True

    monkeypatch.setattr(work, "DUE", (fails, works))
    with caplog.at_level(logging.ERROR):
        work.one_round()
    assert len(done) == 1
    assert "could not be done" in caplog.text


def test_it_is_done_again_and_again(monkeypatch):
    rounds = []
    monkeypatch.setattr(work, "EVERY_S", 0.01)
    monkeypatch.setattr(work, "one_round", lambda: rounds.append(1))

    async def story():
        doing = asyncio.create_task(work.for_ever())
        while len(rounds) < 3:
            await asyncio.sleep(0.01)
        doing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await doing

    asyncio.run(story())


@pytest.mark.django_db
def test_what_an_app_has_due_is_among_it():
    assert {due.__module__.split(".")[1] for due in work.DUE} == {"people", "spaces", "words"}
    work.one_round()
