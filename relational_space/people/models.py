"""What is true of a person: as little as a place can do with.

No password, no time of the last visit, and no moment of arrival finer than a day.
"""

import datetime
import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone


def today() -> datetime.date:
    """The day, in UTC; nothing about a person is dated more finely."""
    return timezone.now().date()


class Person(AbstractBaseUser):
    """Somebody: one who has an account, or a guest who came through a door."""

    # Fields that Django would add, and that would keep more than is needed.
    password: Any = None
    last_login: Any = None

    # An address for records, never a secret: whoever guesses it may do nothing with it.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=40)
    created = models.DateField(default=today, editable=False)
    is_guest = models.BooleanField(default=False)

    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = BaseUserManager["Person"]()

    def __str__(self) -> str:
        return self.name

    def check_password(self, raw_password: str | None) -> bool:
        """No: there is no password to be right."""
        return False

    def has_usable_password(self) -> bool:
        """No, and there never is one."""
        return False
