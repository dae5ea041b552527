"""What was deleted leaves the disk too.

`secure_delete` overwrites it in the database; the log beside it still holds older pages until it is
emptied, and it is emptied here.
"""

from django.db import connection, transaction


def wipe() -> None:
    """Empty SQLite's log once what was deleted is committed."""
    if connection.vendor == "sqlite":
        transaction.on_commit(_empty_the_log)


def _empty_the_log() -> None:
    seconds = connection.settings_dict["OPTIONS"].get("timeout", 5)
    with connection.cursor() as cursor:
        # Nobody waits for this: with a reader in the way it is tried again a minute later.
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
