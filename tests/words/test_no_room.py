"""A disk that is full, and a database that is locked: nothing is half kept, and the browser is told to wait.

What a browser gets for either is a status from which it keeps the sealed record and sends it again.
"""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from uuid import uuid4

import pytest
from django.db import connection

from relational_space.words.models import Record
from tests.spaces.test_full_disk import full  # noqa: F401 (a fixture)
from tests.words.test_words import Words, mine  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_full_disk_keeps_nothing_of_a_record_and_all_of_it_once_there_is_room(
    mine: Words,  # noqa: F811
    full: Callable[[], AbstractContextManager[None]],  # noqa: F811
) -> None:
    mine.there.raise_request_exception = False
    name = str(uuid4())
    with full():
        statuses = {mine.keep(id=str(uuid4())).status_code for _ in range(20)}
        assert 503 in statuses
        refused = mine.keep(id=name)
        assert refused.status_code == 503
        assert not Record.objects.filter(name=name).exists()
        assert mine.read() is not None
    assert mine.keep(id=name).status_code == 200
    assert (name, 1) in mine.read()


def test_a_locked_database_is_waited_for_and_then_said(
    mine: Words,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine.there.raise_request_exception = False
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.1)
    connection.close()
    name = str(uuid4())
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
        other.execute("BEGIN IMMEDIATE")
        assert mine.keep(id=name).status_code == 500
        assert mine.read() == []
        other.rollback()
    assert mine.keep(id=name).status_code == 200
    assert mine.read() == [(name, 1)]
