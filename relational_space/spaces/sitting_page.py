"""What the sitting's page is told when it is made: the practice in one language, and where to go.

It holds nothing that the other has said, and is the same for both but for `seats`, `speaks`, `mine`,
`bond` and `checkIn`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from relational_space.people.models import Person
from relational_space.practice.events import Opened
from relational_space.practice.practice import Practice, Question, Seat, in_language, questions
from relational_space.practice.reading import read
from relational_space.spaces.models import Member, Place, Seating
from relational_space.spaces.practices import shelf


def sitting_data(
    places: Sequence[Place],
    opened: Opened,
    *,
    language: str,
    person: Person | None,
    side: Member | None,
) -> Mapping[str, Any]:
    """The JSON of the page, for whoever sits in these places of one sitting."""
    sitting = places[0].sitting
    practice = read(opened.practice_text, name=opened.practice_name)
    settle = read(opened.settle_text, name="settle") if opened.settle_text else None
    seats = [place.seat for place in places]
    shared = sitting.seating == Seating.SHARED
    keep = "" if shared else reverse("keep", args=[sitting.pk])
    return {
        "sitting": str(sitting.pk),
        "seats": seats,
        "seating": sitting.seating,
        # In one room two voices would echo: the inviter's device speaks, unless somebody changes it.
        "speaks": sitting.seating != Seating.BESIDE or Seat.ONE in seats,
        "space": str(sitting.space_id) if sitting.space_id and not shared else "",
        "kept": sitting.space_id is not None,
        # Whoever may keep something for themselves: at a shared device nobody does.
        "mine": reverse("mine") if person is not None and not shared else "",
        "bond": side.other_name if side is not None else "",
        "checkIn": side is not None and side.check_in,
        "call": _call(practice) if sitting.seating == Seating.APART else None,
        "practice": _practice(
            practice, language, apart=sitting.seating == Seating.APART, low=opened.begins_low
        )
        | {
            "song": opened.song,
            # Where time begins on the lowest rung, a choice of it would be no choice.
            "lengths": not opened.begins_low and any(cue.lasts.chosen for cue in practice.cues),
            "questions": [_question(each, language) for each in questions(settle, practice)],
            "link": _link(practice, language),
        },
        "urls": {
            "ticket": reverse("ticket"),
            "live": "/live",
            "help": "/help/",
            "care": "/care/",
            "over": "/",
            "keep": keep,
        },
    }


def _call(practice: Practice) -> dict[str, Any]:
    """The most that two in two places may have of a call, and whether it can go through a relay."""
    ways = settings.RELATIONAL_SPACE["ways"]
    return {
        "most": practice.most_call.name.lower(),
        "relay": bool(ways.turn),
        "relayed": ways.relayed,
    }


def _practice(practice: Practice, language: str, *, apart: bool, low: bool) -> dict[str, Any]:
    shortest_s, longest_s = shelf().whole_s(practice)
    return {
        "name": practice.name,
        "title": in_language(practice.title, language),
        "minutes": [round(shortest_s / 60), round(longest_s / 60)],
        "promise": in_language(practice.promise, language),
        "touch": in_language(practice.touch, language),
        "cautions": [in_language(caution, language) for caution in practice.cautions],
        "adaptations": [
            {"need": each.need, "text": in_language(each.text, language)}
            for each in practice.adaptations
        ],
        "rungs": [
            {"name": rung.name, "label": in_language(label, language), "touch": rung.touch}
            for rung in practice.ladder
            # Where eyes begin below a rung, it would be no choice.
            if (label := rung.offered_as(apart=apart)) and not (low and rung.eyes)
        ],
        "turns": practice.takes_turns,
        "senses": sorted(practice.senses),
        "shows": sorted(practice.shows),
    }


def _link(practice: Practice, language: str) -> dict[str, Any] | None:
    """What this one leads to, if it is still here."""
    link = practice.link
    written = shelf().practices.get(link.practice) if link else None
    if link is None or written is None:
        return None
    return {
        "title": in_language(written.practice.title, language),
        "days": link.after_days,
        "calendar": reverse("later", args=[link.after_days]),
    }


def _question(question: Question, language: str) -> dict[str, Any]:
    return {
        "name": question.name,
        "when": question.when,
        "kind": question.kind,
        "ask": in_language(question.ask, language),
        "options": [
            {
                "name": option.name,
                "label": in_language(option.label, language),
                "leadsTo": option.leads_to,
            }
            for option in question.options
        ],
        "checkIn": question.check_in,
    }
