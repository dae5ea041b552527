"""Other people's recordings, read where `../shared/data` is there; tests say so where it isn't."""

import gzip
from pathlib import Path

import numpy as np
import pytest

DATA = Path(__file__).parents[3] / "shared" / "data"


def folder(name):
    if not (DATA / name).is_dir():
        pytest.skip(f"skipped, because the recordings {name} are not in {DATA.name}/ here")
    return DATA / name


def table(path, **more):
    with gzip.open(path, "rt") as file:
        return np.loadtxt(file, delimiter=",", **more)


def paced():
    """Give name, times, acceleration of the 16 paced phone recordings."""
    for path in sorted(folder("phone_chest_paced_paoli").glob("*.txt.gz")):
        rows = table(path)
        yield path.name.removesuffix(".txt.gz"), rows[:, 0], rows[:, 1:4]


def annotated():
    """Give name, times, impedance and two people's marks in seconds of the 26 records."""
    where = folder("bidmc_resp")
    for path in sorted(where.glob("*_RESP.csv.gz")):
        rows = table(path, skiprows=1)
        marks = [[], []]
        lines = (where / path.name.replace("RESP.csv.gz", "Breaths.csv")).read_text().splitlines()
        for line in lines[1:]:
            for person, mark in enumerate(line.split(",")[:2]):
                if mark.strip():
                    marks[person].append(float(mark) / 125)
        yield path.name[6:8], np.arange(len(rows)) / 125, rows[:, 1], [np.array(m) for m in marks]


def measured(name):
    """Say what an annotated record's file holds by its own heading: RESP, or something else."""
    with gzip.open(folder("bidmc_resp") / f"bidmc_{name}_RESP.csv.gz", "rt") as file:
        return file.readline().split(",")[1].strip()


def is_breath(name):
    """Say whether an annotated record's file holds the impedance that its breaths were marked on."""
    return measured(name) == "RESP"


def chests():
    """Give name, times, acceleration of the 15 phones on chests."""
    for path in sorted(folder("phone_chest_mscardio").glob("*.csv.gz")):
        rows = table(path, skiprows=1)
        yield path.name[8:12], rows[:, 1], rows[:, 2:5]


def walkers():
    """Give name, times, acceleration and the maker's breath times of two people walking."""
    from scipy.io import wavfile

    for person in ("001", "007"):
        where = folder("hexoskin_harlab") / person
        axes = [wavfile.read(where / f"acceleration_{axis}.wav") for axis in "XYZ"]
        readings = np.stack([axis[1].astype(float) for axis in axes], 1)
        breaths = np.loadtxt(where / "inspiration.csv", delimiter=",", skiprows=1)[:, 0]
        yield person, np.arange(len(readings)) / axes[0][0], readings, breaths


def read_part(result, marks):
    """Keep the marks that lie where the result was read."""
    inside = np.ones(len(marks), bool)
    for stretch in result.unread:
        inside &= ~((marks >= stretch.start_s) & (marks < stretch.end_s))
    return marks[inside]


def matches(found, marks, within_s):
    """Count marks that have a found one of their own near by, both in order."""
    i = j = met = 0
    while i < len(found) and j < len(marks):
        if abs(found[i] - marks[j]) <= within_s:
            met, i, j = met + 1, i + 1, j + 1
        elif found[i] < marks[j]:
            i += 1
        else:
            j += 1
    return met


def f1(found, marks, within_s=0.5):
    """Give the best F1 over one constant offset for the record."""
    if len(found) + len(marks) == 0:
        return float("nan")
    offsets = np.arange(-2, 2.01, 0.05)
    best = max(matches(found + offset, marks, within_s) for offset in offsets)
    return 2 * best / (len(found) + len(marks))
