"""Every address × everybody: what isn't somebody's is not found, exactly as what never was."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from relational_space.people.models import Person
from relational_space.practice.events import Opened, to_plain
from relational_space.practice.practice import Seat
from relational_space.spaces import actions
from relational_space.spaces.models import Event, Member, Place, Seating, Sitting, Space
from relational_space.spaces.practices import shelf

pytestmark = pytest.mark.django_db

NewBrowser = Callable[..., Client]

# Whoever may look: everybody, at pages that are the same for all; everybody, at what differs; every
# browser, at what is its own; those who have signed in, at their own account; and those whose
# space or sitting it is.
TO_READ = {
    "front", "alone", "whom", "ask", "asked", "practices", "practice", "help", "care", "phones",
    "phones-certificate", "health", "later", "offered",
}  # fmt: skip
EVERYBODY = {
    "beside", "words", "come", "welcome",
    "host", "begin", "account_login", "account_signup", "account_request_login_code",
    "mfa_login_webauthn", "account_logout", "account_confirm_login_code",
    "account_email_verification_sent", "ticket",
}  # fmt: skip
OWN_BROWSER = {
    "door", "door_state", "renew_door", "close_door", "share", "let_in", "waiting", "waiting_state",
}  # fmt: skip
OWN_ACCOUNT = {
    "account", "rename", "end_sessions", "end_session", "export", "erase_me", "keep_account", "spaces",
    "mfa_list_webauthn", "mfa_add_webauthn", "account_email", "sealed", "begin_words", "keyring", "slots",
    "erase_words", "records", "mine",
}  # fmt: skip
OF_A_SPACE = {"space", "meet", "rest", "check_in", "forget_day", "rhythm", "leave", "space_records"}
OF_A_SITTING = {"sitting", "keep"}
OF_THE_HOST = {"invite"}
OF_A_PASSKEY = {"mfa_remove_webauthn"}


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        else:
            assert pattern.name, f"{pattern} has no name"
            yield pattern.name


@dataclass(frozen=True)
class Scene:
    space: Space
    sitting: Sitting
    guest_sitting: Sitting


@pytest.fixture
def scene(ada: Person, ben: Person) -> Scene:
    """Ada and Ben share a space and sit together; two guests sit together elsewhere."""
    space = Space.objects.create()
    for person, other in ((ada, ben), (ben, ada)):
        Member.objects.create(space=space, person=person, other_name=other.name)
    return Scene(space, _sitting(space, ada, ben), _sitting(None, None, None))


def _sitting(space: Space | None, one: Person | None, other: Person | None) -> Sitting:
    from django.utils import timezone

    sitting = Sitting.objects.create(
        space=space, seating=Seating.BESIDE, opened_at=timezone.now(), pace=1.0
    )
    for seat, person in ((Seat.ONE, one), (Seat.OTHER, other)):
        Place.objects.create(sitting=sitting, seat=seat, person=person, visitor=uuid4().hex)
    text = shelf().practices["mirroring"].text
    opened = Opened(0.0, "mirroring", text, "", Seat.ONE, False, True, 1.0)
    Event.objects.create(sitting=sitting, number=0, plain=to_plain(opened))
    return sitting


@pytest.fixture
def wrong(browser: NewBrowser, scene: Scene, cy: Person, gus: Person) -> dict[str, Client]:
    """Everybody who must see nothing of Ada's and Ben's space."""
    former = Person.objects.create(name="Former")
    left = Member.objects.create(space=scene.space, person=former, other_name="Ada")
    elsewhere = Space.objects.create()
    for person in (cy, gus):
        Member.objects.create(space=elsewhere, person=person, other_name="")
    guest = browser()
    guest.post("/beside/")
    guest.post("/door/share/", {"practice": "mirroring"})
    gone = browser(former)
    actions.leave(left)
    return {
        "a stranger": browser(),
        "a guest": guest,
        "a member of another space": browser(cy),
        "the host": browser(gus),
        "a former member": gone,
    }


def test_every_address_is_in_the_table() -> None:
    table = (
        TO_READ | EVERYBODY | OWN_BROWSER | OWN_ACCOUNT | OF_A_SPACE | OF_A_SITTING | OF_THE_HOST
        | OF_A_PASSKEY
    )  # fmt: skip
    assert set(names(get_resolver().url_patterns)) == table


@pytest.mark.parametrize("name", sorted(OF_A_SPACE | OF_A_SITTING))
def test_what_is_others_is_not_found_as_what_never_was(
    name: str, scene: Scene, wrong: dict[str, Client]
) -> None:
    theirs = [scene.space.pk] if name in OF_A_SPACE else [scene.sitting.pk, scene.guest_sitting.pk]
    before = list(Member.objects.values()), Sitting.objects.count()
    for who, there in wrong.items():
        never = reverse(name, args=[uuid4()])
        for number in theirs:
            address = reverse(name, args=[number])
            for method in (there.get, there.post):
                answer, nothing = method(address), method(never)
                assert answer.status_code in (404, 405), (who, address)
                assert answer.status_code == nothing.status_code
                assert answer.content == nothing.content
        assert there.post(reverse(name, args=[theirs[0]])).status_code in (404, 405)
    assert (list(Member.objects.values()), Sitting.objects.count()) == before


@pytest.mark.parametrize("name", sorted(OF_A_SPACE))
def test_those_whose_space_it_is_get_in(
    name: str, scene: Scene, browser: NewBrowser, ada: Person, ben: Person
) -> None:
    for person in (ada, ben):
        there = browser(person)
        answers = {there.get(reverse(name, args=[scene.space.pk])).status_code}
        answers.add(there.post(reverse(name, args=[scene.space.pk])).status_code)
        assert answers & {200, 302}
        assert 404 not in answers


def test_those_whose_sitting_it_is_get_in_from_any_of_their_devices(
    scene: Scene, browser: NewBrowser, ada: Person, ben: Person
) -> None:
    for person, seat in ((ada, "one"), (ben, "other")):
        for device in (browser(person), browser(person)):
            page = device.get(reverse("sitting", args=[scene.sitting.pk]))
            assert page.context["data"]["seats"] == [seat]


@pytest.mark.parametrize("name", sorted(OWN_ACCOUNT))
def test_an_account_is_asked_for_and_shows_only_its_own(
    name: str, browser: NewBrowser, cy: Person, scene: Scene
) -> None:
    stranger = browser()
    for method in (stranger.get, stranger.post):
        answer = method(reverse(name))
        assert answer.status_code in (302, 405)
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/account/login/")
    there = browser(cy)
    page = there.get(reverse(name))
    if page.status_code == 200:
        assert "Ada" not in page.content.decode()
        assert str(scene.space.pk) not in page.content.decode()


@pytest.mark.parametrize("name", sorted(OWN_BROWSER))
def test_a_door_is_that_of_the_browser_that_made_it(name: str, browser: NewBrowser) -> None:
    inviter, stranger, never = browser(), browser(), browser()
    without = stranger.get(reverse(name)), stranger.post(reverse(name))
    inviter.post("/beside/")
    with_a_door = never.get(reverse(name)), never.post(reverse(name))
    assert [a.content for a in without] == [a.content for a in with_a_door]
    assert [a.status_code for a in without] == [a.status_code for a in with_a_door]


@pytest.mark.parametrize("name", sorted(OF_THE_HOST))
def test_what_is_the_hosts_is_not_found_by_anybody_else(
    name: str, browser: NewBrowser, ada: Person, gus: Person
) -> None:
    assert browser().post(reverse(name)).status_code == 404
    assert browser(ada).post(reverse(name)).status_code == 404
    assert browser(gus).post(reverse(name)).status_code == 200


def test_nobody_removes_the_passkey_of_another(
    browser: NewBrowser, ada: Person, cy: Person
) -> None:
    from allauth.mfa.models import Authenticator

    key = Authenticator.objects.create(user=ada, type="webauthn", data={"name": "Passkey"})
    address = reverse("mfa_remove_webauthn", args=[key.pk])
    for method in ("get", "post"):
        assert getattr(browser(cy), method)(address).status_code == 404
        assert getattr(browser(), method)(address).status_code == 302
    assert Authenticator.objects.filter(pk=key.pk).exists()


@pytest.mark.parametrize(
    "name", sorted(TO_READ - {"practice", "health", "phones-certificate", "later"})
)
def test_a_page_to_read_is_the_same_for_everybody(
    name: str, browser: NewBrowser, wrong: dict[str, Client], ada: Person
) -> None:
    pages = {
        re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", there.get(reverse(name)).content.decode())
        for there in (browser(ada), *wrong.values())
    }
    assert len(pages) == 1


def test_looking_never_writes(
    scene: Scene, wrong: dict[str, Client], browser: NewBrowser, ada: Person
) -> None:
    """A GET of every address, by everybody, writes nothing but what a browser keeps for itself."""
    everybody = {**wrong, "Ada": browser(ada)}
    numbers = {"number": str(scene.space.pk), "shown": "x", "token": "x", "pk": 1, "name": "x"}
    numbers["days"] = 3
    for name in set(names(get_resolver().url_patterns)):
        [(_, wanted)] = get_resolver().reverse_dict.getlist(name)[0][0][:1]
        address = reverse(name, kwargs={key: numbers[key] for key in wanted})
        for who, there in everybody.items():
            with CaptureQueriesContext(
                connection,
            ) as queries:
                there.get(address)
            for query in queries:
                written = query["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")
                assert not written or "django_session" in query["sql"], (who, address, query)
