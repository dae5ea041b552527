"""What crosses from a page to the live part: a signed ticket, for half a minute and for one use.

It names rows and no secret. Who may sit is looked up again when it is read, so that a ticket dies
with the seat it was for.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from django.core import signing
from django.core.cache import cache

from relational_space.practice.practice import Seat
from relational_space.spaces import access
from relational_space.spaces.looking import look
from relational_space.spaces.models import Place, Seating

Seated_co = TypeVar("Seated_co", covariant=True)

LASTS_S = 30
_SALT = "spaces.ticket"


def issue(places: Sequence[Place], language: str) -> str:
    """A ticket for these seats of one sitting."""
    content = {
        "places": [place.pk for place in places],
        "language": language,
        "once": secrets.token_urlsafe(16),
    }
    return signing.dumps(content, salt=_SALT)


class ReadTicket(Generic[Seated_co]):
    """`live.ports.ReadTicket`, by shape: a ticket → who sits there, once.

    `seated` makes the answer from the sitting, its seats, the language and whether they sit apart.
    """

    def __init__(self, seated: Callable[[str, frozenset[Seat], str, bool], Seated_co]) -> None:
        self._seated = seated

    async def __call__(self, ticket: str) -> Seated_co | None:
        """Who sits there; None when the ticket is wrong, spent or too old, or the seat is gone."""
        return await look(lambda: self._read(ticket))

    def _read(self, ticket: str) -> Seated_co | None:
        try:
            content = signing.loads(ticket, salt=_SALT, max_age=LASTS_S)
        except signing.BadSignature:
            return None
        # `add` says no to the second of two at once; it remembers for as long as a ticket lasts.
        if not cache.add(f"ticket/{content['once']}", True, timeout=2 * LASTS_S):
            return None
        places = [
            place
            for place in Place.objects.filter(
                pk__in=content["places"], sitting__closed_at=None
            ).select_related("sitting")
            if access.still_theirs(place)
        ]
        if not places or len(places) < len(content["places"]):
            return None
        seats = frozenset(Seat(place.seat) for place in places)
        apart = places[0].sitting.seating == Seating.APART
        return self._seated(str(places[0].sitting_id), seats, content["language"], apart)
