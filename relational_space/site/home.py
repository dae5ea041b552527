"""The one folder that holds everything a place keeps: its secret key and its database.

Made before Django starts, so that a folder that cannot be used is told in one sentence. Nothing
here reads a setting, and nothing outside this folder is ever written.
"""

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import platformdirs


class Unusable(Exception):
    """The place cannot be served; the message tells its host why, and what to do."""


def default_home() -> Path:
    """Where a place is kept when nobody says otherwise."""
    return platformdirs.user_data_path("relational-space", appauthor=False)


def database_path(home: Path) -> Path:
    """The SQLite file of a home."""
    return home / "place.sqlite3"


def open_home(home: Path) -> Path:
    """Make the folder and its secret key where they are missing, and return its full path."""
    home = home.expanduser().resolve()
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise Unusable(f"{home} is not a folder. Choose another with --home.") from error
    except OSError as error:
        raise Unusable(
            f"The folder {home} cannot be made ({error.strerror}). Choose another with --home."
        ) from error
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        raise Unusable(
            f"The folder {home} cannot be written. Give yourself the right to write there, "
            "or choose another with --home."
        )
    try:
        _make_secret_key(home)
    except OSError as error:
        raise Unusable(
            f"The folder {home} cannot be written ({error.strerror}). Choose another with --home."
        ) from error
    return home


@contextmanager
def held(home: Path, role: str = "") -> Iterator[None]:
    """Keep a second server out of the folder: a sitting lives in exactly one process.

    Of each role there is one process, and none beside one that does everything.
    """
    with (home / "in-use").open("a+") as whole:
        _hold(whole, fcntl.LOCK_SH if role else fcntl.LOCK_EX, home)
        if not role:
            yield
            return
        with (home / f"in-use-{role}").open("w") as part:
            _hold(part, fcntl.LOCK_EX, home)
            yield


def _hold(mark: TextIO, how: int, home: Path) -> None:
    try:
        # A record lock ends with its process however that ends, and no child inherits it.
        fcntl.lockf(mark, how | fcntl.LOCK_NB)
    except OSError as error:
        raise Unusable(
            f"Relational Space already serves the folder {home}. Go there, end it first, or "
            "choose another folder with --home."
        ) from error


def secret_key(home: Path) -> str:
    """The key that signs sessions and tickets; empty until `open_home` has made one."""
    try:
        return _key_path(home).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def check_database(home: Path) -> None:
    """Refuse a file that is no database before Django meets it with a traceback."""
    path = database_path(home)
    if not path.exists():
        return
    try:
        connection = sqlite3.connect(path)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise Unusable(
            f"{path} cannot be read as a database ({error}). Nothing was changed. "
            "Put back a copy of it, or choose another folder with --home."
        ) from error


def _key_path(home: Path) -> Path:
    return home / "secret-key"


def _make_secret_key(home: Path) -> None:
    # Opened with O_EXCL: of two starts at once, one makes the key and the other keeps it.
    try:
        descriptor = os.open(_key_path(home), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
