"""Every write about doors, sittings and spaces: one function an act, with its permission and its transaction.

Whoever acts is a Visitor, and may only do what is theirs; what does not fit the moment is `Refused`,
in a sentence for the person. Nothing here reports one person's act to another.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from relational_space.people.visitors import Visitor
from relational_space.practice.errors import Refused
from relational_space.practice.events import Opened, to_plain
from relational_space.practice.practice import Seat
from relational_space.spaces import access, clock, tokens
from relational_space.spaces.models import (
    Day,
    Door,
    Event,
    Kind,
    Knock,
    Member,
    Place,
    Seating,
    Sitting,
    Space,
    Token,
    Way,
)
from relational_space.spaces.practices import shelf

LASTS = {
    Way.QR: timedelta(minutes=15),
    Way.LINK: timedelta(hours=24),
    Way.WORDS: timedelta(minutes=10),
}
"""How long each way through a door stays open."""

MOST_KNOCKS = 6
"""So many wait at a door at the most; whoever has a stolen link cannot fill the page."""

COIN = "coin"

seat_given_up = Signal()
"""Sent with `sitting` and `seat` once somebody has left or signed out: their socket is to close."""

seat_asked_again = Signal()
"""Sent with `sitting` and `seat` when a person's devices are signed out: whoever still has the seat comes
again with a ticket."""


class Closed(Exception):
    """The door is closed: wrong, spent and expired are one and the same."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the inviter has chosen for both: the practice, who leads first, and where they are."""

    practice: str
    first: str
    song: bool
    seating: Seating


@dataclass(frozen=True, slots=True)
class _Sitter:
    """Somebody who takes a seat."""

    visitor: Visitor
    name: str = ""


# Doors


@transaction.atomic
def open_door(visitor: Visitor, *, now: datetime, space: Space | None = None) -> Door:
    """A new door with its three ways in; the visitor's earlier one is closed by it."""
    if space is not None and _side(visitor, space) is None:
        raise Refused(_("This space isn't yours."))
    close_door(visitor)
    door = Door(
        visitor=visitor.mark,
        person=visitor.person,
        space=space,
        salt=secrets.token_urlsafe(32),
        opened_at=now,
    )
    door.save()
    _hang_tokens(door, now)
    return door


@transaction.atomic
def renew_door(visitor: Visitor, *, now: datetime) -> None:
    """New ways through the same door; the old ones close, and who has knocked still waits."""
    door = access.door_of(visitor)
    if door is None:
        raise Closed
    door.salt = secrets.token_urlsafe(32)
    door.save()
    _hang_tokens(door, now)


@transaction.atomic
def close_door(visitor: Visitor) -> None:
    """Nobody comes in by this visitor's door any more."""
    Door.objects.filter(visitor=visitor.mark).delete()
    if visitor.person is not None:
        Door.objects.filter(person=visitor.person).delete()


def _hang_tokens(door: Door, now: datetime) -> None:
    door.tokens.all().delete()
    stored = {
        Way.QR: tokens.digest(tokens.token(door.salt, Way.QR)),
        Way.LINK: tokens.digest(tokens.token(door.salt, Way.LINK)),
        Way.WORDS: tokens.words_digest(tokens.words(door.salt)),
    }
    Token.objects.bulk_create(
        Token(door=door, way=way, digest=digest, expires_at=now + LASTS[way])
        for way, digest in stored.items()
    )


@transaction.atomic
def knock(token: Token, visitor: Visitor, *, name: str, now: datetime) -> None:
    """Somebody has come and said a name. It spends nothing: that is the inviter's to do."""
    # Looked up again inside of the transaction: the door may have closed while a name was typed.
    door = Door.objects.select_for_update().filter(pk=token.door_id).first()
    if door is None or not access.may_come(token, visitor.person):
        raise Closed
    if door.visitor == visitor.mark or (visitor.person and door.person_id == visitor.person.pk):
        raise Closed
    waiting = Knock.objects.filter(door=door)
    again = waiting.filter(visitor=visitor.mark)
    if not again.exists() and waiting.count() >= MOST_KNOCKS:
        raise Closed
    Knock.objects.update_or_create(
        door=door,
        visitor=visitor.mark,
        defaults={"person": visitor.person, "name": name, "way": token.way, "at": now},
    )


@transaction.atomic
def let_in(visitor: Visitor, who: UUID, terms: Terms) -> Sitting:
    """The inviter lets one in, and the door and all its ways are spent.

    Deleting the door is the one act that only one of many at once can do.
    """
    door = access.door_of(visitor)
    guest = Knock.objects.filter(pk=who, door=door).first() if door is not None else None
    if door is None or guest is None:
        raise Closed
    here = _Sitter(Visitor(door.visitor, door.person))
    there = _Sitter(Visitor(guest.visitor, guest.person), guest.name)
    _all, gone = Door.objects.filter(pk=door.pk).delete()
    if not gone.get(Door._meta.label):
        raise Closed
    # Whoever has come in waits at no other door any more.
    access.knocks_of(there.visitor).delete()
    return _open_sitting(door.pk, {Seat.ONE: here, Seat.OTHER: there}, terms, door.space)


@transaction.atomic
def share(visitor: Visitor, terms: Terms) -> Sitting:
    """Both sit at this one device: no name, no account, and nothing stays of it."""
    door = access.door_of(visitor)
    if door is None:
        raise Closed
    close_door(visitor)
    both = _Sitter(Visitor(visitor.mark, None))
    shared = replace(terms, seating=Seating.SHARED)
    return _open_sitting(door.pk, {Seat.ONE: both, Seat.OTHER: both}, shared, None)


def _open_sitting(
    number: UUID, sitters: dict[Seat, _Sitter], terms: Terms, space: Space | None
) -> Sitting:
    written = shelf().practices.get(terms.practice)
    if written is None or written.practice not in shelf().to_sit():
        raise Refused(_("There is no such practice here. Choose another."))
    practice = written.practice
    if practice.gate and terms.seating == Seating.SHARED:
        raise Refused(
            _("This practice asks each of you something alone first, so it is for a phone each.")
        )
    settle = shelf().practices.get(practice.begins_with or "")
    sitting = Sitting.objects.create(
        # Its door's own number, by which whoever waited there finds it.
        pk=number,
        space=space,
        seating=terms.seating,
        opened_at=clock.now(),
        pace=settings.RELATIONAL_SPACE["pace"],
    )
    Place.objects.bulk_create(
        Place(
            sitting=sitting,
            seat=seat,
            visitor=sitter.visitor.mark,
            person=sitter.visitor.person,
            name=sitter.name,
        )
        for seat, sitter in sitters.items()
    )
    opened = Opened(
        at=0.0,
        practice_name=practice.name,
        practice_text=written.text,
        settle_text=settle.text if settle else "",
        first=secrets.choice(list(Seat)) if terms.first == COIN else Seat(terms.first),
        song=terms.song and practice.can_use_songs,
        # Of people whom nobody has kept a space for, it is taken to be the first time.
        begins_low=space is None or space.begins_low,
        pace=sitting.pace,
    )
    Event.objects.create(sitting=sitting, number=0, plain=to_plain(opened))
    return sitting


# Spaces


@transaction.atomic
def would_keep(
    sitting: Sitting, visitor: Visitor, *, name: str, kind: Kind, wanted: bool = True
) -> Space | None:
    """One of the two says that they would like to keep a space; it is made when both have said so."""
    person = visitor.person
    # Locked together, so that of two who say it at once the second sees the first.
    sitting = Sitting.objects.select_for_update().get(pk=sitting.pk)
    if sitting.space_id is not None:
        raise Refused(_("This space is kept already."))
    seats = list(Place.objects.select_for_update().filter(sitting=sitting).order_by("seat"))
    mine = [place for place in seats if _sits(visitor, place)]
    if person is None or len(mine) != 1:
        raise Refused(_("Only the two of you can keep this, each with an account of their own."))
    [place] = mine
    # The other may have signed out or left meanwhile: a wish that finds nobody is one that waits.
    other = next((each for each in seats if each is not place), None)
    if other is not None and other.person_id == person.pk:
        raise Refused(_("A space is for two people, each with an account of their own."))
    if person.name != name:
        person.name = name
        person.save(update_fields=["name"])
    place.person, place.name, place.kind, place.keeps = person, name, kind, wanted
    place.save()
    if other is None or not (place.keeps and other.keeps and other.person):
        return None
    over = sitting.closed_at is not None
    # Under the sitting's own number, by which both browsers know the secret that they share.
    space = Space.objects.create(pk=sitting.pk, sittings=1 if over and sitting.sat else 0)
    for its, own, their in ((person, place, other), (other.person, other, place)):
        Member.objects.create(space=space, person=its, kind=own.kind, other_name=their.name)
    if over:
        sitting.delete()
    else:
        sitting.space = space
        sitting.save(update_fields=["space"])
        # What both have said was about the space; the day is another question.
        Place.objects.filter(sitting=sitting).update(keeps=False)
    return space


@transaction.atomic
def would_keep_day(sitting: Sitting, visitor: Visitor, *, wanted: bool = True) -> None:
    """One of the two says that the day may stay in their space; it does when both have said so."""
    seats = list(Place.objects.select_for_update().filter(sitting=sitting))
    mine = [place for place in seats if _sits(visitor, place)]
    if len(mine) != 1 or not sitting.sat:
        raise Refused(_("Only the two of you can keep this day, once you have sat."))
    [place] = mine
    place.keeps = wanted
    place.save(update_fields=["keeps"])
    if len(seats) == len(Seat) and all(each.keeps for each in seats):
        Day.objects.bulk_create(
            (
                Day(member=side, day=sitting.opened_at.date())
                for side in Member.objects.filter(space=sitting.space_id)
            ),
            ignore_conflicts=True,
        )


@transaction.atomic
def forget_day(member: Member, day: date) -> None:
    """A day goes from this person's side; the other keeps theirs."""
    Day.objects.filter(member=member, day=day).delete()


@transaction.atomic
def rest(member: Member, *, resting: bool) -> None:
    """One of the two lets the space rest, or wakes it on their side."""
    member.resting = resting
    member.save(update_fields=["resting"])


@transaction.atomic
def turn_check_in(member: Member, *, on: bool) -> None:
    """One of the two wants to be asked before and after, or no longer; the other never knows."""
    member.check_in = on
    member.save(update_fields=["check_in"])


@transaction.atomic
def leave(member: Member) -> None:
    """Their side goes at once. To the other the space looks like one that rests."""
    space, person = member.space, member.person
    Door.objects.filter(space=space, person=person).delete()
    Knock.objects.filter(door__space=space, person=person).delete()
    give_up(Place.objects.filter(sitting__space=space, person=person))
    member.delete()
    if not space.members.exists():
        space.delete()


@transaction.atomic
def give_up(places: Iterable[Place]) -> None:
    """These seats are nobody's any more, and the devices at them are let go."""
    for place in list(places):
        given_up = partial(
            seat_given_up.send,
            sender=Place,
            sitting=str(place.sitting_id),
            seat=Seat(place.seat),
        )
        place.delete()
        transaction.on_commit(given_up)


def _side(visitor: Visitor, space: Space) -> Member | None:
    return None if visitor.person is None else access.member(space.pk, visitor.person)


def _sits(visitor: Visitor, place: Place) -> bool:
    by_browser = bool(visitor.mark) and place.visitor == visitor.mark
    return by_browser or (visitor.person is not None and place.person_id == visitor.person.pk)
