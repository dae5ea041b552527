"""How a sitting runs: the fold of its events.

Rules.

1. `step` first catches up with the clock, then hears the command. What time alone brings happens at
   the moment it was due and not when somebody looked, so how often the clock ticks changes nothing.
2. `apply` is the only place where a sitting changes, and it sees nothing but the event. So the state
   is the fold of the events, and a reload is exact.
3. What one person chose, accepted, declined or pressed is in `Unsaid`: memory, never an event. After
   a restart it is gone and is asked again. Only a yes to being felt is not asked again in the middle.
4. A command that does not fit the moment raises `Refused`, and nothing has happened.
5. Either person can stop it at any moment, and then it always closes. While it arrives and settles,
   stopping, leaving, "not today", no answer and a closed page are one and the same silence: both are
   let go at the end of settling, together.
6. Nothing waits for ever. `due` says when time alone moves it next.

Time is sitting seconds since it was opened. Limits that concern the world (a dropped phone, the lead
that two devices need to switch together) are real seconds and are multiplied by the pace.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TypeAlias

from relational_space.practice.errors import Refused
from relational_space.practice.events import (
    Began,
    Closed,
    CueBegan,
    Event,
    Held,
    Joined,
    Landed,
    Lengthened,
    Opened,
    Paused,
    Resumed,
    RungSet,
)
from relational_space.practice.practice import (
    BOTH_SEATS,
    Call,
    Cue,
    Practice,
    Rung,
    Seat,
    Stage,
    View,
    plan,
)
from relational_space.practice.reading import read

AHEAD_S = 0.25
"""Real seconds between a decision and its effect, so that a cue reaches both devices before it begins."""

ARRIVE_S = 120.0
"""Settling begins this long after both are here, also when somebody has pressed nothing."""

LONELY_S = 3600.0
"""Real seconds after which a sitting that only one person came to is closed."""

SEAT_S = 600.0
"""Real seconds for which a seat is kept while the sitting stands still."""

GO_ON_S = 20.0
"""While settling and landing, one person's wish to go on waits so many real seconds for the other's."""

SONG_S = 420.0
"""The longest song that a turn waits for."""

MORE_S = 600.0
"""The most by which one cue can be lengthened, so that every sitting has an end."""

REFLECT_S = 180.0
"""Real seconds after closing in which what was felt can be looked at, if both ask. Then it is gone."""
KEEP_S = 2 * REFLECT_S
"""Real seconds after closing in which both can ask to keep what they look at, on their own devices."""

MOST_EVENTS = 600
"""When so much has happened, pausing once more lands: two who pause without end would fill a disk.

Nobody comes near to it; half an hour in which every ten seconds are a pause stays below.
"""


# What a person may say. Each carries the seats of the device that it came from: both, when shared.


@dataclass(frozen=True, slots=True)
class Join:
    seats: frozenset[Seat]


@dataclass(frozen=True, slots=True)
class Choose:
    """Privately: the largest rung welcome today, and whether a longer form is. "Not today" is silence."""

    seats: frozenset[Seat]
    rung: str
    longer: bool = False


@dataclass(frozen=True, slots=True)
class Unchoose:
    """Privately: back to silence."""

    seats: frozenset[Seat]


@dataclass(frozen=True, slots=True)
class Ready:
    """Has read what will happen. The same whatever was chosen."""

    seats: frozenset[Seat]


@dataclass(frozen=True, slots=True)
class Accept:
    """Privately: yes to what this cue offers."""

    seats: frozenset[Seat]
    cue: int


@dataclass(frozen=True, slots=True)
class Smaller:
    seats: frozenset[Seat]


@dataclass(frozen=True, slots=True)
class Pause:
    seats: frozenset[Seat]


@dataclass(frozen=True, slots=True)
class GoOn:
    seats: frozenset[Seat]


@dataclass(frozen=True, slots=True)
class Pass:
    """Meant for the cue that was on the screen, so that two presses at once don't skip two turns."""

    seats: frozenset[Seat]
    cue: int


@dataclass(frozen=True, slots=True)
class MoreTime:
    """Meant for the cue that was on the screen, so that two presses at once don't skip two turns."""

    seats: frozenset[Seat]
    cue: int


@dataclass(frozen=True, slots=True)
class SongEnded:
    """Meant for the cue that was on the screen, so that two presses at once don't skip two turns."""

    seats: frozenset[Seat]
    cue: int


@dataclass(frozen=True, slots=True)
class Feel:
    """Privately: this phone may feel its person, in this sitting only.

    Two at one device say it aloud to each other, and only a camera that sees both tells them apart.
    """

    seats: frozenset[Seat]
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Unfeel:
    """Privately: taken back. What has been felt of the other counts for nothing then, either."""

    seats: frozenset[Seat]


@dataclass(frozen=True, slots=True)
class AskReflection:
    """Privately, once it is over: would look at what was felt, if the other would, too."""

    seats: frozenset[Seat]


@dataclass(frozen=True, slots=True)
class AskKeep:
    """Privately, once they look at it: would keep it for the two of them, if the other would, too."""

    seats: frozenset[Seat]


@dataclass(frozen=True, slots=True)
class WishCall:
    """Privately, for this sitting: the most of a call that is welcome. Once they sit it only shrinks."""

    seats: frozenset[Seat]
    call: Call


@dataclass(frozen=True, slots=True)
class Stop:
    """Stops or leaves: the end for this person at once, and for the other kindly."""

    seats: frozenset[Seat]


# What the room says of the devices.


@dataclass(frozen=True, slots=True)
class Away:
    """A device has not been heard for so long that both should wait."""

    seats: frozenset[Seat]


@dataclass(frozen=True, slots=True)
class Back:
    seats: frozenset[Seat]


Command: TypeAlias = (
    Join
    | Choose
    | Unchoose
    | Ready
    | Accept
    | Smaller
    | Pause
    | GoOn
    | Pass
    | MoreTime
    | SongEnded
    | Feel
    | Unfeel
    | AskReflection
    | AskKeep
    | WishCall
    | Stop
    | Away
    | Back
)


@dataclass(frozen=True, slots=True)
class Unsaid:
    """What people have said that no one else may learn. It is lost with the process, on purpose."""

    choices: Mapping[Seat, tuple[int, bool]] = field(default_factory=dict)
    ready: frozenset[Seat] = frozenset()
    accepted: frozenset[Seat] = frozenset()
    going_on: frozenset[Seat] = frozenset()
    going_on_since: float | None = None
    away: frozenset[Seat] = frozenset()
    gone: frozenset[Seat] = frozenset()
    felt: frozenset[Seat] = frozenset()
    unfelt: bool = False
    """Whether somebody has taken their yes back since the practice began: then nobody is felt."""
    asked: frozenset[Seat] = frozenset()
    keeping: frozenset[Seat] = frozenset()
    calls: Mapping[Seat, Call] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sitting:
    """One run of a practice by two people, caught up to `at`."""

    opened: Opened
    practice: Practice
    plan: tuple[Cue, ...]
    number: int
    at: float
    stage: Stage = Stage.ARRIVING
    joined: frozenset[Seat] = frozenset()
    together_at: float | None = None
    cue: int | None = None
    begins_at: float = 0.0
    extra_s: float = 0.0
    still_s: float = 0.0
    still_since: float | None = None
    held: bool = False
    rung: int | None = None
    rung_set_in: int | None = None
    longer: bool = False
    unsaid: Unsaid = field(default_factory=Unsaid)

    @property
    def now(self) -> Cue | None:
        return None if self.cue is None else self.plan[self.cue]

    @property
    def closed(self) -> bool:
        return self.stage is Stage.CLOSED

    @property
    def is_still(self) -> bool:
        return self.still_since is not None

    def real(self, seconds: float) -> float:
        """Real seconds as sitting seconds."""
        return seconds * self.opened.pace

    def plays_song(self, cue: Cue) -> bool:
        """Whether this cue lasts until a song that somebody plays has ended."""
        return cue.lasts.song and self.opened.song

    def more_s(self, cue: Cue) -> float:
        """By how much either can lengthen this cue. A song has an end of its own."""
        return 0.0 if self.plays_song(cue) else cue.more_s

    def lasts_s(self, cue: Cue) -> float:
        """How long this cue lasts here, were nothing asked."""
        if self.plays_song(cue):
            return SONG_S
        return cue.lasts.longest_s if self.longer else cue.lasts.shortest_s

    @property
    def ends_at(self) -> float:
        """When the cue under way ends, were it to go on now and nothing asked."""
        cue = self.now
        if cue is None:
            return self.begins_at
        return self.begins_at + self.lasts_s(cue) + self.extra_s + self.still_s

    def allows(self, seat: Seat, sense: str) -> bool:
        """Whether this person may be felt by this sense just now: only ever with both people's yes."""
        cue, unsaid = self.now, self.unsaid
        if (
            self.stage is not Stage.SITTING
            or self.is_still
            or cue is None
            or sense not in cue.sense
        ):
            return False
        return seat in unsaid.felt and unsaid.felt == BOTH_SEATS and not unsaid.unfelt

    @property
    def reflects(self) -> bool:
        """Whether both would look at what was felt; it is never known to one alone."""
        unsaid = self.unsaid
        return self.closed and unsaid.asked == BOTH_SEATS and not unsaid.unfelt

    @property
    def keeps(self) -> bool:
        """Whether both would keep what they look at; it is never known to one alone."""
        return self.reflects and self.unsaid.keeping == BOTH_SEATS

    def wish(self, seat: Seat) -> Call:
        """What somebody would have of a call; nothing, unless they have said more."""
        return self.unsaid.calls.get(seat, Call.NOTHING)

    @property
    def call(self) -> Call:
        """What both would have of a call, from when they sit. Before that it would tell of a wish."""
        if self.stage not in (Stage.SITTING, Stage.LANDING):
            return Call.NOTHING
        most = Call.SOUND if self._rung_view is View.NONE else Call.PICTURE
        return min(most, *(self.wish(seat) for seat in Seat))

    @property
    def view(self) -> View:
        """How each would see the other just now. Nobody is seen in a pause."""
        hides = self.is_still or self.now is None or self.now.hides
        return View.NONE if hides else self._rung_view

    @property
    def _rung_view(self) -> View:
        """What the rung shows of the other. Landing is for parting: nobody is seen there."""
        if self.stage is not Stage.SITTING or self.rung is None:
            return View.NONE
        return self.practice.ladder[self.rung].view

    @property
    def can_be_smaller(self) -> bool:
        return self.stage is Stage.SITTING and self.rung is not None and self.rung > 0


# The machine: for each stage, the events that may come and where each leads. Pauses, turns and
# lengths do not change the stage. What happens inside a stage is in `apply`, below; what an event
# needs before it comes is in `_hear` and `_time_alone`. The drawing in ARCHITECTURE.md is made from
# this table.
WITHIN: tuple[type[Event], ...] = (CueBegan, Lengthened, Paused, Held, Resumed)

TRANSITIONS: Mapping[Stage, Mapping[type[Event], Stage]] = {
    Stage.ARRIVING: {Joined: Stage.ARRIVING, Began: Stage.SETTLING, Closed: Stage.CLOSED},
    Stage.SETTLING: {
        **dict.fromkeys(WITHIN, Stage.SETTLING),
        RungSet: Stage.SITTING,
        Landed: Stage.LANDING,
        Closed: Stage.CLOSED,
    },
    Stage.SITTING: {
        **dict.fromkeys(WITHIN, Stage.SITTING),
        RungSet: Stage.SITTING,
        Landed: Stage.LANDING,
    },
    Stage.LANDING: {**dict.fromkeys(WITHIN, Stage.LANDING), Closed: Stage.CLOSED},
    Stage.CLOSED: {},
}


@lru_cache(maxsize=64)
def _practice(name: str, text: str) -> Practice:
    return read(text, name=name)


def fold(events: Iterable[Event]) -> Sitting:
    """The sitting that these events made; the first must be `Opened`."""
    sequence = iter(events)
    opened = next(sequence)
    if not isinstance(opened, Opened):
        raise ValueError("a sitting's first event is Opened")
    practice = _practice(opened.practice_name, opened.practice_text)
    settle = _practice("settle", opened.settle_text) if opened.settle_text else None
    cues = plan(settle, practice, first=opened.first)
    sitting = Sitting(opened=opened, practice=practice, plan=cues, number=1, at=opened.at)
    for event in sequence:
        sitting = apply(sitting, event)
    return sitting


def apply(sitting: Sitting, event: Event) -> Sitting:
    """The sitting after this event; ValueError when the table has no way for it."""
    stage = TRANSITIONS[sitting.stage].get(type(event))
    if stage is None:
        raise ValueError(f"{type(event).__name__} can't come while {sitting.stage}")
    after = replace(sitting, stage=stage, number=sitting.number + 1, at=event.at)
    match event:
        case Joined(seat=seat):
            joined = sitting.joined | {seat}
            return replace(
                after, joined=joined, together_at=event.at if joined == BOTH_SEATS else None
            )
        case Began(begins_at=begins_at):
            return _at_cue(after, 0, begins_at)
        case CueBegan(cue=cue, begins_at=begins_at):
            return _at_cue(after, cue, begins_at)
        case Landed(begins_at=begins_at):
            first = _first_of(sitting.plan, Stage.LANDING)
            if first is None:
                return replace(after, cue=None, begins_at=begins_at, still_since=None, held=False)
            return _at_cue(after, first, begins_at)
        case RungSet(rung=rung, longer=longer):
            set_in = sitting.cue if sitting.stage is Stage.SITTING else None
            return replace(after, rung=rung, longer=longer, rung_set_in=set_in)
        case Lengthened(by_s=by_s):
            return replace(after, extra_s=sitting.extra_s + by_s)
        case Paused() | Held():
            since = event.at if sitting.still_since is None else sitting.still_since
            return replace(after, still_since=since, held=isinstance(event, Held))
        case Resumed(begins_at=begins_at):
            since = begins_at if sitting.still_since is None else sitting.still_since
            stood_s = begins_at - since
            unsaid = replace(sitting.unsaid, going_on=frozenset(), going_on_since=None)
            after = replace(after, still_since=None, held=False, unsaid=unsaid)
            # Between a decision and the cue that it brings, a pause moves the whole cue.
            if since < sitting.begins_at:
                return replace(after, begins_at=sitting.begins_at + stood_s)
            return replace(after, still_s=sitting.still_s + stood_s)
        case _:
            return after


def _at_cue(sitting: Sitting, cue: int, begins_at: float) -> Sitting:
    unsaid = replace(
        sitting.unsaid, accepted=frozenset(), going_on=frozenset(), going_on_since=None
    )
    return replace(
        sitting,
        cue=cue,
        begins_at=begins_at,
        extra_s=0.0,
        still_s=0.0,
        still_since=None,
        held=False,
        unsaid=unsaid,
    )


def _first_of(cues: tuple[Cue, ...], stage: Stage) -> int | None:
    return next((i for i, cue in enumerate(cues) if cue.stage is stage), None)


def due(sitting: Sitting) -> float | None:
    """When time alone moves this sitting next; None when it has closed."""
    match sitting.stage:
        case Stage.CLOSED:
            return None
        case Stage.ARRIVING:
            if sitting.together_at is not None:
                return sitting.together_at + ARRIVE_S
            return sitting.opened.at + sitting.real(LONELY_S)
        case _ if sitting.still_since is not None:
            kept_until = sitting.still_since + sitting.real(SEAT_S)
            since = sitting.unsaid.going_on_since
            if since is None or sitting.stage is Stage.SITTING:
                return kept_until
            return min(since + sitting.real(GO_ON_S), kept_until)
        case _:
            return sitting.ends_at


def undecided(sitting: Sitting) -> bool:
    """Whether what comes at `due` hangs on what two people have said in private.

    Nothing that is shown ahead may reach past such a moment: it would tell.
    """
    cue = sitting.now
    if sitting.stage is Stage.SETTLING:
        last = sitting.cue == len(sitting.plan) - 1
        return not last and sitting.plan[(sitting.cue or 0) + 1].stage is not Stage.SETTLING
    return cue is not None and cue.asks


def _time_alone(sitting: Sitting, at: float) -> tuple[Event, ...]:
    """What comes at `at` because the time has come."""
    if sitting.stage is Stage.ARRIVING:
        if sitting.together_at is None:
            return (Closed(at),)
        return (Began(at, at + sitting.real(AHEAD_S)),)
    if sitting.still_since is not None:
        if sitting.stage is Stage.SITTING:
            return (Landed(at, at),)
        if at < sitting.still_since + sitting.real(SEAT_S):
            return (Resumed(at, at + sitting.real(AHEAD_S)),)
        return (Closed(at),)
    return _next(sitting, at, at)


def _next(sitting: Sitting, at: float, begins_at: float) -> tuple[Event, ...]:
    """What follows the cue under way."""
    cue = sitting.now
    following = 0 if sitting.cue is None else sitting.cue + 1
    if cue is not None and cue.asks:
        begins_at = at + sitting.real(AHEAD_S)
        if sitting.unsaid.accepted != BOTH_SEATS or sitting.unsaid.away:
            following += 1
    if following >= len(sitting.plan) or sitting.cue is None:
        return (Closed(at),)
    stage = sitting.plan[following].stage
    if stage is sitting.stage:
        return (CueBegan(at, following, begins_at),)
    if sitting.stage is Stage.SETTLING:
        return _after_settling(sitting, at, following)
    return (Landed(at, begins_at),)


def _after_settling(sitting: Sitting, at: float, following: int) -> tuple[Event, ...]:
    """The one moment at which two private answers become one result, or an end that names nobody."""
    unsaid = sitting.unsaid
    begins_at = at + sitting.real(AHEAD_S)
    if not sitting.practice.ladder:
        return (Landed(at, begins_at),)
    if set(unsaid.choices) != BOTH_SEATS or unsaid.away or unsaid.gone:
        return (Closed(at),)
    rung = min(rung for rung, _ in unsaid.choices.values())
    longer = all(longer for _, longer in unsaid.choices.values())
    if sitting.opened.begins_low:
        longer = False
        while rung > 0 and sitting.practice.ladder[rung].eyes:
            rung -= 1
    return (RungSet(at, rung, longer), CueBegan(at, following, begins_at))


def step(sitting: Sitting, command: Command | None, at: float) -> tuple[Sitting, tuple[Event, ...]]:
    """Catch up with the clock to `at`, then hear the command.

    Raises Refused, in a sentence for the person, when the command does not fit this moment.
    """
    events: list[Event] = []
    at = max(at, sitting.at)
    while (when := due(sitting)) is not None and when <= at:
        for event in _time_alone(sitting, max(when, sitting.at)):
            sitting = apply(sitting, event)
            events.append(event)
    if command is not None:
        sitting, heard = _hear(sitting, command, at)
        for event in heard:
            sitting = apply(sitting, event)
            events.append(event)
    return sitting, tuple(events)


def _hear(sitting: Sitting, command: Command, at: float) -> tuple[Sitting, tuple[Event, ...]]:
    """What a command brings: a change of what is unsaid, and events."""
    unsaid, seats = sitting.unsaid, command.seats
    soon = at + sitting.real(AHEAD_S)
    if sitting.closed:
        return _hear_afterwards(sitting, command, at), ()
    match command:
        case Join():
            if sitting.stage is not Stage.ARRIVING or seats <= sitting.joined:
                return _with(sitting, away=unsaid.away - seats), ()
            return sitting, tuple(Joined(at, s) for s in sorted(seats - sitting.joined))
        case Choose(rung=name, longer=longer):
            _only(sitting, Stage.ARRIVING, Stage.SETTLING)
            rung = sitting.practice.rung(name)
            if rung is None or not _is_offered(sitting.practice.ladder[rung]):
                raise Refused("This practice has no such choice.")
            choices = {**unsaid.choices, **dict.fromkeys(seats, (rung, longer))}
            gone = unsaid.gone - seats
            return _with(sitting, choices=choices, gone=gone), ()
        case Unchoose():
            _only(sitting, Stage.ARRIVING, Stage.SETTLING)
            return _without_choice(sitting, seats), ()
        case Ready():
            if sitting.stage is not Stage.ARRIVING:
                return sitting, ()
            ready = unsaid.ready | seats
            sitting = _with(sitting, ready=ready)
            if ready == BOTH_SEATS and sitting.joined == BOTH_SEATS:
                return sitting, (Began(at, soon),)
            return sitting, ()
        case Accept(cue=cue):
            if not _under_way(sitting, cue, at).asks:
                raise Refused("Nothing is being asked just now.")
            return _with(sitting, accepted=unsaid.accepted | seats), ()
        case Smaller():
            if not sitting.can_be_smaller:
                raise Refused("It is as small as it can be. You can pause or stop.")
            return sitting, (RungSet(at, (sitting.rung or 0) - 1, sitting.longer),)
        case Pause():
            _only(sitting, Stage.SETTLING, Stage.SITTING, Stage.LANDING)
            if sitting.is_still:
                return sitting, ()
            if sitting.number < MOST_EVENTS:
                return sitting, (Paused(at),)
            if sitting.stage is Stage.SITTING:
                return sitting, (Landed(at, soon),)
            raise Refused("After so many pauses it goes on now. You can stop at any moment.")
        case GoOn():
            if not sitting.is_still:
                return sitting, ()
            since = at if unsaid.going_on_since is None else unsaid.going_on_since
            sitting = _with(sitting, going_on=unsaid.going_on | seats, going_on_since=since)
            return _go_on_together(sitting, at)
        case Pass(cue=cue):
            if not _under_way(sitting, cue, at).may_pass:
                raise Refused("This moment can't be passed. You can pause or stop.")
            return sitting, _next(sitting, at, soon)
        case MoreTime(cue=cue):
            more_s = sitting.more_s(_under_way(sitting, cue, at))
            full = sitting.extra_s + more_s > MORE_S or sitting.number >= MOST_EVENTS
            if more_s == 0 or full:
                raise Refused("This moment can't be made longer.")
            return sitting, (Lengthened(at, more_s),)
        case SongEnded(cue=cue):
            if not sitting.plays_song(_under_way(sitting, cue, at)):
                raise Refused("No song is playing just now.")
            return sitting, _next(sitting, at, soon)
        case Feel():
            _only(sitting, Stage.ARRIVING, Stage.SETTLING)
            if not sitting.practice.senses:
                raise Refused("Nothing is felt in this practice.")
            if len(seats) > 1 and not (command.seen and "movement" in sitting.practice.senses):
                raise Refused("One phone can feel only one of you. Two phones can feel you both.")
            return _with(sitting, felt=unsaid.felt | seats), ()
        case Unfeel():
            return _unfeel(sitting, seats), ()
        case AskReflection():
            raise Refused("You can look at this together once you have finished.")
        case AskKeep():
            raise Refused("That can be asked once you look at this together.")
        case WishCall(call=call):
            begun = sitting.stage not in (Stage.ARRIVING, Stage.SETTLING)
            if begun and any(call > sitting.wish(seat) for seat in seats):
                raise Refused(
                    "That can be said before a sitting begins. Less is fine at any moment."
                )
            return _wishing(sitting, seats, call), ()
        case Stop():
            return _stop(sitting, seats, at, soon)
        case Away():
            sitting = _with(sitting, away=unsaid.away | seats)
            if sitting.stage is Stage.SITTING and not sitting.held:
                return sitting, (Held(at),)
            return sitting, ()
        case Back():
            sitting = _with(sitting, away=unsaid.away - seats)
            return _go_on_together(sitting, at)


def _hear_afterwards(sitting: Sitting, command: Command, at: float) -> Sitting:
    """What is heard when it is over. All of it is private, and none of it is an event."""
    match command:
        case AskReflection(seats=seats):
            # Who has said no, or nothing, gets the same answer: that somebody was felt is not told.
            too_late = at - sitting.at > sitting.real(REFLECT_S)
            if too_late or not seats <= sitting.unsaid.felt:
                raise Refused("There is nothing to look at.")
            return _with(sitting, asked=sitting.unsaid.asked | seats)
        case AskKeep(seats=seats):
            # The answer hangs on nothing that the other has said.
            if at - sitting.at > sitting.real(KEEP_S) or not seats <= sitting.unsaid.asked:
                raise Refused("There is nothing to keep.")
            return _with(sitting, keeping=sitting.unsaid.keeping | seats)
        case Unfeel(seats=seats):
            return _unfeel(sitting, seats)
        case Stop() | Away() | Back():
            return sitting
        case _:
            raise Refused("This sitting has ended.")


def _unfeel(sitting: Sitting, seats: frozenset[Seat]) -> Sitting:
    unsaid = sitting.unsaid
    began = sitting.stage not in (Stage.ARRIVING, Stage.SETTLING)
    return _with(
        sitting,
        felt=unsaid.felt - seats,
        asked=unsaid.asked - seats,
        keeping=unsaid.keeping - seats,
        # Before it began a yes can be given again, and nobody has been felt.
        unfelt=unsaid.unfelt or (began and bool(unsaid.felt & seats)),
    )


def _is_offered(rung: Rung) -> bool:
    # Whether two people sit in one room or in two places is no event, and no choice can be too
    # small: so a rung that is offered in either may be chosen.
    return rung.offered or bool(rung.apart)


def _with(sitting: Sitting, **changes: object) -> Sitting:
    return replace(sitting, unsaid=replace(sitting.unsaid, **changes))  # type: ignore[arg-type]


def _without_choice(sitting: Sitting, seats: frozenset[Seat]) -> Sitting:
    left = {s: c for s, c in sitting.unsaid.choices.items() if s not in seats}
    return _with(sitting, choices=left)


def _wishing(sitting: Sitting, seats: frozenset[Seat], call: Call) -> Sitting:
    return _with(sitting, calls={**sitting.unsaid.calls, **dict.fromkeys(seats, call)})


def _only(sitting: Sitting, *stages: Stage) -> None:
    if sitting.stage not in stages:
        raise Refused("That moment has passed.")


def _under_way(sitting: Sitting, cue: int, at: float) -> Cue:
    """The cue that was meant, if it is the one under way."""
    if sitting.is_still or sitting.stage is not Stage.SITTING:
        raise Refused("Nothing is under way just now.")
    if cue != sitting.cue or at < sitting.begins_at:
        raise Refused("That moment has passed.")
    return sitting.plan[cue]


def _go_on_together(sitting: Sitting, at: float) -> tuple[Sitting, tuple[Event, ...]]:
    unsaid = sitting.unsaid
    # Only while they sit is it shared who is away. Before and after, to wait for somebody, or not to,
    # because of what they did in private would tell it: there the other's press is waited for as
    # long, whether they are still there or not (`GO_ON_S`).
    waits = sitting.stage is Stage.SITTING and unsaid.away
    if sitting.is_still and unsaid.going_on == BOTH_SEATS and not waits:
        return sitting, (Resumed(at, at + sitting.real(AHEAD_S)),)
    return sitting, ()


def _stop(
    sitting: Sitting, seats: frozenset[Seat], at: float, soon: float
) -> tuple[Sitting, tuple[Event, ...]]:
    sitting = _wishing(sitting, seats, Call.NOTHING)
    if sitting.stage is Stage.SITTING:
        return sitting, (Landed(at, soon),)
    if sitting.stage is not Stage.LANDING:
        sitting = _without_choice(sitting, seats)
    sitting = _with(sitting, gone=sitting.unsaid.gone | seats)
    # An early end would tell whoever stops second, and still listens, that the other has stopped.
    # Two at one device have nobody to tell.
    return sitting, (Closed(at),) if seats == BOTH_SEATS else ()
