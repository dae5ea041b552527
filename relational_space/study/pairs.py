"""Many pairs of recordings → one table: each pair, and real pairs against the same people paired anew.

`run` takes recordings and an executor, so that a hundred thousand can go where there are more cores;
nothing is shared between two of them. It must never compare people who did not hear the same cues
without saying so: that they did is the reader's promise.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from relational_space.sensing import breath as breathing
from relational_space.sensing import coupling, following, surrogates
from relational_space.sensing import movement as moving
from relational_space.sensing.trace import Breath, Movement
from relational_space.study.reading import Recording, Unreadable, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from numpy import float64
    from numpy.typing import NDArray

ROLE = re.compile(r"(?P<pair>.+)_(?P<role>[ab])\.(?:csv|tsv|txt|edf|bdf)(?:\.gz)?", re.IGNORECASE)
LEAST_SHARED_S = 60.0
"""Two who were read together for less than this have no strength."""


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
    if where.is_dir():
        roles: dict[str, dict[str, Path]] = {}
        for path in sorted(where.iterdir()):
            if match := ROLE.fullmatch(path.name):
                roles.setdefault(match["pair"], {})[match["role"].lower()] = path
        alone = [name for name, both in roles.items() if len(both) == 1]
        if alone:
            raise Unreadable(f"{where}: {', '.join(alone)} has one of two files; add the other.")
        pairs = [Pair(name, both["a"], both["b"]) for name, both in roles.items()]
    else:
        try:
            with where.open(newline="", encoding="utf-8-sig") as file:
                rows = list(csv.DictReader(file))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise Unreadable(f"{where} cannot be read as a table of pairs ({error}).") from None
        if not rows or not {"pair", "a", "b"} <= rows[0].keys():
            raise Unreadable(f"{where} needs the columns pair, a and b, and a row for each pair.")
        pairs = [
            Pair(row["pair"], where.parent / (row["a"] or ""), where.parent / (row["b"] or ""))
            for row in rows
        ]
    if len(pairs) < 3:
        raise Unreadable(
            f"{where} holds {len(pairs)} pairs, as NAME_a.csv and NAME_b.csv; pairing anew needs "
            "at least three."
        )
    return pairs


def on_one_clock(a: Recording, b: Recording) -> Recording:
    """Give `b` on the clock of `a`: moved where both recorders say when they began, else as it is."""
    if a.began_s is not None and b.began_s is not None:
        b = replace(b, times_s=b.times_s + (b.began_s - a.began_s))
    if a.times_s[-1] <= b.times_s[0] or b.times_s[-1] <= a.times_s[0]:
        raise Unreadable(
            f"{a.name} ends before {b.name} begins or the other way round "
            f"({a.times_s[0]:.6g} to {a.times_s[-1]:.6g} s, {b.times_s[0]:.6g} to "
            f"{b.times_s[-1]:.6g} s); both should be on one clock."
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


@dataclass(frozen=True, slots=True)
class Job:
    """One pair to be read."""

    pair: Pair
    sense: str | None
    columns: str | None
    hz: float | None
    shared_pacer: bool
    seed: int


@dataclass(frozen=True, slots=True)
class Read:
    """One pair, read."""

    name: str
    a: Breath | Movement
    b: Breath | Movement
    coupling: coupling.Coupling


def read_pair(job: Job) -> Read:
    """Read both files of a pair and couple them."""
    a, b = (
        sensed(read(path, columns=job.columns, hz=job.hz), job.sense)
        for path in (job.pair.a, job.pair.b)
    )
    try:
        found = coupling.couple(a, b, shared_pacer=job.shared_pacer, seed=job.seed)
    except ValueError as error:
        raise Unreadable(f"{job.pair.name}: {error}") from None
    return Read(job.pair.name, a, b, found)


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


def strength(a: Breath | Movement, b: Breath | Movement) -> float:
    """Give phase locking of two breaths, or the largest correlation of two movements."""
    if isinstance(a, Breath) and isinstance(b, Breath):
        x, y = turning(a), turning(b)
        length = min(len(x), len(y))
        together = y[:length] * np.conj(x[:length])
        together = together[np.isfinite(together)]
        if len(together) < LEAST_SHARED_S * a.hz:
            return float("nan")
        return float(abs(together.mean()))
    if isinstance(a, Movement) and isinstance(b, Movement):
        length = min(len(a.velocity), len(b.velocity))
        both = np.isfinite(a.velocity[:length]) & np.isfinite(b.velocity[:length])
        if both.sum() < LEAST_SHARED_S * a.hz:
            return float("nan")
        one, other = a.velocity[:length], b.velocity[:length]
        return abs(following.following(one, other, a.hz, 3.0).strength)
    raise Unreadable("All files of a study should hold the same sense.")


def run(
    jobs: list[Job], executor: Executor, *, draws: int = 9999, seed: int = 0
) -> tuple[list[Read], dict[str, Any]]:
    """Read all pairs, pair everybody anew, and compare.

    Returns
    -------
    reads, table
        Each pair as it was read, and the object that `study --json` prints.
    """
    reads: list[Read] = list(executor.map(read_pair, jobs))
    table: NDArray[float64] = np.array([[strength(x.a, y.b) for y in reads] for x in reads])
    rng = np.random.default_rng(seed)
    real, pseudo = np.diag(table), table[~np.eye(len(table), dtype=bool)]
    told = np.isfinite(real)
    found: dict[str, Any] = {
        "pairs": [
            {
                "pair": each.name,
                "strength": float(real[place]),
                "among_pseudo": _rank(table, place),
                "verdict": each.coupling.verdict,
                "reason": each.coupling.reason,
            }
            for place, each in enumerate(reads)
        ],
        "real_mean": float(np.nanmean(real)) if told.any() else None,
        "pseudo_mean": float(np.nanmean(pseudo)) if np.isfinite(pseudo).any() else None,
        "null": "the same people paired anew, each in their role",
        "seed": seed,
    }
    if told.sum() >= 3:
        kept = table[np.ix_(told, told)]
        excess, p_value = surrogates.pseudo_pairs(kept, draws, rng)
        effect, interval = _effect(kept, rng)
        found |= {
            "excess": excess,
            "p_value": p_value,
            "effect_size": effect,
            "effect_interval": interval,
        }
    else:
        found |= dict.fromkeys(("excess", "p_value", "effect_size", "effect_interval"))
    return reads, found


def _rank(table: NDArray[float64], place: int) -> float:
    """Give the share of a pair's pseudo-pairs that are at least as strong, the pair itself counted."""
    others = np.concatenate([np.delete(table[place], place), np.delete(table[:, place], place)])
    others = others[np.isfinite(others)]
    if not np.isfinite(table[place, place]) or len(others) == 0:
        return float("nan")
    return float((1 + np.sum(others >= table[place, place])) / (1 + len(others)))


def _effect(
    table: NDArray[float64], rng: np.random.Generator, draws: int = 2000
) -> tuple[float, tuple[float, float]]:
    """Give the mean excess of a pair over its own pseudo-pairs, in standard deviations, and 95 %."""
    n = len(table)
    beside = np.array(
        [np.nanmean(np.r_[np.delete(table[k], k), np.delete(table[:, k], k)]) for k in range(n)]
    )
    excess = np.diag(table) - beside

    def size(x: NDArray[float64]) -> float:
        spread = float(np.std(x, ddof=1))
        return float(np.mean(x)) / spread if spread > 0 else float("nan")

    again = [size(excess[rng.integers(0, n, n)]) for _ in range(draws)]
    low, high = np.nanquantile(again, (0.025, 0.975))
    return size(excess), (float(low), float(high))
