"""Addresses of sealed words, for browsers. `words/` is where three words are typed."""

from django.urls import path

from relational_space.words import views

urlpatterns = [
    path("mine/", views.mine, name="mine"),
    path("sealed/list/", views.offered, name="offered"),
    path("sealed/", views.sealed, name="sealed"),
    path("sealed/begin/", views.begin, name="begin_words"),
    path("sealed/keyring/", views.keyring, name="keyring"),
    path("sealed/slots/", views.slots, name="slots"),
    path("sealed/erase/", views.erase, name="erase_words"),
    path("sealed/records/", views.records, name="records"),
    path("sealed/spaces/<uuid:number>/records/", views.space_records, name="space_records"),
]
