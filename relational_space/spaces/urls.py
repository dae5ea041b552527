"""Addresses of doors, sittings and spaces."""

from django.urls import path

from relational_space.spaces import views

urlpatterns = [
    path("beside/", views.beside, name="beside"),
    path("door/", views.door, name="door"),
    path("door/state", views.door_state, name="door_state"),
    path("door/again/", views.renew, name="renew_door"),
    path("door/close/", views.close_door, name="close_door"),
    path("door/share/", views.share, name="share"),
    path("door/let-in/", views.let_in, name="let_in"),
    path("come/<str:shown>", views.come, name="come"),
    path("words/", views.words, name="words"),
    path("waiting/", views.waiting, name="waiting"),
    path("waiting/state", views.waiting_state, name="waiting_state"),
    path("sitting/<uuid:number>/", views.sitting, name="sitting"),
    path("live/ticket", views.ticket, name="ticket"),
    path("later/<int:days>.ics", views.later, name="later"),
    path("spaces/", views.spaces, name="spaces"),
    path("spaces/keep/<uuid:number>/", views.keep, name="keep"),
    path("spaces/<uuid:number>/", views.space, name="space"),
    path("spaces/<uuid:number>/meet/", views.meet, name="meet"),
    path("spaces/<uuid:number>/rest/", views.rest, name="rest"),
    path("spaces/<uuid:number>/check-in/", views.check_in, name="check_in"),
    path("spaces/<uuid:number>/days/", views.forget_day, name="forget_day"),
    path("spaces/<uuid:number>/rhythm/", views.rhythm, name="rhythm"),
    path("spaces/<uuid:number>/leave/", views.leave, name="leave"),
]
