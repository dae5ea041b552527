"""Spaces as a Django app."""

from django.apps import AppConfig


class SpacesConfig(AppConfig):
    """Doors, sittings and the spaces that two people keep."""

    name = "relational_space.spaces"

    def ready(self) -> None:
        """Say what is kept of a person, and let go of the seats of whoever signs out."""
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from relational_space.people import actions as people_actions
        from relational_space.people import erase as people_erase
        from relational_space.spaces import erase, signing

        people_erase.add(people_erase.Belongings("spaces", erase.hand_over, erase.destroy))
        user_logged_in.connect(signing.signed_in, dispatch_uid="spaces")
        user_logged_out.connect(signing.signed_out, dispatch_uid="spaces")
        people_actions.sessions_ended.connect(signing.sessions_ended, dispatch_uid="spaces")
