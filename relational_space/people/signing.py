"""What a change of the ways in means for the devices that are signed in."""

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest

from relational_space.people import actions
from relational_space.people.models import Person


def end_others(request: HttpRequest, person: Person) -> None:
    """Everywhere but here this person is signed out."""
    actions.end_sessions(person)
    update_session_auth_hash(request, person)


def way_in_changed(*, request: HttpRequest, user: Person, **_rest: Any) -> None:
    """Whoever came in by the old ways shows once more who they are; the one who changed them stays."""
    if request.user.is_authenticated and request.user.pk == user.pk:
        end_others(request, user)
