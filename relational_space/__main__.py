"""The commands: `relational-space run` and those that come to stand beside it.

Everything that cannot work is said here in one sentence, with exit status 2, before Django or the
server has a chance to show a traceback.
"""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from relational_space import practices
from relational_space.practice.errors import PracticeError
from relational_space.site import backup, voice
from relational_space.site.home import Unusable, check_database, default_home, held, open_home
from relational_space.study import command as study_command
from relational_space.words import command as words_command

app = typer.Typer(
    name="relational-space",
    help="A place where two people who trust each other practise being close.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Role(StrEnum):
    """A part of the place that a process of its own can serve."""

    WEB = "web"
    LIVE = "live"


@app.callback()
def main() -> None:
    """Keep `run` a word of its own, however few commands there are."""


@app.command()
def run(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where to listen; 0 takes any free port.")
    ] = 8000,
    home: Annotated[
        Path | None,
        typer.Option(help="The folder that holds everything.", show_default="your data folder"),
    ] = None,
    lan: Annotated[
        bool, typer.Option("--lan", help="Serve phones on the home network by https as well.")
    ] = False,
    secure_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where https listens, with --lan.")
    ] = 8443,
    pace: Annotated[
        float,
        typer.Option(
            min=1, max=1000, help="Sitting time this many times as fast, to rehearse a practice."
        ),
    ] = 1.0,
) -> None:
    """Serve the place from this machine until Ctrl-C."""
    from relational_space.site import serving

    # What is kept is for its owner alone, the files that SQLite makes beside its own included.
    os.umask(0o077)
    try:
        folder = open_home(home or default_home())
        with held(folder):
            check_database(folder)
            serving.serve(folder, port, secure_port=secure_port if lan else None, pace=pace)
    except Unusable as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


@app.command()
def serve(
    role: Annotated[Role, typer.Option(help="web: the pages. live: the sittings.")],
    origin: Annotated[
        list[str],
        typer.Option(help="What browsers call this place, such as https://example.org."),
    ],
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen.")] = 8000,
    address: Annotated[
        str, typer.Option(help="The address of this machine to take.")
    ] = "127.0.0.1",
    home: Annotated[
        Path | None,
        typer.Option(help="The folder that holds everything.", show_default="your data folder"),
    ] = None,
) -> None:
    """Serve one part of the place behind a proxy, for many: docs/hosting.md tells how."""
    from relational_space.site import roles

    os.umask(0o077)
    try:
        origins = [roles.origin(each) for each in origin]
        folder = open_home(home or default_home())
        with held(folder, role.value):
            check_database(folder)
            part = roles.serve_web if role is Role.WEB else roles.serve_live
            part(folder, port, address, origins)
    except Unusable as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


@app.command("check-practices")
def check_practices(
    files: Annotated[list[Path], typer.Argument(help="Practice files, such as rowing.toml.")],
) -> None:
    """Say of each practice file whether it can be used, and if not, what to change."""
    mistakes = 0
    for file in files:
        try:
            practice = practices.open_file(file).practice
            found = voice.too_long(practice, practices.HERE, file.parent)
        except PracticeError as mistake:
            found = [str(mistake)]
        for sentence in found:
            typer.echo(sentence, err=True)
        if not found:
            lasts = f"{practice.shortest_s / 60:.1f} to {practice.longest_s / 60:.1f} min"
            typer.echo(f"{file.name}: good; it lasts {lasts}.")
        mistakes += len(found)
    if mistakes:
        raise typer.Exit(1)


study_command.add_to(app)
words_command.add_to(app)
backup.add_to(app)


if __name__ == "__main__":
    app(prog_name="relational-space")
