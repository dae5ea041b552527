"""Whoever looks at a page: a browser, and the person who has signed in with it, if anybody has.

A guest has no account. What binds a guest to a door or a seat is a secret in their session, and
what is stored is its SHA-256. The secret outlives signing in, so that a guest who makes an account
after a sitting still has their seat; signing out forgets it.
"""

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from relational_space.people.models import Person

GUEST_S = 24 * 60 * 60
"""A guest's session is forgotten after a day, as the longest invitation is."""

HERE = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names by which a machine finds nothing but itself."""

_IN_SESSION = "visitor"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser by its mark, and who is signed in. The mark is empty until one is needed."""

    mark: str
    person: Person | None


def visitor(request: HttpRequest) -> Visitor:
    """Who asks for this page, as far as is known; nothing is stored."""
    # First: of a session that was ended elsewhere, nothing may be left, and that is seen here.
    person = request.user if isinstance(request.user, Person) else None
    secret = request.session.get(_IN_SESSION, "")
    mark = hashlib.sha256(secret.encode()).hexdigest() if secret else ""
    return Visitor(mark, person)


def marked(request: HttpRequest) -> Visitor:
    """The same with a mark, made now if there was none."""
    signed_in = request.user.is_authenticated
    if _IN_SESSION not in request.session:
        request.session[_IN_SESSION] = secrets.token_urlsafe(32)
        if not signed_in:
            request.session.set_expiry(GUEST_S)
    return visitor(request)


def passkeys_work(request: HttpRequest) -> bool:
    """Whether this page's address is one for which a browser makes passkeys: a name, and by https."""
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return request.is_secure() or host == "localhost"
    return False


def reachable(request: HttpRequest, path: str) -> str:
    """The address under which a phone finds this path: not the one that only this machine knows."""
    here = request.build_absolute_uri(path)
    if urlsplit(here).hostname not in HERE:
        return here
    if phones := settings.RELATIONAL_SPACE.get("phones"):
        return str(phones).rstrip("/") + path
    elsewhere = [host for host in settings.ALLOWED_HOSTS if host.strip("[]") not in HERE]
    return f"http://{elsewhere[0]}:{request.get_port()}{path}" if elsewhere else here


def address(request: HttpRequest) -> str:
    """The network address that a limit counts: for IPv6 the network, since a home has one."""
    try:
        ip = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return ""
    if ip.version == 6:
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
