"""What signing in and out means here."""

from typing import Any

from django.http import HttpRequest

from relational_space.people.visitors import visitor
from relational_space.spaces import access, actions


def signed_in(*, request: HttpRequest, **_rest: Any) -> None:
    """A guest's session is short; that of somebody with an account lasts as the settings say."""
    request.session.set_expiry(None)


def signed_out(*, request: HttpRequest, **_rest: Any) -> None:
    """This browser's seats are given up, and its door closes."""
    me = visitor(request)
    actions.close_door(me)
    actions.give_up(access.open_places(me))
