"""A practice as words to read and print: the same that are said in a sitting, in the same order.

A sitting shows one person what fits one moment. Here every form stands beside the others, so that
two people know beforehand what could be said.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relational_space.practice.practice import (
    Cue,
    Lasts,
    Practice,
    Role,
    Stage,
    Turn,
    Words,
    in_language,
)


@dataclass(frozen=True, slots=True)
class Said:
    """Words, and whom or which form they are for; `to` is empty where they are for both alike."""

    to: str
    words: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment of a practice, with everything that may be said in it."""

    when: str
    says: tuple[Said, ...]
    hints: tuple[str, ...]


def transcript(practice: Practice, stage: Stage, language: str) -> tuple[Moment, ...]:
    """The moments of one stage; turns that come again are one moment."""
    cues = [cue for cue in practice.cues if cue.stage is stage]
    return tuple(
        _moment(practice, turns, language)
        for turns in _turns_together(cues)
        if turns[0].say.by_role
    )


def _turns_together(cues: list[Cue]) -> Iterator[list[Cue]]:
    """A cue by itself; of a cue with turns, each different moment of it once."""
    for taking_turns, group in groupby(cues, lambda cue: cue.turn is not Turn.BOTH):
        if not taking_turns:
            yield from ([cue] for cue in group)
            continue
        by_name: dict[str, list[Cue]] = {}
        for cue in group:
            by_name.setdefault(cue.name, []).append(cue)
        yield from by_name.values()


def _moment(practice: Practice, turns: list[Cue], language: str) -> Moment:
    cue = turns[0]
    when = [how_long(cue.lasts)]
    if cue.turn is not Turn.BOTH:
        rounds = sum(each.turn is cue.turn for each in turns)
        when.append(
            ngettext("each of you once", "each of you %(rounds)d times", rounds)
            % {"rounds": rounds}
        )
    if cue.asks:
        when.append(_("a question to both"))
    elif cue.needs_yes:
        when.append(_("if both said yes"))
    return Moment(
        when=", ".join(when),
        says=tuple(_says(practice, turns, language)),
        hints=tuple(in_language(hint.text, language) for hint in cue.hints),
    )


def _says(practice: Practice, turns: list[Cue], language: str) -> Iterator[Said]:
    cue = turns[0]
    if Role.LEADING in cue.say.by_role:
        leading, following = (
            # What is said again is written once; a dict keeps the order.
            list(dict.fromkeys(_to(each, role, language) for each in turns))
            for role in (Role.LEADING, Role.FOLLOWING)
        )
        if leading == following:
            yield from (Said("", words) for words in leading)
            return
        yield Said(_("To the one whose turn it is"), leading[0])
        yield Said(_("To the other"), following[0])
        yield from (Said(_("To the one whose turn it is, later"), words) for words in leading[1:])
        yield from (Said(_("To the other, later"), words) for words in following[1:])
        return
    if not cue.say_at:
        yield Said("", _to(cue, Role.BOTH, language))
        return
    largest = practice.rung(cue.up_to) if cue.up_to else len(practice.ladder) - 1
    yield Said(_label(practice.ladder[largest or 0].label, language), _to(cue, Role.BOTH, language))
    for rung in reversed(practice.ladder):
        if rung.name in cue.say_at:
            words = cue.say_at[rung.name].to(Role.BOTH)
            yield Said(_label(rung.label, language), in_language(words, language))


def _to(cue: Cue, role: Role, language: str) -> str:
    return in_language(cue.say.to(role), language)


def _label(label: Words, language: str) -> str:
    return in_language(label, language)


def how_long(lasts: Lasts) -> str:
    """A length in words that can be read out."""
    if lasts.chosen:
        length = _("%(shortest)s to %(longest)s seconds") % {
            "shortest": f"{lasts.shortest_s:.0f}",
            "longest": f"{lasts.longest_s:.0f}",
        }
    else:
        length = _("%(seconds)s seconds") % {"seconds": f"{lasts.shortest_s:.0f}"}
    return _("%(length)s, or one song") % {"length": length} if lasts.song else length
