"""What doors, sittings and spaces keep of a person: handed over, and destroyed.

The other's side of a space is the other's, the name they know this person by included; it looks as
if the space were resting.
"""

from typing import Any

from relational_space.people.models import Person
from relational_space.spaces import actions
from relational_space.spaces.models import Door, Knock, Member, Place


def hand_over(person: Person) -> Any:
    """This person's sides, as values that JSON can hold."""
    return [
        {
            "with": side.other_name,
            "since": side.space.since.isoformat(),
            "kind": side.kind,
            "resting": side.resting,
            "asked before and after": side.check_in,
            "days": [each.day.isoformat() for each in side.days.all()],
        }
        for side in Member.objects.filter(person=person).select_related("space")
    ]


def destroy(person: Person) -> None:
    """Their sides, doors, knocks and seats."""
    for side in Member.objects.filter(person=person).select_related("space", "person"):
        actions.leave(side)
    actions.give_up(Place.objects.filter(person=person))
    Door.objects.filter(person=person).delete()
    Knock.objects.filter(person=person).delete()
