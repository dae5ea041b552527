"""What has become due about sealed words. `due` does one round and says whether there was work.

It lets nothing go because a clock is wrong: what is due by a day that was only just leapt to waits.
"""

import logging
from datetime import date, datetime, timedelta

from django.db.models import Max

from relational_space.people.wiping import wipe
from relational_space.words.models import Record, Round

EARLIER_KEPT = timedelta(days=30)
"""For so long both of a space can read what stood there before."""

LEAP = timedelta(days=7)
"""More than this from one round to the next is a machine that was off, a backup put back, or a clock that
is wrong. Which of them it is can't be known, so what has become due in it waits."""

WAIT = timedelta(days=7)
"""For so long: time for the host to read in the log what day the machine takes it for."""

log = logging.getLogger(__name__)


def due(now: datetime) -> bool:
    """Let go of what its author wanted kept until now, and of revisions that were replaced long ago."""
    due_by = _due_by(now.date())
    over, _rows = Record.objects.filter(until__lte=due_by).delete()
    earlier, _rows = Record.objects.filter(replaced__lte=due_by - EARLIER_KEPT).delete()
    if over or earlier:
        wipe()
    return bool(over or earlier)


def _due_by(day: date) -> date:
    """Until which day what has become due goes today."""
    last = Round.objects.first()
    if last is None:
        # The first round of this version, or after words of a backup were put back without it.
        written = Record.objects.aggregate(Max("day"))["day__max"] or day
        last = Round(day=written, due_by=written, waits_until=written)
    elif last.day == day and last.due_by == day:
        return day
    if day - last.day > LEAP:
        log.warning(
            "The last round was on %s, and this machine takes today for %s. Words that are due since then "
            "stay until %s: if the day is wrong, set the clock right before.",
            *(last.day, day, day + WAIT),
        )
        last.due_by, last.waits_until = last.day, day + WAIT
    elif day < last.day:
        last.due_by, last.waits_until = min(last.due_by, day), day
    elif day >= last.waits_until:
        last.due_by = day
    last.day = day
    last.save()
    return last.due_by
