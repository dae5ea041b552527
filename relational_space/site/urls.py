"""Every address of the place."""

from django.urls import include, path

from relational_space.site import health, phones, views

urlpatterns = [
    path("", views.front, name="front"),
    path("phones/", phones.phones, name="phones"),
    path("phones/certificate.crt", phones.certificate, name="phones-certificate"),
    path("", include("relational_space.people.urls")),
    path("", include("relational_space.spaces.urls")),
    path("health/", health.health, name="health"),
]
