"""What phones feel in the sittings of this process: readings → traces in memory → one look, and gone.

`Senses` is the engine for everybody here; a `Feeling` is one sitting's. Readings are handed to the engine
soon after they come, everybody's in one call, and are not kept beyond that; the traces that it gives live
until both have looked, or until there is nothing to look at any more. Nothing of it may reach a disk, a log
or another process, or what the other's device is sent before both have asked, but for the breath of somebody
in a practice that is made for feeling it.

The engine is compiled and loaded where that can't be felt: in a process and a thread of its own, when
somebody comes to a sitting that feels anything. Until then, and if it can't be loaded, the sitting goes on
without. What is measured is real seconds; a sitting that runs faster is felt as if it didn't.
"""

import asyncio
import logging
import math
import sys
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from relational_space import sensing
from relational_space.live import wire
from relational_space.live.felt import LISTEN_S, Body, Felt, LengthS, Span, Words
from relational_space.practice.practice import Seat
from relational_space.practice.reflection import Reflection
from relational_space.practice.screen import screen
from relational_space.practice.sitting import Sitting

if TYPE_CHECKING:
    from relational_space.live.engine import Engine

Told: TypeAlias = tuple[Mapping[Seat, Reflection], ...]
"""For each sense that felt them both, what each of the two is told."""

BEAT_S = 0.01
"""So often all readings that wait are handed to the engine. Phones send whenever they do: with a short beat
the work comes in short bursts, and everybody waits less. What a beat costs however little waits, a quarter of
a millisecond, is paid at most a hundred times a second (docs/hosting.md)."""

RECENT_SPANS = 16
"""Of these the readings that still come may be: two who pause without end are not felt in between."""

_T = TypeVar("_T")

log = logging.getLogger(__name__)


def next_beat_s(now_s: float, beat_s: float = BEAT_S) -> float:
    """When the next beat is, by the event loop's clock.

    Beats are on a grid: one that is long must not make the next one late. A rounding error before a beat is
    at it already, and the next one is the one after.
    """
    return (math.floor(now_s / beat_s + 1e-3) + 1) * beat_s


class Elsewhere(Protocol):
    """Runs something that takes long beside the event loop."""

    async def __call__(self, function: Callable[..., _T], /, *args: Any) -> _T: ...


def is_compiled() -> bool:
    """Whether what is compiled of the engine is there and not older than what it was made of."""
    [folder] = map(Path, sensing.__path__)
    made = [file.stat().st_mtime for file in folder.glob("__pycache__/*.nbi")]
    return bool(made) and min(made) >= max(file.stat().st_mtime for file in folder.glob("*.py"))


async def compile_apart() -> None:
    """Compile the engine in another process, for whoever loads it next: it would hold this one up.

    Set-up has done so as a rule.
    """
    if is_compiled():
        return
    code = (
        "import os\n"
        "if hasattr(os, 'nice'): os.nice(10)\n"
        "from relational_space.live.engine import Engine\n"
        "Engine()\n"
    )
    nowhere = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdin=nowhere, stdout=nowhere, stderr=nowhere
    )
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _loaded() -> "Engine":
    from relational_space.live.engine import Engine

    return Engine()


class Senses:
    """The engine of this process. `elsewhere` runs what takes long; `prepare` may compile it before."""

    def __init__(
        self,
        elsewhere: Elsewhere = asyncio.to_thread,
        prepare: Callable[[], Awaitable[None]] = compile_apart,
    ) -> None:
        self.elsewhere: Elsewhere = elsewhere
        self._prepare = prepare
        self._loading: asyncio.Task[None] | None = None
        self._engine: Engine | None = None
        self._waiting: list[Body] = []
        """Those for whom readings wait, each once."""
        self._beat: asyncio.TimerHandle | None = None

    def wake(self) -> None:
        """Somebody has come to a sitting that feels something: load the engine, if it isn't yet."""
        if self._loading is None:
            self._loading = asyncio.get_running_loop().create_task(self._load())

    async def _load(self) -> None:
        try:
            await self._prepare()
            self._engine = await self.elsewhere(_loaded)
        except Exception:
            log.exception("nothing can be felt here; sittings go on without")

    async def ready(self) -> None:
        """Wait until the engine is loaded, or can't be."""
        self.wake()
        if self._loading is not None:
            await self._loading

    async def stop(self) -> None:
        """Nothing is felt any more."""
        if self._beat is not None:
            self._beat.cancel()
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)

    @property
    def is_loading(self) -> bool:
        """Whether the engine is still being loaded: nothing can be said of what has come."""
        return self._loading is not None and not self._loading.done()

    def take(self, body: Body, frame: wire.Frame) -> None:
        """Readings for the next beat."""
        if not body.waiting:
            self._waiting.append(body)
        body.wait(frame)
        if self._beat is None:
            self._await_beat()

    def release(self, body: Body) -> Any:
        """What has been felt of somebody; nothing is remembered of them then. None when it was nothing."""
        if body.waiting:
            self._waiting.remove(body)
            self._hand_over([body])
        return None if self._engine is None else self._engine.release(body)

    def heard(self, body: Body) -> str:
        """Whether a phone was felt to breathe; nothing is remembered of it then."""
        breath = self.release(body)
        if breath is None:
            return "nothing"
        from relational_space.live.engine import heard

        return heard(breath, body.size)

    async def look(self, felt: Felt, length_s: LengthS) -> "Told":
        """What both are told of what was felt."""
        from relational_space.live.engine import look

        return await self.elsewhere(look, felt, length_s)

    def forget(self, body: Body) -> None:
        """Nothing is remembered of somebody any more."""
        if body.waiting:
            self._waiting.remove(body)
            body.waiting = []
        if self._engine is not None:
            self._engine.forget(body)

    def _await_beat(self) -> None:
        loop = asyncio.get_running_loop()
        self._beat = loop.call_at(next_beat_s(loop.time()), self._take_all)

    def _take_all(self) -> None:
        self._beat = None
        if self._engine is None:
            if self._waiting and self.is_loading:
                self._await_beat()
            return
        bodies, self._waiting = self._waiting, []
        self._hand_over(bodies)

    def _hand_over(self, bodies: list[Body]) -> None:
        if self._engine is None:
            return
        try:
            self._engine.hear(bodies)
        except Exception:
            log.exception("a beat of readings could not be heard, and is gone")
            for body in bodies:
                body.waiting = []


@dataclass(slots=True)
class Check:
    """A phone that is being listened to, before anything begins."""

    body: Body
    timer: asyncio.TimerHandle
    patience: int = 5
    """How many seconds more it may wait for the engine."""


class Feeling:
    """What one sitting feels. `on_swell` gets somebody's breath of the moment where a cue shows it: when, how
    far, and how sure."""

    def __init__(
        self, senses: Senses, pace: float, on_swell: Callable[[Seat, float, float, float], None]
    ) -> None:
        self._senses, self._pace, self._on_swell = senses, pace, on_swell
        self._loop = asyncio.get_running_loop()
        self._spans: list[Span] = []
        self._bodies: dict[tuple[Seat, str], Body] = {}
        self._checks: dict[Seat, Check] = {}
        self._words: list[Words] = []
        self._said: set[tuple[str, float, str]] = set()
        self._felt: Felt | None = None
        self._shows_breath = False
        self._off_s: dict[Seat, float] = {}

    def reckon(self, seats: Collection[Seat], off_s: float | None) -> None:
        """A page has said how far its stamps may be off; None where it can't say.

        Two at one device have one clock between them.
        """
        if len(seats) > 1:
            off_s = 0.0
        for seat in seats:
            self._off_s[seat] = math.inf if off_s is None else off_s
            if self._spans and self._spans[-1].end is None:
                self._spans[-1].reckon(seat, self._off_s[seat])

    def take(self, seat: Seat, frame: wire.Frame) -> None:
        """Readings of one person; what nothing asks for is dropped unread."""
        if self._checks and (check := self._checks.get(seat)) and frame.kind is wire.MOTION:
            self._senses.take(check.body, frame)
        for sense in self._allowed(frame.at):
            self._feel(seat, sense, frame)

    def _allowed(self, at: float) -> frozenset[str]:
        """What might be felt at this moment."""
        # Nearly always it is the newest, and this is asked for every frame of everybody.
        if self._spans and self._spans[-1].holds(at):
            return self._spans[-1].senses
        recent = self._spans[-RECENT_SPANS:]
        return next((span.senses for span in reversed(recent) if span.holds(at)), frozenset())

    def _feel(self, seat: Seat, sense: str, frame: wire.Frame) -> None:
        if sense == "breath" and frame.kind is not wire.MOTION:
            return
        # Whoever is seen by a camera and has a phone in the hand is felt by what came first.
        body = self._bodies.get((seat, sense))
        if body is None:
            body = self._bodies[seat, sense] = Body(sense, frame.kind, self._pace)
            self._show_breath()
        if body.kind is frame.kind:
            self._senses.take(body, frame)

    def _show_breath(self) -> None:
        """Have everybody's breath told to the other, where a cue shows it."""
        for (seat, sense), body in self._bodies.items():
            shown = sense == "breath" and self._shows_breath
            body.hears = partial(self._on_swell, seat) if shown else None

    # What the sitting allows.

    def follow(self, sitting: Sitting, at: float, languages: Mapping[Seat, str]) -> None:
        """A turn has been taken: what may be felt from now on, and what is to be forgotten."""
        if sitting.unsaid.unfelt:
            self.forget()
            return
        senses = frozenset(s for s in sitting.practice.senses if sitting.allows(Seat.ONE, s))
        cue = sitting.now
        self._shows_breath = "breath" in senses and cue is not None and "other-breath" in cue.show
        self._show_breath()
        open_ = self._spans[-1] if self._spans and self._spans[-1].end is None else None
        if open_ is not None and (open_.cue, open_.senses) != (sitting.cue, senses):
            open_.end = at
            open_ = None
        if senses and open_ is None:
            self._spans.append(Span(sitting.cue, senses, at, off_s=dict(self._off_s)))
        for seat in list(self._checks):
            if seat not in sitting.unsaid.felt:
                self._end_check(seat)
        if self._spans:
            self._note_words(sitting, languages)
        if sitting.closed and self._bodies:
            self._close(sitting)

    def _note_words(self, sitting: Sitting, languages: Mapping[Seat, str]) -> None:
        for seat, language in languages.items():
            shown = screen(sitting, frozenset({seat}), language)
            said = (shown.key, shown.begins_at, language)
            if shown.say and not shown.still and said not in self._said:
                self._said.add(said)
                self._words.append(Words(shown.begins_at, shown.say, language))

    def _close(self, sitting: Sitting) -> None:
        traces = {whose: self._senses.release(body) for whose, body in self._bodies.items()}
        self._felt = Felt(sitting, traces, tuple(self._words), tuple(self._spans))
        self._bodies.clear()
        self._spans.clear()

    def let_look(self) -> Felt | None:
        """What was felt, to be looked at once: it is not here any more."""
        felt, self._felt = self._felt, None
        return felt

    def forget(self) -> None:
        """Forget all that was felt, of both."""
        for body in self._bodies.values():
            self._senses.forget(body)
        self._bodies.clear()
        for seat in list(self._checks):
            self._end_check(seat)
        self._spans.clear()
        self._words.clear()
        self._said.clear()
        self._felt = None

    # Whether a phone feels its person.

    def listen(self, seat: Seat, answer: Callable[[str], None]) -> None:
        """Listen to one phone for a while, and answer what came of it."""
        self._end_check(seat)
        body = Body("breath", wire.Kind.MOTION, self._pace)
        timer = self._loop.call_later(LISTEN_S, self._answer, seat, answer)
        self._checks[seat] = Check(body, timer)

    def _answer(self, seat: Seat, answer: Callable[[str], None]) -> None:
        check = self._checks[seat]
        if self._senses.is_loading and check.patience:
            # "Nothing" would be said of a phone that is felt well.
            check.patience -= 1
            check.timer = self._loop.call_later(1.0, self._answer, seat, answer)
            return
        del self._checks[seat]
        answer(self._senses.heard(check.body))

    def _end_check(self, seat: Seat) -> None:
        check = self._checks.pop(seat, None)
        if check is not None:
            check.timer.cancel()
            self._senses.forget(check.body)
