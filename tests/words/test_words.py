"""Sealed words at the server: whose they are, what stands after what, and what goes."""

import json
import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.utils import timezone

from relational_space.people import erase as people_erase
from relational_space.people.models import Person
from relational_space.site import work
from relational_space.spaces import actions as spaces_actions
from relational_space.spaces.models import Member, Space
from relational_space.words import access, actions, due
from relational_space.words.models import Keyring, Record, Round, Slot
from tests.words.vectors import (
    CODE_SLOT,
    KEYRING,
    PASSKEY_SLOT,
    PASSPHRASE_SLOT,
    sealed,
    text,
)

pytestmark = pytest.mark.django_db

NewBrowser = Callable[..., Client]

SLOTS = [
    {"kind": "passphrase", "sealed": text(PASSPHRASE_SLOT), "hint": ""},
    {"kind": "code", "sealed": text(CODE_SLOT), "hint": ""},
]
BEGIN = {"slots": SLOTS, "keyring": text(KEYRING)}
PASSKEY = {"kind": "passkey", "sealed": text(PASSKEY_SLOT), "hint": "AGE-PLUGIN-FIDO2PRF-1Q"}


def rounds_until(day: int) -> bool:
    """Whether the round so many days from now finds work, with one on every day before."""
    last = Round.objects.first()
    done = (last.day - timezone.now().date()).days if last else -1
    found = [
        due.due(timezone.now() + timedelta(days=each)) for each in range(max(done, -1) + 1, day + 1)
    ] or [due.due(timezone.now() + timedelta(days=day))]
    return found[-1]


class Words:
    """Somebody's browser, at the addresses of their words."""

    def __init__(self, there: Client, *, begins: bool = True) -> None:
        self.there = there
        if begins:
            assert self.post("/sealed/begin/", BEGIN).status_code == 200

    def post(self, address: str, body: Any) -> Any:
        return self.there.post(address, json.dumps(body), content_type="application/json")

    def keep(self, at: str = "/sealed/records/", *, number: int = 0, **fields: Any) -> Any:
        body = {"id": str(uuid4()), "after": 0, "revision": 1, "sealed": text(sealed(number))}
        return self.post(at, {**body, **fields})

    def held(self) -> Any:
        return self.there.get("/sealed/").json()

    def read(self, at: str = "/sealed/records/") -> list[tuple[str, int]]:
        found, after = [], ""
        while True:
            page = self.there.get(f"{at}?after={after}").json()
            found += [(each["id"], each["revision"]) for each in page["records"]]
            after = page["after"]
            if not after:
                return found


@pytest.fixture
def mine(browser: NewBrowser, ada: Person) -> Words:
    return Words(browser(ada))


@pytest.fixture
def theirs(browser: NewBrowser, ben: Person) -> Words:
    return Words(browser(ben))


@pytest.fixture
def space(ada: Person, ben: Person) -> Space:
    space = Space.objects.create()
    for person, other in ((ada, ben), (ben, ada)):
        Member.objects.create(space=space, person=person, other_name=other.name)
    return space


def of(space: Space) -> str:
    return f"/sealed/spaces/{space.pk}/records/"


# Ways in


def test_somebody_begins_once_with_two_ways_one_of_them_the_code(
    browser: NewBrowser, ada: Person
) -> None:
    words = Words(browser(ada), begins=False)
    assert words.held() == {"me": str(ada.pk), "slots": [], "keyring": None}
    for slots in ([], SLOTS[:1], SLOTS[1:], [SLOTS[0], PASSKEY], [PASSKEY], [SLOTS[0]] * 2):
        assert words.post("/sealed/begin/", {**BEGIN, "slots": slots}).status_code == 400
    assert words.keep().status_code == 409
    assert words.post("/sealed/begin/", BEGIN).status_code == 200
    assert words.post("/sealed/begin/", BEGIN).status_code == 409
    held = words.held()
    assert held["keyring"] == {"revision": 1, "sealed": text(KEYRING)}
    assert {slot["kind"] for slot in held["slots"]} == {"passphrase", "code"}


def test_the_code_and_a_passkey_are_ways_enough_to_begin(browser: NewBrowser, ada: Person) -> None:
    words = Words(browser(ada), begins=False)
    assert words.post("/sealed/begin/", {**BEGIN, "slots": [SLOTS[1], PASSKEY]}).status_code == 200


def test_a_way_is_replaced_by_whoever_knows_the_one_that_is_there(mine: Words) -> None:
    [passphrase] = [slot["id"] for slot in mine.held()["slots"] if slot["kind"] == "passphrase"]
    for replaces in (None, str(uuid4())):
        assert mine.post("/sealed/slots/", {**SLOTS[0], "replaces": replaces}).status_code == 409
    answer = mine.post("/sealed/slots/", {**SLOTS[0], "replaces": passphrase})
    assert answer.status_code == 200
    now = {slot["kind"]: slot["id"] for slot in answer.json()["slots"]}
    assert len(now) == 2
    assert now["passphrase"] != passphrase


def test_two_ways_always_remain_and_one_is_the_code(mine: Words) -> None:
    def remove(kind: str) -> int:
        [slot] = [each["id"] for each in mine.held()["slots"] if each["kind"] == kind]
        return mine.there.delete(f"/sealed/slots/?id={slot}").status_code

    assert remove("passphrase") == 409
    assert mine.post("/sealed/slots/", PASSKEY).status_code == 200
    assert remove("code") == 409
    assert remove("passphrase") == 200
    assert remove("passkey") == 409
    assert {slot["kind"] for slot in mine.held()["slots"]} == {"passkey", "code"}


def test_nobody_removes_the_way_of_another(mine: Words, theirs: Words) -> None:
    assert mine.post("/sealed/slots/", PASSKEY).status_code == 200
    assert theirs.post("/sealed/slots/", PASSKEY).status_code == 200
    for slot in mine.held()["slots"]:
        theirs.there.delete(f"/sealed/slots/?id={slot['id']}")
    assert len(mine.held()["slots"]) == 3


# The keyring


def test_a_keyring_stands_after_the_one_that_its_writer_knows(mine: Words) -> None:
    def keep(after: int, revision: int) -> Any:
        body = {"after": after, "revision": revision, "sealed": text(KEYRING)}
        return mine.post("/sealed/keyring/", body)

    assert keep(1, 2).status_code == 200
    assert keep(1, 2).status_code == 200  # sent again, since the answer was lost
    behind = keep(1, 3)
    assert behind.status_code == 409
    assert behind.json() == {"revision": 2, "sealed": text(KEYRING)}
    # A browser that knows more than a place that was restored.
    assert keep(2, 40).status_code == 200
    assert keep(40, 40).status_code == 400
    assert keep(40, 39).status_code == 400
    assert mine.held()["keyring"]["revision"] == 40


# Records


def test_a_record_is_kept_once_however_often_it_is_sent(mine: Words) -> None:
    name = str(uuid4())
    for _ in range(3):
        assert mine.keep(id=name).status_code == 200
    assert mine.read() == [(name, 1)]
    assert mine.keep(id=name, number=1).status_code == 409


def test_of_two_devices_that_write_at_once_one_is_told(mine: Words) -> None:
    name = str(uuid4())
    mine.keep(id=name)
    assert mine.keep(id=name, after=1, revision=2).status_code == 200
    assert mine.keep(id=name, after=1, revision=2, number=2).status_code == 409
    assert mine.keep(id=name, after=1, revision=3).status_code == 409
    assert mine.keep(id=name, after=2, revision=2).status_code == 400
    assert mine.read() == [(name, 2)]


def test_a_record_says_only_what_the_table_says(mine: Words, ada: Person) -> None:
    name = str(uuid4())
    mine.keep(id=name, keep_days=30)
    [record] = mine.there.get("/sealed/records/").json()["records"]
    today = timezone.now().date()
    assert record == {
        "id": name,
        "author": str(ada.pk),
        "revision": 1,
        "sealed": text(sealed()),
        "day": today.isoformat(),
        "until": (today + timedelta(days=30)).isoformat(),
    }


def test_all_records_come_however_many_there_are(
    mine: Words, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "PAGE", 3)
    names = sorted(uuid4() for _ in range(8))
    for name in names:
        Record.objects.create(name=name, author=ada, revision=1, sealed=b"", size=0)
    for revision in range(2, 7):
        replaced = timezone.now().date()
        Record.objects.create(
            name=names[4], author=ada, revision=revision, sealed=b"", size=0, replaced=replaced
        )
    found = mine.read()
    assert len(found) == len(set(found)) == 13
    assert {UUID(name) for name, _ in found} == set(names)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sealed": text(b"A heron in the reeds.")},
        {"sealed": text(PASSPHRASE_SLOT)},
        {"sealed": text(sealed()[:-1])},
        {"sealed": "not base64"},
        {"sealed": None},
        {"revision": 0},
        {"revision": -1},
        {"revision": 2**53},
        {"revision": 1.5},
        {"revision": "1"},
        {"after": -1},
        {"id": "x"},
        {"keep_days": 31},
        {"keep_days": 0},
        {"recipient": "age1"},
        {"time": "2026-11-22T23:30:00Z"},
    ],
    ids=str,
)
def test_what_cannot_be_a_record_is_refused_in_a_sentence(
    mine: Words, wrong: dict[str, Any]
) -> None:
    answer = mine.keep(**wrong)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith("Nothing was kept.")
    assert not Record.objects.exists()


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{}", "application/x-www-form-urlencoded", 415),
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 413),
        (b"[" * 40_000, "application/json", 400),
        (b'{"id": NaN}', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b'{"prf": {"results": {}}}', "application/json", 400),
    ],
    ids=range(8),
)
def test_what_cannot_be_read_is_refused(
    mine: Words, content: bytes, kind: str, status: int
) -> None:
    answer = mine.there.post("/sealed/records/", content, content_type=kind)
    assert answer.status_code == status
    assert not Record.objects.exists()


def test_a_record_that_is_too_large_is_refused(mine: Words) -> None:
    fits = actions.MOST_RECORD_BYTES - len(sealed())
    steps = bytes(fits - fits % 256)
    assert mine.keep(sealed=text(sealed() + steps)).status_code == 200
    assert mine.keep(sealed=text(sealed() + steps + bytes(256))).status_code == 400


def test_there_is_a_bound_to_how_much_is_kept(mine: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mine.keep().status_code == 200
    monkeypatch.setattr(actions, "MOST_BYTES", 2 * len(sealed()) - 1)
    assert mine.keep().status_code == 507
    monkeypatch.undo()
    monkeypatch.setattr(actions, "MOST_RECORDS", 1)
    full = mine.keep()
    assert (full.status_code, full.json()["error"]) == (
        507,
        "There is no more room. Nothing was kept.",
    )
    assert len(mine.read()) == 1


def test_sixty_writes_a_minute_are_heard(mine: Words) -> None:
    name = str(uuid4())
    answers = [mine.keep(id=name).status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]
    keyring = {"after": 1, "revision": 2, "sealed": text(KEYRING)}
    assert mine.post("/sealed/keyring/", keyring).status_code == 200


def test_a_word_that_was_acknowledged_is_on_the_disk(
    mine: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a test's own transaction nothing can be said about commits; that it would be is seen."""
    from relational_space.words import durable

    said: list[str] = []
    monkeypatch.setattr(durable, "_synchronous", said.append)
    monkeypatch.setattr(type(connection), "in_atomic_block", False, raising=False)
    with durable.durable():
        assert said == ["FULL"]
    assert said == ["FULL", "NORMAL"]


# Whose they are


def test_what_is_private_is_its_authors_alone(mine: Words, theirs: Words) -> None:
    name = str(uuid4())
    mine.keep(id=name)
    assert theirs.read() == []
    assert theirs.there.delete(f"/sealed/records/?id={name}").status_code == 200
    # The same name is free to another: nobody learns that it is taken.
    assert theirs.keep(id=name).status_code == 200
    assert mine.read() == theirs.read() == [(name, 1)]


def test_what_is_shared_is_read_by_both_and_changed_by_its_author(
    mine: Words, theirs: Words, space: Space
) -> None:
    name = str(uuid4())
    assert mine.keep(of(space), id=name).status_code == 200
    assert theirs.read(of(space)) == [(name, 1)]
    assert theirs.keep(of(space), id=name, after=1, revision=2).status_code == 409
    assert theirs.there.delete(f"{of(space)}?id={name}").status_code == 200
    assert mine.read(of(space)) == [(name, 1)]
    assert mine.read() == theirs.read() == []
    assert mine.keep(id=name, after=1, revision=2).status_code == 409  # it stays where it is
    assert mine.there.delete(f"{of(space)}?id={name}").status_code == 200
    assert theirs.read(of(space)) == []


def test_nobody_is_flooded_with_what_is_shared(
    mine: Words, theirs: Words, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty new ones of one person in a space on a day; one's own words have no such bound."""
    names = [str(uuid4()) for _ in range(20)]
    for name in names:
        assert mine.keep(of(space), id=name).status_code == 200
    more = mine.keep(of(space))
    assert (more.status_code, more.json()["error"]) == (
        422,
        "That is as much as one shares on a day. Nothing was kept.",
    )
    # What was kept is answered the same again, and can be written anew.
    assert mine.keep(of(space), id=names[0]).status_code == 200
    assert mine.keep(of(space), id=names[0], after=1, revision=2).status_code == 200
    assert mine.keep().status_code == theirs.keep(of(space)).status_code == 200
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    assert mine.keep(of(space)).status_code == 200


def test_both_versions_of_an_edit_stay_for_thirty_days(
    mine: Words, theirs: Words, space: Space
) -> None:
    name = str(uuid4())
    mine.keep(of(space), id=name)
    mine.keep(of(space), id=name, after=1, revision=2)
    assert mine.read(of(space)) == theirs.read(of(space)) == [(name, 1), (name, 2)]
    assert rounds_until(29) is False
    assert rounds_until(30) is True
    assert theirs.read(of(space)) == [(name, 2)]


def test_a_stranger_a_guest_and_whoever_has_left_find_no_words_of_a_space(
    mine: Words,
    theirs: Words,
    browser: NewBrowser,
    cy: Person,
    gus: Person,
    space: Space,
    ben: Person,
) -> None:
    mine.keep(of(space))
    gone = space.members.get(person=ben)
    spaces_actions.leave(gone)
    never = f"/sealed/spaces/{uuid4()}/records/"
    for who in (browser(), browser(cy), browser(gus), theirs.there):
        for method in (who.get, who.post, who.delete):
            there, nothing = method(of(space)), method(never)
            assert (there.status_code, nothing.status_code) == (404, 404)
            assert there.content == nothing.content
        assert Words(who, begins=False).keep(of(space)).status_code == 404
    assert len(mine.read(of(space))) == 1


def test_nothing_is_written_where_a_space_rests_whether_it_rests_or_was_left(
    mine: Words, theirs: Words, space: Space, ada: Person, ben: Person
) -> None:
    name = str(uuid4())
    mine.keep(of(space), id=name)
    [side] = space.members.filter(person=ben)
    spaces_actions.rest(side, resting=True)
    rests = mine.keep(of(space)), mine.keep(of(space), id=name, after=1, revision=2)
    spaces_actions.leave(side)
    left = mine.keep(of(space)), mine.keep(of(space), id=name, after=1, revision=2)
    assert [answer.content for answer in rests] == [answer.content for answer in left]
    assert {answer.status_code for answer in (*rests, *left)} == {423}
    # What is sent again was kept before, and one's own can always be taken back.
    assert mine.keep(of(space), id=name).status_code == 200
    assert mine.there.delete(f"{of(space)}?id={name}").status_code == 200


def test_what_somebody_does_in_private_changes_no_byte_for_the_other(
    mine: Words, theirs: Words, space: Space
) -> None:
    mine.keep(of(space), id=str(uuid4()))
    pages = "/sealed/", "/sealed/records/", of(space), f"/spaces/{space.pk}/", "/account/export/"

    def seen() -> list[bytes]:
        read = [theirs.there.get(page).content for page in pages[:3]]
        return [*read, json.dumps(people_erase.hand_over(Person.objects.get(name="Ben"))).encode()]

    before = seen()
    name = str(uuid4())
    mine.keep(id=name)
    mine.keep(id=name, after=1, revision=2)
    mine.post("/sealed/slots/", PASSKEY)
    mine.post("/sealed/keyring/", {"after": 1, "revision": 2, "sealed": text(KEYRING)})
    mine.there.delete(f"/sealed/records/?id={name}")
    assert seen() == before
    mine.keep(of(space))
    assert seen() != before


# What goes


def test_what_was_to_be_kept_for_a_while_goes_on_its_day(mine: Words) -> None:
    for days in (None, 30, 90):
        mine.keep(keep_days=days)
    left = []
    for day in (29, 30, 89, 90, 4000):
        rounds_until(day)
        left.append(Record.objects.count())
    assert left == [3, 2, 2, 1, 1]


def test_a_clock_that_is_a_year_ahead_takes_no_word(
    mine: Words, caplog: pytest.LogCaptureFixture
) -> None:
    mine.keep(keep_days=30)
    rounds_until(10)
    ahead = timezone.now() + timedelta(days=375)
    assert not any(due.due(ahead + timedelta(days=day)) for day in range(7))
    assert "set the clock right" in caplog.text
    assert rounds_until(29) is False
    assert rounds_until(30) is True


def test_a_machine_that_was_off_for_long_lets_go_within_a_week_or_by_its_next_time(
    mine: Words,
) -> None:
    mine.keep(keep_days=30)
    later = timezone.now() + timedelta(days=400)
    assert not any(due.due(later + timedelta(days=day)) for day in range(7))
    assert due.due(later + timedelta(days=7))
    mine.keep(keep_days=90)
    Record.objects.update(until=(later + timedelta(days=97)).date())
    fortnightly = [later + timedelta(days=day) for day in range(7, 120, 14)]
    assert not any(due.due(each) for each in fortnightly[:-1])
    assert due.due(fortnightly[-1])


def test_the_first_round_of_all_knows_a_leap_by_what_was_written_last(mine: Words) -> None:
    mine.keep(keep_days=30)
    assert not due.due(timezone.now() + timedelta(days=365))
    assert Record.objects.count() == 1


def test_words_are_erased_at_once_and_the_account_stays(
    mine: Words, theirs: Words, space: Space, ada: Person
) -> None:
    mine.keep()
    mine.keep(of(space))
    theirs.keep(of(space))
    assert mine.post("/sealed/erase/", {}).json() == {
        "me": str(ada.pk),
        "slots": [],
        "keyring": None,
    }
    assert mine.read() == []
    assert len(mine.read(of(space))) == len(theirs.read(of(space))) == 1
    for model in (Slot, Keyring):
        assert not model.objects.filter(person=ada).exists()
    assert mine.post("/sealed/begin/", BEGIN).status_code == 200


def test_a_form_of_another_site_erases_nothing(mine: Words) -> None:
    mine.keep()
    assert mine.there.post("/sealed/erase/").status_code == 415
    assert mine.there.post("/sealed/erase/", "{}", content_type="text/plain").status_code == 415
    elsewhere = mine.there.post(
        "/sealed/erase/", "{}", content_type="application/json", HTTP_SEC_FETCH_SITE="cross-site"
    )
    assert elsewhere.status_code == 403
    assert len(mine.read()) == 1


def test_with_the_second_who_leaves_the_words_of_a_space_go(
    mine: Words, theirs: Words, space: Space
) -> None:
    mine.keep(of(space))
    theirs.keep(of(space))
    for left, side in ((2, space.members.first()), (0, space.members.last())):
        assert side is not None
        spaces_actions.leave(side)
        assert Record.objects.filter(space=space.pk).count() == left


@pytest.mark.django_db(transaction=True)
def test_what_is_erased_is_on_no_disk(browser: NewBrowser, ada: Person) -> None:
    words = Words(browser(ada))
    words.keep(number=4)
    canaries = [sealed(4)[1000:1040], PASSPHRASE_SLOT[-40:], KEYRING[-40:]]

    def on_disk() -> list[bool]:
        files = [p for p in Path(settings.RELATIONAL_SPACE["home"]).rglob("*") if p.is_file()]
        return [any(canary in p.read_bytes() for p in files) for canary in canaries]

    assert on_disk() == [True] * 3
    assert words.post("/sealed/erase/", {}).status_code == 200
    assert on_disk() == [False] * 3


@pytest.mark.django_db(transaction=True)
def test_what_is_erased_while_somebody_reads_is_on_no_disk_a_minute_later(
    browser: NewBrowser, ada: Person
) -> None:
    """A reader keeps the log from being emptied; the next round, within sixty seconds, empties it."""
    words = Words(browser(ada))
    words.keep(number=4)
    canary = sealed(4)[1000:1040]

    def is_on_disk() -> bool:
        files = [p for p in Path(settings.RELATIONAL_SPACE["home"]).rglob("*") if p.is_file()]
        return any(canary in p.read_bytes() for p in files)

    reader = sqlite3.connect(connection.settings_dict["NAME"])
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM words_record").fetchone() == (1,)
    assert words.post("/sealed/erase/", {}).status_code == 200
    assert is_on_disk()
    reader.close()
    assert work.EVERY_S <= 60
    work.one_round()
    assert not is_on_disk()


def test_everything_sealed_is_handed_over_as_it_is(mine: Words, ada: Person, space: Space) -> None:
    mine.keep(keep_days=90)
    mine.keep(of(space))
    handed = people_erase.hand_over(ada)["words"]
    assert handed["keyring"] == text(KEYRING)
    assert {slot["sealed"] for slot in handed["slots"]} == {text(PASSPHRASE_SLOT), text(CODE_SLOT)}
    assert {record["space"] for record in handed["records"]} == {None, str(space.pk)}


def test_a_page_that_seals_is_told_where_its_worker_is() -> None:
    said = Template("{% load built %}{% built_worker 'slots' %}").render(Context())
    address = re.fullmatch(
        r'<meta name="slots-worker" content="/static/(slots-\w+\.js)">', said.strip()
    )
    assert address is not None
    assert (settings.RELATIONAL_SPACE["built"] / address[1]).is_file()


def test_the_page_is_told_of_ones_own_spaces_and_nothing_else(
    mine: Words, browser: NewBrowser, cy: Person, space: Space
) -> None:
    page = mine.there.get("/mine/").context["data"]
    assert page["spaces"] == [{"id": str(space.pk), "name": "Ben", "resting": False}]
    assert page["address"].endswith("/mine/")
    spaces_actions.leave(space.members.get(person__name="Ben"))
    # Leaving looks like resting.
    assert mine.there.get("/mine/").context["data"]["spaces"][0]["resting"] is True
    assert browser(cy).get("/mine/").context["data"]["spaces"] == []


def test_the_page_tells_nobody_whether_somebody_has_begun(browser: NewBrowser, ada: Person) -> None:
    there = browser(ada)
    before = there.get("/mine/").content
    Words(there)
    token = rb'value="[^"]{32,}"'
    assert re.sub(token, b"", there.get("/mine/").content) == re.sub(token, b"", before)
