"""`relational-space breath` and its sisters: read, measure, say; exit 2 with a sentence if not.

Nothing that exists is ever written over without --force.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Annotated, NoReturn

import typer

from relational_space.study.reading import Unreadable

Columns = Annotated[
    str | None,
    typer.Option(
        help="A word for each column in order, - to leave one out, or ours=theirs: "
        "time_s,ax,ay,az,-  or  time_s=seconds_elapsed,ax=x,ay=y,az=z."
    ),
]
Hz = Annotated[
    float | None,
    typer.Option(min=1, max=10000, help="Readings a second, for files without a time."),
]
Start = Annotated[float | None, typer.Option("--start", help="Leave out what is before, s.")]
End = Annotated[float | None, typer.Option("--end", help="Leave out what is after, s.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Plot = Annotated[Path | None, typer.Option(help="Draw to this .png or .svg.")]
Report = Annotated[Path | None, typer.Option(help="Write a page, .html, that holds everything.")]
Force = Annotated[bool, typer.Option("--force", help="Write over files that exist.")]

SLOW_S = 1.5


def refuse(sentence: str) -> NoReturn:
    """End with a sentence and exit status 2."""
    typer.echo(sentence, err=True)
    raise typer.Exit(2)


@contextmanager
def patience() -> Iterator[None]:
    """Say a word when it takes long, which it does once: the first run compiles."""
    word = "Working; the first time on a machine this compiles for some seconds, later it doesn't."
    timer = Timer(SLOW_S, lambda: print(word, file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def check_targets(force: bool, plot: Path | None, report: Path | None) -> None:
    """Refuse names that can't be written before any work is done."""
    if plot is not None and plot.suffix.lower() not in (".png", ".svg"):
        refuse(f"--plot {plot.name}: the name should end in .png or .svg.")
    if report is not None and report.suffix.lower() not in (".html", ".htm"):
        refuse(f"--report {report.name}: the name should end in .html.")
    for target in (plot, report):
        if target is None:
            continue
        if not target.parent.is_dir():
            refuse(f"{target.parent} is not a folder; make it first.")
        if target.exists() and not force:
            refuse(f"{target} exists; give another name, or --force to write over it.")


def write(target: Path, data: bytes, force: bool) -> None:
    """Write a file, and none over another without leave, even one that came up meanwhile."""
    try:
        with target.open("wb" if force else "xb") as file:
            file.write(data)
    except FileExistsError:
        refuse(f"{target} exists; give another name, or --force to write over it.")
    except OSError as error:
        refuse(f"{target} cannot be written ({error.strerror}).")


def breath(
    file: Annotated[Path, typer.Argument(help="CSV, TSV or TXT, also .gz; EDF; BIDS physio.")],
    columns: Columns = None,
    hz: Hz = None,
    start: Start = None,
    end: End = None,
    first_inhale: Annotated[
        float | None,
        typer.Option(help="A moment within a guided first inhale, s: it fixes which way is up."),
    ] = None,
    as_json: Json = False,
    plot: Plot = None,
    report: Report = None,
    force: Force = False,
) -> None:
    """Read breath from a phone on the body, a belt, airflow or impedance."""
    check_targets(force, plot, report)
    from relational_space.study import reading
    from relational_space.study import report as reporting

    try:
        recording = reading.read(file, columns=columns, hz=hz, start_s=start, end_s=end)
    except Unreadable as error:
        refuse(str(error))
    if recording.points:
        refuse(f"{file.name} holds landmarks; breath needs {reading.EXPECTED}.")
    with patience():
        from relational_space.sensing import breath as sensed

        read = sensed.breath(recording.times_s, recording.readings, first_inhale_s=first_inhale)
    found = reporting.of_breath(read, float(recording.times_s[-1] - recording.times_s[0]))
    lines = reporting.lines_of_breath(file.name, found)
    if plot is not None or report is not None:
        from relational_space.study import plot as plotting

        drawn = plotting.picture_of_breath(read, file.name)
        if plot is not None:
            write(plot, plotting.to_bytes(drawn, plot.suffix[1:].lower()), force)
        if report is not None:
            text = reporting.page(file.name, lines, [plotting.to_bytes(drawn, "svg")], found)
            write(report, text.encode(), force)
    typer.echo(reporting.to_json(found) if as_json else "\n".join(lines))


def add_to(app: typer.Typer) -> None:
    """Hang the measuring commands beside the others."""
    app.command()(breath)
