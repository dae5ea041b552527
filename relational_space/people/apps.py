"""People as a Django app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Persons, and the ways in."""

    name = "relational_space.people"
