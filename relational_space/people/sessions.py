"""Where somebody is signed in: the kind of device and a day, and nothing finer.

Both are in the session itself, so they end with it and lie nowhere else. An address, a browser's
version or a time would tell more than somebody needs to know their own devices apart.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from relational_space.people.models import Person, today

FRESH_S = 300
"""For so long after signing in somebody has just shown that it is them."""

FAMILIES = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "CrOS", "Linux")
"""What a browser calls its device, the most telling first: Android says Linux too."""

_DEVICE, _DAY, _SHOWN_S = "device", "day", "shown_s"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One browser that is signed in. `id` names it in a form and is no key to it."""

    id: str
    device: str
    day: date | None
    is_here: bool


def begin(*, request: HttpRequest, **_rest: Any) -> None:
    """Somebody has signed in: keep in the session on what kind of device, and that it was just now."""
    agent = request.headers.get("User-Agent", "")
    request.session[_DEVICE] = next((each for each in FAMILIES if each in agent), "")
    request.session[_DAY] = today().isoformat()
    request.session[_SHOWN_S] = time.time()


def is_fresh(request: HttpRequest) -> bool:
    """Whether they have signed in here within the last minutes."""
    shown_s: float = request.session.get(_SHOWN_S, 0.0)
    return time.time() - shown_s < FRESH_S


def signed_in(person: Person, *, here: str | None) -> list[SignedIn]:
    """The browsers in which this person is signed in, this one first and then the newest."""
    found = [
        SignedIn(
            id=_id(session),
            device=content.get(_DEVICE) or _("A device"),
            day=date.fromisoformat(content[_DAY]) if _DAY in content else None,
            is_here=session.session_key == here,
        )
        for session, content in _of(person)
    ]
    return sorted(found, key=lambda each: (each.is_here, each.day or date.min), reverse=True)


def end(person: Person, id: str) -> None:
    """This browser is signed out."""
    for session, _content in _of(person):
        if _id(session) == id:
            session.delete()


def end_all(person: Person) -> None:
    """Every browser is signed out, and nothing is left of what was in its session."""
    for session, _content in _of(person):
        session.delete()


def _of(person: Person) -> Iterator[tuple[Session, dict[str, Any]]]:
    # Their content is encoded, so each has to be opened: as often as somebody looks or goes.
    for session in Session.objects.iterator():
        content = session.get_decoded()
        if content.get(SESSION_KEY) == str(person.pk):
            yield session, content


def _id(session: Session) -> str:
    return salted_hmac("people.session.id", session.session_key, algorithm="sha256").hexdigest()[
        :16
    ]
