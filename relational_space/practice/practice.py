"""The values of a practice: what its author wrote, read and checked.

Frozen, and free of any opinion about how they are stored, shown or spoken. A practice never
commands, never counts and never compares: there is no field here that could hold a score.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import TypeAlias

Words: TypeAlias = Mapping[str, str]
"""One text in several languages, by language tag."""

NO_WORDS: Words = MappingProxyType({})


class Seat(StrEnum):
    """One of the two people of a sitting; which is which was settled at the door."""

    ONE = "one"
    OTHER = "other"

    @property
    def partner(self) -> "Seat":
        return Seat.OTHER if self is Seat.ONE else Seat.ONE


BOTH_SEATS = frozenset(Seat)


class Stage(StrEnum):
    """Where a sitting is. It only ever moves forward in this order."""

    ARRIVING = "arriving"
    SETTLING = "settling"
    SITTING = "sitting"
    LANDING = "landing"
    CLOSED = "closed"


class Turn(StrEnum):
    """Whose turn a cue is. `FIRST` and `SECOND` become a seat once it is settled who leads."""

    BOTH = "both"
    FIRST = "one"
    SECOND = "other"


class Role(StrEnum):
    """How a cue speaks to somebody: to both alike, to the one whose turn it is, to the other."""

    BOTH = "both"
    LEADING = "leading"
    FOLLOWING = "following"


class Mark(StrEnum):
    """A bell and a vibration at the start of a cue, never in time with a breath."""

    NONE = "none"
    BEGIN = "begin"
    SWITCH = "switch"
    END = "end"


class Picture(StrEnum):
    """What the screen may do while a cue lasts. `STILL` is the only choice where nothing pulses."""

    STILL = "still"
    DRIFT = "drift"


class View(StrEnum):
    """What two in two places see of each other on a call: nothing, or a picture of one of these kinds."""

    NONE = "none"
    MIRROR = "mirror"
    FACE = "face"
    WINDOW = "window"


class Call(IntEnum):
    """How two in two places are joined besides the guide; the smaller of two wishes is what happens."""

    NOTHING = 0
    SOUND = 1
    PICTURE = 2


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the practice's joint form. The first rung of a ladder is the smallest.

    `apart` are the words under which it is offered to two people in two places; a rung without them
    is not offered there. `view` is what they see of each other at this rung, where they have a call.
    """

    name: str
    label: Words
    say: Words
    offered: bool
    touch: bool
    eyes: bool
    apart: Words = field(default_factory=lambda: NO_WORDS)
    view: View = View.NONE

    def offered_as(self, *, apart: bool) -> Words:
        """The words it is offered under, in one room or in two places; none where it isn't."""
        if apart:
            return self.apart
        return self.label if self.offered else NO_WORDS


@dataclass(frozen=True, slots=True)
class Lasts:
    """How long a cue lasts, in sitting seconds; `song` means until a song that somebody plays ends."""

    shortest_s: float
    longest_s: float
    song: bool = False

    @property
    def chosen(self) -> bool:
        return self.longest_s > self.shortest_s


@dataclass(frozen=True, slots=True)
class Hint:
    """Words shown only to someone who asks for them."""

    label: Words
    text: Words


@dataclass(frozen=True, slots=True)
class Saying:
    """What a cue says, by role. A practice that says the same to both has only `Role.BOTH`."""

    by_role: Mapping[Role, Words]

    def to(self, role: Role) -> Words:
        return self.by_role.get(role) or self.by_role.get(Role.BOTH) or NO_WORDS


@dataclass(frozen=True, slots=True)
class Cue:
    """One moment of a practice: what is said, for how long, and whose turn it is."""

    name: str
    stage: Stage
    turn: Turn
    lasts: Lasts
    say: Saying
    say_at: Mapping[str, Saying] = field(default_factory=dict)
    up_to: str | None = None
    more_s: float = 0.0
    may_pass: bool = False
    offer: Words = field(default_factory=lambda: NO_WORDS)
    needs_yes: bool = False
    mark: Mark = Mark.NONE
    picture: Picture = Picture.STILL
    sense: frozenset[str] = frozenset()
    show: frozenset[str] = frozenset()
    hints: tuple[Hint, ...] = ()
    hides: bool = False
    """Whether no picture of the other is wanted while this lasts."""
    arrives: bool = False
    """Whether this follows a turn: each has words of their own then, and it is nobody's turn."""

    @property
    def asks(self) -> bool:
        """Whether this cue is a question that both have to say yes to."""
        return bool(self.offer)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a private question."""

    name: str
    label: Words
    leads_to: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A private question. Its answer stays with the person who gave it."""

    name: str
    when: str
    kind: str
    ask: Words
    options: tuple[Option, ...] = ()
    check_in: bool = False

    @property
    def is_gate(self) -> bool:
        """Whether it is asked of each alone before anything is chosen, and may end it there."""
        return self.when == "before" and any(o.leads_to == "safety" for o in self.options)


@dataclass(frozen=True, slots=True)
class Adaptation:
    """Other words for one body or one situation, on that person's device alone."""

    need: str
    text: Words


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about a practice, and where it was read."""

    text: Words
    source: str


@dataclass(frozen=True, slots=True)
class Link:
    """A sitting that this one leads to, some days later."""

    practice: str
    after_days: int


@dataclass(frozen=True, slots=True)
class Practice:
    """An ordered list of cues with everything that somebody should know before saying yes."""

    name: str
    languages: tuple[str, ...]
    title: Words
    promise: Words
    touch: Words
    ladder: tuple[Rung, ...]
    cues: tuple[Cue, ...]
    questions: tuple[Question, ...]
    adaptations: tuple[Adaptation, ...]
    cautions: tuple[Words, ...]
    evidence: tuple[Evidence, ...]
    limits: Words
    begins_with: str | None
    later: bool
    link: Link | None

    def rung(self, name: str) -> int | None:
        """The place of a rung on the ladder, or None when the ladder has no such rung."""
        return next((i for i, rung in enumerate(self.ladder) if rung.name == name), None)

    @property
    def shortest_s(self) -> float:
        """How long it takes when everything is at its shortest and no offer is taken up."""
        return sum(cue.lasts.shortest_s for cue in self.cues if not cue.needs_yes)

    @property
    def longest_s(self) -> float:
        return sum(cue.lasts.longest_s for cue in self.cues)

    @property
    def can_use_songs(self) -> bool:
        return any(cue.lasts.song for cue in self.cues)

    @property
    def gate(self) -> Question | None:
        """What is asked first, of each alone.

        A practice with a gate is for a device each: at a shared one nothing can be asked in private.
        """
        return next((question for question in self.questions if question.is_gate), None)

    @property
    def senses(self) -> frozenset[str]:
        """What phones may feel somewhere in it."""
        return frozenset().union(*(cue.sense for cue in self.cues))

    @property
    def shows(self) -> frozenset[str]:
        """What of the other, or of a pace, is shown somewhere in it while it runs."""
        return frozenset().union(*(cue.show for cue in self.cues))

    @property
    def most_call(self) -> Call:
        """The most that a call can be here: a picture where a rung for two places has a view."""
        return (
            Call.PICTURE if any(rung.view is not View.NONE for rung in self.ladder) else Call.SOUND
        )

    @property
    def takes_turns(self) -> bool:
        return any(cue.turn is not Turn.BOTH for cue in self.cues)


def in_language(words: Words, language: str) -> str:
    """The text in this language, else in its base language, else in English, else in any."""
    for tag in (language, language.partition("-")[0], "en"):
        if tag in words:
            return words[tag]
    return next(iter(words.values()), "")


def questions(settle: Practice | None, practice: Practice) -> tuple[Question, ...]:
    """All private questions of a sitting: those of every sitting, and the practice's own.

    What may lead to help comes first, so that nobody has to get through a check-in to reach it, and
    then the check-in. That "was any of that more than you wanted?" is asked in every sitting does not
    hang on an author remembering it.
    """
    asked = (settle.questions if settle else ()) + practice.questions

    def order(question: Question) -> int:
        leads = any(option.leads_to for option in question.options)
        return 0 if leads else 1 if question.check_in else 2

    return tuple(sorted(asked, key=order))


def plan(settle: Practice | None, practice: Practice, *, first: Seat) -> tuple[Cue, ...]:
    """All cues of a sitting in order: settling, the practice, landing; turns given to seats."""
    swap = {Turn.BOTH: Turn.BOTH, Turn.FIRST: Turn.SECOND, Turn.SECOND: Turn.FIRST}
    cues = (settle.cues if settle else ()) + practice.cues
    if first is Seat.OTHER:
        cues = tuple(replace(cue, turn=swap[cue.turn]) for cue in cues)
    order = list(Stage)
    return tuple(sorted(cues, key=lambda cue: order.index(cue.stage)))
