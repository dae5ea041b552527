"""What is true of a person: as little as a place can do with.

No password, no time of the last visit, and no moment of arrival finer than a day.
"""

import datetime
import secrets
import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from relational_space.people.names import MOST_LETTERS


def today() -> datetime.date:
    """The day, in UTC; nothing about a person is dated more finely."""
    return timezone.now().date()


def fresh_seed() -> str:
    """What a person's sessions hang on."""
    return secrets.token_urlsafe(32)


class Person(AbstractBaseUser):
    """Somebody who has an account. A guest has none, and is only a browser."""

    # Fields that Django would add, and that would keep more than is needed.
    password: Any = None
    last_login: Any = None

    # An address for records, never a secret: whoever guesses it may do nothing with it.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=MOST_LETTERS)
    created = models.DateField(default=today, editable=False)
    # Who keeps this place. It opens no space of anybody else.
    is_host = models.BooleanField(default=False)
    # Every session of this person is bound to it: a new one ends them all.
    seed = models.CharField(max_length=43, default=fresh_seed, editable=False)
    # They have asked to be erased: from then on it is done, unless they sign in and keep it.
    erase_at = models.DateTimeField(null=True, editable=False)

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

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django binds sessions to the password, which nobody has here.
        return salted_hmac(
            "people.session", self.seed, secret=secret, algorithm="sha256"
        ).hexdigest()
