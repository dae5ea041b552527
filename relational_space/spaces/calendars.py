"""Files for somebody's own calendar: made when they are taken, and known to nobody afterwards.

A file names no person, no practice and no place, and its times are those of whatever clock it is
read by. Nothing here stores, sends or looks up anything.
"""

import uuid
from datetime import date, datetime, timedelta

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from icalendar import Calendar, Event

LASTS = timedelta(minutes=30)
"""Room for any practice with its beginning and its end."""


class Every(models.TextChoices):
    """How often two people would like to meet."""

    WEEK = "week", _("every week")
    TWO_WEEKS = "two weeks", _("every two weeks")
    MONTH = "month", _("every month")
    MEETING = "meeting", _("when we meet")


def rhythm(every: Every, first: datetime, *, made_at: datetime) -> bytes:
    """A time that comes again and again, until its owner deletes it."""
    event = Event()
    event.add("dtstart", first)
    event.add("duration", LASTS)
    event.add("rrule", _rule(every, first))
    return _file(event, made_at)


def once(day: date, *, made_at: datetime) -> bytes:
    """One whole day, to be reminded on."""
    event = Event()
    event.add("dtstart", day)
    # It only reminds: nobody who reads the calendar should take its owner to be busy.
    event.add("transp", "TRANSPARENT")
    return _file(event, made_at)


def _rule(every: Every, first: datetime) -> dict[str, str | int]:
    match every:
        case Every.WEEK:
            return {"freq": "weekly"}
        case Every.TWO_WEEKS:
            return {"freq": "weekly", "interval": 2}
        case Every.MONTH:
            # By the weekday, as in “the second Tuesday”. Not every month has a fifth: then the last.
            nth = (first.day - 1) // 7 + 1
            weekday = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[first.weekday()]
            return {"freq": "monthly", "byday": f"{nth if nth < 5 else -1}{weekday}"}
        case Every.MEETING:
            raise ValueError("what has no rhythm has no rule")


def _file(event: Event, made_at: datetime) -> bytes:
    event.add("uid", str(uuid.uuid4()))
    event.add("dtstamp", made_at)
    event.add("summary", gettext("A little time"))
    event.add("class", "PRIVATE")
    calendar = Calendar()
    calendar.add("prodid", "-//calendar//")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
