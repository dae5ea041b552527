"""People as a Django app."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import pre_save


class PeopleConfig(AppConfig):
    """Persons, and the ways in."""

    name = "relational_space.people"

    def ready(self) -> None:
        """Keep of a passkey that it is there, and never when it was used."""
        from allauth.mfa.models import Authenticator

        pre_save.connect(_forget_last_use, sender=Authenticator, dispatch_uid="people")


def _forget_last_use(*, instance: Any, **_rest: Any) -> None:
    instance.last_used_at = None
