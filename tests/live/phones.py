"""Phones that lie on somebody, as a page packs what they feel: readings in, frames out, resent after a drop.

A twin of what browser/felt/motion.ts does, so that the server is tried without a browser.
"""

import asyncio
import struct
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from relational_space.live import wire
from tests.live.house import Page
from tests.practice.people import HEAD, LAND

Table = NDArray[np.float64]

FRAME_S = 0.1
KEPT = 300
"""Frames that a page keeps for a line that comes back."""
RESENT_EACH = 2
"""Frames that go with each new one while there are older ones: twenty a second."""

QUIET = """
[[cue]]
name = "quiet"
lasts = "{lasts}"
sense = ["{sense}"]
{show}
[cue.say]
en = "quiet"
"""


def breathing_text(*, lasts: str = "5 min", sense: str = "breath", show: str = "") -> str:
    """A practice of one long cue that feels."""
    top = HEAD.replace('languages = ["en"]', 'languages = ["en"]\nbegins_with = "settle"')
    ladder = """
[[caution]]
en = "Anyone may skip this."
[[ladder]]
name = "near"
en = "Near"
offered = true
[[ladder]]
name = "touching"
en = "Touching"
offered = true
touch = true
"""
    shows = f'show = ["{show}"]' if show else ""
    return top + ladder + QUIET.format(lasts=lasts, sense=sense, show=shows) + LAND


def breath(
    *, per_min: float = 12.0, seed: int = 1, unsteady: float = 0.12, lean: float = 0.02
) -> Callable[[Table], Table]:
    """The motion of a phone on somebody who breathes, by sitting time: m/s² with gravity, degrees/s."""
    rng = np.random.default_rng(seed)
    lengths = 60.0 / per_min * np.exp(unsteady * rng.standard_normal(2000))
    onsets = np.concatenate(([0.0], np.cumsum(lengths)))
    noise = np.random.default_rng(seed + 1000)

    def motion(at: Table) -> Table:
        phase = 2 * np.pi * np.interp(at, onsets, np.arange(len(onsets)))
        tilt = lean * np.sin(phase)
        out = np.full((len(at), 6), np.nan)
        out[:, 0] = 9.81 * np.sin(tilt)
        out[:, 1] = 2.0 * tilt
        out[:, 2] = 9.81 * np.cos(tilt)
        out[:, :3] += 0.01 * noise.standard_normal((len(at), 3))
        return out

    return motion


def pack(sequence: int, at: Table, motion: Table) -> bytes:
    """One frame of motion, as docs and vectors have it."""
    steps = np.column_stack(
        (motion[:, :3] / wire.ACCELERATION_STEP, motion[:, 3:] / wire.TURNING_STEP_DEG)
    )
    whole = np.where(
        np.isnan(steps), wire.NO_READING, np.clip(np.round(steps), -32767, 32767)
    ).astype("<i2")
    stamps = np.round((at - at[0]) / wire.STAMP_S).astype("<u2")
    head = struct.pack("<BBHId", 1, wire.Kind.MOTION, len(at), sequence, at[0])
    return head + stamps.tobytes() + whole.tobytes()


def pack_points(
    sequence: int, at: Table, wrist: Table, kind: wire.Kind, *, sure: int = 240
) -> bytes:
    """One frame of somebody before a camera, who moves a wrist up and down by widths of their shoulders."""
    point = np.dtype([("x", "<i2"), ("y", "<i2"), ("sure", "u1"), ("", "u1")])
    points = np.zeros((len(at), wire.POINTS), point)
    points["sure"] = sure
    points["y"][:, 0] = np.round(wrist / wire.PLACE_STEP)
    stamps = np.round((at - at[0]) / wire.STAMP_S).astype("<u2")
    head = struct.pack("<BBHId", 1, kind, len(at), sequence, at[0])
    return head + stamps.tobytes() + points.tobytes()


def sway(seed: int, *, after_s: float = 0.0) -> Callable[[Table], Table]:
    """Where a hand is that moves slowly this way and that, in two directions, by sitting time."""
    rng = np.random.default_rng(seed)
    every = np.cumsum(rng.uniform(0.5, 1.2, 1000))
    where = CubicSpline(every, rng.normal(size=(1000, 2)))
    return lambda at: np.asarray(0.2 * where(at - after_s))


def held(where: Callable[[Table], Table]) -> Callable[[Table], Table]:
    """The motion of a phone in that hand: its acceleration, with gravity across."""

    def motion(at: Table) -> Table:
        step = 0.01
        out = np.full((len(at), 6), np.nan)
        there = [where(at + by) for by in (-step, 0.0, step)]
        out[:, :2] = (there[0] - 2 * there[1] + there[2]) / step**2
        out[:, 2] = 9.81
        return out

    return motion


def pack_landmarks(sequence: int, at: Table, points: Table, sure: Table) -> bytes:
    """One frame of landmarks: (n, 7, 2) of the picture, and how sure of each, 0 to 1."""
    places = np.zeros(
        (len(at), wire.POINTS), [("x", "<i2"), ("y", "<i2"), ("c", "u1"), ("z", "u1")]
    )
    steps = np.clip(np.round(points / wire.PLACE_STEP), -32768, 32767)
    places["x"], places["y"], places["c"] = steps[:, :, 0], steps[:, :, 1], np.round(255 * sure)
    stamps = np.round((at - at[0]) / wire.STAMP_S).astype("<u2")
    head = struct.pack("<BBHId", 1, wire.Kind.LANDMARKS, len(at), sequence, at[0])
    return head + stamps.tobytes() + places.tobytes()


class Phone:
    """What lies on somebody and feels as long as it is let, in frames of a tenth of a second."""

    def __init__(self, page: Page, motion: Callable[[Table], Table], hz: float = 50.0) -> None:
        self.page, self.motion, self.hz = page, motion, hz
        self.kept: dict[int, bytes] = {}
        self.sent: set[int] = set()
        self.sequence = 0
        self.always = False
        self._socket: object = None
        self._running = asyncio.create_task(self._feel())

    def asked(self) -> bool:
        """Whether the screen asks for it and this person has said yes."""
        shown = self.page.screen()
        sits = shown["stage"] == "sitting" and not shown["still"] and bool(shown["sense"])
        return bool(self.page.own.get("feels")) and (sits or self.always)

    def packed(self, sequence: int, at: Table, motion: Table) -> bytes:
        """One frame."""
        return pack(sequence, at, motion)

    def readings(self, since: float, now: float) -> tuple[Table, Table]:
        """The stamps and readings between two moments of sitting time."""
        pace = self.page.pace
        count = min(round((now - since) / pace * self.hz), wire.MOST_READINGS)
        at = since + pace * np.arange(count) / self.hz
        return at, self.motion(at)

    async def _feel(self) -> None:
        since = self.page.at()
        while True:
            await asyncio.sleep(FRAME_S)
            now = self.page.at()
            at, motion = self.readings(since, now)
            since = now
            if self.asked() and len(at):
                self.kept[self.sequence] = self.packed(self.sequence, at, motion)
                self.sequence += 1
                while len(self.kept) > KEPT:
                    del self.kept[next(iter(self.kept))]
            self._send()

    def _send(self) -> None:
        taken = self.page.taken
        for sequence in [s for s in self.kept if taken is not None and s <= taken]:
            del self.kept[sequence]
        socket = self.page.socket
        if socket is None or socket.over.is_set() or not self.page.is_welcome:
            return
        if socket is not self._socket:
            self._socket, self.sent = socket, set()
        for sequence in [s for s in self.kept if s not in self.sent][: 1 + RESENT_EACH]:
            self.sent.add(sequence)
            socket.say(self.kept[sequence])

    async def stop(self) -> None:
        self._running.cancel()
        await asyncio.wait([self._running])


class Camera(Phone):
    """What follows somebody's points; `motion` gives (n, 7, 3): place, and how sure."""

    def packed(self, sequence: int, at: Table, motion: Table) -> bytes:
        """One frame."""
        return pack_landmarks(sequence, at, motion[:, :, :2], motion[:, :, 2])


def tracked(where: Callable[[Table], Table], *, sure: float = 0.9) -> Callable[[Table], Table]:
    """Seven points that go with a hand, each a little its own way."""

    def points(at: Table) -> Table:
        out = np.full((len(at), wire.POINTS, 3), sure)
        for k in range(wire.POINTS):
            out[:, k, :2] = 0.5 + (0.2 + 0.1 * k) * where(at)
        return out

    return points
