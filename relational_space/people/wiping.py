"""What was deleted leaves the disk too.

`secure_delete` overwrites it in the database; the log beside it still holds older pages until it is
emptied, and it is emptied here.
"""

from django.db import connection


def wipe() -> bool:
    """Empty SQLite's log; say whether it could be, or somebody was still reading."""
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        # Nobody waits for this: if a reader is in the way, it is tried again a minute later.
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            busy, _pages, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            seconds = connection.settings_dict["OPTIONS"].get("timeout", 5)
            cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
    return not busy
