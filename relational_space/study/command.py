"""`relational-space breath` and its sisters: read, measure, say; exit 2 with a sentence if not.

Nothing that exists is ever written over without --force.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from relational_space.study.reading import Unreadable, stamp, when

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


def moment(text: str) -> float:
    """Read a moment on the file's own clock: seconds, or a date where the file has dates."""
    at_s = stamp(text)
    if at_s is None or not math.isfinite(at_s):
        raise typer.BadParameter(
            f"{text!r} should be seconds, as 12.5, or a date, as 2026-11-22T20:00:30."
        )
    return at_s


ON_ITS_CLOCK: dict[str, Any] = {"parser": moment, "metavar": "SECONDS OR DATE"}
Start = Annotated[
    float | None, typer.Option("--start", help="Leave out what is before.", **ON_ITS_CLOCK)
]
End = Annotated[
    float | None, typer.Option("--end", help="Leave out what is after.", **ON_ITS_CLOCK)
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Plot = Annotated[Path | None, typer.Option(help="Draw to this .png or .svg.")]
Report = Annotated[Path | None, typer.Option(help="Write a page, .html, that holds everything.")]
Force = Annotated[bool, typer.Option("--force", help="Write over files that exist.")]


def refuse(sentence: str) -> NoReturn:
    """End with a sentence and exit status 2."""
    typer.echo(sentence, err=True)
    raise typer.Exit(2)


@contextmanager
def patience() -> Iterator[None]:
    """Say a word once something is compiled, which the first run on a machine does for some seconds."""
    from numba.core import event

    word = "Working; the first time on a machine this compiles for some seconds, later it doesn't."

    class Word(event.Listener):  # type: ignore[misc,unused-ignore]
        said = False

        def on_start(self, event: object) -> None:
            if not self.said:
                self.said = True
                print(word, file=sys.stderr, flush=True)

        def on_end(self, event: object) -> None:
            pass

    with event.install_listener("numba:compile", Word()):
        yield


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
    """Write a file, and none over another without leave, even one that came up meanwhile.

    It is written beside its place and put there whole, so that a full disk costs nobody what was there.
    """
    beside = target.with_name(f".{target.name}.part")
    try:
        beside.write_bytes(data)
        if not force:
            target.touch(exist_ok=False)
        beside.replace(target)
    except FileExistsError:
        refuse(f"{target} exists; give another name, or --force to write over it.")
    except OSError as error:
        refuse(f"{target} cannot be written ({error.strerror}).")
    finally:
        beside.unlink(missing_ok=True)


def say(text: str) -> None:
    """Print what was found, to wherever that goes."""
    try:
        typer.echo(text)
    except BrokenPipeError:
        raise  # whoever read it has enough; typer ends quietly
    except OSError as error:
        # What is left of it would be tried once more on the way out, and end with a status of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        refuse(f"What was found cannot be printed ({error.strerror}).")


def breath(
    file: Annotated[Path, typer.Argument(help="CSV, TSV or TXT, also .gz; EDF; BIDS physio.")],
    columns: Columns = None,
    hz: Hz = None,
    start: Start = None,
    end: End = None,
    first_inhale: Annotated[
        float | None,
        typer.Option(
            help="A moment within a guided first inhale: it fixes which way is up.", **ON_ITS_CLOCK
        ),
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
    begin, end_s = float(recording.times_s[0]), float(recording.times_s[-1])
    if first_inhale is not None and not begin <= first_inhale <= end_s:
        refuse(
            f"--first-inhale {when(first_inhale)} lies outside what is read of {file.name}, "
            f"{when(begin)} to {when(end_s)}."
        )
    with patience():
        from relational_space.sensing import breath as sensed

        read = sensed.breath(recording.times_s, recording.readings, first_inhale_s=first_inhale)
    found = reporting.of_breath(read, end_s - begin)
    lines = reporting.lines_of_breath(file.name, found)
    if first_inhale is not None and read.sign != "known":
        lines.append("  which way is up is not known: no breath was read at --first-inhale")
    if plot is not None or report is not None:
        from relational_space.study import plot as plotting

        drawn = plotting.picture_of_breath(read, file.name)
        if plot is not None:
            write(plot, plotting.to_bytes(drawn, plot.suffix[1:].lower()), force)
        if report is not None:
            text = reporting.page(file.name, lines, [plotting.to_bytes(drawn, "svg")], found)
            write(report, text.encode(), force)
    say(reporting.to_json(found) if as_json else "\n".join(lines))


Sense = Annotated[
    str | None,
    typer.Option(help="breath or movement; without it landmarks are movement, the rest breath."),
]
SharedPacer = Annotated[
    bool,
    typer.Option("--shared-pacer", help="Both heard one pacer, music or voice: nothing is told."),
]
Seed = Annotated[int, typer.Option(min=0, help="One seed gives one answer.")]


def _check_sense(sense: str | None) -> None:
    if sense not in (None, "breath", "movement"):
        refuse(f"--sense {sense}: it is breath or movement.")


def couple(
    files: Annotated[list[Path], typer.Argument(help="Two files on one clock, a and b.")],
    columns: Columns = None,
    columns_b: Annotated[
        str | None, typer.Option(help="The same for the second file, where it differs.")
    ] = None,
    hz: Hz = None,
    start: Start = None,
    end: End = None,
    sense: Sense = None,
    shared_pacer: SharedPacer = False,
    clock_uncertainty: Annotated[
        float, typer.Option(min=0, help="How far the two clocks may be apart, s.")
    ] = 0.0,
    max_lag: Annotated[float, typer.Option(min=0.1, max=60, help="Largest lag, s.")] = 3.0,
    seed: Seed = 0,
    as_json: Json = False,
    plot: Plot = None,
    report: Report = None,
    force: Force = False,
) -> None:
    """Say whether two people went together more than chance would have it."""
    check_targets(force, plot, report)
    _check_sense(sense)
    if len(files) != 2:
        named = "one was" if len(files) == 1 else f"{len(files)} were"
        refuse(f"couple compares two files; {named} named. For many pairs there is study.")
    from relational_space.study import reading
    from relational_space.study import report as reporting

    both = []
    try:
        for file, words in zip(files, (columns, columns_b or columns), strict=True):
            both.append(reading.read(file, columns=words, hz=hz, start_s=start, end_s=end))
    except Unreadable as error:
        refuse(str(error))
    a, b = both
    with patience():
        from relational_space.sensing import coupling
        from relational_space.study import pairs

        try:
            b = pairs.on_one_clock(a, b)
            one, other = pairs.both_sensed(a, b, sense)
            found = coupling.couple(
                one,
                other,
                shared_pacer=shared_pacer,
                one_heart=pairs.one_heart(a, b),
                clock_uncertainty_s=clock_uncertainty,
                max_lag_s=max_lag,
                seed=seed,
            )
        except Unreadable as error:
            refuse(str(error))
        except ValueError as error:
            refuse(f"{a.name} and {b.name}: {error}")
    told = reporting.of_coupling(found)
    lines = reporting.lines_of_coupling(a.name, b.name, told)
    if plot is not None or report is not None:
        from relational_space.study import plot as plotting

        drawn = plotting.picture_of_two(one, other, found, (a.name, b.name))
        if plot is not None:
            write(plot, plotting.to_bytes(drawn, plot.suffix[1:].lower()), force)
        if report is not None:
            title = f"{a.name} and {b.name}"
            text = reporting.page(title, lines, [plotting.to_bytes(drawn, "svg")], told)
            write(report, text.encode(), force)
    say(reporting.to_json(told) if as_json else "\n".join(lines))


def study(
    folder: Annotated[
        Path, typer.Argument(help="A folder of NAME_a.csv and NAME_b.csv, or a table pair,a,b.")
    ],
    columns: Columns = None,
    columns_b: Annotated[
        str | None, typer.Option(help="The same for the b of every pair, where it differs.")
    ] = None,
    hz: Hz = None,
    start: Start = None,
    end: End = None,
    sense: Sense = None,
    shared_pacer: SharedPacer = False,
    seed: Seed = 0,
    executor: Annotated[str, typer.Option(help="local, or dask where it is installed.")] = "local",
    as_json: Json = False,
    plot: Plot = None,
    report: Report = None,
    force: Force = False,
) -> None:
    """Compare real pairs with the same people paired anew; all should have heard the same cues."""
    check_targets(force, plot, report)
    _check_sense(sense)
    if executor not in ("local", "dask"):
        refuse(f"--executor {executor}: it is local or dask.")
    from rich.console import Console
    from rich.progress import Progress

    from relational_space.study import pairs
    from relational_space.study import report as reporting

    try:
        named = pairs.find(folder)
    except Unreadable as error:
        refuse(str(error))
    jobs = [
        pairs.Job(pair, sense, columns, columns_b, hz, start, end, shared_pacer, seed)
        for pair in named
    ]
    screen = Console(stderr=True)
    with (
        patience(),
        _executor(executor) as runs,
        Progress(transient=True, console=screen, disable=not screen.is_terminal) as progress,
    ):
        shown = progress.add_task("Reading pairs", total=len(jobs))
        counted = _Counted(runs, lambda: progress.advance(shown))
        try:
            found = pairs.run(jobs, counted, seed=seed)
        except Unreadable as error:
            refuse(str(error))
    told = reporting.plain(found.told)
    if plot is not None or report is not None:
        from relational_space.study import plot as plotting

        drawn = plotting.picture_of_study(found)
        if plot is not None:
            write(plot, plotting.to_bytes(drawn, plot.suffix[1:].lower()), force)
        if report is not None:
            text = reporting.page(
                folder.name,
                reporting.group_of_study(told),
                [plotting.to_bytes(drawn, "svg")],
                told,
                reporting.table_of(reporting.STUDY_HEADS, reporting.rows_of_study(told)),
            )
            write(report, text.encode(), force)
    say(reporting.to_json(told) if as_json else "\n".join(reporting.lines_of_study(told)))


class _Counted:
    """An executor that tells of each result."""

    def __init__(self, runs: Any, told: Callable[[], None]) -> None:
        self._runs, self._told = runs, told

    def map(self, run: Callable[[Any], Any], items: Iterable[Any], /) -> Iterator[Any]:
        for result in self._runs.map(run, items):
            self._told()
            yield result


@contextmanager
def _executor(name: str) -> Iterator[Any]:
    """Give processes of this machine, or Dask's where it is installed."""
    if name == "dask":
        try:
            from dask import config  # type: ignore[import-not-found,unused-ignore]
            from distributed import Client  # type: ignore[import-not-found,unused-ignore]
        except ImportError:
            refuse(
                "--executor dask needs Dask, which isn't installed: add the package distributed, or "
                "relational-space[dask]."
            )
        # DASK_SCHEDULER_ADDRESS, or Dask's own file, names machines; else processes of this one.
        elsewhere = config.get("scheduler-address", None)
        try:
            client = Client(
                **{}
                if elsewhere
                else {"threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
            )
        except OSError:
            refuse(f"--executor dask: nobody answers at {elsewhere}; start Dask's scheduler there.")
        with client:
            yield client.get_executor()
        return
    from concurrent.futures import ThreadPoolExecutor

    # One thread: compiled parts hold the interpreter, and a first run compiles once, not per process.
    with ThreadPoolExecutor(1) as runs:
        yield runs


def add_to(app: typer.Typer) -> None:
    """Hang the measuring commands beside the others."""
    for act in (breath, couple, study):
        app.command()(act)
