"""How long the senses take: `python -m bench.sensing_speed`, processor time on one core.

Median and least of many: whatever else runs on a machine makes a figure larger, so the least is nearest to
a quiet one.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import numpy as np

from relational_space.sensing.bank import Bank, MovementBank
from relational_space.sensing.breath import breath
from relational_space.sensing.movement import movement
from relational_space.sensing.ready import make_ready


def took(run: Callable[[], object], times: int = 25) -> str:
    """Say how long something takes."""
    run()
    taken = []
    for _ in range(times):
        begin = time.process_time()
        run()
        taken.append(time.process_time() - begin)
    return f"{1e3 * np.median(taken):8.1f} ms median, {1e3 * min(taken):.1f} ms at least"


def first_call_s(*, prepared: bool) -> float:
    """Give the CPU time of a first call, import and all, before anything was compiled or after set-up."""
    call = (
        "import numpy as np; from relational_space.sensing.breath import breath;"
        "t = np.arange(0, 120, 0.01); breath(t, np.sin(t))"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as empty:
        environment = os.environ | ({} if prepared else {"NUMBA_CACHE_DIR": empty})
        subprocess.run([sys.executable, "-c", call], env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def beats(people: int) -> np.ndarray:
    """Give the CPU time in ms of beats of 100 ms for people who began at different moments."""
    rng = np.random.default_rng(0)
    bank = Bank(people)
    rows = np.array([bank.admit(3) for _ in range(people)])
    late, period = rng.integers(0, 300, people), rng.uniform(3, 8, people)
    taken = []
    for beat in range(800):
        here = late <= beat
        count = int(here.sum())
        stamps = np.tile(0.1 * beat + 0.01 * np.arange(10), (count, 1))
        lean = 0.01 * np.sin(2 * np.pi * stamps / period[here, None])
        readings = np.zeros((count, 10, 6))
        readings[..., 0], readings[..., 2] = lean, 1
        readings[..., :3] += 0.002 * rng.standard_normal((count, 10, 3))
        starts = 10 * np.arange(count + 1)
        begin = time.process_time()
        bank.beat(rows[here], starts, stamps.ravel(), readings.reshape(-1, 6))
        taken.append(1e3 * (time.process_time() - begin))
    return np.array(taken[500:])


def movement_beats(people: int, columns: int, each: int, *, phone: bool) -> np.ndarray:
    """Give the CPU time in ms of beats of 100 ms, `each` readings a person, once all are heard."""
    rng = np.random.default_rng(0)
    bank = MovementBank()
    rows = np.array([bank.admit(columns, phone=phone) for _ in range(people)])
    late = rng.integers(0, 100, people)
    taken = []
    for beat in range(350):
        here = late <= beat
        count = int(here.sum())
        stamps = 0.1 * beat + 0.1 / each * np.arange(each) + 1e-3 * late[here, None]
        readings = rng.standard_normal((count * each, columns))
        starts = each * np.arange(count + 1)
        begin = time.process_time()
        bank.beat(rows[here], starts, stamps.ravel(), readings)
        taken.append(1e3 * (time.process_time() - begin))
    return np.array(taken[250:])


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    hour = np.arange(0, 3600, 0.01)
    wave = np.sin(2 * np.pi * hour / 4) + 0.1 * rng.standard_normal(len(hour))
    phone = np.column_stack([0.01 * wave, 0 * wave, 1 + 0 * wave])
    phone += 0.002 * rng.standard_normal(phone.shape)
    print(f"an hour of a 100 Hz belt          {took(lambda: breath(hour, wave))}")
    print(f"an hour of a 100 Hz phone         {took(lambda: breath(hour, phone))}")
    day = np.arange(0, 86400, 0.01)
    belt = np.sin(2 * np.pi * day / 4)
    print(f"a day of a 100 Hz belt            {took(lambda: breath(day, belt), 3)}")
    ten = np.arange(0, 600, 1 / 30)
    hands = {"hand": np.column_stack([np.sin(ten), np.cos(ten)])}
    print(f"ten minutes of one tracked point  {took(lambda: movement(ten, hands))}")
    taken = beats(2000)
    least, low, high = np.quantile(taken, (0, 0.5, 0.95))
    print(
        f"a beat of the bank, 2,000 people  {low:8.2f} ms median, {least:.2f} ms at least, "
        f"{high:.2f} ms at 95 %"
    )
    for name, columns, each, held in (
        ("phones in the hand", 3, 10, True),
        ("7 points", 14, 3, False),
    ):
        low, high = np.quantile(movement_beats(2000, columns, each, phone=held), (0.5, 0.95))
        print(f"the same of movement, {name:18s}  {low:8.2f} ms median, {high:.2f} ms at 95 %")
    make_ready()
    print(f"a first call after set-up         {1e3 * first_call_s(prepared=True):8.0f} ms")
    print(f"the same before anything compiled {1e3 * first_call_s(prepared=False):8.0f} ms")
