"""Words as a Django app."""

from django.apps import AppConfig


class WordsConfig(AppConfig):
    """What people keep sealed."""

    name = "relational_space.words"

    def ready(self) -> None:
        """Say what is kept of a person."""
        from relational_space.people import erase as people_erase
        from relational_space.words import erase

        people_erase.add(people_erase.Belongings("words", erase.hand_over, erase.destroy))
