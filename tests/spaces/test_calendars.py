"""Files for somebody's own calendar: true, neutral, and kept nowhere."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from relational_space.people.models import Person
from relational_space.spaces import calendars
from relational_space.spaces.calendars import Every
from relational_space.spaces.models import Member, Space
from relational_space.spaces.practices import shelf

pytestmark = pytest.mark.django_db

NewBrowser = Callable[..., Client]
MADE_AT = datetime(2026, 12, 1, 12, tzinfo=UTC)
FIRST = datetime(2027, 1, 5, 19)


@pytest.fixture
def kept(ada: Person, ben: Person) -> Space:
    space = Space.objects.create()
    for person, other in ((ada, ben), (ben, ada)):
        Member.objects.create(space=space, person=person, other_name=other.name)
    return space


def the_event(content: bytes) -> Any:
    [event] = Calendar.from_ical(content.decode()).walk("VEVENT")
    return event


def times(every: Every, first: datetime, *, until: datetime) -> list[datetime]:
    event = the_event(calendars.rhythm(every, first, made_at=MADE_AT))
    assert event["dtstart"].dt == first
    rule = event["rrule"].to_ical().decode()
    return list(rrulestr(rule, dtstart=first).between(first, until, inc=True))


@pytest.mark.parametrize(("every", "days"), [(Every.WEEK, 7), (Every.TWO_WEEKS, 14)])
def test_weeks_are_weeks(every: Every, days: int) -> None:
    came = times(every, FIRST, until=FIRST + timedelta(days=400))
    assert came[:3] == [FIRST + timedelta(days=days) * n for n in range(3)]
    assert len(came) == 400 // days + 1


def test_a_month_is_the_same_weekday_in_every_month() -> None:
    for day in range(1, 32):
        first = datetime(2027, 1, day, 19)
        came = times(Every.MONTH, first, until=datetime(2027, 12, 31, 23))
        assert [time.month for time in came] == list(range(1, 13))
        assert {time.weekday() for time in came} == {first.weekday()}


def test_a_file_names_nobody_and_nothing(browser: NewBrowser, kept: Space, ada: Person) -> None:
    here = browser(ada)
    rhythm = here.post(f"/spaces/{kept.pk}/rhythm/", {"every": "month", "at": "18:30"})
    later = here.get("/later/3.ics")
    for file in (rhythm, later):
        assert file.headers["Content-Type"].startswith("text/calendar")
        assert file.headers["Content-Disposition"] == 'attachment; filename="time.ics"'
        assert the_event(file.content)["summary"] == "A little time"
        words = file.content.decode()
        for never in ("Ada", "Ben", str(kept.pk), "testserver", "http", "elational", "DESCRIPTION"):
            assert never not in words
        for practice in shelf().to_sit():
            assert practice.title["en"] not in words
    begins = the_event(rhythm.content)["dtstart"].dt
    # By whatever clock it is read by, so that two in two places can each have their evening.
    assert (begins.hour, begins.minute, begins.tzinfo) == (18, 30, None)


def test_a_day_is_as_far_off_as_the_practice_says(browser: NewBrowser) -> None:
    event = the_event(browser().get("/later/3.ics").content)
    assert event["dtstart"].dt == timezone.now().date() + timedelta(days=3)
    for days in ("0", "61", "x", "99999999999999999999"):
        assert browser().get(f"/later/{days}.ics").status_code == 404


def test_taking_one_leaves_nothing_behind(
    browser: NewBrowser, kept: Space, ada: Person, ben: Person
) -> None:
    here, there = browser(ada), browser(ben)
    pages = (f"/spaces/{kept.pk}/", f"/spaces/{kept.pk}/rhythm/", "/spaces/")
    before = [_without_tokens(there.get(page).content) for page in pages]
    for every in Every.values:
        with CaptureQueriesContext(connection) as queries:
            answer = here.post(f"/spaces/{kept.pk}/rhythm/", {"every": every})
        assert answer.status_code == 200
        assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
        is_a_file = answer.headers["Content-Type"].startswith("text/calendar")
        assert is_a_file is (every != Every.MEETING)
    assert [_without_tokens(there.get(page).content) for page in pages] == before


def _without_tokens(page: bytes) -> list[str]:
    return [line for line in page.decode().splitlines() if "csrfmiddlewaretoken" not in line]


@pytest.mark.parametrize(
    "wrong",
    [
        {"every": "day"},
        {"every": ""},
        {"every": "week", "first": "soon"},
        {"every": "week", "first": "0001-01-01"},
        {"every": "week", "first": "9999-12-31"},
        {"every": "week", "at": "25:00"},
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    browser: NewBrowser, kept: Space, ada: Person, wrong: dict[str, str]
) -> None:
    answer = browser(ada).post(f"/spaces/{kept.pk}/rhythm/", wrong)
    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()
