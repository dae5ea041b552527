"""Every write about persons: one function an act.

An account is made by somebody who has been let in by somebody else, or by the host; there is no
other way in. Signing in is allauth's.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import partial

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import transaction
from django.dispatch import Signal

from relational_space.people import sessions
from relational_space.people.models import Person, fresh_seed

HOST_NAME = "Host"

INVITATION_LASTS = timedelta(days=2)
"""How long the host's invitation to make an account can be used."""

GRACE = timedelta(hours=24)
"""Whoever asks to be erased can call it off for so long; so can they for whom another has asked it."""


sessions_ended = Signal()
"""Sent with `person` once one or all of their devices are signed out."""


@transaction.atomic
def make_account(name: str) -> Person:
    """A new person; they cannot come back until they have a passkey or an address."""
    return Person.objects.create(name=name)


@transaction.atomic
def rename(person: Person, name: str) -> None:
    """They are called this from now on; others know them as they did."""
    person.name = name
    person.save(update_fields=["name"])


@transaction.atomic
def end_sessions(person: Person) -> None:
    """All devices are signed out; the one that asked is signed in again by its view."""
    person.seed = fresh_seed()
    person.save(update_fields=["seed"])
    sessions.end_all(person)
    transaction.on_commit(partial(sessions_ended.send, sender=Person, person=person))


@transaction.atomic
def end_session(person: Person, id: str) -> None:
    """One of this person's devices is signed out."""
    sessions.end(person, id)
    transaction.on_commit(partial(sessions_ended.send, sender=Person, person=person))


@transaction.atomic
def ask_to_be_erased(person: Person, *, now: datetime) -> None:
    """All devices are signed out, and in a day it is done; until then signing in can call it off."""
    person.erase_at = now + GRACE
    person.save(update_fields=["erase_at"])
    end_sessions(person)


@transaction.atomic
def keep_account(person: Person) -> None:
    """They would rather not be erased."""
    person.erase_at = None
    person.save(update_fields=["erase_at"])


def new_host_link() -> str:
    """A token that signs the host in, once. Only its digest is kept, and only in memory."""
    token = secrets.token_urlsafe(32)
    cache.set(_key("host", token), True, timeout=None)
    return token


def knows_host_link(token: str) -> bool:
    """Whether this token would still sign the host in; looking spends nothing."""
    return bool(cache.get(_key("host", token)))


@transaction.atomic
def come_as_host(token: str) -> Person | None:
    """The host, for whoever has the link, once; None when it is wrong or spent."""
    # Deleting answers yes to one of many at once.
    if not cache.delete(_key("host", token)):
        return None
    host = Person.objects.filter(is_host=True).first()
    return host or Person.objects.create(name=HOST_NAME, is_host=True)


def invite(host: Person) -> str:
    """A token with which somebody may make an account, once; the host's to give."""
    if not host.is_host:
        raise PermissionError("Only the host invites.")
    token = secrets.token_urlsafe(32)
    cache.set(_key("invitation", token), True, timeout=INVITATION_LASTS.total_seconds())
    return token


def use_invitation(token: str) -> bool:
    """Whether this invitation was good; it is spent now."""
    return bool(cache.delete(_key("invitation", token)))


def _key(what: str, token: str) -> str:
    return f"{what}/{hashlib.sha256(token.encode()).hexdigest()}"


def has_way_back(person: Person) -> bool:
    """Whether this person could sign in again once they are signed out."""
    return (
        person.is_host
        or Authenticator.objects.filter(user=person).exists()
        or EmailAddress.objects.filter(user=person).exists()
    )
