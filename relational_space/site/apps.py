"""The site as a Django app, so that its template tags are found."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The house round the apps."""

    name = "relational_space.site"
