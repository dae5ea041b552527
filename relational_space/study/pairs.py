"""Many pairs of recordings → one table: each pair, and real pairs against the same people paired anew.

`run` takes recordings and an executor, so that a hundred thousand can go where there are more cores;
nothing is shared between two of them. It must never compare people who did not hear the same cues
without saying so: that they did is the reader's promise.
"""

from __future__ import annotations

import csv
import re
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from relational_space.sensing import breath as breathing
from relational_space.sensing import coupling, following, leakage, surrogates
from relational_space.sensing import movement as moving
from relational_space.sensing.trace import Breath, Movement
from relational_space.study.reading import Recording, Unreadable, read, when

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy import float64
    from numpy.typing import NDArray

ROLE = re.compile(r"(?P<pair>.+)_(?P<role>[a-z])\.(?:csv|tsv|txt|edf|bdf)(?:\.gz)?", re.IGNORECASE)
LEAST_SHARED_S = 60.0
"""Two who were read together for less than this have no strength."""
LARGEST_TABLE_BYTES = 2**27
"""A million pairs; a larger table was named by mistake."""
MAX_LAG_S = 3.0
METHOD = "each pair's strength beside that of the same people paired anew"
VERSION = "1"


class Executor(Protocol):
    """What runs a function over items, in their order; `concurrent.futures` and Dask both do."""

    def map(self, run: Callable[[Any], Any], items: Iterable[Any], /) -> Iterator[Any]:
        """Give each item's result in order."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files, `a` in the one role and `b` in the other."""

    name: str
    a: Path
    b: Path


def find(where: Path) -> list[Pair]:
    """Find pairs: files NAME_a and NAME_b in a folder, or a table with columns pair, a, b."""
    pairs = _of_folder(where) if where.is_dir() else _of_table(where)
    if len(pairs) < 3:
        raise Unreadable(
            f"{where} holds {len(pairs)} pairs, as NAME_a.csv and NAME_b.csv; pairing anew needs "
            "at least three."
        )
    return pairs


def _of_folder(where: Path) -> list[Pair]:
    roles: dict[str, dict[str, Path]] = {}
    for path in sorted(where.iterdir()):
        if match := ROLE.fullmatch(path.name):
            files = roles.setdefault(match["pair"], {})
            role = match["role"].lower()
            if role in files:
                raise Unreadable(
                    f"{where}: {files[role].name} and {path.name} are both the {role} of "
                    f"{match['pair']}; keep one."
                )
            files[role] = path
    pairs = []
    for name, files in roles.items():
        a, b = files.pop("a", None), files.pop("b", None)
        if a is None and b is None:
            continue
        if a is None or b is None:
            raise Unreadable(f"{where}: {name} has one of two files; add the other.")
        if files:
            raise Unreadable(
                f"{where}: {name} has {', '.join(path.name for path in files.values())} besides a "
                "and b; a pair is two people: name the pairs of a group in a table pair,a,b."
            )
        pairs.append(Pair(name, a, b))
    return pairs


def _of_table(where: Path) -> list[Pair]:
    try:
        if where.stat().st_size > LARGEST_TABLE_BYTES:
            raise Unreadable(f"{where} is too large for a table of pairs; name another file.")
        text = where.read_text("utf-8-sig")
        mark = next((mark for mark in "\t;" if mark in text.partition("\n")[0]), ",")
        table = csv.DictReader(text.splitlines(), delimiter=mark)
        rows = [(table.line_num, row) for row in table]
    except OSError as error:
        raise Unreadable(
            f"{where} cannot be opened ({error.strerror}); name a folder or a table of pairs."
        ) from None
    except (UnicodeDecodeError, csv.Error):
        raise Unreadable(
            f"{where} is no table of pairs; it needs text with the columns pair, a and b."
        ) from None
    heads = table.fieldnames or ()
    if not rows or any(list(heads).count(head) != 1 for head in ("pair", "a", "b")):
        raise Unreadable(f"{where} needs the columns pair, a and b, and a row for each pair.")
    if "c" in heads:
        raise Unreadable(
            f"{where} has a column c; a pair is two people: give three pairs a row each."
        )
    pairs: dict[str, Pair] = {}
    for line, row in rows:
        name, a, b = (row[column] or "" for column in ("pair", "a", "b"))
        if not (name and a and b):
            raise Unreadable(f"{where}: line {line} needs a pair, an a and a b.")
        if name in pairs:
            raise Unreadable(
                f"{where}: line {line} has the pair {name} again; give it another name."
            )
        pairs[name] = Pair(name, where.parent / a, where.parent / b)
    return list(pairs.values())


def on_one_clock(a: Recording, b: Recording) -> Recording:
    """Give `b` on the clock of `a`: moved where both recorders say when they began, else as it is."""
    if a.began_s is not None and b.began_s is not None:
        b = replace(b, times_s=b.times_s + (b.began_s - a.began_s))
    if a.times_s[-1] <= b.times_s[0] or b.times_s[-1] <= a.times_s[0]:
        raise Unreadable(
            f"{a.name} ends before {b.name} begins or the other way round "
            f"({when(a.times_s[0])} to {when(a.times_s[-1])}, {when(b.times_s[0])} to "
            f"{when(b.times_s[-1])}); both should be on one clock."
        )
    return b


def sensed(recording: Recording, sense: str | None) -> Breath | Movement:
    """Read breath, or movement where there are landmarks or it is asked for."""
    if recording.points:
        if sense == "breath":
            raise Unreadable(f"{recording.name} holds landmarks, which give movement, not breath.")
        return moving.movement(
            recording.times_s, recording.points, confidences=recording.confidences
        )
    if sense == "movement":
        if recording.readings.shape[1] < 3:
            raise Unreadable(f"{recording.name} holds a belt, which gives breath, not movement.")
        return moving.movement_of_phone(recording.times_s, recording.readings[:, :3])
    return breathing.breath(recording.times_s, recording.readings)


def both_sensed(
    a: Recording, b: Recording, sense: str | None
) -> tuple[Breath | Movement, Breath | Movement]:
    """Read both of a pair, which should hold the same sense."""
    one, other = sensed(a, sense), sensed(b, sense)
    if type(one) is not type(other):
        raise Unreadable(
            f"{a.name} gives {type(one).__name__.lower()} and {b.name} "
            f"{type(other).__name__.lower()}; both should give the same."
        )
    return one, other


def one_heart(a: Recording, b: Recording) -> bool:
    """Tell whether one heart is in both raw recordings; False where it cannot be seen."""
    if min(x.readings.ndim and x.readings.shape[-1] for x in (a, b)) < 3:
        return False
    found = leakage.shared_heart(a.times_s, a.readings[:, :3], b.times_s, b.readings[:, :3])
    return found is not None and found.suspected


@dataclass(frozen=True, slots=True)
class Job:
    """One pair to be read."""

    pair: Pair
    sense: str | None
    columns: str | None
    columns_b: str | None
    hz: float | None
    start_s: float | None
    end_s: float | None
    shared_pacer: bool
    seed: int


@dataclass(frozen=True, slots=True)
class Read:
    """One pair, read."""

    pair: Pair
    a: Breath | Movement
    b: Breath | Movement
    coupling: coupling.Coupling


def read_pair(job: Job) -> Read:
    """Read both files of a pair and couple them."""
    one, other = (
        read(path, columns=columns, hz=job.hz, start_s=job.start_s, end_s=job.end_s)
        for path, columns in (
            (job.pair.a, job.columns),
            (job.pair.b, job.columns_b or job.columns),
        )
    )
    other = on_one_clock(one, other)
    a, b = both_sensed(one, other, job.sense)
    try:
        found = coupling.couple(
            a,
            b,
            shared_pacer=job.shared_pacer,
            one_heart=one_heart(one, other),
            seed=job.seed,
        )
    except ValueError as error:
        raise Unreadable(f"{job.pair.name}: {error}") from None
    return Read(job.pair, a, b, found)


def _attempt(job: Job) -> Read | Unreadable:
    """Give a sentence instead of raising it: an executor elsewhere would log it as a failure."""
    try:
        return read_pair(job)
    except Unreadable as error:
        return error


def turning(read_: Breath) -> NDArray[np.complex128]:
    """Give the phase of breath as a turning arrow, from one inhale onset to the next; NaN unread."""
    times = read_.start_s + np.arange(len(read_.wave)) / read_.hz
    onsets = read_.inhale_onsets_s
    if len(onsets) < 2:
        return np.full(len(times), np.nan, complex)
    phase = np.interp(times, onsets, np.arange(len(onsets)), left=np.nan, right=np.nan)
    arrow: NDArray[np.complex128] = np.exp(2j * np.pi * phase)
    arrow[read_.trust == 0] = np.nan
    return arrow


def strengths(reads: list[Read]) -> NDArray[float64]:
    """Give how strongly each `a` goes with each `b`: phase locking, or correlation at the best lag.

    Each recording stands on the clock of its own sitting, whose beginning is when the first of its
    two began. NaN where two share too little, and where `a` and `b` of two rows are no pseudo-pair: the
    same recording twice, or two who are another row's real pair.
    """
    if all(isinstance(each.a, Breath) and isinstance(each.b, Breath) for each in reads):
        table = _lockings(*_laid(reads, turning), reads[0].a.hz)
    elif all(isinstance(each.a, Movement) and isinstance(each.b, Movement) for each in reads):
        table = _followings(*_laid(reads, _velocity), reads[0].a.hz)
    else:
        raise Unreadable("All files of a study should hold the same sense.")
    met = {frozenset((each.pair.a, each.pair.b)) for each in reads}
    for i, x in enumerate(reads):
        for j, y in enumerate(reads):
            if i != j and (x.pair.a == y.pair.b or frozenset((x.pair.a, y.pair.b)) in met):
                table[i, j] = np.nan
    return table


def _velocity(read_: Breath | Movement) -> NDArray[float64]:
    assert isinstance(read_, Movement)  # noqa: S101 — for the types; `strengths` has looked
    return read_.velocity


def _laid(
    reads: list[Read], values: Callable[[Any], NDArray[Any]]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Lay everybody on the clock of their sitting: a row for each `a`, and one for each `b`."""
    rows = []
    for read_, sitting in [(each.a, each) for each in reads] + [(each.b, each) for each in reads]:
        late = read_.start_s - min(sitting.a.start_s, sitting.b.start_s)
        rows.append(np.r_[np.full(round(late * read_.hz), np.nan), values(read_)])
    longest = max(map(len, rows))
    laid = np.array([np.r_[row, np.full(longest - len(row), np.nan)] for row in rows])
    return laid[: len(reads)], laid[len(reads) :]


def _lockings(a: NDArray[Any], b: NDArray[Any], hz: float) -> NDArray[float64]:
    read_a, read_b = np.isfinite(a), np.isfinite(b)
    shared = read_a.astype(float) @ read_b.astype(float).T
    together = np.where(read_a, a, 0).conj() @ np.where(read_b, b, 0).T
    table = np.asarray(np.abs(together) / np.maximum(shared, 1), np.float64)
    table[shared < LEAST_SHARED_S * hz] = np.nan
    return table


def _followings(a: NDArray[float64], b: NDArray[float64], hz: float) -> NDArray[float64]:
    shared = np.isfinite(a).astype(float) @ np.isfinite(b).astype(float).T
    still = [np.nan_to_num(x).std(axis=1) == 0 for x in (a, b)]
    table = np.abs(following.strengths(a, b, hz, MAX_LAG_S))
    table[(shared < LEAST_SHARED_S * hz) | still[0][:, None] | still[1]] = np.nan
    return table


@dataclass(frozen=True, slots=True)
class Study:
    """What a study found, for the picture and the page."""

    reads: list[Read]
    strengths: NDArray[float64]
    """(pairs, pairs): the real pairs on the diagonal, all others paired anew."""
    told: dict[str, Any]
    """The object that `study --json` prints, NaN and all."""


def run(jobs: list[Job], executor: Executor, *, draws: int = 9999, seed: int = 0) -> Study:
    """Read all pairs, pair everybody anew, and compare."""
    reads: list[Read] = []
    for result in executor.map(_attempt, jobs):
        if isinstance(result, Unreadable):
            raise result
        reads.append(result)
    table = strengths(reads)
    rng = np.random.default_rng(seed)
    real, pseudo = np.diag(table), table[~np.eye(len(table), dtype=bool)]
    known = np.isfinite(real)
    found: dict[str, Any] = {
        "pairs": [
            {
                "pair": each.pair.name,
                "verdict": each.coupling.verdict,
                "reason": each.coupling.reason,
                "strength": float(real[place]),
                "pseudo_quantiles": _quantiles(beside(table, place)),
                "among_pseudo": _share(table, place),
                "coverage": each.coupling.coverage,
            }
            for place, each in enumerate(reads)
        ],
        "real_mean": float(np.mean(real[known])) if known.any() else None,
        "pseudo_mean": float(np.nanmean(pseudo)) if np.isfinite(pseudo).any() else None,
        "null": "the same people paired anew, each in their role",
        "method": METHOD,
        "version": VERSION,
        "seed": seed,
    }
    compared = [k for k in range(len(table)) if known[k] and len(beside(table, k))]
    found |= {"p_value": None} | dict.fromkeys(EFFECT)
    if len(compared) >= 3:
        with warnings.catch_warnings():
            # A new pairing of which nothing is known counts for nothing.
            warnings.simplefilter("ignore", RuntimeWarning)
            _, found["p_value"] = surrogates.pseudo_pairs(
                table[np.ix_(compared, compared)], draws, rng
            )
        found |= _effect(table, compared)
    return Study(reads, table, found)


def beside(table: NDArray[float64], place: int) -> NDArray[float64]:
    """Give the strengths of a pair's two people with others, each in their role."""
    others: NDArray[float64] = np.concatenate(
        [np.delete(table[place], place), np.delete(table[:, place], place)]
    )
    return others[np.isfinite(others)]


def _quantiles(draws: NDArray[float64]) -> dict[str, float]:
    return {f"{q}": float(np.quantile(draws, q)) for q in coupling.QUANTILES if len(draws)}


def _share(table: NDArray[float64], place: int) -> float:
    """Give the share of a pair's pseudo-pairs that are at least as strong, the pair itself counted."""
    others = beside(table, place)
    if not np.isfinite(table[place, place]) or len(others) == 0:
        return float("nan")
    return float((1 + np.sum(others >= table[place, place])) / (1 + len(others)))


EFFECT = ("excess", "excess_interval", "effect_size", "effect_interval")


def _effect(table: NDArray[float64], compared: Sequence[int]) -> dict[str, Any]:
    """Give how far pairs lie above their own pseudo-pairs, also in standard deviations, and 95 %.

    Student's intervals, for the standardised one by the noncentral distribution: a bootstrap of five
    pairs is too narrow.
    """
    from scipy import special

    n = len(compared)
    excess = np.array([table[k, k] - beside(table, k).mean() for k in compared])
    mean, spread = float(excess.mean()), float(excess.std(ddof=1))
    if not spread > 1e-12:
        return dict.fromkeys(EFFECT) | {"excess": mean}
    error = spread / np.sqrt(n)
    wide = float(special.stdtrit(n - 1, 0.975)) * error
    # How far from nothing Student's t may be centred to give what was seen.
    low, high = (float(special.nctdtrinc(n - 1, q, mean / error)) for q in (0.975, 0.025))
    return {
        "excess": mean,
        "excess_interval": (mean - wide, mean + wide),
        "effect_size": mean / spread,
        "effect_interval": (low / np.sqrt(n), high / np.sqrt(n)),
    }
