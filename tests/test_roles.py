"""Every address × everybody: what isn't somebody's is not found, exactly as what never was."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from relational_space.people import sessions
from relational_space.people.models import Person
from relational_space.practice.events import Opened, to_plain
from relational_space.practice.practice import Seat
from relational_space.spaces import access, actions
from relational_space.spaces.models import (
    Door,
    Event,
    Kind,
    Knock,
    Member,
    Place,
    Seating,
    Sitting,
    Space,
    Way,
)
from relational_space.spaces.practices import shelf
from relational_space.words.models import Record, Slot

pytestmark = pytest.mark.django_db

NewBrowser = Callable[..., Client]

# Every address stands in one of these, and why nobody is the wrong person there, or who is:
# TO_READ is public because it is byte for byte the same for everybody;
# EVERYBODY is how somebody comes in, and hangs on a secret that they bring, or on nothing;
# OWN_BROWSER and OWN_ACCOUNT name nobody: each answers with what is of whoever asks;
# OF_A_SPACE, OF_A_SITTING and OF_A_PASSKEY name something of somebody, and only theirs finds it;
# OF_THE_HOST is not found by anybody else.
TO_READ = {
    "front", "alone", "whom", "ask", "asked", "practices", "practice", "help", "care", "seen", "phones",
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


def names(there: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns(there):
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
    guide = Person.objects.create(name="Guide")
    elsewhere = Space.objects.create()
    for person, kind in ((cy, Kind.FRIEND), (gus, Kind.FRIEND), (guide, Kind.PRACTITIONER)):
        Member.objects.create(space=elsewhere, person=person, other_name="", kind=kind)
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
        "a practitioner": browser(guide),
        "a former member": gone,
    }


def test_every_address_is_in_the_table() -> None:
    table = (
        TO_READ | EVERYBODY | OWN_BROWSER | OWN_ACCOUNT | OF_A_SPACE | OF_A_SITTING | OF_THE_HOST
        | OF_A_PASSKEY
    )  # fmt: skip
    assert set(names(get_resolver().url_patterns)) == table


def test_whatever_names_something_of_somebody_is_tried_by_every_wrong_person() -> None:
    """An address that takes a number names something; the days of a reminder are nobody's."""
    numbered = {
        pattern.name
        for pattern in patterns(get_resolver().url_patterns)
        if {type(each).__name__ for each in pattern.pattern.converters.values()}
        & {"UUIDConverter", "IntConverter"}
    }
    assert numbered - {"later"} == OF_A_SPACE | OF_A_SITTING | OF_A_PASSKEY


def patterns(there: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in there:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns)
        else:
            yield pattern


def ways(there: Client) -> dict[str, Callable[[str], Any]]:
    """Every way in which a browser asks an address for something."""

    def as_json(address: str) -> Any:
        return there.post(address, "{}", content_type="application/json")

    asked = (there.get, there.head, there.post, there.put, there.patch, there.delete, there.options)
    return {"json": as_json} | {each.__name__: each for each in asked}


def nothing_of(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    """All that an answer says, its headers included."""
    return answer.status_code, answer.content, dict(answer.headers)


@pytest.mark.parametrize("name", sorted(OF_A_SPACE | OF_A_SITTING))
def test_what_is_others_is_not_found_as_what_never_was(
    name: str, scene: Scene, wrong: dict[str, Client]
) -> None:
    theirs = [scene.space.pk] if name in OF_A_SPACE else [scene.sitting.pk, scene.guest_sitting.pk]
    before = list(Member.objects.values()), Sitting.objects.count()
    for who, there in wrong.items():
        for way, ask in ways(there).items():
            with CaptureQueriesContext(connection) as for_nothing:
                nothing = ask(reverse(name, args=[uuid4()]))
            assert nothing.status_code in (404, 405), (who, way)
            for number in theirs:
                with CaptureQueriesContext(connection) as for_theirs:
                    answer = ask(reverse(name, args=[number]))
                assert nothing_of(answer) == nothing_of(nothing), (who, way)
                # The same is asked of the database: it takes the same time, on any machine.
                assert statements(for_theirs) == statements(for_nothing), (who, way)
        assert there.post(reverse(name, args=[theirs[0]])).status_code in (404, 405)
    assert (list(Member.objects.values()), Sitting.objects.count()) == before


def test_a_place_that_lets_a_wrong_person_in_would_be_found(
    scene: Scene, wrong: dict[str, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Holes made on purpose: anybody's side is taken for one's own, and what is there asks for more."""

    def anybodys(space: UUID, person: Person) -> Member | None:
        return Member.objects.filter(space=space).select_related("space").first()

    def counted(space: UUID, person: Person) -> Member | None:
        Member.objects.filter(space=space).exists() and Member.objects.count()
        return None

    cy, space = wrong["a member of another space"], scene.space.pk
    theirs, never = reverse("space", args=[space]), reverse("space", args=[uuid4()])
    assert nothing_of(cy.get(theirs)) == nothing_of(cy.get(never))
    with monkeypatch.context() as patch:
        patch.setattr(access, "member", anybodys)
        assert nothing_of(cy.get(theirs)) != nothing_of(cy.get(never))
    with monkeypatch.context() as patch:
        patch.setattr(access, "member", counted)
        asked = []
        for address in (theirs, never):
            with CaptureQueriesContext(connection) as queries:
                cy.get(address)
            asked.append(statements(queries))
        assert asked[0] != asked[1]


def statements(queries: CaptureQueriesContext) -> list[str]:
    """What was asked, whatever it was asked about."""
    return [re.sub(r"'[^']*'", "?", query["sql"]) for query in queries]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["space", "space_records", "sitting"])
def test_what_is_others_takes_the_time_of_what_never_was(
    name: str, scene: Scene, wrong: dict[str, Client]
) -> None:
    """Within five milliseconds, asked by turns so that a busy machine is busy for both."""
    theirs = reverse(name, args=[scene.space.pk if name in OF_A_SPACE else scene.sitting.pk])
    there = wrong["a former member"]
    took_s: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(80):
        address = theirs if turn % 2 else reverse(name, args=[uuid4()])
        began_s = perf_counter()
        assert there.get(address).status_code == 404
        took_s[address == theirs].append(perf_counter() - began_s)
    assert abs(median(took_s[True]) - median(took_s[False])) < 0.005


def test_what_is_named_in_a_form_is_ones_own_or_nothing(
    scene: Scene, wrong: dict[str, Client], browser: NewBrowser, ada: Person
) -> None:
    """An address may be anybody's and take the name of something of Ada's: it finds nothing by it."""
    hers = browser(ada)
    hers.post("/beside/")
    knock = Knock.objects.create(
        door=Door.objects.get(person=ada), visitor="x", name="Ben", way=Way.LINK, at=timezone.now()
    )
    slot = Slot.objects.create(person=ada, kind="code", sealed=b"x")
    record = Record.objects.create(name=uuid4(), author=ada, revision=1, sealed=b"x", size=1)
    [session] = sessions.signed_in(ada, here=None)
    tries: dict[str, Callable[[Client, Any], Any]] = {
        "a way in": lambda there, name: there.delete(f"{reverse('slots')}?id={name or slot.pk}"),
        "a record": lambda there, name: there.delete(
            f"{reverse('records')}?id={name or record.name}"
        ),
        "a knock": lambda there, name: there.post(
            reverse("let_in"), {"knock": name or knock.pk, "practice": "mirroring"}
        ),
        "a sitting": lambda there, name: there.post(
            reverse("ticket"),
            json.dumps({"sitting": str(name or scene.sitting.pk)}),
            content_type="application/json",
        ),
        # The last, since with it she is signed out herself.
        "a session": lambda there, name: there.post(
            reverse("end_session"), {"id": name or session.id}
        ),
    }
    everything = [Knock, Slot, Record, Session, Sitting]
    for who, there in wrong.items():
        for what, attempt in tries.items():
            before = [model.objects.count() for model in everything]
            answer, nothing = attempt(there, None), attempt(there, uuid4())
            without = [
                re.sub(rb'value="[^"]{64}"', b"", each.content) for each in (answer, nothing)
            ]
            assert without[0] == without[1], (who, what)
            assert answer.status_code == nothing.status_code, (who, what)
            assert [model.objects.count() for model in everything] == before, (who, what)
    # Hers are found by her.
    for what, attempt in tries.items():
        if what != "a way in":  # two always stay
            assert attempt(hers, None).status_code in (200, 302), what
    assert not Knock.objects.exists() and not Record.objects.exists()


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
        # As a word: a form's token of chance has her three letters in it now and then.
        assert not re.search(r"\bAda\b", page.content.decode())
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
