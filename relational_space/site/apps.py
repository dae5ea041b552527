"""The site as a Django app, so that its template tags are found; and where apps meet."""

from typing import Any

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The house round the apps."""

    name = "relational_space.site"

    def ready(self) -> None:
        """Words know no spaces: say here whose a space is, and when one is no more."""
        from django.db.models.signals import post_delete

        from relational_space.spaces import access as spaces_access
        from relational_space.spaces.models import Space
        from relational_space.words import access as words_access

        words_access.spaces_are(spaces_access.standing, _sides)
        post_delete.connect(_forget_words, sender=Space, dispatch_uid="site")


def _sides(person: Any) -> list[Any]:
    from relational_space.spaces import access
    from relational_space.words.access import Side

    return [
        Side(side.space_id, side.other_name, side.space.is_resting)
        for side in access.members(person)
    ]


def _forget_words(*, instance: Any, **_rest: Any) -> None:
    from relational_space.words import actions

    actions.forget_space(instance.pk)
