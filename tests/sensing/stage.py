"""What every stage of sensing must keep, whatever it measures.

A stage is a function that opens a stream: `open_stream()` gives `hear(times, readings)` and
`finish()`, each giving arrays by name. Nothing here knows what the arrays mean.
"""

import sys

import numpy as np


def run(open_stream, times, readings, sizes):
    """Feed a recording in pieces of the given sizes, round and round, and join what comes out."""
    hear, finish = open_stream()
    parts, at, turn = [], 0, 0
    while at < len(times):
        size = sizes[turn % len(sizes)]
        parts += hear(times[at : at + size], readings[at : at + size])
        at, turn = at + size, turn + 1
    parts += finish()
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def same(one, other):
    """Say whether two results are equal bit for bit, NaN included."""
    return all(np.array_equal(one[name], other[name], equal_nan=True) for name in one)


def check_stage(open_stream, times, readings, memory_of=None):
    """Hold a stage to chunking, gaps and NaN, flat signal, silence at the start, inputs unchanged.

    With `memory_of(stream)` its memory is also held still while the recording goes on.
    """
    whole = run(open_stream, times, readings, [len(times)])
    for sizes in ([1], [7], [10, 1, 333], [4096]):
        assert same(whole, run(open_stream, times, readings, sizes)), sizes

    kept = times.copy(), readings.copy()
    run(open_stream, times, readings, [50])
    assert np.array_equal(kept[0], times)
    assert np.array_equal(kept[1], readings)

    holed = readings.copy()
    holed[len(holed) // 3 : len(holed) // 3 + 40] = np.nan
    gap = np.r_[0 : len(times) // 4, len(times) // 2 : len(times)]
    flat = np.zeros_like(readings) + readings[0]
    quiet = readings.copy()
    quiet[: len(quiet) // 3] = quiet[0]
    for when, what in (
        (times, holed),
        (times[gap], readings[gap]),
        (times, flat),
        (times, quiet),
        (times, np.full_like(readings, np.nan)),
        (times[:3], readings[:3]),
        (times[:0], readings[:0]),
    ):
        first = run(open_stream, when, what, [max(len(when), 1)])
        assert same(first, run(open_stream, when, what, [13]))

    if memory_of is not None:
        hear, _ = open_stream()
        hear(times[:100], readings[:100])
        early = sys.getsizeof(memory_of(hear)), memory_of(hear).nbytes
        hear(times[100:], readings[100:])
        assert (sys.getsizeof(memory_of(hear)), memory_of(hear).nbytes) == early
