"""Addresses of the account. Those of allauth are named one by one: what needs a password isn't here."""

from allauth.account import views as account
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from relational_space.people import views
from relational_space.people.floor import no_faster

urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/name/", views.rename, name="rename"),
    path("account/sessions/", views.end_sessions, name="end_sessions"),
    path("account/sessions/one/", views.end_session, name="end_session"),
    path("account/export/", views.export, name="export"),
    path("account/erase/", views.erase_me, name="erase_me"),
    path("account/keep/", views.keep_account, name="keep_account"),
    path("account/begin/", views.begin, name="begin"),
    path("account/host/<str:token>", views.host, name="host"),
    path("account/invite/", views.invite, name="invite"),
    path("account/welcome/<str:token>", views.welcome, name="welcome"),
    path("account/login/", views.sign_in, name="account_login"),
    path("account/logout/", views.sign_out, name="account_logout"),
    path("account/signup/", no_faster(account.signup), name="account_signup"),
    path(
        "account/login/code/",
        no_faster(account.request_login_code),
        name="account_request_login_code",
    ),
    path(
        "account/login/code/confirm/",
        account.confirm_login_code,
        name="account_confirm_login_code",
    ),
    path(
        "account/address/confirm/",
        account.email_verification_sent,
        name="account_email_verification_sent",
    ),
    path("account/address/", account.email, name="account_email"),
    path("account/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("account/passkeys/add/", views.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("account/passkeys/login/", views.passkey_login, name="mfa_login_webauthn"),
    path(
        "account/passkeys/<int:pk>/remove/",
        passkeys.remove_webauthn,
        name="mfa_remove_webauthn",
    ),
]
