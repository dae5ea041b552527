"""What signing in and out means here."""

from typing import Any

from django.http import HttpRequest

from relational_space.people.models import Person
from relational_space.people.visitors import Visitor, visitor
from relational_space.practice.practice import Seat
from relational_space.spaces import access, actions
from relational_space.spaces.models import Place


def signed_in(*, request: HttpRequest, **_rest: Any) -> None:
    """A guest's session is short; that of somebody with an account lasts as the settings say."""
    request.session.set_expiry(None)


def signed_out(*, request: HttpRequest, **_rest: Any) -> None:
    """This browser's seats are given up, and its door closes."""
    me = visitor(request)
    actions.close_door(me)
    actions.give_up(access.open_places(me))


def sessions_ended(*, person: Person, **_rest: Any) -> None:
    """Whoever sits somewhere in this person's name shows who they are again, or goes."""
    for place in access.open_places(Visitor("", person)):
        actions.seat_asked_again.send(
            sender=Place, sitting=str(place.sitting_id), seat=Seat(place.seat)
        )
