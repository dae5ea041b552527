"""What breath remembers of one person, a record each, and the names that its stages share.

A record holds smoothed cells of the last two minutes and what follows from them; never raw
readings, and nothing that grows with the length of a sitting.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from relational_space.sensing.filters import CELL_S, hann_table

if TYPE_CHECKING:
    from numpy import int64
    from numpy.typing import NDArray

Person = Any
"""One record of `MEMORY`; numba has no name for its type."""

inner: Any = partial(
    njit, cache=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True
)
"""For parts that only other compiled parts call: without their Python shells they compile sooner.

`inline="always"` goes to those that are called in one place and in every block: what LLVM puts into its
caller after it has been optimised by itself is optimised twice, and ran a third slower.
"""

HZ = 1.0 / CELL_S
CHANNELS = 6
BLOCK = 10
"""Cells that are worked on together: a second. Blocks are counted from the begin of a run."""
LOOKAHEAD = 420
LOOKAHEAD_S = LOOKAHEAD * CELL_S
"""The wave at a moment is settled this long after it (and 3 s for stillness): two periods of a breath of
twenty seconds, so that its first one can be read."""
DECIDED_WITHIN_S = 150.0
"""Trust and onsets are settled two breaths after the wave, and after this long at the latest."""
SLOWEST = 330
"""Cells in the slowest period tried: two breaths a minute are 300."""
KEPT = 860
"""Cells that stay at hand: four half periods of the slowest breath, or look-ahead and a period."""
ROOM = 1340
"""Cells that a record has room for before those that are no longer needed are dropped."""
COURSE = 128
"""Blocks whose period and axis are kept: more than there is room for cells."""
BACKLOG = 2048
"""Cells that may wait for a decision or to be taken."""
ONSETS = 256
BASE_HALF = 7
"""Smoothing before a rhythm is looked for: 1.6 s from end to end."""
LONGEST_HALF = 30
HANN = hann_table(LONGEST_HALF)

NEVER = -(1 << 40)
"""A cell before every cell."""
NOTHING, READ, MOVING, FAINT, SHORT, NOT_BREATH, MISSING, WEIGHTLESS = range(8)
REASONS = (
    "",
    "",
    "moving",
    "too faint",
    "too short",
    "not a breath",
    "missing",
    "without gravity",
)


def _halves() -> NDArray[int64]:
    halves = [7]
    while halves[-1] < SLOWEST // 2:
        halves.append(max(halves[-1] + 1, round(halves[-1] * 1.12)))
    return np.array([half for half in halves if half < SLOWEST // 2] + [SLOWEST // 2], np.int64)


HALVES = _halves()
"""Half of each period that is tried, in cells: 1.4 to 33 s, an eighth apart where cells allow."""
SHARE = 1.0 / np.sqrt(HALVES)
"""What a period's swing counts for: drift swings with the root of the time it has."""
STRIDE = 2 ** np.clip(np.log2(HALVES / 7.0).astype(np.int64), 0, 3)
"""How often each is looked at, in blocks: once a period or oftener."""
KEEP = np.exp(-STRIDE * BLOCK * CELL_S / np.maximum(12.0, 4 * CELL_S * HALVES))
"""How fast each forgets: 12 s, or two periods."""

MEMORY = np.dtype(
    [
        ("channels", np.int64),  # axes in use: 1 a belt, 3 acceleration, 6 with a gyroscope
        ("begun", np.int64),
        ("ended", np.int64),  # no more readings will come before a gap or the end
        ("first_s", np.float64),
        ("latest_s", np.float64),
        ("furthest_s", np.float64),  # of the stamps that were passed over
        ("last", np.float64, CHANNELS),
        # The open cell.
        ("cell", np.int64),
        ("area", np.float64, CHANNELS),
        ("square", np.float64, CHANNELS),
        ("resting_rate", np.float64, CHANNELS),
        ("lean", np.float64, CHANNELS),
        # The wave of this moment: to show, never to keep.
        ("quick", np.float64, CHANNELS),
        ("calm", np.float64, CHANNELS),
        ("level", np.float64),
        ("likeness", np.float64),
        ("axis", np.float64, CHANNELS),
        ("drained", np.int64),
        ("onsets", np.int64),
        # Cells without a gap, from cell `oldest` on, channel after channel.
        ("oldest", np.int64),
        ("run", np.int64),
        ("gravity", np.float64),
        ("cells", np.float64, (ROOM + BASE_HALF) * CHANNELS),
        ("total", np.float64, (ROOM + 1) * CHANNELS),  # running totals of the smoothed cells
        ("inside", np.float64, ROOM),
        ("smooth", np.float64, BLOCK * CHANNELS),
        ("near", np.float64, BLOCK),
        ("along", np.float64, BLOCK + 2 * LONGEST_HALF),
        # Seconds: still or not, and what was known of the rhythm.
        ("smoothed", np.int64),
        ("weighed", np.int64),
        ("shaken", np.int64),  # how the block before was shaken
        ("shaking", np.int64),  # and this one
        ("late_shake", np.float64),
        ("slow", np.float64),
        ("fast", np.float64),  # what is faster than breath, mean square over ten seconds
        ("segment", np.int64),
        (
            "swing",
            np.float64,
            (4, len(HALVES)),
        ),  # what swings with a period, breaks it, weight, score
        ("news", np.float64, (2, len(HALVES))),  # what was heard of each just now
        ("period", np.float64),
        ("reach", np.float64),
        ("weight", np.float64),
        ("spread", np.float64, CHANNELS * CHANNELS),
        ("ways", np.float64, 2 * CHANNELS),
        ("why", np.int8, COURSE),  # READ, or why the block can't be read
        ("course", np.float64, (COURSE, 3 + CHANNELS)),  # period, likeness, reach, axis
        # The wave and where it turns.
        ("start", np.int64),
        ("ahead", np.int64),
        ("out", np.int64),
        ("way", np.int64),
        ("low", np.float64),
        ("low_at", np.int64),
        ("high", np.float64),
        ("high_at", np.int64),
        ("turn", np.int64),
        ("inhale", np.float64),
        ("swung", np.float64),
        # Breaths judged, and what waits for a second one.
        ("cycles", np.int64),
        ("good", np.float64),
        ("last_trust", np.float64),
        ("pending", np.int64),
        ("plans", np.int64),
        ("plan", np.float64, (8, 3)),  # up to which cell, with what trust, why
        # What is settled: rings by cell, and the latest gap, which is in none of them.
        ("decided", np.int64),
        ("gap_from", np.int64),
        ("gap_until", np.int64),
        ("wave", np.float64, BACKLOG),
        ("fine", np.float64, BACKLOG),  # the wave, smoothed less, where onsets are placed
        ("quality", np.float32, BACKLOG),
        ("trust", np.float32, BACKLOG),
        ("reason", np.int8, BACKLOG),
        ("onset_cell", np.float64, ONSETS),
        ("onset_way", np.int8, ONSETS),
    ],
    align=True,
)
"""All that is remembered of one person: about 200 kB, however long they sit."""
