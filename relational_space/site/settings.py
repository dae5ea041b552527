"""Django's settings, all of them from one data folder and a few environment variables.

`relational-space run` sets the variables before Django starts; nothing else needs to. This file
reads the folder's key and makes nothing: importing it leaves the disk as it was.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from relational_space.site.home import database_path, default_home, secret_key
from relational_space.site.logs import without_address
from relational_space.site.turn import named

HOME = Path(os.environ.get("RELATIONAL_SPACE_HOME") or default_home())
SITE = Path(__file__).resolve().parent

# What the place itself may be told. Pace scales sitting time only: 20 makes a twenty-minute
# practice last one minute, for rehearsals and tests.
RELATIONAL_SPACE: dict[str, Any] = {
    "pace": float(os.environ.get("RELATIONAL_SPACE_PACE", "1")),
    "home": HOME,
    # “web” where another process of this home runs the sittings; empty where one does everything.
    "role": os.environ.get("RELATIONAL_SPACE_ROLE", ""),
    # Where phones find this place by https; empty while it is served by plain http only.
    "phones": os.environ.get("RELATIONAL_SPACE_PHONES", ""),
    # The pages that may open a live connection: scheme, host and port, exactly.
    "origins": tuple(filter(None, os.environ.get("RELATIONAL_SPACE_ORIGINS", "").split(","))),
    "built": SITE / "built",
    # By which servers two browsers of a call may find each other; none unless the host names some.
    "ways": named(os.environ),
    # Who says a practice's words where nobody has recorded them: an engine's dotted name, or “none”.
    "voice": os.environ.get("RELATIONAL_SPACE_VOICE", "relational_space.site.voice.engine.Hibari"),
}

DEBUG = False
SECRET_KEY = secret_key(HOME)
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *filter(None, os.environ.get("RELATIONAL_SPACE_HOSTS", "").split(",")),
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    # Before allauth, whose templates it stands in for.
    "relational_space.people",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "relational_space.spaces",
    "relational_space.words",
    "relational_space.site",
]

MIDDLEWARE = [
    "relational_space.site.headers.security_headers",
    "relational_space.site.cookies.cookies_for_plain_http",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "relational_space.site.headers.same_origin_writes",
    "relational_space.people.prf.refuse_prf",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "relational_space.site.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SITE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ],
        },
    },
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": database_path(HOME),
        "OPTIONS": {
            # IMMEDIATE takes the write lock at BEGIN, so a transaction never fails half way
            # because somebody else wrote first; it waits, for at most `timeout` seconds.
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            # secure_delete overwrites what is erased instead of leaving it in a free page.
            "init_command": (
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;"
            ),
        },
    },
}
# Limits, used tickets and the host's link are in memory. Django's own 300 entries would soon push
# one another out, and a ticket that is forgotten could be used again.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People ----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]

# No passwords anywhere: a passkey, or a code by mail.
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 180
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
# A mail to an address that has no account would tell whoever reads that mailbox.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SIGNUP_FORM_CLASS = "relational_space.people.forms.SignupForm"
ACCOUNT_ADAPTER = "relational_space.people.adapter.AccountAdapter"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/h/ip,5/h/key", "signup": "20/h/ip"}
MFA_ADAPTER = "relational_space.people.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"

# Mail goes to the terminal until a mail server is named: smtps://name:password@server:465, or
# smtp:// to begin in the clear and go on by TLS.
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
_server = urlsplit(os.environ.get("RELATIONAL_SPACE_SMTP", ""))
if _server.hostname:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_USE_SSL = _server.scheme == "smtps"
    EMAIL_USE_TLS = not EMAIL_USE_SSL
    EMAIL_HOST = _server.hostname
    EMAIL_PORT = _server.port or (465 if EMAIL_USE_SSL else 587)
    EMAIL_HOST_USER = unquote(_server.username or "")
    EMAIL_HOST_PASSWORD = unquote(_server.password or "")
    EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("RELATIONAL_SPACE_MAIL_FROM", "space@localhost")

# Cookies ---------------------------------------------------------------------------------------

# site/cookies.py gives them plain names, and takes Secure off, where the page came by plain http.
SESSION_COOKIE_NAME = "__Host-s"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 60 * 60
CSRF_COOKIE_NAME = "__Host-c"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# Pages -----------------------------------------------------------------------------------------

STATIC_URL = "/static/"
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Warnings and worse, on the terminal, and never an address with its query or a person's name.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "without address": {"()": "django.utils.log.CallbackFilter", "callback": without_address},
    },
    "handlers": {
        "terminal": {"class": "logging.StreamHandler", "filters": ["without address"]},
    },
    "root": {"handlers": ["terminal"], "level": "WARNING"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        # What a peer on the network does wrong is no fault of this place.
        "picows": {"level": "CRITICAL"},
    },
}
