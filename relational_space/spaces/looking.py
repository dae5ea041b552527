"""Looks at the database for the live part: in threads of their own, beside the one that writes.

In SQLite's write-ahead log whoever reads does not wait for whoever writes, and here nothing else does
either: a database that is locked for seconds keeps nobody out of a sitting. Nothing may be written
here, and no transaction begun, since each of ours takes the write lock.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

_T = TypeVar("_T")

_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="looking")


async def look(at: Callable[[], _T]) -> _T:
    """What this finds, without holding up the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _looked, at)


def _looked(at: Callable[[], _T]) -> _T:
    try:
        return at()
    finally:
        connection.close()
