"""Every address of the place."""

from django.urls import include, path

from relational_space.site import health, phones, views

urlpatterns = [
    path("", views.front, name="front"),
    path("alone/", views.alone, name="alone"),
    path("whom/", views.whom, name="whom"),
    path("ask/", views.ask, name="ask"),
    path("asked/", views.asked, name="asked"),
    path("practices/", views.practices, name="practices"),
    path("practices/<slug:name>/", views.practice, name="practice"),
    path("help/", views.get_help, name="help"),
    path("care/", views.care, name="care"),
    path("seen/", views.seen, name="seen"),
    path("phones/", phones.phones, name="phones"),
    path("phones/certificate.crt", phones.certificate, name="phones-certificate"),
    path("", include("relational_space.people.urls")),
    path("", include("relational_space.spaces.urls")),
    path("", include("relational_space.words.urls")),
    path("health/", health.health, name="health"),
]

handler500 = views.something_broke
