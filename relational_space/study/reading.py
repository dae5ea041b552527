"""Files of readings → values: tables of text, EDF, BIDS physiology, landmarks.

Every way in which a file can be wrong ends in one sentence that names the file, the line or the
column, and what would be right. Nothing here guesses a column, mends a stamp or writes a file.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import stat
import warnings
import zlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from relational_space.sensing.filters import LARGEST
from relational_space.study.report import is_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy import float64
    from numpy.typing import NDArray

LARGEST_BYTES = 4 * 2**30
"""A day of a fast phone is half of this; anything larger was named by mistake."""
FASTEST_HZ = 10000
"""Nothing that breathes or moves is recorded quicker."""
LONGEST_LINE = 2**20
"""No row is so long; a film named by mistake may be one line."""
LONGEST_GAP_S = 86400.0
"""Two stamps further apart are a broken clock or two recordings."""

MOTION = ("ax", "ay", "az")
GYROSCOPE = ("gx", "gy", "gz")
DATED = ("time", "time_s")
"""Columns that may hold dates."""
TIMES = {"time_s": 1.0, "time_ms": 1e-3, "time_us": 1e-6, "time_ns": 1e-9}
EXPECTED = (
    "a header such as time_s,ax,ay,az or time_s,belt, or --columns with the same words, "
    "one for each column and - for those to leave out"
)
BDF = b"\xffBIOSEMI"
"""How a BDF file begins; an EDF file begins with 0."""
MISSING = {"", "nan", "na", "n/a", "null", "none", "-nan", "inf", "-inf"}
LANDMARK = re.compile(r"(?P<point>.+)_(?P<part>x|y|z|confidence)")
WHO = re.compile(
    r"(?:person|people|subject|participant|partner)(?:[_ ]?(?:id|nr|no|number))?", re.IGNORECASE
)
"""Columns that tell several people's rows apart."""
ANOTHER = re.compile(r"(belt|a[xyz])(?:[_. -].+|\d+)", re.IGNORECASE)
"""A second sensor beside the one whose word it begins with."""
PERSON = re.compile(r"(?:p|person|subject|participant|id|ind|track|body)[_-]?\d+", re.IGNORECASE)
"""The part of a point's name that says whose it is."""
MANY = "a file should hold one person: give each a file, or choose one's columns with --columns"


class Unreadable(ValueError):
    """A file that cannot be used; the message is a sentence for whoever named it."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One file's readings, with their own stamps in seconds."""

    name: str
    times_s: NDArray[float64]
    readings: NDArray[float64]
    """Columns: a belt; acceleration; acceleration and angular rate; none for landmarks."""
    points: dict[str, NDArray[float64]] = field(default_factory=dict)
    """Landmarks by name, (n, 2 or 3)."""
    confidences: dict[str, NDArray[float64]] = field(default_factory=dict)
    began_s: float | None = None
    """When the recorder says that its time 0 was, s since 1970; only EDF says so."""


def read(
    path: Path,
    *,
    columns: str | None = None,
    hz: float | None = None,
    start_s: float | None = None,
    end_s: float | None = None,
) -> Recording:
    """Read a file by what its name says it is, cut to a stretch of its own time."""
    try:
        found = path.stat()
    except OSError as error:
        raise Unreadable(f"{path} cannot be opened ({error.strerror}); name a file.") from None
    except ValueError:
        raise Unreadable(f"{str(path)!r} cannot be the name of a file; name another.") from None
    size = found.st_size
    if path.is_dir():
        raise Unreadable(f"{path} is a folder; name one file in it.")
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable(f"{path} is a pipe or a device; save what it holds as a file first.")
    if size == 0:
        raise Unreadable(f"{path.name} is empty; it needs {EXPECTED}.")
    if size > LARGEST_BYTES:
        raise Unreadable(
            f"{path.name} has {size / 2**30:.0f} GB; nothing above {LARGEST_BYTES >> 30} GB is "
            "read: cut it first, or name another file."
        )
    if path.name.lower().endswith((".edf.gz", ".bdf.gz")):
        raise Unreadable(f"{path.name} is packed; unpack it first, EDF is read as it is.")
    if path.name.lower().endswith((".edf", ".bdf")):
        named = _edf(path, columns)
    elif path.name.endswith(("_physio.tsv.gz", "_physio.tsv")):
        named = _bids(path, columns)
    else:
        named = _text(path, columns, hz)
    return _checked(path.name, named, start_s, end_s)


@dataclass(frozen=True, slots=True)
class _Named:
    """Columns by our words, and how to name a row to a person."""

    times_s: NDArray[float64]
    columns: dict[str, NDArray[float64]]
    row: str
    first_row: int
    began_s: float | None = None


def _checked(name: str, named: _Named, start_s: float | None, end_s: float | None) -> Recording:
    """Hold the columns to what every measure needs."""
    if len(named.times_s) == 0:
        raise Unreadable(f"{name} holds no row; it needs readings.")
    times, columns = named.times_s, named.columns
    broken = ~np.isfinite(times)
    if broken.all():
        raise Unreadable(f"{name}: no row has a time; the time column needs numbers or dates.")
    kept = np.flatnonzero(~broken)
    back = np.flatnonzero(np.diff(times[kept]) < 0)
    if len(back):
        at = kept[back[0] + 1]
        raise Unreadable(
            f"{name}: time goes backwards at {named.row} {named.first_row + at}, to "
            f"{when(times[at])} after {when(times[kept[back[0]]])}; sort the rows by time, "
            "or give one recording a file."
        )
    ahead = np.flatnonzero(np.diff(times[kept]) > LONGEST_GAP_S)
    if len(ahead):
        at = kept[ahead[0] + 1]
        raise Unreadable(
            f"{name}: time jumps from {when(times[kept[ahead[0]]])} to {when(times[at])} at "
            f"{named.row} {named.first_row + at}, more than a day; mend that stamp, or give one "
            "recording a file."
        )
    if start_s is not None and end_s is not None and start_s >= end_s:
        raise Unreadable(
            f"--start {when(start_s)} is not before --end {when(end_s)}; it should be."
        )
    inside = ~broken
    if start_s is not None:
        inside &= times >= start_s
    if end_s is not None:
        inside &= times <= end_s
    if not inside.any():
        raise Unreadable(
            f"{name} holds {when(times[kept[0]])} to {when(times[kept[-1]])}; nothing of it lies "
            "between --start and --end."
        )
    if not inside.all():
        times = times[inside]
        columns = {word: column[inside] for word, column in columns.items()}
    if len(times) < 10:
        counted = "one reading" if len(times) == 1 else f"{len(times)} readings"
        where = "" if start_s is None and end_s is None else " between --start and --end"
        raise Unreadable(
            f"{name} has {counted}{where}; at least a few breaths are needed, ten readings a second."
        )
    steps = np.diff(times)
    steps = steps[steps > 0]
    if len(steps) == 0:
        raise Unreadable(f"{name}: every row has the same time; the stamps must go on.")
    if np.median(steps) > 0.25:
        raise Unreadable(
            f"{name} has a reading every {np.median(steps):.3g} s; breath needs ten a second. "
            "If its time column counts something else, say so: --columns time_ms=, time_us= or "
            "time_ns= its name."
        )
    for word, column in columns.items():
        if not np.isfinite(column).any():
            raise Unreadable(f"{name}: column {word} holds no number; it needs readings.")
        if np.nanmax(np.abs(column)) > LARGEST:
            at = np.nanargmax(np.abs(column))
            raise Unreadable(
                f"{name}: column {word} holds {column[at]:.3g} at {when(times[at])}; no sensor says "
                "so much, so that reading should be left empty."
            )
    return replace(_recording(name, times, columns), began_s=named.began_s)


def _recording(
    name: str, times: NDArray[float64], columns: dict[str, NDArray[float64]]
) -> Recording:
    sensor = [word for word in (*MOTION, *GYROSCOPE) if word in columns]
    points = [word for word in columns if LANDMARK.fullmatch(word)]
    kinds = [kind for kind in (["belt"] if "belt" in columns else [], sensor, points) if kind]
    if len(kinds) > 1:
        held = " and ".join(", ".join(kind) for kind in kinds)
        raise Unreadable(f"{name} holds {held}; choose one of these with --columns.")
    words: tuple[str, ...] = ("belt",)
    if all(word in columns for word in MOTION):
        words = tuple(sensor)
        if len(words) not in (3, 6):
            turning = ", ".join(words[3:])
            raise Unreadable(
                f"{name} has {turning} and not all of gx, gy, gz; add what is missing, or leave "
                "them out with --columns."
            )
    elif "belt" not in columns:
        return _landmarks(name, times, columns)
    readings = np.column_stack([columns[word] for word in words])
    if np.all(np.nanmin(readings, 0) == np.nanmax(readings, 0)):
        raise Unreadable(
            f"{name}: every reading of {', '.join(words)} is the same; a lying sensor still "
            "trembles, so this is not a recording."
        )
    return Recording(name, times, readings)


def _landmarks(
    name: str, times: NDArray[float64], columns: dict[str, NDArray[float64]]
) -> Recording:
    points, confidences = {}, {}
    for word in columns:
        if word.endswith("_x") and f"{word[:-2]}_y" in columns:
            point = word[:-2]
            parts = [f"{point}_{axis}" for axis in "xyz" if f"{point}_{axis}" in columns]
            points[point] = np.column_stack([columns[part] for part in parts])
            if f"{point}_confidence" in columns:
                confidences[point] = columns[f"{point}_confidence"]
    if not points:
        right = f"it needs {EXPECTED}"
        if any(word.endswith(("_x", "_y")) for word in columns):
            right = "a point needs name_x and name_y"
        raise Unreadable(f"{name} has the columns {', '.join(columns)}; {right}.")
    people = sorted({found[0] for point in points if (found := _whose(point))})
    if len(people) > 1:
        raise Unreadable(f"{name} holds {' and '.join(people)}; {MANY}.")
    if all(np.all(np.nanmin(at, 0) == np.nanmax(at, 0)) for at in points.values()):
        raise Unreadable(
            f"{name}: {', '.join(points)} never moves at all; a tracked body still trembles, so "
            "this is not a recording."
        )
    return Recording(name, times, np.empty((len(times), 0)), points, confidences)


def _whose(point: str) -> list[str]:
    """Give the parts of a point's name that name a person, as in wrist_left_p1 or person2_nose."""
    return [found[0] for found in re.finditer(rf"(?<![^_])(?:{PERSON.pattern})(?![^_])", point)]


def _lines(path: Path) -> Iterator[str]:
    """Give a text file's lines one by one, within the limit and only if it is text."""
    unpacked = path.suffix.lower() == ".gz"
    taken = 0
    try:
        with gzip.open(path, "rb") if unpacked else path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), 1):
                if number == 1 and line.startswith((b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff")):
                    right = "its name should end in .gz" if line[0] == 0x1F else "save it as UTF-8"
                    kind = "packed by gzip" if line[0] == 0x1F else "text in UTF-16"
                    raise Unreadable(f"{path.name} is {kind}; {right}.")
                if len(line) == LONGEST_LINE:
                    raise Unreadable(
                        f"{path.name}: line {number} is longer than any row of a table; it needs "
                        f"{EXPECTED}."
                    )
                taken += len(line)
                if taken > LARGEST_BYTES:
                    raise Unreadable(
                        f"{path.name} unpacks to more than {LARGEST_BYTES >> 30} GB; cut it first."
                    )
                if b"\0" in line:
                    raise Unreadable(
                        f"{path.name}: line {number} is not text; what is read is text with "
                        f"{EXPECTED}, or EDF if its name ends so."
                    )
                if number == 1 and b"\r" in line.rstrip(b"\r\n"):
                    raise Unreadable(
                        f"{path.name} ends its lines as old Macs did; save it with ordinary line ends."
                    )
                try:
                    yield line.decode("utf-8-sig" if number == 1 else "utf-8")
                except UnicodeDecodeError:
                    raise Unreadable(
                        f"{path.name}: line {number} is not text in UTF-8; save the file so."
                    ) from None
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"{path.name} cannot be unpacked ({error}); is it whole?") from None


def _split(line: str, mark: str) -> list[str]:
    parts = line.split() if mark == " " else line.split(mark)
    return [part.strip().strip('"') for part in parts]


def _mark_of(line: str) -> str:
    """Find what stands between columns: the first of tab, semicolon, comma that occurs, or space."""
    return next((mark for mark in "\t;," if mark in line), " ")


def _right(cell: str, word: str) -> str:
    """Say what should stand in a cell instead of what does."""
    if _number(cell.replace(",", ".")) is not None:
        return f"where a number should be with a point, as {cell.replace(',', '.')}"
    if word in DATED:
        return "where a number should be, or a date such as 2026-11-22T20:00:00.050"
    return "where a number should be"


def _number(text: str) -> float | None:
    """Give a number, NaN for a missing one, None for something else."""
    if text.lower() in MISSING:
        return math.nan
    if "_" in text:
        return None  # Python's own way of writing thousands, and nobody else's
    try:
        return float(text)
    except ValueError:
        return None


def when(at_s: float) -> str:
    """Say a moment on a file's own clock, as --start takes it: in seconds, or by date and time of day.

    Examples
    --------
    >>> when(12.34)
    '12.34 s'
    >>> when(1714557600.25)
    '2024-05-01 10:00:00.250'
    """
    if not is_date(at_s):
        return f"{at_s:.6g} s"
    moment = datetime.fromtimestamp(at_s, UTC).replace(tzinfo=None)
    return moment.isoformat(" ", timespec="milliseconds")


def stamp(text: str) -> float | None:
    """Give a moment on a file's own clock from a number or a date; None for something else.

    Examples
    --------
    >>> stamp("12.5"), stamp("2024-05-01 10:00:00"), stamp("noon")
    (12.5, 1714557600.0, None)
    """
    number = _number(text)
    return _moment(text) if number is None else number


def _moment(text: str) -> float | None:
    """Give the seconds since 1970 of a date stamp; one without a zone is taken for UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _text(path: Path, columns: str | None, hz: float | None) -> _Named:
    first, line = next(
        (
            (number, line)
            for number, line in enumerate(_lines(path))
            if line.strip() and not line.startswith("#")
        ),
        (0, ""),
    )
    if not line:
        raise Unreadable(f"{path.name} holds no row; it needs {EXPECTED}.")
    mark = _mark_of(line)
    heads = _split(line, mark)
    has_header = all(_number(head) is None and _moment(head) is None for head in heads if head)
    if not has_header and columns is None:
        raise Unreadable(
            f"{path.name}: line {first + 1}, {line.strip()[:40]!r}, is no header; it needs {EXPECTED}."
        )
    body = first + 1 if has_header else first
    if columns is None:
        words = _of_header(path.name, heads)
    else:
        words = _chosen(path.name, columns, heads, has_header)
    timed = [word for word in words if word in TIMES or word == "time"]
    if not timed and hz is None:
        named = f"{path.name}: its header is {mark.join(heads)}, without a time"
        if columns is not None:
            named = f"--columns {columns!r} names no time for {path.name}"
        raise Unreadable(f"{named}; it needs {EXPECTED}, or --hz with the readings a second.")
    if len(timed) > 1:
        raise Unreadable(f"{path.name} has {' and '.join(timed)}; one time column is enough.")
    if not words.keys() - set(timed):
        held = f"{path.name} has the columns {', '.join(heads)}, of which only {timed[0]} is known"
        if not has_header or len(heads) == 1:
            held = f"{path.name} has the one column {timed[0]}"
        elif columns is not None:
            held = f"--columns {columns} names no readings in {path.name}"
        raise Unreadable(f"{held}; it needs {EXPECTED}.")
    rows, first_line = _rows(path, body, mark, words)
    if len(rows) == 0:
        raise Unreadable(f"{path.name} has a header and no rows; readings belong under it.")
    table = dict(zip(words, rows.T, strict=True))
    if timed:
        times = table.pop(timed[0]) * TIMES.get(timed[0], 1.0)
    else:
        times = np.arange(len(rows)) / float(hz or 1.0)
    return _Named(times, table, "line", first_line)


def _known(head: str) -> bool:
    return head in {*TIMES, "time", "belt", *MOTION, *GYROSCOPE} or bool(LANDMARK.fullmatch(head))


def _of_header(name: str, heads: list[str]) -> dict[str, int]:
    """Take the columns whose heads are our words; refuse a file that seems to hold several people."""
    words: dict[str, int] = {}
    for place, head in enumerate(heads):
        if _known(head):
            if head in words:
                raise Unreadable(f"{name} has two columns {head}; {MANY}.")
            words[head] = place
    for head in heads:
        if WHO.fullmatch(head):
            raise Unreadable(f"{name} has a column {head}; {MANY}.")
        beside = ANOTHER.fullmatch(head)
        if beside and head not in words and beside[1] in words:
            raise Unreadable(f"{name} has the columns {beside[1]} and {head}; {MANY}.")
    return words


def _chosen(name: str, columns: str, heads: list[str], has_header: bool) -> dict[str, int]:
    """Read --columns: a word for each column in order, or ours=theirs."""
    words: dict[str, int] = {}
    for place, part in enumerate(part.strip() for part in columns.split(",")):
        ours, equals, theirs = part.partition("=")
        if ours == "-" or not ours:
            continue
        if ours in words:
            raise Unreadable(f"--columns {columns}: {ours} is there twice; once is right.")
        if not _known(ours):
            raise Unreadable(
                f"--columns: {ours} is not a word for a column; there are time_s, time_ms, "
                "time_us, time_ns, time (a date), belt, ax, ay, az, gx, gy, gz and name_x, name_y."
            )
        if equals and theirs.isdigit():
            words[ours] = int(theirs) - 1
        elif equals:
            if not has_header or theirs not in heads:
                raise Unreadable(f"{name} has no column {theirs}; it has {', '.join(heads)}.")
            words[ours] = heads.index(theirs)
        else:
            words[ours] = place
        if not 0 <= words[ours] < len(heads):
            raise Unreadable(
                f"--columns asks for column {words[ours] + 1} of {name}, which has {_columns(len(heads))},"
                " the first being 1."
            )
    if len(set(words.values())) < len(words):
        raise Unreadable(f"--columns {columns}: each column can be one thing only.")
    return words


def _columns(count: int) -> str:
    return "one column" if count == 1 else f"{count} columns"


def _rows(path: Path, body: int, mark: str, words: dict[str, int]) -> tuple[NDArray[float64], int]:
    """Parse the rows: quickly if every cell is a number, else one by one to name what is wrong."""
    places = list(words.values())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # "no data" is told below, in our words
            table = np.loadtxt(
                islice(_lines(path), body, None),
                delimiter=None if mark == " " else mark,
                usecols=places,
                ndmin=2,
            )
        # In place: a day at 100 Hz is eight million rows.
        table[~np.isfinite(table)] = np.nan
        return table, body + 1
    except Unreadable:
        raise
    except (ValueError, UserWarning):
        pass
    name, rows = path.name, []
    numbers: list[int] = []
    for number, line in enumerate(islice(_lines(path), body, None), body + 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = _split(line, mark)
        row = []
        for word, place in words.items():
            if place >= len(cells):
                raise Unreadable(
                    f"{name}: line {number} has {_columns(len(cells))}, where column {place + 1} "
                    f"({word}) should be; every row needs as many as the first."
                )
            value = _number(cells[place])
            if value is None and word in DATED:
                value = _moment(cells[place])
            if value is None:
                raise Unreadable(
                    f"{name}: line {number}, column {word} says {cells[place][:40]!r}, "
                    f"{_right(cells[place], word)}."
                )
            row.append(value if math.isfinite(value) else math.nan)
        rows.append(row)
        numbers.append(number)
    return np.array(rows, np.float64).reshape(len(rows), len(words)), numbers[0] if numbers else 1


def _bids(path: Path, columns: str | None) -> _Named:
    """Read a BIDS physiology file: no header, its columns and rate in the JSON beside it."""
    beside = path.with_name(path.name.split("_physio.tsv")[0] + "_physio.json")
    try:
        about = json.loads(beside.read_text("utf-8"))
        hz, start = float(about["SamplingFrequency"]), float(about.get("StartTime", 0.0))
        heads = about["Columns"]
        if not (isinstance(heads, list) and all(isinstance(head, str) for head in heads)):
            raise TypeError
    except OSError:
        raise Unreadable(f"{path.name} needs {beside.name} beside it.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unreadable(
            f"{beside.name} needs SamplingFrequency (a number), StartTime and Columns (a list)."
        ) from None
    if not 1 <= hz <= FASTEST_HZ:
        raise Unreadable(
            f"{beside.name}: SamplingFrequency is {hz:g}; it should be the readings a second, 1 to "
            f"{FASTEST_HZ}."
        )
    if not abs(start) < LONGEST_GAP_S:
        raise Unreadable(
            f"{beside.name}: StartTime is {start:g}; it should be the seconds from the scan's "
            "beginning to the first row."
        )
    words = _signals(path.name, columns, heads)
    first_line = next(_lines(path), "")
    held = len(_split(first_line, "\t"))
    if first_line and held != len(heads):
        raise Unreadable(
            f"{path.name}: line 1 has {_columns(held)} with tabs between, and {beside.name} names "
            f"{len(heads)}; it should name each."
        )
    rows, first = _rows(path, 0, "\t", words)
    times = start + np.arange(len(rows)) / hz
    return _Named(times, dict(zip(words, rows.T, strict=True)), "line", first)


def _edf(path: Path, columns: str | None) -> _Named:
    """Read an EDF or BDF file's breathing or acceleration signals."""
    import edfio

    try:
        header = _header(path)
        with warnings.catch_warnings():
            # A recorder that was stopped hard leaves how many records there are unsaid (-1), and is
            # read as far as it goes; any other count that isn't the file's is refused below.
            warnings.simplefilter("ignore", UserWarning)
            file = (edfio.read_bdf if header.startswith(BDF) else edfio.read_edf)(path)
        said = int(header[236:244])
        if said not in (-1, file.num_data_records):
            raise Unreadable(
                f"{path.name} says that it holds {said} records and holds {file.num_data_records}; "
                "copy or export it again."
            )
        if file.reserved.startswith(("EDF+D", "BDF+D")):
            raise Unreadable(
                f"{path.name} was interrupted ({file.reserved}), and its pieces would close up; "
                "export each piece to a file of its own."
            )
        labels = [signal.label for signal in file.signals]
        words = _signals(path.name, columns, labels)
        chosen = {word: file.signals[place] for word, place in words.items()}
        data = {word: np.asarray(signal.data, np.float64) for word, signal in chosen.items()}
    except Unreadable:
        raise
    except Exception:  # edfio raises whatever its parsing meets
        raise Unreadable(
            f"{path.name} is not a whole EDF or BDF file, though its name says so; export it again."
        ) from None
    rates = {float(signal.sampling_frequency) for signal in chosen.values()}
    if len(rates) > 1:
        raise Unreadable(
            f"{path.name}: {', '.join(words)} have different rates ({sorted(rates)}); choose "
            "signals of one rate with --columns."
        )
    hz = rates.pop()
    length = min(len(values) for values in data.values())
    columns_of = {word: values[:length] for word, values in data.items()}
    return _Named(np.arange(length) / hz, columns_of, "sample", 1, _began(file))


def _header(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(256)


def _began(file: Any) -> float | None:
    """Give when an EDF file says that it began, unless it was made anonymous."""
    try:
        return float(file.startdatetime.replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def _signals(name: str, columns: str | None, labels: Iterable[str]) -> dict[str, int]:
    """Choose signals by their labels: ours=theirs, ours as they are, or the only breathing one."""
    labels = list(labels)
    if columns is not None:
        words = {}
        for part in columns.split(","):
            ours, _, theirs = part.strip().partition("=")
            if ours == "-":
                continue
            if (theirs or ours) not in labels or not _known(ours) or ours in {*TIMES, "time"}:
                raise Unreadable(
                    f"{name} has the signals {', '.join(labels)}; say --columns belt=ONE OF THEM."
                )
            words[ours] = _only(name, labels, theirs or ours)
        return words
    breathing = [
        place
        for place, label in enumerate(labels)
        if re.search(r"resp|breath|thor|abdo|belt|flow|rip|chest", label, re.IGNORECASE)
    ]
    if all(word in labels for word in MOTION):
        if breathing:
            raise Unreadable(
                f"{name} has ax, ay, az and {labels[breathing[0]]}; choose with --columns ax,ay,az or "
                f"--columns belt={labels[breathing[0]]}."
            )
        present = [word for word in MOTION + GYROSCOPE if word in labels]
        return {word: _only(name, labels, word) for word in present}
    if len(breathing) != 1:
        raise Unreadable(
            f"{name} has the signals {', '.join(labels)}, of which {len(breathing) or 'none'} "
            "sound like breathing; say --columns belt=ONE OF THEM."
        )
    return {"belt": breathing[0]}


def _only(name: str, labels: list[str], label: str) -> int:
    if labels.count(label) > 1:
        raise Unreadable(
            f"{name} has {labels.count(label)} signals {label}; keep one of them in it."
        )
    return labels.index(label)
