"""People as a Django app."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import pre_save


class PeopleConfig(AppConfig):
    """Persons, and the ways in."""

    name = "relational_space.people"

    def ready(self) -> None:
        """Keep of a passkey the day it was made, and never when it was used; hear of signing in."""
        from allauth.account import signals as account
        from allauth.mfa import signals as passkeys
        from allauth.mfa.models import Authenticator
        from django.contrib.auth.signals import user_logged_in

        from relational_space.people import sessions
        from relational_space.people.signing import way_in_changed

        pre_save.connect(_keep_the_day, sender=Authenticator, dispatch_uid="people")
        user_logged_in.connect(sessions.begin, dispatch_uid="people")
        for changed in (
            passkeys.authenticator_added,
            passkeys.authenticator_removed,
            account.email_added,
            account.email_changed,
            account.email_removed,
        ):
            changed.connect(way_in_changed, dispatch_uid="people")


def _keep_the_day(*, instance: Any, **_rest: Any) -> None:
    instance.last_used_at = None
    instance.created_at = instance.created_at.replace(hour=0, minute=0, second=0, microsecond=0)
