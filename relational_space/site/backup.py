"""`relational-space backup` and `restore`: a place in one file, and a place again.

A backup is the database as it is at one moment, also while the place serves. It holds no sign-in and no
secret key: who has it can come in as nobody. It is sealed with age unless its host says otherwise, so that
it can lie where others reach it. Neither command writes over anything unasked, and what cannot be used is
told in one sentence and has changed nothing.
"""

import os
import sqlite3
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import pyrage
import typer

from relational_space.site.home import (
    Unusable,
    check_database,
    database_path,
    default_home,
    held,
    open_home,
)

LEAST_LETTERS = 12
"""Of a passphrase, as for words: whoever has the file can try as often as they like."""

_SEALED = b"age-encryption.org/v1\n"
_DATABASE = b"SQLite format 3\0"
_LOCKED_S = 30.0

Home = Annotated[
    Path | None,
    typer.Option(help="The folder that holds everything.", show_default="your data folder"),
]


def add_to(app: typer.Typer) -> None:
    """Make the commands two of this program's."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, such as monday.age.")],
    home: Home = None,
    recipient: Annotated[
        list[str] | None,
        typer.Option(help="Seal it for this age key (age1…) and ask for no passphrase."),
    ] = None,
    unsealed: Annotated[
        bool, typer.Option("--unsealed", help="Leave it readable to whoever has the file.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file of this name.")] = False,
) -> None:
    """Copy the place into one file, also while it serves; sealed by a passphrase that it asks for."""
    os.umask(0o077)
    try:
        folder = (home or default_home()).expanduser().resolve()
        _refuse_what_is_there(file, force=force)
        if unsealed and recipient:
            raise Unusable("Either --unsealed or --recipient: it cannot be both.")
        # What cannot be copied is told before a passphrase has been thought of.
        content = copied(folder)
        if not unsealed:
            content = _sealed(content, recipient or [])
        _write(file, content)
    except (Unusable, OSError) as error:
        raise _ended(error) from None
    typer.echo(f"{file} holds the place of {folder} as it is now.")
    if unsealed:
        typer.echo("It is not sealed: whoever has the file reads what you can read in this place.")
    elif not recipient:
        typer.echo("Without the passphrase nobody can open it, and nobody can help with that.")
    if (folder / "practices").is_dir():
        typer.echo(f"Your own practices are not in it: copy {folder / 'practices'} beside it.")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` has written.")],
    home: Home = None,
    identity: Annotated[
        Path | None,
        typer.Option(help="The file of the age key it was sealed for.", show_default="passphrase"),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Put it in place of the database that is there.")
    ] = False,
) -> None:
    """Make a place of a backup, in a folder where there is none yet."""
    os.umask(0o077)
    try:
        folder = (home or default_home()).expanduser().resolve()
        if database_path(folder).exists() and not force:
            raise Unusable(
                f"There is a place in {folder} already. Nothing was changed. Choose another folder "
                "with --home, or say --force to put the backup in place of what is there."
            )
        content = _opened(file, identity)
        _check(content, folder)
        folder = open_home(folder)
        with held(folder):
            _put_in_place(content, database_path(folder))
    except (Unusable, OSError) as error:
        raise _ended(error) from None
    typer.echo(f"The place of {folder} is as it was when this backup was made.")
    typer.echo("Everybody signs in again. A browser that has kept more since gives it back then.")
    typer.echo("Who erased something after this backup finds it here once more: tell them.")


def copied(folder: Path) -> bytes:
    """The database of a folder at this moment, without the sign-ins; made in memory alone."""
    path = database_path(folder)
    if not path.exists():
        raise Unusable(f"There is no place in {folder}. Name its folder with --home.")
    check_database(folder)
    here = sqlite3.connect(":memory:")
    try:
        there = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=_LOCKED_S)
        try:
            # All in one step: writers go on meanwhile, and none of them is half in it.
            there.backup(here)
        finally:
            there.close()
        here.execute("DELETE FROM django_session")
        here.commit()
        # What was deleted, here or there, is in no page that nobody uses.
        here.execute("VACUUM")
        return here.serialize()
    except sqlite3.Error as error:
        raise Unusable(f"{path} could not be copied ({error}). Nothing was written.") from error
    except MemoryError:
        raise Unusable(
            f"This machine has too little memory to copy {path}. Nothing was written."
        ) from None
    finally:
        here.close()


def _sealed(content: bytes, recipients: list[str]) -> bytes:
    if not recipients:
        sealed: bytes = pyrage.passphrase.encrypt(content, _new_passphrase())
        return sealed
    try:
        keys = [pyrage.x25519.Recipient.from_str(each.strip()) for each in recipients]
    except pyrage.RecipientError:
        raise Unusable(
            "This is no age key to seal for: it begins with age1. Nothing was written."
        ) from None
    for_keys: bytes = pyrage.encrypt(content, keys)
    return for_keys


def _new_passphrase() -> str:
    secret = _secret("A passphrase for this backup")
    if len(secret) < LEAST_LETTERS:
        raise Unusable(
            f"A passphrase has at least {LEAST_LETTERS} letters: a few words that belong to nothing. "
            "Nothing was written."
        )
    if sys.stdin.isatty() and _secret("Once more") != secret:
        raise Unusable("These were two different passphrases. Nothing was written.")
    return secret


def _secret(asked: str) -> str:
    """What somebody types unseen; or, where nobody can, the first line of what is given."""
    if sys.stdin.isatty():
        return str(typer.prompt(asked, hide_input=True, err=True)).strip()
    return sys.stdin.readline().strip()


def _opened(file: Path, identity: Path | None) -> bytes:
    content = file.read_bytes()
    if content.startswith(_SEALED):
        content = _unsealed(content, identity)
    if not content.startswith(_DATABASE):
        raise Unusable(f"{file} is no backup of a place. Nothing was changed.")
    return content


def _unsealed(content: bytes, identity: Path | None) -> bytes:
    try:
        opened: bytes
        if content.startswith(_SEALED + b"-> scrypt "):
            opened = pyrage.passphrase.decrypt(content, _secret("Passphrase of this backup"))
        elif identity is None:
            raise Unusable("This backup is sealed for an age key: name its file with --identity.")
        else:
            opened = pyrage.decrypt(content, _keys(identity))
    except (pyrage.DecryptError, pyrage.IdentityError):
        raise Unusable(
            "It does not open with that, or the file is not whole. Nothing was changed."
        ) from None
    return opened


def _keys(identity: Path) -> list[pyrage.x25519.Identity]:
    lines = identity.read_text(encoding="utf-8", errors="replace").splitlines()
    keys = [line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-")]
    if not keys:
        raise Unusable(f"{identity} holds no age key. Nothing was changed.")
    return [pyrage.x25519.Identity.from_str(key) for key in keys]


def _check(content: bytes, folder: Path) -> None:
    """Refuse what is no place, not whole, or of a newer version, while what is there still stands."""
    copy = sqlite3.connect(":memory:")
    try:
        # In memory there is no log beside it, and SQLite wants to be told so.
        copy.deserialize(content[:18] + b"\1\1" + content[20:])
        whole = copy.execute("PRAGMA quick_check").fetchone() == ("ok",)
        applied = set(copy.execute("SELECT app, name FROM django_migrations").fetchall())
        copy.execute("SELECT count(*) FROM people_person").fetchone()
    except sqlite3.Error:
        whole, applied = False, set()
    finally:
        copy.close()
    if not whole:
        raise Unusable("This is no place, or the file is not whole. Nothing was changed.")
    os.environ["DJANGO_SETTINGS_MODULE"] = "relational_space.site.settings"
    os.environ["RELATIONAL_SPACE_HOME"] = str(folder)
    import django
    from django.db.migrations.loader import MigrationLoader

    django.setup()
    known = set(MigrationLoader(None).disk_migrations)
    ours = {app for app, _ in known}
    if any(app in ours and (app, name) not in known for app, name in applied):
        raise Unusable(
            "A newer version of Relational Space has made this backup. Nothing was changed. "
            "Restore it with that version."
        )


def _put_in_place(content: bytes, path: Path) -> None:
    fresh = path.with_name(f"{path.name}.part")
    _write(fresh, content)
    # The log of the one that is there would be taken for this one's.
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    fresh.replace(path)
    _sync_folder(path.parent)


def _refuse_what_is_there(file: Path, *, force: bool) -> None:
    if file.exists() and not (force and file.is_file()):
        raise Unusable(
            f"{file} is there already. Nothing was written. Name another file, or say --force."
        )
    if not file.parent.is_dir():
        raise Unusable(f"There is no folder {file.parent}. Nothing was written.")


def _write(file: Path, content: bytes) -> None:
    """The whole file or none of it, on the disk when this ends, and for its owner alone."""
    part = file.with_name(f".{file.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(file.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _ended(error: Unusable | OSError) -> typer.Exit:
    if isinstance(error, OSError):
        told = f"{error.filename}: {error.strerror}. Nothing was changed."
    else:
        told = str(error)
    typer.echo(told, err=True)
    return typer.Exit(2)
