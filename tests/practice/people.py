"""Practices and histories for the tests of the machine: Ada sits at one, Ben at the other."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from relational_space.practice.errors import Refused
from relational_space.practice.events import Event, Opened
from relational_space.practice.practice import BOTH_SEATS, Call, Seat
from relational_space.practice.sitting import (
    AHEAD_S,
    Accept,
    AskKeep,
    AskReflection,
    Away,
    Back,
    Choose,
    Command,
    Feel,
    GoOn,
    Join,
    MoreTime,
    Pass,
    Pause,
    Ready,
    Sitting,
    Smaller,
    SongEnded,
    Stop,
    Unchoose,
    Unfeel,
    Unsaid,
    WishCall,
    fold,
    step,
)

SETTLED_S = 61.0
"""A little longer than `SETTLE` lasts."""

ADA = frozenset({Seat.ONE})
BEN = frozenset({Seat.OTHER})

HEAD = """
format = 1
languages = ["en"]
[title]
en = "A practice"
[promise]
en = "What it is."
[touch]
en = "No touch."
[limits]
en = "Nobody has tested it."
"""

SETTLE = (
    HEAD
    + """
[[cue]]
name = "look round"
lasts = "20 s"
[cue.say]
en = "look round"
[[cue]]
name = "feet"
lasts = "40 s"
[cue.say]
en = "feel your feet"
"""
)

BODY = """
begins_with = "settle"
[[caution]]
en = "Anyone may skip this."
[[ladder]]
name = "apart"
en = "A little apart"
[ladder.say]
en = "let some space come between you"
[[ladder]]
name = "near"
en = "Near"
offered = true
[[ladder]]
name = "touching"
en = "Touching"
offered = true
touch = true
[[ladder]]
name = "facing"
en = "Touching and looking"
offered = true
touch = true
eyes = true
"""

NEAR_FIRST = """
[[cue]]
name = "near each other"
lasts = "60 s"
up_to = "near"
sense = ["breath", "movement"]
[cue.say]
en = "said at facing"
[cue.at.touching]
en = "said at touching"
[cue.at.near]
en = "said at near"
[cue.at.apart]
en = "said at apart"
"""

TURNS = """
[[cue]]
name = "turns"
turn = "each"
sense = ["movement"]
rounds = {rounds}
lasts = "{lasts}"
more = "30 s"
pass = true
mark = "begin"
[cue.say]
en = "one leads"
[cue.say.leading]
en = "you lead"
[cue.say.following]
en = "you follow"
[cue.switched]
en = "change over"
[cue.at.near]
en = "one leads, near"
[cue.at.near.leading]
en = "you lead, near"
[cue.at.near.following]
en = "you follow, near"
"""

AFTER = """
[cue.after]
lasts = "10 s"
[cue.after.say]
en = "a moment for receiving"
[cue.after.say.leading]
en = "you have spoken"
[cue.after.say.following]
en = "you may breathe"
"""

OFFER = """
[[cue]]
name = "once more"
lasts = "45 s"
[cue.say]
en = "nobody leads"
[cue.offer]
en = "once more, without a leader?"
lasts = "15 s"
"""

LAND = """
[[cue]]
name = "back to myself"
stage = "land"
lasts = "30 s"
[cue.say]
en = "back to yourself"
[[cue]]
name = "look far"
stage = "land"
lasts = "15 s"
[cue.say]
en = "look at something far away"
"""


def practice_text(
    *, rounds: int = 1, lasts: str = "60 s", after: bool = False, offer: bool = True
) -> str:
    turns = TURNS.format(rounds=rounds, lasts=lasts) + (AFTER if after else "")
    top, tables = "format = 1\n", HEAD.replace("\nformat = 1\n", "")
    begins, body = BODY.split("[[caution]]", 1)
    return (
        top
        + begins
        + tables
        + "[[caution]]"
        + body
        + NEAR_FIRST
        + turns
        + (OFFER if offer else "")
        + LAND
    )


def in_two_places(**changes: Any) -> str:
    """The same practice for two places: seen at one rung, and at the smallest heard alone."""
    text = practice_text(**changes)
    for rung, more in (
        ('en = "A little apart"\n', '[ladder.apart]\nen = "Yes"\n'),
        ('en = "Near"\noffered = true\n', 'view = "face"\n[ladder.apart]\nen = "Yes, seen"\n'),
    ):
        assert text.count(rung) == 1
        text = text.replace(rung, rung + more)
    return text


def opened(text: str | None = None, **changes: object) -> Opened:
    first = Opened(
        at=0.0,
        practice_name="a-practice",
        practice_text=practice_text() if text is None else text,
        settle_text=SETTLE,
        first=Seat.ONE,
        song=False,
        begins_low=False,
        pace=1.0,
    )
    return replace(first, **changes)  # type: ignore[arg-type]


class Told:
    """A sitting that is told things, with everything that came of them."""

    def __init__(self, first: Opened) -> None:
        self.events: list[Event] = [first]
        self.sitting = fold(self.events)
        self.at = 0.0

    def hear(self, command: Command | None, after_s: float = 0.0) -> tuple[Event, ...]:
        """Tell it so many seconds later; a refusal leaves everything as it was."""
        self.at += after_s
        try:
            self.sitting, events = step(self.sitting, None, self.at)
            self.events.extend(events)
            if command is None:
                return events
            self.sitting, heard = step(self.sitting, command, self.at)
        except Refused:
            return ()
        self.events.extend(heard)
        return (*events, *heard)

    def begin(
        self,
        ada: str = "touching",
        ben: str = "touching",
        *,
        longer: bool = False,
        felt: frozenset[Seat] = frozenset(),
    ) -> "Told":
        """Both arrive, choose and settle, up to the first moment of the practice."""
        for command in (
            Join(ADA),
            Join(BEN),
            *(Feel(frozenset({seat})) for seat in sorted(felt)),
            Choose(ADA, ada, longer),
            Choose(BEN, ben, longer),
            Ready(ADA),
            Ready(BEN),
        ):
            self.hear(command, 1.0)
        self.hear(None, SETTLED_S + self.sitting.real(AHEAD_S))
        return self


openings = st.builds(
    opened,
    st.builds(
        practice_text,
        rounds=st.integers(1, 3),
        lasts=st.sampled_from(["60 s", "60 s to 120 s, chosen, or one song", "one song"]),
        after=st.booleans(),
        offer=st.booleans(),
    ),
    first=st.sampled_from(Seat),
    song=st.booleans(),
    begins_low=st.booleans(),
    pace=st.sampled_from([1.0, 20.0]),
)

_seats = st.sampled_from([ADA, BEN, BOTH_SEATS])
_rungs = st.sampled_from(["apart", "near", "touching", "facing", "no such rung"])
_cues = st.integers(0, 14)

commands: st.SearchStrategy[Command | None] = st.one_of(
    st.none(),
    st.builds(Choose, _seats, _rungs, st.booleans()),
    st.builds(Unchoose, _seats),
    st.builds(Ready, _seats),
    st.builds(Accept, _seats, _cues),
    st.builds(Smaller, _seats),
    st.builds(Pause, _seats),
    st.builds(GoOn, _seats),
    st.builds(Pass, _seats, _cues),
    st.builds(MoreTime, _seats, _cues),
    st.builds(SongEnded, _seats, _cues),
    st.builds(Away, _seats),
    st.builds(Back, _seats),
    st.builds(Join, _seats),
    st.builds(Feel, _seats),
    st.builds(Unfeel, _seats),
    st.builds(AskReflection, _seats),
    st.builds(AskKeep, _seats),
    st.builds(WishCall, _seats, st.sampled_from(Call)),
)
stops = st.builds(Stop, _seats)

seconds = st.one_of(
    st.sampled_from([0.0, 0.1, 0.25, 1.0, 20.0, 60.0, 120.0, 700.0]),
    st.floats(0.0, 90.0, allow_nan=False),
)

MOST_TOLD = 14
histories = st.lists(st.tuples(seconds, commands), max_size=MOST_TOLD)


def tell(
    first: Opened,
    history: list[tuple[float, Command | None]],
    *,
    begun: bool,
    felt: frozenset[Seat] = frozenset(),
) -> Told:
    told = Told(first)
    if begun:
        told.begin(felt=felt)
    else:
        told.hear(Join(ADA))
        told.hear(Join(BEN), 1.0)
    for after_s, command in history:
        told.hear(command, after_s)
    return told


def public(sitting: Sitting) -> Sitting:
    """The sitting without what people said in private: all that a disk may know."""
    return replace(sitting, unsaid=Unsaid())
