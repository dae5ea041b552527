"""A door: made by one, come to by the other, and opened by one press of the inviter."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from relational_space.people.models import Person
from relational_space.people.visitors import Visitor
from relational_space.practice.events import Opened, from_plain
from relational_space.spaces import actions, tokens
from relational_space.spaces.forms import practice_choices
from relational_space.spaces.models import Door, Event, Knock, Place, Seating, Sitting, Token, Way
from relational_space.spaces.practices import shelf

pytestmark = pytest.mark.django_db

NewBrowser = Callable[..., Client]
TERMS = {"practice": "back-to-back-breathing", "seating": "beside", "first": "coin"}


def ways(inviter: Client) -> dict[str, str]:
    """The ways in that the door's page shows."""
    page = inviter.get("/door/").content.decode()
    shown = dict(re.findall(r'data-(qr|link|words)="([^"]*)"', page))
    return shown | {way: shown[way].partition("testserver")[2] for way in ("qr", "link")}


def at_a_door(browser: NewBrowser) -> Client:
    inviter = browser()
    assert inviter.post("/beside/").headers["Location"] == "/door/"
    return inviter


def let_in(inviter: Client, **terms: str) -> Any:
    knock = Knock.objects.get()
    return inviter.post("/door/let-in/", TERMS | terms | {"knock": str(knock.pk)})


def test_two_without_accounts_come_to_one_sitting(browser: NewBrowser) -> None:
    inviter, guest = at_a_door(browser), browser()
    link = ways(inviter)["link"]
    assert guest.get(link).status_code == 200
    assert guest.post(link, {"name": "Ben"}).headers["Location"] == "/waiting/"
    assert guest.get("/waiting/state").json() == {"waiting": True}
    assert [knock["name"] for knock in inviter.get("/door/state").json()["knocks"]] == ["Ben"]
    address = let_in(inviter).headers["Location"]
    assert guest.get("/waiting/state").json() == {"waiting": False, "sitting": address}
    assert inviter.get("/door/state").json() == {"open": False, "sitting": address}
    for here, seat, speaks in ((inviter, "one", True), (guest, "other", False)):
        page = here.get(address)
        assert page.status_code == 200
        data = page.context["data"]
        assert (data["seats"], data["speaks"], data["seating"]) == ([seat], speaks, "beside")


@pytest.mark.parametrize("way", ["qr", "link", "words"])
def test_each_way_leads_to_the_same_door(browser: NewBrowser, way: str) -> None:
    inviter, guest = at_a_door(browser), browser()
    shown = ways(inviter)[way]
    if way == "words":
        came = guest.post("/words/", {"name": "Ben", "words": shown.upper().replace(" ", ", ")})
    else:
        came = guest.post(shown, {"name": "Ben"})
    assert came.headers["Location"] == "/waiting/"
    assert let_in(inviter).status_code == 302


def test_looking_at_a_link_fifty_times_spends_nothing(browser: NewBrowser) -> None:
    inviter = at_a_door(browser)
    link = ways(inviter)["link"]
    before = list(Token.objects.values())
    for _ in range(50):
        assert browser().get(link).status_code == 200
        assert browser().head(link).status_code == 200
    assert list(Token.objects.values()) == before
    assert not Knock.objects.exists()


def test_nobody_is_shown_at_the_door_before_they_have_knocked(browser: NewBrowser) -> None:
    inviter, guest = at_a_door(browser), browser()
    before = inviter.get("/door/state").json()
    guest.get(ways(inviter)["link"])
    after = inviter.get("/door/state").json()
    assert before["knocks"] == after["knocks"] == []


def test_a_guest_is_told_nothing_of_the_inviter(browser: NewBrowser) -> None:
    inviter, guest = at_a_door(browser), browser()
    guest.post(ways(inviter)["link"], {"name": "Ben"})
    while_there = guest.get("/waiting/").content, guest.get("/waiting/state").content
    Door.objects.update(opened_at=timezone.now() - timedelta(hours=3))
    assert (guest.get("/waiting/").content, guest.get("/waiting/state").content) == while_there


def test_letting_in_spends_every_way_through_the_door(browser: NewBrowser) -> None:
    inviter, guest, late = at_a_door(browser), browser(), browser()
    shown = ways(inviter)
    guest.post(shown["qr"], {"name": "Ben"})
    let_in(inviter)
    assert late.get(shown["link"]).status_code == 404
    assert late.post(shown["qr"], {"name": "Cy"}).status_code == 404
    assert late.post("/words/", {"name": "Cy", "words": shown["words"]}).status_code == 404
    assert not Door.objects.exists()


def test_wrong_spent_and_expired_are_one_page(browser: NewBrowser) -> None:
    inviter, spent_door = at_a_door(browser), at_a_door(browser)
    expired = ways(inviter)["link"]
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    spent = ways(at_a_door(browser)).get("link")
    spent_door.post("/door/close/")
    wrong = "/come/" + tokens.token("wrong", Way.LINK)
    actions.close_door(Visitor(Door.objects.latest("opened_at").visitor, None))
    answers = [browser().get(path) for path in (wrong, expired, spent, "/come/x")]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.content for answer in answers}) == 1
    pressed = [browser().post(path, {"name": "Cy"}) for path in (wrong, expired, spent)]
    assert {answer.content for answer in pressed} == {answers[0].content}
    assert {answer.status_code for answer in pressed} == {404}


def test_wrong_spent_and_expired_ask_the_database_the_same(browser: NewBrowser) -> None:
    inviter, spent_door = at_a_door(browser), at_a_door(browser)
    expired, spent = ways(inviter)["link"], ways(spent_door)["link"]
    spent_door.post("/door/close/")
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    asked = []
    for path in ("/come/" + tokens.token("wrong", Way.LINK), expired, spent):
        with CaptureQueriesContext(connection) as queries:
            browser().get(path)
        asked.append([re.sub(r"'[^']*'", "?", query["sql"]) for query in queries])
    assert asked[0] == asked[1] == asked[2]
    assert len(asked[0]) == 1


@pytest.mark.parametrize(
    ("way", "lasts"),
    [
        ("qr", timedelta(minutes=15)),
        ("link", timedelta(hours=24)),
        ("words", timedelta(minutes=10)),
    ],
)
def test_each_way_closes_in_its_own_time(browser: NewBrowser, way: str, lasts: timedelta) -> None:
    inviter = at_a_door(browser)
    token, door = Token.objects.get(way=way), Door.objects.get()
    assert token.expires_at - door.opened_at == lasts
    assert set(inviter.get("/door/state").json()["left"]) == {"qr", "link", "words"}
    Token.objects.filter(way=way).update(expires_at=timezone.now())
    assert way not in inviter.get("/door/state").json()["left"]


def test_a_guest_whose_inviter_is_away_can_come_back(browser: NewBrowser) -> None:
    inviter, guest = at_a_door(browser), browser()
    link = ways(inviter)["link"]
    guest.post(link, {"name": "Ben"})
    assert guest.get("/waiting/").status_code == 200
    assert guest.post(link, {"name": "Benedict"}).headers["Location"] == "/waiting/"
    assert Knock.objects.get().name == "Benedict"
    assert let_in(inviter).status_code == 302


def test_whoever_waits_at_two_doors_comes_in_by_the_one_that_opens(browser: NewBrowser) -> None:
    first, second, guest = at_a_door(browser), at_a_door(browser), browser()
    for inviter in (first, second):
        guest.post(ways(inviter)["link"], {"name": "Ben"})
    for inviter in (first, second):
        assert [k["name"] for k in inviter.get("/door/state").json()["knocks"]] == ["Ben"]
    knock = first.get("/door/state").json()["knocks"][0]["id"]
    address = first.post("/door/let-in/", TERMS | {"knock": knock}).headers["Location"]
    assert guest.get("/waiting/").headers["Location"] == address
    assert second.get("/door/state").json()["knocks"] == []


def test_a_door_that_closes_leads_nobody_to_an_older_sitting(browser: NewBrowser) -> None:
    here, there, other = at_a_door(browser), browser(), browser()
    there.post(ways(here)["link"], {"name": "Ben"})
    older = let_in(here).headers["Location"]
    assert here.get("/door/").headers["Location"] == older
    assert there.get("/waiting/").headers["Location"] == older
    other.post("/beside/")
    here.post("/beside/")
    there.post(ways(other)["link"], {"name": "Ben"})
    for inviter in (here, other):
        inviter.post("/door/close/")
    assert here.get("/door/").headers["Location"] == "/"
    assert here.get("/door/state").json() == {"open": False, "sitting": ""}
    assert there.get("/waiting/").status_code == 404
    assert there.get("/waiting/state").json() == {"waiting": False, "sitting": ""}


def test_the_inviter_at_their_own_link_is_led_to_their_door(browser: NewBrowser) -> None:
    inviter = at_a_door(browser)
    assert inviter.get(ways(inviter)["link"]).headers["Location"] == "/door/"
    assert inviter.post(ways(inviter)["link"], {"name": "Me"}).headers["Location"] == "/door/"
    assert not Knock.objects.exists()


def test_a_stolen_link_cannot_fill_the_door(browser: NewBrowser) -> None:
    inviter = at_a_door(browser)
    link = ways(inviter)["link"]
    answers = [browser().post(link, {"name": f"Cy {n}"}).status_code for n in range(20)]
    assert answers.count(302) == actions.MOST_KNOCKS
    assert len(inviter.get("/door/state").json()["knocks"]) == actions.MOST_KNOCKS


def test_a_stolen_link_cannot_fill_the_disk(browser: NewBrowser) -> None:
    link = ways(at_a_door(browser))["link"]
    thief = browser()
    answers = []
    for _ in range(70):
        thief.cookies.clear()
        answers.append(thief.post(link, {"name": "Cy"}).status_code)
    assert answers == [302] * 6 + [404] * 54 + [429] * 10
    assert Session.objects.count() <= 61


def test_nobody_but_the_inviter_lets_in(browser: NewBrowser) -> None:
    inviter, guest, other = at_a_door(browser), browser(), at_a_door(browser)
    guest.post(ways(inviter)["link"], {"name": "Ben"})
    knock = str(Knock.objects.get().pk)
    for somebody in (guest, other, browser()):
        somebody.post("/door/let-in/", TERMS | {"knock": knock})
    assert not Sitting.objects.exists()
    inviter.post("/door/let-in/", TERMS | {"knock": knock})
    assert Sitting.objects.count() == 1


def whole_words(tokens: QuerySet[Token]) -> set[str]:
    """Every whole word that stands in these rows and in those of their doors."""
    rows = [*tokens.values(), *Door.objects.filter(tokens__in=tokens).values()]
    return {
        word for row in rows for value in row.values() for word in re.findall(r"\w+", f"{value}")
    }


def test_only_the_hash_of_what_is_shown_is_stored(browser: NewBrowser) -> None:
    inviter = at_a_door(browser)
    shown = ways(inviter)
    everything = str([*Token.objects.values(), *Door.objects.values()])
    for way in ("qr", "link"):
        token = shown[way].rpartition("/")[2]
        assert len(token) == 43
        assert token not in everything
        assert Token.objects.get(way=way).digest == tokens.digest(token)
    # Names that the code gives, such as “door” or “words”, are among the words that may be drawn.
    at_a_door(browser)
    mine = Token.objects.filter(door=Door.objects.earliest("opened_at"))
    theirs = Token.objects.filter(door=Door.objects.latest("opened_at"))
    assert mine.exists() and theirs.exists()
    assert not set(shown["words"].split()) & (whole_words(mine) - whole_words(theirs))


def test_a_new_code_closes_the_old_one_and_keeps_who_waits(browser: NewBrowser) -> None:
    inviter, guest = at_a_door(browser), browser()
    before = ways(inviter)
    guest.post(before["link"], {"name": "Ben"})
    inviter.post("/door/again/")
    after = ways(inviter)
    assert all(before[way] != after[way] for way in before)
    assert browser().get(before["link"]).status_code == 404
    assert browser().get(after["link"]).status_code == 200
    assert let_in(inviter).status_code == 302


def test_wrong_links_are_refused_after_ten_in_a_minute(browser: NewBrowser) -> None:
    guesser, inviter = browser(), at_a_door(browser)
    right = ways(inviter)["link"]
    answers = [guesser.get(f"/come/{tokens.token(str(n), 'qr')}").status_code for n in range(1000)]
    assert answers == [404] * 10 + [429] * 990
    assert guesser.get(right).status_code == 429
    assert browser().get(right).status_code == 200


def test_words_can_be_tried_five_times(browser: NewBrowser) -> None:
    guesser, inviter = browser(), at_a_door(browser)
    wrong = {"name": "Cy", "words": "abandon ability able"}
    answers = [guesser.post("/words/", wrong).status_code for _ in range(7)]
    assert answers == [404] * 5 + [429] * 2
    right = {"name": "Cy", "words": ways(inviter)["words"]}
    assert guesser.post("/words/", right).status_code == 429


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "\u200b\u200b", "x" * 41, "\x00", "\u0301"])
def test_a_name_that_cannot_be_shown_is_asked_again(browser: NewBrowser, name: str) -> None:
    inviter, guest = at_a_door(browser), browser()
    link = ways(inviter)["link"]
    answer = guest.post(link, {"name": name})
    assert answer.status_code == 400
    assert "Please" in answer.content.decode()
    assert not Knock.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=a>',
        "{{ form }}{% csrf_token %}",
        "'; DROP TABLE x;--",
        "</script><b>",
        "&lt;b&gt;",
        "\u202eneB",
        "Be\u0000n",
    ],
)
def test_a_name_is_text_wherever_it_is_shown(browser: NewBrowser, name: str) -> None:
    inviter, guest = at_a_door(browser), browser()
    guest.post(ways(inviter)["link"], {"name": name})
    page = inviter.get("/door/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "\u202e" not in page
    assert "</script><b>" not in page
    state = inviter.get("/door/state")
    assert state.headers["Content-Type"] == "application/json"
    assert "\u202e" not in state.json()["knocks"][0]["name"]


def test_two_at_one_device_need_no_name_and_both_seats_are_theirs(browser: NewBrowser) -> None:
    inviter = at_a_door(browser)
    address = inviter.post("/door/share/", TERMS).headers["Location"]
    data = inviter.get(address).context["data"]
    assert (data["seats"], data["seating"], data["speaks"]) == (["one", "other"], "shared", True)
    assert data["urls"]["keep"] == ""
    assert set(Place.objects.values_list("name", "person")) == {("", None)}
    assert not Door.objects.exists()


def test_what_is_asked_of_each_alone_first_is_not_for_one_device(browser: NewBrowser) -> None:
    inviter = at_a_door(browser)
    answer = inviter.post("/door/share/", TERMS | {"practice": "repair"})
    assert answer.status_code == 400
    assert "for a phone each" in answer.content.decode()
    assert Door.objects.exists()
    assert not Sitting.objects.exists()
    labels = dict(
        choice for _, group in practice_choices() if isinstance(group, list) for choice in group
    )
    assert [name for name, label in labels.items() if "a phone each" in label] == [
        practice.name for practice in shelf().to_sit() if practice.gate
    ]


@pytest.mark.parametrize("first", ["one", "other"])
def test_who_leads_is_as_the_inviter_chose(browser: NewBrowser, first: str) -> None:
    inviter = at_a_door(browser)
    inviter.post("/door/share/", TERMS | {"first": first, "practice": "mirroring", "song": "on"})
    opened = from_plain(Event.objects.get().plain)
    assert isinstance(opened, Opened)
    assert (opened.first, opened.song, opened.begins_low) == (first, True, True)
    assert opened.practice_text and opened.settle_text


def test_a_coin_is_tossed_for_who_leads(browser: NewBrowser) -> None:
    leads = set()
    for _ in range(40):
        inviter = at_a_door(browser)
        address = inviter.post("/door/share/", TERMS).headers["Location"]
        number = UUID(address.split("/")[2])
        leads.add(Event.objects.get(sitting=number).plain["first"])
    assert leads == {"one", "other"}


def test_an_unknown_practice_is_not_opened(browser: NewBrowser) -> None:
    inviter = at_a_door(browser)
    for practice in ("settle", "../settle", "x" * 9000, ""):
        assert inviter.post("/door/share/", TERMS | {"practice": practice}).status_code == 400
    assert not Sitting.objects.exists()


def test_without_a_door_there_is_nothing_to_open(browser: NewBrowser) -> None:
    stranger = browser()
    for path in ("/door/share/", "/door/let-in/", "/door/again/", "/door/close/"):
        answer = stranger.post(path, TERMS | {"knock": str(uuid4())})
        assert answer.status_code == 302
    assert not Sitting.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_come_at_once_one_is_let_in(browser: NewBrowser) -> None:
    """Twenty browsers knock with one token while the inviter presses for each of them."""
    inviter = at_a_door(browser)
    link = ways(inviter)["link"]
    door = Door.objects.get()
    guests = [browser() for _ in range(20)]
    ready, answers = threading.Barrier(20), []

    def come(guest: Client) -> None:
        ready.wait()
        try:
            answers.append(guest.post(link, {"name": "Ben"}).status_code)
        finally:
            connections.close_all()

    _at_once([lambda g=guest: come(g) for guest in guests])
    assert answers.count(302) == actions.MOST_KNOCKS
    knocks = list(Knock.objects.values_list("pk", flat=True)) * 4
    terms = actions.Terms("back-to-back-breathing", "coin", False, Seating.BESIDE)
    together, opened = threading.Barrier(len(knocks)), []

    def press(knock: UUID) -> None:
        together.wait()
        try:
            opened.append(actions.let_in(Visitor(door.visitor, None), knock, terms))
        except actions.Closed:
            pass
        finally:
            connections.close_all()

    _at_once([lambda k=knock: press(k) for knock in knocks])
    assert len(opened) == 1
    assert Sitting.objects.count() == 1
    assert Place.objects.count() == 2
    inside = [g for g in guests if g.get(f"/sitting/{opened[0].pk}/").status_code == 200]
    assert len(inside) == 1


def _at_once(acts: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_nobody_lets_themselves_in(browser: NewBrowser, ada: Person) -> None:
    """Not even from another of their devices."""
    here, there = browser(ada), browser(ada)
    here.post("/beside/")
    link = ways(here)["link"]
    assert there.post(link, {"name": "Ada"}).headers["Location"] == "/door/"
    with pytest.raises(actions.Closed):
        actions.knock(
            Token.objects.get(way=Way.LINK), Visitor("x", ada), name="Ada", now=timezone.now()
        )
    assert not Knock.objects.exists()
