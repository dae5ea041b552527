"""What was felt of two people → what is said of it afterwards, once both have asked.

Takes plain numbers from whoever measured, and gives words and lines. It describes and never rates: no
sentence here may say, or let somebody conclude, how good anything was, how close two people are or
whether they suit each other, and no figure here sums up the two of them. "Could not tell" and "no more
than chance" are full answers and are said as warmly as "more than chance".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from relational_space.practice.practice import Practice, Seat

Moment: TypeAlias = tuple[float, float]
Line: TypeAlias = tuple[tuple[float, float | None], ...]

MORE = "more than chance"
NO_MORE = "no more than chance"
UNKNOWN = "could not tell"
LITTLE = "could not tell, from so little"

MUSIC = "music"
PACE = "a shared pacer"
OTHERS_BREATH = "one could feel the other"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """One person's own. `read` is the share of the time in which they could be read, 0 to 1."""

    rate_per_min: float | None
    line: Line
    read: float


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of two people by one sense, in sitting time. `reason` says why it is unknown.

    `led` names who moved first from one moment to another, where that is sure; None where it isn't.
    """

    kind: str
    verdict: str
    reason: str
    seconds: Moment
    rhythms: dict[Seat, Rhythm]
    alike: tuple[Moment, ...] = ()
    apart: tuple[Moment, ...] = ()
    led: tuple[tuple[float, float, Seat | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One person's own rhythm, in words where a share would be read as a mark."""

    rate_per_min: float | None
    line: Line
    read: str


@dataclass(frozen=True, slots=True)
class Reflection:
    """What one of the two is told. The other is told the same, with `you` and `other` exchanged."""

    kind: str
    verdict: str
    reason: str
    sentence: str
    chance: str
    seconds: Moment
    you: Told
    other: Told
    alike: tuple[Moment, ...]
    apart: tuple[Moment, ...]
    led: tuple[tuple[float, float, str], ...]


# Why nothing was compared, whatever was felt.


def never_compared(practice: Practice, *, song: bool) -> str:
    """Why two people in this practice are never compared; empty where they may be."""
    shows = practice.shows
    if "pace" in shows:
        return PACE
    if "other-breath" in shows:
        return OTHERS_BREATH
    return MUSIC if song else ""


# The words.

SENTENCES = {
    ("breath", MORE): "For a part of this time, your two breaths went together more than chance "
    "alone would have it.",
    ("breath", NO_MORE): "Two breaths, each with its own rhythm. They went together no more than "
    "chance alone would have it.",
    (
        "breath",
        UNKNOWN,
    ): "Two breaths, side by side. Whether they went together, we could not tell.",
    ("movement", MORE): "For a part of this time, your movements went together more than chance "
    "alone would have it.",
    (
        "movement",
        NO_MORE,
    ): "Two ways of moving, each with its own rhythm. They went together no more "
    "than chance alone would have it.",
    ("movement", UNKNOWN): "Two ways of moving, side by side. Whether they went together, we could "
    "not tell.",
}

CHANCE = {
    MORE: "Of twenty pairs who have nothing to do with each other, about one would be told the same. "
    "It means that two rhythms met for a while, and nothing more.",
    NO_MORE: "In a time as short as this, chance hides a lot: two rhythms that do answer each other "
    "are often missed. It means that none was found, and nothing more.",
    UNKNOWN: "Something else, or chance alone, could have looked the same, so nothing is said. Not to "
    "know is a full answer. It means nothing about either of you, and takes nothing from your time.",
    # Where there was hardly anything to look at, nothing looked like anything.
    LITTLE: "From so little, chance alone could make anything, so nothing is said. Not to know is a "
    "full answer. It means nothing about either of you, and takes nothing from your time.",
}

WHY = {
    "too short": "There was too little time between the guide's words.",
    "too little trust": "Too little could be felt of one of you, or of both.",
    PACE: "You had one pace to go along with, and whoever goes along with it moves alike.",
    MUSIC: "There was music, and music moves two people alike.",
    OTHERS_BREATH: "Here one breath can be felt by the other, so chance has no say.",
    "each keeps to the same fixed period, as with a shared pacer": "Both were so even, and so equally "
    "quick, that two clocks would look the same.",
    "too short to be told from a shared pacer": "Both were equally quick, for so short a time that "
    "two clocks would look the same.",
    "so regular that chance would look the same": "Both were so even that it would look the same with "
    "anybody.",
    "one body may be in both recordings": "Each phone may have felt both of you, as happens where "
    "bodies touch. Then nobody can say whose movement it was.",
}
"""By the reason that the engine gives, or one of ours."""

TOO_LITTLE = ("too short", "too little trust")

SHARES = (
    (0.9, "nearly all of it"),
    (0.65, "most of it"),
    (0.4, "about half of it"),
    (0.1, "a small part of it"),
    (0.0, "almost none of it"),
)


def reflection(found: Found, seat: Seat) -> Reflection:
    """What the person in this seat is told."""
    unknown = found.verdict == UNKNOWN
    why = WHY.get(found.reason, "") if unknown else ""
    names: dict[Seat | None, str] = {seat: "you", seat.partner: "other", None: "neither"}
    return Reflection(
        kind=found.kind,
        verdict=found.verdict,
        reason=why,
        sentence=" ".join(filter(None, (SENTENCES[found.kind, found.verdict], why))),
        chance=CHANCE[LITTLE if unknown and found.reason in TOO_LITTLE else found.verdict],
        seconds=found.seconds,
        you=_told(found.rhythms[seat]),
        other=_told(found.rhythms[seat.partner]),
        # Where it is unknown what two have in common, moments of it would say what is not known.
        alike=() if unknown else found.alike,
        apart=() if unknown else found.apart,
        led=tuple((begin, end, names[who]) for begin, end, who in found.led) if not unknown else (),
    )


def _told(rhythm: Rhythm) -> Told:
    return Told(rhythm.rate_per_min, rhythm.line, in_words(rhythm.read))


def in_words(share: float) -> str:
    """How much could be read, in words."""
    return next(words for least, words in SHARES if share >= least)


def joined(
    led: Iterable[tuple[float, float, Seat | None]],
) -> tuple[tuple[float, float, Seat | None], ...]:
    """The same, with stretches that follow each other under one leader made one."""
    out: list[tuple[float, float, Seat | None]] = []
    for begin, end, who in led:
        if out and out[-1][2] is who and begin - out[-1][1] < 1.0:
            out[-1] = (out[-1][0], end, who)
        else:
            out.append((begin, end, who))
    return tuple(out)
