"""The sensors of a phone in a browser that has none: readings go in below the page, by the browser's own
override, and come out as the events that any page gets, rounded as that browser rounds them.
"""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from relational_space.study.reading import read
from tests.browser.people import Somebody
from tests.place import ROOT

DATA = ROOT.parent / "shared" / "data"
GRAVITY = 9.81
FED_S = 1 / 40
KINDS = ("accelerometer", "linear-acceleration", "gyroscope")
LENT = ("accelerometer", "gyroscope", "magnetometer")

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Motion:
    """What a phone would feel, in m/s² with gravity: a recording, or something made up."""

    at: Callable[[float], Vector]

    def turning(self, second: float) -> Vector:
        """Degrees a second about each axis, as far as a change of tilt tells."""
        step = 0.05
        before, after = (np.array(self.at(second + d)) / GRAVITY for d in (-step, step))
        return tuple(np.degrees(np.cross(after, before)) / (2 * step))


def recorded(path: Path, columns: str, *, in_g: bool = False, **cut: float) -> Motion:
    """A recording of a real phone on a body; before and after it, the phone lies still."""
    found = read(path, columns=columns, **cut)
    times = found.times_s - found.times_s[0]
    axes = np.ascontiguousarray(found.readings[:, :3].T) * (GRAVITY if in_g else 1.0)

    def at(second: float) -> Vector:
        return tuple(float(np.interp(second, times, axis)) for axis in axes)

    return Motion(at)


def tilting(degrees: float, period_s: float, *, lag_s: float = 0.0, lying: float = 20.0) -> Motion:
    """A phone on a belly that tilts it so far to either side."""

    def at(second: float) -> Vector:
        turned = degrees * math.sin(2 * math.pi * (second - lag_s) / period_s)
        beta = math.radians(lying + turned)
        return 0.0, GRAVITY * math.sin(beta), GRAVITY * math.cos(beta)

    return Motion(at)


def tilt(acceleration: Vector) -> tuple[float, float]:
    """The two angles by which a browser says which way is up: beta within ±180°, gamma within ±90°."""
    x, y, z = acceleration
    beta = math.degrees(math.atan2(y, math.hypot(x, z)))
    gamma = math.degrees(math.atan2(-x, z))
    if abs(gamma) >= 90:
        gamma -= math.copysign(180, gamma)
        beta = math.copysign(180, beta) - beta
    return beta, gamma


class Sensors:
    """The sensors of one person's device. They are there from the next page on."""

    def __init__(self, somebody: Somebody) -> None:
        self._session = somebody.context.new_cdp_session(somebody.page)
        somebody.context.grant_permissions(list(LENT))
        for kind in KINDS:
            self._session.send(
                "Emulation.setSensorOverrideEnabled",
                {
                    "enabled": True,
                    "type": kind,
                    "metadata": {"available": True, "minimumFrequency": 1, "maximumFrequency": 60},
                },
            )
        self.feel((0.0, 0.0, GRAVITY))

    def feel(self, acceleration: Vector, turning: Vector = (0.0, 0.0, 0.0)) -> None:
        given = {
            "accelerometer": acceleration,
            "gyroscope": tuple(math.radians(each) for each in turning),
            "linear-acceleration": (0.0, 0.0, 0.0),
        }
        for kind, (x, y, z) in given.items():
            self._session.send(
                "Emulation.setSensorOverrideReadings",
                {"type": kind, "reading": {"xyz": {"x": x, "y": y, "z": z}}},
            )
        beta, gamma = tilt(acceleration)
        self._session.send(
            "DeviceOrientation.setDeviceOrientationOverride",
            {"alpha": 0.0, "beta": beta, "gamma": gamma},
        )


def play(
    phones: Iterable[tuple[Somebody, Sensors, Motion]],
    seconds: float,
    *,
    pace: float = 1.0,
    until: Callable[[], bool] = lambda: False,
) -> float:
    """Let phones feel these motions for so many of their own seconds, all at once; how long it took."""
    began_s = time.monotonic()
    phones = tuple(phones)
    while (passed_s := (time.monotonic() - began_s) * pace) < seconds and not until():
        for _, sensors, motion in phones:
            sensors.feel(motion.at(passed_s), motion.turning(passed_s))
        phones[0][0].waits(FED_S)
    return passed_s
