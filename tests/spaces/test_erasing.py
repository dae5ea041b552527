"""What belongs to a person is handed over whole, and what is erased is on no disk."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from relational_space.people import due as people_due
from relational_space.people import erase
from relational_space.people.models import Person
from relational_space.spaces import due
from relational_space.spaces.models import (
    Door,
    Knock,
    Member,
    Place,
    Seating,
    Sitting,
    Space,
    Way,
)
from relational_space.words.models import Keyring, Record, Slot

pytestmark = pytest.mark.django_db(transaction=True)

NewBrowser = Callable[..., Client]
CANARY = "Quetzalcoatlus"
ADDRESS = "quetzalcoatlus@example.org"


def of_a_person() -> set[type[models.Model]]:
    """Every model with a person in it."""
    return {
        model
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.OneToOneField | models.ManyToManyField)
        and field.related_model is Person
    }


def on_disk(*words: str) -> list[str]:
    """Where any of these words stand: the database, the log beside it, and whatever lies in its folder."""
    return [
        f"{path.name}: {word}"
        for path in Path(settings.RELATIONAL_SPACE["home"]).rglob("*")
        if path.is_file()
        for word in words
        for form in (word.encode(), word.encode("utf-16-le"), word.encode().hex().encode())
        if form in path.read_bytes()
    ]


@pytest.fixture
def known() -> Person:
    """Somebody of whom everything is kept that can be."""
    person = Person.objects.create(name=CANARY)
    other = Person.objects.create(name="Ben")
    EmailAddress.objects.create(user=person, email=ADDRESS, verified=True)
    Authenticator.objects.create(
        user=person, type="webauthn", data={"name": f"{CANARY} key", "credential": {}}
    )
    space = Space.objects.create()
    Member.objects.create(space=space, person=person, other_name=f"{CANARY}'s Ben", kind="partner")
    Member.objects.create(space=space, person=other, other_name="Somebody")
    now = timezone.now()
    door = Door.objects.create(visitor=uuid4().hex, person=person, salt="salt", opened_at=now)
    elsewhere = Door.objects.create(visitor=uuid4().hex, salt="salt", opened_at=now)
    Knock.objects.create(
        door=elsewhere, visitor=uuid4().hex, person=person, name=CANARY, way=Way.QR, at=now
    )
    sitting = Sitting.objects.create(seating=Seating.APART, opened_at=now, pace=1.0)
    Place.objects.create(
        sitting=sitting, seat="one", visitor=uuid4().hex, person=person, name=CANARY
    )
    assert door.pk
    Slot.objects.create(person=person, kind="passkey", sealed=CANARY.encode(), hint=CANARY)
    Keyring.objects.create(person=person, revision=1, sealed=CANARY.encode())
    Record.objects.create(
        name=uuid4(), author=person, revision=1, sealed=CANARY.encode(), size=len(CANARY)
    )
    return person


def test_every_model_with_a_person_is_filled_by_this_test(known: Person) -> None:
    """So that a model that is added is erased by the next test, or fails this one."""
    for model in of_a_person():
        [name] = [
            field.name
            for field in model._meta.get_fields()
            if isinstance(field, models.ForeignKey) and field.related_model is Person
        ]
        assert model._default_manager.filter(**{name: known}).exists(), model


def test_erasing_leaves_nothing_of_them_on_disk(known: Person, browser: NewBrowser) -> None:
    there = browser(known)
    assert there.get("/account/").status_code == 200
    assert on_disk(CANARY, ADDRESS)
    assert there.post("/account/erase/").status_code == 200
    assert on_disk(CANARY, ADDRESS)
    assert people_due.due(timezone.now() + timedelta(days=1))
    for model in of_a_person():
        for row in model._default_manager.values():
            assert str(known.pk) not in str(row)
    assert not Person.objects.filter(pk=known.pk).exists()
    assert on_disk(CANARY, ADDRESS, known.pk.hex, str(known.pk)) == []


def test_the_other_keeps_their_side(known: Person) -> None:
    before = Member.objects.exclude(person=known).values().get()
    erase.destroy(known)
    assert Member.objects.values().get() == before


def test_everything_is_handed_over(known: Person, browser: NewBrowser) -> None:
    answer = browser(known).post("/account/export/")
    assert "attachment" in answer.headers["Content-Disposition"]
    handed = json.loads(answer.content)
    assert handed["person"]["name"] == CANARY
    assert handed["addresses"] == [{"address": ADDRESS, "confirmed": True}]
    assert handed["passkeys"][0]["name"] == f"{CANARY} key"
    [side] = handed["spaces"]
    assert (side["with"], side["kind"]) == (f"{CANARY}'s Ben", "partner")


def test_every_app_that_keeps_something_of_a_person_hands_it_over_and_destroys_it() -> None:
    ours = {model._meta.app_label for model in of_a_person()} - {"account", "mfa", "people"}
    assert {belongings.app for belongings in erase._kept} == ours


def test_of_two_guests_nothing_is_on_disk_the_next_day(browser: NewBrowser) -> None:
    inviter, guest = browser(), browser()
    inviter.post("/beside/")
    link = _come(inviter)
    guest.post(link, {"name": CANARY})
    inviter.post(
        "/door/let-in/",
        {"practice": "mirroring", "knock": str(Knock.objects.get().pk)},
    )
    assert on_disk(CANARY)
    due.due(timezone.now() + timedelta(days=1))
    assert on_disk(CANARY) == []
    assert not Sitting.objects.exists()


def test_what_is_typed_at_a_closed_door_is_kept_nowhere(
    browser: NewBrowser, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    there = browser()
    token = "quetzal" * 6
    there.get(f"/come/{token}")
    there.post(f"/come/{token}", {"name": CANARY})
    there.post("/words/", {"name": CANARY, "words": "quetzal quetzal quetzal"})
    said = "".join(capfd.readouterr()) + caplog.text
    assert "quetzal" not in said.lower()
    assert on_disk(CANARY, "quetzal") == []


def test_no_token_is_on_disk_or_in_a_log(
    browser: NewBrowser, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    inviter, guest = browser(), browser()
    inviter.post("/beside/")
    link = _come(inviter)
    guest.get(link)
    guest.post(link, {"name": "Ben"})
    token = link.rpartition("/")[2]
    assert on_disk(token) == []
    assert token not in "".join(capfd.readouterr()) + caplog.text


def _come(inviter: Client) -> str:
    page = inviter.get("/door/").content.decode()
    return page.partition('data-link="https://testserver')[2].partition('"')[0]


def test_the_database_overwrites_what_it_deletes() -> None:
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA secure_delete").fetchone() == (1,)
