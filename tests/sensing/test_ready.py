"""Compiled once: after set-up nothing compiles while somebody waits, however their arrays lie."""

import importlib
import pkgutil

import numpy as np
from numba.core.dispatcher import Dispatcher

from relational_space import sensing
from relational_space.sensing.bank import Bank
from relational_space.sensing.breath import breath
from relational_space.sensing.ready import make_ready
from relational_space.sensing.surrogates import circular_shifts
from relational_space.sensing.synchrony import couple, windowed_lagged_correlation


def compiled():
    """Give in how many ways each compiled routine has been compiled in this process."""
    return {
        f"{module.name}.{name}": len(value.signatures)
        for module in pkgutil.iter_modules(sensing.__path__)
        for name, value in vars(
            importlib.import_module(f"relational_space.sensing.{module.name}")
        ).items()
        # Parts that only compiled routines call are compiled with these.
        if isinstance(value, Dispatcher) and not name.startswith("_")
    }


def test_set_up_leaves_nothing_to_compile_however_arrays_lie():
    make_ready()
    before = compiled()
    if not before:
        return  # NUMBA_DISABLE_JIT: there is nothing to compile.
    assert min(before.values()) >= 1
    at = np.arange(0, 90, 0.1)
    table = np.column_stack([at, np.sin(1.3 * at), np.sin(1.2 * at), np.cos(at)])
    table.setflags(write=False)
    breath(table[:, 0], table[:, 1])
    breath(table[:, 0], np.asfortranarray(table[:, 1:]))
    breath(list(range(30)), [0.0] * 30)
    holed = np.where(np.arange(len(at)) % 50 < 5, np.nan, table[:, 1])
    for one in (table[:, 1], holed):
        for sense in ("breath", "movement"):
            couple(one, table[:, 2], hz=10, sense=sense, draws=9)
        asked = {"hz": 10, "window_s": 10, "step_s": 5, "max_lag_s": 2}
        windowed_lagged_correlation(one, table[:, 2], **asked)
        circular_shifts(one, table[:, 2], **asked)
    couple(breath(at, table[:, 1]), breath(at, table[:, 2]), draws=9)
    bank = Bank(rows=1)
    row = np.array([bank.admit(3)])
    wide = np.hstack([table[:, 1:], np.zeros((len(at), 3))])
    bank.beat(row, np.array([0, len(at)]), at, wide)
    bank.release(int(row[0]))
    assert compiled() == before
