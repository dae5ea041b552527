"""What is true of sealed words: whose they are, how large, of which day; never what they say.

Nothing here holds a key, a recipient, a time finer than a day, or a number that counts over
everybody: what one person keeps in private changes nothing that another is shown.
"""

import uuid
from typing import ClassVar

from django.db import models

from relational_space.people.models import Person, today


class Kind(models.TextChoices):
    """What opens a slot."""

    PASSPHRASE = "passphrase"  # noqa: S105
    CODE = "code"
    PASSKEY = "passkey"


class Slot(models.Model):
    """One way to somebody's word key: the key, sealed by what only they have."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="slots")
    kind = models.CharField(max_length=10, choices=Kind)
    sealed = models.BinaryField()
    # By this a browser finds the passkey; nothing is secret in it.
    hint = models.TextField(blank=True)
    day = models.DateField(default=today)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=~models.Q(kind=Kind.PASSKEY),
                name="one_passphrase_and_one_code",
            ),
        ]


class Keyring(models.Model):
    """Somebody's keyring, sealed for their word key."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="keyring")
    revision = models.PositiveBigIntegerField()
    sealed = models.BinaryField()


class Record(models.Model):
    """One revision of something that somebody wrote, sealed for them alone or for a space."""

    # The name that its author's browser gave it; every revision has the same.
    name = models.UUIDField()
    author = models.ForeignKey(Person, models.CASCADE, related_name="records")
    # The space for whose two members it is sealed; None when it is private. Not a foreign key: words
    # know no spaces, and are told when one is gone.
    space = models.UUIDField(null=True)
    revision = models.PositiveBigIntegerField()
    sealed = models.BinaryField()
    size = models.PositiveIntegerField()
    day = models.DateField(default=today)
    # The day on which it goes, if its author wants it to.
    until = models.DateField(null=True)
    # Since when a later revision stands in its place.
    replaced = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["author", "name", "revision"], name="one_record_a_revision"
            ),
            models.UniqueConstraint(
                fields=["author", "name"],
                condition=models.Q(replaced=None),
                name="one_newest_revision",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["space", "name"], name="records_of_a_space"),
        ]


class Round(models.Model):
    """The last round of letting go what is due: one row, by which a clock that leaps is known."""

    day = models.DateField()
    # What was due until then has gone.
    due_by = models.DateField()
    waits_until = models.DateField()
