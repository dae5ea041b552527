"""Who may see what: everything that is looked up for somebody is looked up here.

What is somebody else's is not found, exactly as what never was. Reading only.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from relational_space.people.models import Person
from relational_space.people.visitors import Visitor
from relational_space.practice.events import Opened, from_plain
from relational_space.spaces import tokens
from relational_space.spaces.models import Door, Event, Knock, Member, Place, Space, Token


def places(sitting: UUID, visitor: Visitor) -> Sequence[Place]:
    """The seats of this sitting that are this visitor's; none when it isn't theirs."""
    mine = Place.objects.filter(_theirs(visitor), sitting=sitting).select_related("sitting")
    return [place for place in mine.order_by("seat") if still_theirs(place)]


def still_theirs(place: Place) -> bool:
    """Whether somebody who has left the space since still sits there: no."""
    space = place.sitting.space_id
    return space is None or Member.objects.filter(space=space, person=place.person_id).exists()


def door_of(visitor: Visitor) -> Door | None:
    """The door behind which this visitor waits."""
    return Door.objects.filter(_theirs(visitor)).order_by("-opened_at").first()


def knocks_of(visitor: Visitor) -> QuerySet[Knock]:
    """The knocks of this visitor, at doors that are still there."""
    return Knock.objects.filter(_theirs(visitor))


def place_behind(doors: Iterable[UUID], visitor: Visitor) -> Place | None:
    """The seat that this visitor has behind one of these doors, in a sitting that goes on."""
    return open_places(visitor).filter(sitting__in=doors).first()


def behind(shown: str, *, now: datetime) -> Token | None:
    """The way through a door that this token is; wrong, spent and expired are all None."""
    return _live(tokens.digest(shown), now)


def behind_words(typed: str, *, now: datetime) -> Token | None:
    """The way through a door that these words are."""
    return _live(tokens.words_digest(tokens.hear(typed)), now)


def may_come(token: Token, person: Person | None) -> bool:
    """Whether this way is open to somebody: a space's door only to the other of the two."""
    space = token.door.space_id
    if space is None:
        return True
    return (
        person is not None
        and person.pk != token.door.person_id
        and Member.objects.filter(space=space, person=person).exists()
    )


def member(space: UUID, person: Person) -> Member | None:
    """This person's side of a space."""
    return Member.objects.filter(space=space, person=person).select_related("space").first()


def standing(space: UUID, person: Person) -> Space | None:
    """The space, for one of its two."""
    side = member(space, person)
    return side.space if side is not None else None


def members(person: Person) -> QuerySet[Member]:
    """This person's side of all their spaces, in no order of importance."""
    mine = Member.objects.filter(person=person).select_related("space")
    return mine.prefetch_related("space__members").order_by("other_name", "pk")


def open_places(visitor: Visitor) -> QuerySet[Place]:
    """The seats that this visitor has in sittings that go on."""
    return Place.objects.filter(_theirs(visitor), sitting__closed_at=None)


def opened(sitting: UUID) -> Opened | None:
    """How a sitting was opened; None when it is over. For those who have a seat in it."""
    first = Event.objects.filter(sitting=sitting, number=0, sitting__closed_at=None).first()
    event = from_plain(first.plain) if first else None
    return event if isinstance(event, Opened) else None


def _live(digest: str, now: datetime) -> Token | None:
    # One query whatever is wrong, so that wrong, spent and expired take the same time.
    found = Token.objects.filter(digest=digest, expires_at__gt=now)
    return found.select_related("door").first()


def _theirs(visitor: Visitor) -> Q:
    theirs = Q(pk__in=())
    if visitor.mark:
        theirs |= Q(visitor=visitor.mark)
    if visitor.person is not None:
        theirs |= Q(person=visitor.person)
    return theirs
