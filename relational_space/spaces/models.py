"""What is true of doors, sittings and spaces.

A sitting's rows hold results and who may sit where, and go when it is over. Nothing here holds what
somebody chose, declined or pressed, a word that somebody wrote, or a count that goes on.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from relational_space.people.models import Person, today
from relational_space.people.names import MOST_LETTERS
from relational_space.practice.practice import Seat

FIRST_SITTINGS = 3
"""For so many sittings of a space time and eyes begin on the lowest rung. Nothing counts further."""


class Kind(models.TextChoices):
    """What somebody calls the bond, to themselves; the other never sees it."""

    FRIEND = "friend", _("a friend")
    FAMILY = "family", _("family")
    PARTNER = "partner", _("a partner")
    PRACTITIONER = "practitioner", _("client and practitioner")
    OTHER = "other", _("something else")


class Seating(models.TextChoices):
    """Where the two people are."""

    BESIDE = "beside", _("in one room, each with a phone")
    APART = "apart", _("in two places")
    SHARED = "shared", _("in one room, with one phone")


class Space(models.Model):
    """Two people who have kept what they began together."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    since = models.DateField(default=today, editable=False)
    sittings = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(sittings__lte=FIRST_SITTINGS), name="no_count_goes_on"
            ),
        ]

    @property
    def begins_low(self) -> bool:
        """Whether time and eyes still begin on the lowest rung."""
        return self.sittings < FIRST_SITTINGS

    @property
    def is_resting(self) -> bool:
        """Whether either lets it rest, or has left: nobody can tell the two apart."""
        members = list(self.members.all())
        return len(members) < 2 or any(member.resting for member in members)


class Member(models.Model):
    """One person's side of a space. It goes when they leave, and the other's side stays as it was."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.FRIEND)
    # The other's name as this person knows it, so that it does not change when the other leaves.
    other_name = models.CharField(max_length=MOST_LETTERS)
    resting = models.BooleanField(default=False)
    check_in = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["space", "person"], name="one_side_each"),
        ]


class Day(models.Model):
    """A day on which the two sat, since both would like to keep it: each has it on their own side."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="days")
    day = models.DateField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-day"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["member", "day"], name="a_day_is_kept_once"),
        ]


class Door(models.Model):
    """An invitation that somebody is waiting behind. It goes when they let somebody in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The inviter's browser: SHA-256 of what its session holds.
    visitor = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="doors")
    space = models.ForeignKey(Space, models.CASCADE, null=True, related_name="doors")
    salt = models.CharField(max_length=43)
    opened_at = models.DateTimeField()


class Way(models.TextChoices):
    """How an invitation reaches somebody."""

    QR = "qr"
    LINK = "link"
    WORDS = "words"


class Token(models.Model):
    """One way through a door: the SHA-256 of what is shown, never the thing itself."""

    door = models.ForeignKey(Door, models.CASCADE, related_name="tokens")
    way = models.CharField(max_length=5, choices=Way)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["door", "way"], name="one_token_a_way"),
        ]


class Knock(models.Model):
    """Somebody who has come to a door and given a name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    door = models.ForeignKey(Door, models.CASCADE, related_name="knocks")
    visitor = models.CharField(max_length=64)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="knocks")
    name = models.CharField(max_length=MOST_LETTERS)
    way = models.CharField(max_length=5, choices=Way)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["door", "visitor"], name="one_knock_a_browser"),
        ]


class Sitting(models.Model):
    """One run of a practice, while it lasts; afterwards, for a while, the place to keep a space from."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    space = models.ForeignKey(Space, models.CASCADE, null=True, related_name="+")
    seating = models.CharField(max_length=6, choices=Seating)
    opened_at = models.DateTimeField()
    pace = models.FloatField()
    # When a process last said that it was running this.
    beat_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # Whether two people got as far as the practice itself.
    sat = models.BooleanField(default=False)


class Place(models.Model):
    """Who may sit in one seat of a sitting: a browser, or a person on any of their devices."""

    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="places")
    seat = models.CharField(max_length=5, choices=[(seat.value, seat.value) for seat in Seat])
    visitor = models.CharField(max_length=64)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="places")
    name = models.CharField(max_length=MOST_LETTERS, blank=True)
    # Whether this one would like to keep a space, or the day where there is one. It tells the other
    # nothing until both would.
    keeps = models.BooleanField(default=False)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.FRIEND)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sitting", "seat"], name="one_place_a_seat"),
        ]


class Event(models.Model):
    """One result in a sitting, as plain data. The unique number fences out a second owner."""

    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    plain = models.JSONField()

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sitting", "number"], name="one_event_a_number"),
        ]
