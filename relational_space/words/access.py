"""Who may see which sealed words. Everything that is looked up for somebody is looked up here.

What is somebody else's is not found, exactly as what never was. Reading only. Words know no spaces:
the site, which knows both, says by `spaces_are` whose a space is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db.models import QuerySet

from relational_space.people.models import Person
from relational_space.words.models import Keyring, Record, Slot

PAGE = 200
"""So many records in one answer at the most."""


class Standing(Protocol):
    """Somebody's side of a space."""

    @property
    def is_resting(self) -> bool:
        """Whether the space rests, which nobody can tell from the other having left."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a record belongs: to one person alone, or to the two of a space."""

    person: Person
    space: UUID | None = None
    is_resting: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """A space as one of its two knows it."""

    space: UUID
    name: str
    is_resting: bool


def _no_space(space: UUID, person: Person) -> Standing | None:
    return None


def _no_sides(person: Person) -> Sequence[Side]:
    return ()


_standing: Callable[[UUID, Person], Standing | None] = _no_space
_sides: Callable[[Person], Sequence[Side]] = _no_sides


def spaces_are(
    standing: Callable[[UUID, Person], Standing | None],
    sides: Callable[[Person], Sequence[Side]],
) -> None:
    """The site says how somebody stands in a space, None for whoever has no side of it; and in which."""
    global _standing, _sides
    _standing, _sides = standing, sides


def sides(person: Person) -> Sequence[Side]:
    """Every space in which this person has a side."""
    return _sides(person)


def scope(person: Person, space: UUID | None) -> Scope | None:
    """This person's own scope, or that of a space of theirs; None when it isn't."""
    if space is None:
        return Scope(person)
    side = _standing(space, person)
    return None if side is None else Scope(person, space, side.is_resting)


def records(where: Scope) -> QuerySet[Record]:
    """Every record of a scope, earlier revisions that are still kept included."""
    if where.space is None:
        return Record.objects.filter(author=where.person, space=None)
    return Record.objects.filter(space=where.space)


def page(where: Scope, after: UUID | None) -> tuple[list[Record], UUID | None]:
    """The next records by name, all of a name together, and the name to go on after if there are more."""
    # By the names that browsers drew: a number that counts everybody's would tell of others.
    found = records(where).order_by("name", "author_id", "revision")
    if after is not None:
        found = found.filter(name__gt=after)
    some = list(found[: PAGE + 1])
    if len(some) <= PAGE:
        return some, None
    # The last name may be cut in the middle; it comes whole with the next page.
    whole = [record for record in some if record.name != some[-1].name]
    whole = whole or list(found.filter(name=some[-1].name))
    return whole, whole[-1].name


def slots(person: Person) -> QuerySet[Slot]:
    """The ways to this person's word key."""
    return Slot.objects.filter(person=person).order_by("day", "pk")


def keyring(person: Person) -> Keyring | None:
    """This person's keyring; None before they have begun."""
    return Keyring.objects.filter(person=person).first()
