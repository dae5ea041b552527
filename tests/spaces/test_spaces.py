"""Keeping a space, meeting again, letting it rest, and leaving it unseen."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client
from django.utils import timezone

from relational_space.people import due as people_due
from relational_space.people.models import Person
from relational_space.people.visitors import Visitor
from relational_space.practice.errors import Refused
from relational_space.spaces import actions, due
from relational_space.spaces.models import Day, Door, Kind, Knock, Member, Place, Sitting, Space

pytestmark = pytest.mark.django_db

NewBrowser = Callable[..., Client]
TERMS = {"practice": "mirroring", "seating": "apart"}


def sat(ada: Client, ben: Client, *, reached: bool = True) -> str:
    """Two browsers that have sat with each other; the address of keeping it."""
    ada.post("/beside/")
    ben.post(_link(ada), {"name": "Ben"})
    answer = ada.post("/door/let-in/", TERMS | {"knock": str(Knock.objects.get().pk)})
    number = answer.headers["Location"].split("/")[2]
    Sitting.objects.filter(pk=number).update(closed_at=timezone.now(), sat=reached)
    return f"/spaces/keep/{number}/"


def _link(there: Client) -> str:
    [link] = re.findall(
        r'data-link="https://testserver([^"]+)"', there.get("/door/").content.decode()
    )
    return str(link)


def yes(there: Client, keep: str, name: str, kind: str = "friend") -> str:
    answer = there.post(keep, {"name": name, "kind": kind, "wanted": "yes"})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


@pytest.fixture
def kept(browser: NewBrowser, ada: Person, ben: Person) -> Space:
    here, there = browser(ada), browser(ben)
    keep = sat(here, there)
    yes(here, keep, "Ada")
    yes(there, keep, "Ben", "partner")
    return Space.objects.get()


def test_a_space_is_kept_when_both_have_said_so(
    browser: NewBrowser, ada: Person, ben: Person
) -> None:
    here, there = browser(ada), browser(ben)
    keep = sat(here, there)
    assert yes(here, keep, "Ada") == keep
    assert not Space.objects.exists()
    address = yes(there, keep, "Ben", "partner")
    space = Space.objects.get()
    assert address == f"/spaces/{space.pk}/"
    assert space.sittings == 1
    assert str(space.pk) in keep
    sides = {m.person.name: (m.other_name, m.kind) for m in space.members.all()}
    assert sides == {"Ada": ("Ben", "friend"), "Ben": ("Ada", "partner")}
    assert not Sitting.objects.exists()


def test_whoever_said_so_first_comes_from_the_same_page_to_the_space(
    browser: NewBrowser, ada: Person, ben: Person
) -> None:
    here, there, elsewhere = browser(ada), browser(ben), browser()
    keep = sat(here, there)
    yes(here, keep, "Ada")
    address = yes(there, keep, "Ben")
    assert here.get(keep).headers["Location"] == address
    taken_back = here.post(keep, {"name": "Ada", "kind": "friend", "wanted": "no"})
    assert taken_back.headers["Location"] == address
    assert Space.objects.count() == 1
    assert elsewhere.get(keep).status_code == 404


def test_one_who_would_keep_it_tells_the_other_nothing(
    browser: NewBrowser, ada: Person, ben: Person
) -> None:
    here, there = browser(ada), browser(ben)
    keep = sat(here, there)

    def seen() -> list[str]:
        pages = [
            there.get(path) for path in (keep, "/spaces/", keep.replace("spaces/keep", "sitting"))
        ]
        return [
            re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", p.content.decode()) for p in pages
        ]

    before = seen()
    yes(here, keep, "Ada", "other")
    assert seen() == before


@pytest.mark.parametrize("ends", ["/account/erase/", "/account/logout/"])
@pytest.mark.parametrize("over", [True, False])
def test_one_who_would_keep_it_is_not_told_that_the_other_has_gone(
    browser: NewBrowser, ada: Person, ben: Person, ends: str, over: bool
) -> None:
    def what_ada_gets(goes: bool) -> list[str]:
        here, there = browser(ada), browser(None if goes else ben)
        if goes:
            there.force_login(Person.objects.create(name="Ben"))
        keep = sat(here, there)
        number = keep.split("/")[3]
        if not over:
            Sitting.objects.update(closed_at=None)
        if goes:
            there.post(ends)
        answer = here.post(keep, {"name": "Ada", "kind": "friend", "wanted": "yes"})
        pages = [str(answer.status_code), here.get(keep).content.decode()]
        pages += [here.get(address).content.decode() for address in ("/spaces/", "/account/")]
        Sitting.objects.all().delete()
        Session.objects.all().delete()
        private = rf'{number}|name="csrfmiddlewaretoken" value="[^"]+"'
        return [re.sub(private, "", page) for page in pages]

    assert what_ada_gets(goes=True) == what_ada_gets(goes=False)


def test_a_yes_can_be_taken_back_before_the_other_says_it(
    browser: NewBrowser, ada: Person, ben: Person
) -> None:
    here, there = browser(ada), browser(ben)
    keep = sat(here, there)
    yes(here, keep, "Ada")
    here.post(keep, {"name": "Ada", "kind": "friend", "wanted": "no"})
    yes(there, keep, "Ben")
    assert not Space.objects.exists()


def test_a_guest_makes_an_account_and_keeps_the_space(browser: NewBrowser, ada: Person) -> None:
    here, there = browser(ada), browser()
    keep = sat(here, there)
    yes(here, keep, "Ada")
    assert "Make an account" in there.get(keep).content.decode()
    answer = there.post(f"/account/begin/?next={keep}", {"name": "Ben"})
    assert answer.headers["Location"].startswith("/account/passkeys/add/?next=")
    assert yes(there, keep, "Ben") == f"/spaces/{Space.objects.get().pk}/"


def test_two_who_say_it_at_the_same_time_get_one_space(
    transactional_db: None, browser: NewBrowser, ada: Person, ben: Person
) -> None:
    keep = sat(browser(ada), browser(ben))
    sitting, ready = Sitting.objects.get(), threading.Barrier(2)
    made: list[Space | None] = []

    def say(person: Person) -> None:
        ready.wait()
        try:
            visitor = Visitor("", person)
            made.append(actions.would_keep(sitting, visitor, name=person.name, kind=Kind.FRIEND))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=say, args=[person]) for person in (ada, ben)]
    for place, person in zip(Place.objects.order_by("seat"), (ada, ben), strict=True):
        assert place.person == person
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [space is None for space in made].count(False) == 1
    assert Space.objects.count() == 1
    assert keep


def test_one_person_at_both_seats_keeps_nothing(browser: NewBrowser, ada: Person) -> None:
    here, there = browser(ada), browser()
    keep = sat(here, there)
    yes(here, keep, "Ada")
    there.force_login(ada)
    assert there.post(keep, {"name": "Ada", "kind": "friend"}).status_code in (400, 404)
    assert not Space.objects.exists()


def test_a_sitting_that_nobody_keeps_is_forgotten_with_its_names(
    browser: NewBrowser, ada: Person
) -> None:
    sat(browser(ada), browser())
    assert not due.due(timezone.now() + timedelta(hours=11))
    assert due.due(timezone.now() + timedelta(hours=13))
    assert not Sitting.objects.exists()
    assert not Place.objects.exists()


def test_friend_is_the_first_of_the_kinds(browser: NewBrowser, ada: Person) -> None:
    here = browser(ada)
    page = here.get(sat(here, browser())).content.decode()
    kinds = re.findall(r'type="radio" name="kind" value="(\w+)"', page)
    assert kinds == ["friend", "family", "partner", "practitioner", "other"]
    assert re.search(r'value="friend"[^>]* checked', page)


def test_what_somebody_calls_it_is_shown_to_them_alone(
    browser: NewBrowser, kept: Space, ada: Person
) -> None:
    page = browser(ada).get(f"/spaces/{kept.pk}/").content.decode()
    assert "partner" not in page


def test_the_two_meet_again_at_a_door_of_their_own(
    browser: NewBrowser, kept: Space, ada: Person, ben: Person, cy: Person
) -> None:
    here, there, other, stranger = browser(ada), browser(ben), browser(cy), browser()
    assert here.post(f"/spaces/{kept.pk}/meet/").headers["Location"] == "/door/"
    link = _link(here)
    assert "Sign in" in stranger.get(link).content.decode()
    for wrong in (other, stranger):
        wrong.post(link, {"name": "Cy"})
    assert not Knock.objects.exists()
    assert other.get(link).status_code == 404
    assert there.post(link).headers["Location"] == "/waiting/"
    knock = Knock.objects.get()
    assert knock.name == "Ben"
    answer = here.post("/door/let-in/", TERMS | {"knock": str(knock.pk)})
    sitting = Sitting.objects.get()
    assert sitting.space == kept
    data = there.get(answer.headers["Location"]).context["data"]
    assert (data["kept"], data["checkIn"]) == (True, False)
    assert data["space"] == str(kept.pk)


def test_the_check_in_is_for_whoever_turned_it_on(
    browser: NewBrowser, kept: Space, ada: Person, ben: Person
) -> None:
    here, there = browser(ada), browser(ben)
    before = there.get(f"/spaces/{kept.pk}/").context["side"].check_in
    here.post(f"/spaces/{kept.pk}/check-in/", {"on": "yes"})
    here.post(f"/spaces/{kept.pk}/meet/")
    there.post(_link(here))
    answer = here.post("/door/let-in/", TERMS | {"knock": str(Knock.objects.get().pk)})
    address = answer.headers["Location"]
    assert here.get(address).context["data"]["checkIn"] is True
    assert there.get(address).context["data"]["checkIn"] is before is False


def test_words_are_offered_to_whoever_has_signed_in_and_at_no_shared_device(
    browser: NewBrowser, kept: Space, ada: Person, ben: Person
) -> None:
    here, there, guest = browser(ada), browser(ben), browser()
    here.post(f"/spaces/{kept.pk}/meet/")
    link = _link(here)
    there.get(link)
    there.post(link)
    answer = here.post("/door/let-in/", TERMS | {"knock": str(Knock.objects.get().pk)})
    together = here.get(answer.headers["Location"]).context["data"]
    shared = []
    for each in (here, guest):
        each.post("/beside/")
        answer = each.post("/door/share/", {"practice": "mirroring"})
        shared.append(each.get(answer.headers["Location"]).context["data"])
    guest.post("/beside/")
    browser().post(_link(guest), {"name": "Ben"})
    answer = guest.post("/door/let-in/", TERMS | {"knock": str(Knock.objects.get().pk)})
    alone = guest.get(answer.headers["Location"]).context["data"]
    assert [each["mine"] for each in (together, *shared, alone)] == ["/mine/", "", "", ""]
    assert [each["bond"] for each in (together, *shared, alone)] == ["Ben", "", "", ""]


def test_after_three_sittings_a_space_begins_where_the_two_choose(kept: Space) -> None:
    begins_low = []
    for sittings in range(4):
        Space.objects.update(sittings=sittings)
        kept.refresh_from_db()
        begins_low.append(kept.begins_low)
    assert begins_low == [True, True, True, False]


@pytest.mark.parametrize(("sittings", "asked"), [(0, False), (2, False), (3, True)])
def test_a_longer_form_is_asked_about_only_where_the_answer_counts(
    browser: NewBrowser, kept: Space, ada: Person, ben: Person, sittings: int, asked: bool
) -> None:
    Space.objects.update(sittings=sittings)
    here, there = browser(ada), browser(ben)
    here.post(f"/spaces/{kept.pk}/meet/")
    there.post(_link(here))
    answer = here.post("/door/let-in/", TERMS | {"knock": str(Knock.objects.get().pk)})
    data = here.get(answer.headers["Location"]).context["data"]
    assert data["practice"]["lengths"] is asked


@pytest.mark.parametrize(
    ("sittings", "offered"), [(2, ["voices", "light"]), (3, ["voices", "light", "eyes", "hands"])]
)
def test_eyes_are_offered_only_where_the_choice_counts(
    browser: NewBrowser, kept: Space, ada: Person, ben: Person, sittings: int, offered: list[str]
) -> None:
    Space.objects.update(sittings=sittings)
    here, there = browser(ada), browser(ben)
    here.post(f"/spaces/{kept.pk}/meet/")
    there.post(_link(here))
    terms = TERMS | {"knock": str(Knock.objects.get().pk), "practice": "eye-gazing"}
    terms["seating"] = "beside"
    answer = here.post("/door/let-in/", terms)
    for browser_of_one in (here, there):
        data = browser_of_one.get(answer.headers["Location"]).context["data"]
        assert [rung["name"] for rung in data["practice"]["rungs"]] == offered


@pytest.mark.parametrize(
    ("practice", "link"),
    [
        ("mirroring", None),
        ("repair", {"title": "Looking again", "days": 3, "calendar": "/later/3.ics"}),
    ],
)
def test_both_are_told_alike_what_a_practice_leads_to(
    browser: NewBrowser, kept: Space, ada: Person, ben: Person, practice: str, link: object
) -> None:
    here, there = browser(ada), browser(ben)
    here.post(f"/spaces/{kept.pk}/meet/")
    there.post(_link(here))
    terms = TERMS | {"knock": str(Knock.objects.get().pk), "practice": practice}
    answer = here.post("/door/let-in/", terms)
    for one in (here, there):
        assert one.get(answer.headers["Location"]).context["data"]["practice"]["link"] == link


def _bens_pages(browser: NewBrowser, kept: Space, ben: Person) -> list[tuple[int, str]]:
    """All that Ben sees of the space: its page, his list, a door he makes, and his own export."""
    there, pages = browser(ben), []
    for method, path in (
        ("get", "/spaces/"),
        ("get", f"/spaces/{kept.pk}/"),
        ("get", f"/spaces/{kept.pk}/leave/"),
        ("post", f"/spaces/{kept.pk}/meet/"),
        ("get", "/door/state"),
        ("post", "/account/export/"),
    ):
        answer = getattr(there, method)(path)
        shown = re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())
        pages.append((answer.status_code, re.sub(r'"(qr|link|words)": \d+', "", shown)))
    there.post("/door/close/")
    return pages


@pytest.mark.parametrize("how", ["leaves", "erases the account"])
def test_leaving_looks_like_resting_to_the_other(
    browser: NewBrowser, kept: Space, ada: Person, ben: Person, how: str
) -> None:
    here = browser(ada)
    here.post(f"/spaces/{kept.pk}/rest/", {"resting": "yes"})
    resting = _bens_pages(browser, kept, ben)
    assert "This space is resting" in resting[1][1]
    here.post(f"/spaces/{kept.pk}/rest/", {"resting": "no"})
    assert "This space is resting" not in _bens_pages(browser, kept, ben)[1][1]
    here.post(f"/spaces/{kept.pk}/leave/" if how == "leaves" else "/account/erase/")
    if how == "erases the account":
        assert "This space is resting" not in _bens_pages(browser, kept, ben)[1][1]
        people_due.due(timezone.now() + timedelta(days=1))
    assert _bens_pages(browser, kept, ben) == resting


def sat_again(ada: Client, ben: Client, kept: Space, *, reached: bool = True) -> str:
    """The two of a space have sat once more; the address of keeping the day."""
    ada.post(f"/spaces/{kept.pk}/meet/")
    ben.post(_link(ada))
    answer = ada.post("/door/let-in/", TERMS | {"knock": str(Knock.objects.get().pk)})
    number = answer.headers["Location"].split("/")[2]
    Sitting.objects.filter(pk=number).update(closed_at=timezone.now(), sat=reached)
    return f"/spaces/keep/{number}/"


def days(there: Client, kept: Space) -> list[str]:
    return re.findall(r'name="day" value="([^"]+)"', there.get(f"/spaces/{kept.pk}/").text)


def test_a_day_is_kept_when_both_have_said_so_on_each_side(
    browser: NewBrowser, kept: Space, ada: Person, ben: Person
) -> None:
    here, there = browser(ada), browser(ben)
    keep = sat_again(here, there, kept)
    here.post(keep, {"wanted": "yes"})
    assert days(here, kept) == days(there, kept) == []
    there.post(keep, {"wanted": "yes"})
    today = timezone.now().date().isoformat()
    assert days(here, kept) == days(there, kept) == [today]
    assert here.get(keep).headers["Location"] == f"/spaces/{kept.pk}/"
    assert today in there.post("/account/export/").text
    here.post(f"/spaces/{kept.pk}/days/", {"day": "never"})
    here.post(f"/spaces/{kept.pk}/days/", {"day": today})
    assert (days(here, kept), days(there, kept)) == ([], [today])
    here.post(f"/spaces/{kept.pk}/leave/")
    assert days(there, kept) == [today]
    there.post(f"/spaces/{kept.pk}/leave/")
    assert not Day.objects.exists()


def test_one_who_would_keep_the_day_tells_the_other_nothing(
    browser: NewBrowser, kept: Space, ada: Person, ben: Person
) -> None:
    here, there = browser(ada), browser(ben)
    keep = sat_again(here, there, kept)

    def seen() -> list[str]:
        pages = [there.get(path) for path in (keep, keep.replace("spaces/keep", "sitting"))]
        shown = [re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", page.text) for page in pages]
        return [*shown, str(_bens_pages(browser, kept, ben))]

    before = seen()
    here.post(keep, {"wanted": "yes"})
    assert seen() == before
    here.post(keep, {"wanted": "no"})
    there.post(keep, {"wanted": "yes"})
    assert days(here, kept) == days(there, kept) == []
    due.due(timezone.now() + timedelta(hours=13))
    assert not Place.objects.exists()


def test_a_day_on_which_two_did_not_come_to_the_practice_is_not_asked_about(
    browser: NewBrowser, kept: Space, ada: Person, ben: Person
) -> None:
    here, there = browser(ada), browser(ben)
    keep = sat_again(here, there, kept, reached=False)
    assert here.get(keep).headers["Location"] == f"/spaces/{kept.pk}/"
    assert here.post(keep, {"wanted": "yes"}).headers["Location"] == f"/spaces/{kept.pk}/"
    with pytest.raises(Refused):
        actions.would_keep_day(Sitting.objects.get(), Visitor("", ada))


def test_what_was_said_of_the_space_is_not_taken_for_the_day(
    browser: NewBrowser, ada: Person, ben: Person
) -> None:
    here, there = browser(ada), browser(ben)
    keep = sat(here, there)
    Sitting.objects.update(closed_at=None)
    yes(here, keep, "Ada")
    yes(there, keep, "Ben")
    actions.would_keep_day(Sitting.objects.get(), Visitor("", ada))
    assert not Day.objects.exists()


def test_a_door_made_for_somebody_who_left_opens_for_nobody(
    browser: NewBrowser, kept: Space, ada: Person, ben: Person
) -> None:
    here, there = browser(ada), browser(ben)
    here.post(f"/spaces/{kept.pk}/leave/")
    there.post(f"/spaces/{kept.pk}/meet/")
    link = _link(there)
    assert here.get(link).status_code == 404
    assert here.get(link).content == here.get("/come/wrong").content
    assert here.post(link).status_code == 404
    assert there.get("/door/state").json()["knocks"] == []


def test_leaving_takes_two_presses(browser: NewBrowser, kept: Space, ada: Person) -> None:
    here = browser(ada)
    page = here.get(f"/spaces/{kept.pk}/").content.decode()
    assert f'href="/spaces/{kept.pk}/leave/"' in page
    confirm = here.get(f"/spaces/{kept.pk}/leave/").content.decode()
    assert "They may still guess" in confirm
    assert "/help/" in confirm
    assert here.post(f"/spaces/{kept.pk}/leave/").headers["Location"] == "/spaces/"
    assert here.get(f"/spaces/{kept.pk}/").status_code == 404


def test_a_space_that_both_have_left_is_gone(
    browser: NewBrowser, kept: Space, ada: Person, ben: Person
) -> None:
    for person in (ada, ben):
        browser(person).post(f"/spaces/{kept.pk}/leave/")
    assert not Space.objects.exists()
    assert not Member.objects.exists()


def test_a_door_that_nobody_came_to_is_forgotten(browser: NewBrowser) -> None:
    browser().post("/beside/")
    assert not due.due(timezone.now() + timedelta(hours=23))
    assert due.due(timezone.now() + timedelta(hours=25))
    assert not Door.objects.exists()
