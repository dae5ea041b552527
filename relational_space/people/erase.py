"""What belongs to a person: handed over, and destroyed.

An app that keeps something of a person adds itself here when it starts; a test finds one that
forgot. Nothing is marked as deleted: it is gone, and its bytes are overwritten.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction

from relational_space.people import sessions
from relational_space.people.models import Person
from relational_space.people.wiping import wipe


@dataclass(frozen=True, slots=True)
class Belongings:
    """What one app keeps of a person: how it is handed over, and how it is destroyed."""

    app: str
    hand_over: Callable[[Person], Any]
    destroy: Callable[[Person], None]


_kept: list[Belongings] = []


def add(belongings: Belongings) -> None:
    """An app says what it keeps."""
    _kept.append(belongings)


def hand_over(person: Person) -> dict[str, Any]:
    """Everything, as values that JSON can hold."""
    return {
        "format": 1,
        "person": {
            "name": person.name,
            "since": person.created.isoformat(),
            "keeps this place": person.is_host,
            "to be erased": person.erase_at.isoformat() if person.erase_at else None,
        },
        "addresses": [
            {"address": each.email, "confirmed": each.verified}
            for each in EmailAddress.objects.filter(user=person)
        ],
        "passkeys": [
            {"name": each.wrap().name, "since": each.created_at.date().isoformat()}
            for each in Authenticator.objects.filter(user=person)
        ],
        **{each.app: each.hand_over(person) for each in _kept},
    }


def destroy(person: Person) -> None:
    """Everything, at once; afterwards the database holds no byte of it."""
    with transaction.atomic():
        for each in _kept:
            each.destroy(person)
        sessions.end_all(person)
        person.delete()
    wipe()
