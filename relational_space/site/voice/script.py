"""What a practice says, line by line, and whether there is time to say it.

Pure: it knows the practice and how fast words are spoken, not how they are made to sound.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from relational_space.practice.practice import Cue, Practice, Role, Saying

WORDS_A_SECOND = 2.4
"""How fast the guide is taken to speak where nothing has been rendered yet."""

BETWEEN_SENTENCES_S = 0.9
"""The silence after each sentence but the last."""

FORM = 1
"""Counted up when `recording` makes the same words sound otherwise: all is rendered again."""


@dataclass(frozen=True, slots=True)
class Line:
    """Words that one device says at one moment.

    `name` is the name of a recording of them, without its ending. `lasts_s` is the least time that
    there is for them, or None for the words of a rung, which come in the middle of a cue.
    """

    name: str
    where: str
    language: str
    text: str
    lasts_s: float | None


def script(practice: Practice) -> tuple[Line, ...]:
    """All that this practice says, in order, each line once."""
    lines: dict[tuple[str, str], Line] = {}
    for line in _said(practice):
        name, number = line.name, 1
        # Turns and rounds say the same again; where they say something else the name is counted on.
        while (same := lines.get((line.language, name))) and same.text != line.text:
            number += 1
            name = f"{line.name}-{number}"
        if same is None:
            line = Line(name, line.where, line.language, line.text, line.lasts_s)
            lines[line.language, name] = line
    return tuple(lines.values())


def _said(practice: Practice) -> Iterator[Line]:
    for cue in practice.cues:
        yield from _saying(cue, "", cue.say)
        for name, saying in cue.say_at.items():
            yield from _saying(cue, name, saying)
    for rung in practice.ladder:
        for language, text in rung.say.items():
            where = f"ladder “{rung.name}”"
            yield Line(f"ladder-{_plain(rung.name)}", where, language, text, None)


def _saying(cue: Cue, rung: str, saying: Saying) -> Iterator[Line]:
    for role, words in saying.by_role.items():
        parts = [rung and f"at {rung}", "" if role is Role.BOTH else str(role)]
        name = "-".join(_plain(part) for part in (cue.name, *parts) if part)
        where = ", ".join(part for part in (f"cue “{cue.name}”", *parts) if part)
        for language, text in words.items():
            yield Line(name, where, language, text, cue.lasts.shortest_s)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each with its full stop."""
    parts = re.split(r"(?:(?<=[.!?…])|(?<=[.!?…][”’\")]))\s+|\n+", text)
    return tuple(part.strip() for part in parts if part.strip())


def estimated_s(text: str) -> float:
    """About how long the guide takes to say this."""
    between_s = BETWEEN_SENTENCES_S * (len(sentences(text)) - 1)
    return len(text.split()) / WORDS_A_SECOND + between_s


def too_long(
    practice: Practice, measured_s: Callable[[Line], float | None] = lambda line: None
) -> list[str]:
    """A sentence for the author about each cue that ends before its words have been said.

    `measured_s` gives the length of a line that has been rendered or recorded, and None of another.
    """
    problems = []
    for line in script(practice):
        heard_s = measured_s(line)
        says_s = estimated_s(line.text) if heard_s is None else heard_s
        if line.lasts_s is not None and says_s > line.lasts_s:
            about = "about " if heard_s is None else ""
            problems.append(
                f"{practice.name}.toml: {line.where}, {line.language}: the words take "
                f"{about}{says_s:.0f} s to say and the cue lasts {line.lasts_s:g} s; "
                "say less, or let it last longer"
            )
    return problems
