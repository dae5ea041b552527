"""Every address of the place."""

from django.urls import path

from relational_space.site import health, views

urlpatterns = [
    path("", views.front, name="front"),
    path("health/", health.health, name="health"),
]
