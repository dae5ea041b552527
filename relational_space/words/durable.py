"""What somebody is told is kept outlives a power cut.

Elsewhere SQLite may answer before the disk has; a word that was acknowledged may not be lost, so its
commit waits.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def durable() -> Iterator[None]:
    """One transaction, on the disk when this ends."""
    # How a commit is made can be said only between transactions.
    waits = connection.vendor == "sqlite" and not connection.in_atomic_block
    if waits:
        _synchronous("FULL")
    try:
        with transaction.atomic():
            yield
    finally:
        if waits:
            _synchronous("NORMAL")


def _synchronous(how: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA synchronous = {how}")
