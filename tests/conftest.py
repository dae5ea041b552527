"""What every test may ask for: browsers, and the four people; and how hard the properties try.

Ada and Ben share a space, Cy must see nothing, Gus guides.
"""

import socket
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, settings

from relational_space.people.models import Person

_slow_is_fine = [HealthCheck.too_slow, HealthCheck.filter_too_much]

# A few histories when quick, a thousand every day, more in `all`.
for _name, _examples in (("quick", 100), ("usual", 1000), ("all", 10_000)):
    settings.register_profile(
        _name, max_examples=_examples, deadline=None, suppress_health_check=_slow_is_fine
    )
# For whoever calls pytest by hand; ./test names its own.
settings.load_profile("quick")


class Browser(Client):
    """Somebody's browser, by https and from an address of its own."""

    def generic(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["secure"] = True
        return super().generic(*args, **kwargs)


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


@pytest.fixture
def browser() -> Callable[..., Browser]:
    """A new browser, signed in if a person is given."""
    made = 0

    def make(person: Person | None = None) -> Browser:
        nonlocal made
        made += 1
        fresh = Browser(REMOTE_ADDR=f"192.0.2.{made % 250}")
        if person is not None:
            fresh.force_login(person)
        return fresh

    return make


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada")


@pytest.fixture
def ben(db: None) -> Person:
    return Person.objects.create(name="Ben")


@pytest.fixture
def cy(db: None) -> Person:
    return Person.objects.create(name="Cy")


@pytest.fixture
def gus(db: None) -> Person:
    return Person.objects.create(name="Gus", is_host=True)


@pytest.fixture(autouse=True)
def _no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here speaks to another machine: a connection that would is an error."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        # A datagram socket is asked for its own address only; it sends nothing by connecting.
        here = self.type == socket.SOCK_DGRAM or host in ("", "127.0.0.1", "::1", "localhost")
        if not here:
            raise AssertionError(f"a connection to {host} was about to be made")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_here)
