"""`relational-space open-words EXPORT`: makes a sealed export readable, offline.

What it writes is readable to whoever has the file, and it says so. It writes over nothing unasked.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from relational_space.words import opening


def add_to(app: typer.Typer) -> None:
    """Make the command one of this program's."""
    app.command("open-words")(open_words)


def open_words(
    export: Annotated[Path, typer.Argument(help="A sealed export, as the place gave it.")],
    out: Annotated[
        Path | None,
        typer.Option(help="The folder to write to.", show_default="beside the export"),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write over what was opened before.")
    ] = False,
) -> None:
    """Open a sealed export with a passphrase or a recovery code; nothing leaves this machine."""
    try:
        text = _text(export)
        folder = out or export.with_name(f"{export.stem}-opened")
        names = ("words.html", "words.json", "unopened.jsonl")
        _refuse_what_is_there(folder, names, force=force)
        opened = opening.open_export(text, _secret())
        # For its owner alone, whatever the machine does otherwise.
        os.umask(0o077)
        _write(folder, opened, text)
    except opening.Shut as shut:
        typer.echo(str(shut), err=True)
        raise typer.Exit(2) from None
    except OSError as error:
        typer.echo(
            f"{error.filename or export}: {error.strerror}. Nothing more was written.", err=True
        )
        raise typer.Exit(2) from None
    typer.echo(
        f"{len(opened.entries)} entries are in {folder}. Whoever has that folder can read them."
    )
    for sentence in _left(opened):
        typer.echo(sentence, err=True)


def _text(export: Path) -> str:
    if export.stat().st_size > opening.MOST_BYTES:
        raise opening.Shut("This file is larger than any sealed export.")
    try:
        return export.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise opening.Shut("This is no sealed export: it isn't text.") from None


def _secret() -> str:
    """What somebody types unseen; or, where nobody can, the first line of what is given."""
    if sys.stdin.isatty():
        return str(typer.prompt("Passphrase or recovery code", hide_input=True, err=True))
    return sys.stdin.readline().rstrip("\n")


def _refuse_what_is_there(folder: Path, names: tuple[str, ...], *, force: bool) -> None:
    there = [name for name in names if (folder / name).exists()]
    if there and not force:
        raise opening.Shut(
            f"{folder / there[0]} is there already. Name another folder with --out, or say --force."
        )


def _write(folder: Path, opened: opening.Opened, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "words.html").write_text(opening.as_page(opened), encoding="utf-8")
    (folder / "words.json").write_text(opening.as_json(opened), encoding="utf-8")
    shut = folder / "unopened.jsonl"
    shut.unlink(missing_ok=True)
    if opened.unopened or opened.newer:
        shut.write_text(opening.as_export(text, opened), encoding="utf-8")


def _left(opened: opening.Opened) -> list[str]:
    left = []
    if not opened.knows_what_was_seen:
        left.append("The keyring could not be opened: words of spaces stay shut.")
    if opened.newer:
        left.append(f"{len(opened.newer)} need a newer version; they are in unopened.jsonl.")
    if opened.unopened:
        left.append(f"{len(opened.unopened)} could not be opened; they are in unopened.jsonl.")
    return left
