"""Every address of the place."""

from django.urls import path

from relational_space.site import health, phones, views

urlpatterns = [
    path("", views.front, name="front"),
    path("phones/", phones.phones, name="phones"),
    path("phones/certificate.crt", phones.certificate, name="phones-certificate"),
    path("health/", health.health, name="health"),
]
