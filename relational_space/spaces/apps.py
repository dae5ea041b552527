"""Spaces as a Django app."""

from django.apps import AppConfig


class SpacesConfig(AppConfig):
    """Doors, sittings and the spaces that two people keep."""

    name = "relational_space.spaces"
