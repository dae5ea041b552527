"""What sealed words there are of a person: handed over as they are, and destroyed.

Only their author's browser opens them; here they are bytes. What they wrote in a space goes too: it
was theirs. What the other wrote there is the other's.
"""

import base64
from typing import Any

from relational_space.people.models import Person
from relational_space.words import access, actions
from relational_space.words.models import Record


def hand_over(person: Person) -> Any:
    """Everything sealed, as values that JSON can hold."""
    keyring = access.keyring(person)
    return {
        "slots": [
            {"kind": slot.kind, "sealed": _text(slot.sealed), "day": slot.day.isoformat()}
            for slot in access.slots(person)
        ],
        "keyring": _text(keyring.sealed) if keyring else None,
        "records": [
            {
                "id": str(record.name),
                "space": str(record.space) if record.space else None,
                "revision": record.revision,
                "sealed": _text(record.sealed),
                "day": record.day.isoformat(),
                "until": record.until.isoformat() if record.until else None,
            }
            for record in Record.objects.filter(author=person).order_by("day", "name", "revision")
        ],
    }


def destroy(person: Person) -> None:
    """All of it."""
    actions.erase(person)


def _text(sealed: bytes | memoryview) -> str:
    return base64.b64encode(sealed).decode()
