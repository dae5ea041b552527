"""What has become due about sealed words. `due` does one round and says whether there was work."""

from datetime import datetime, timedelta

from relational_space.people.wiping import wipe
from relational_space.words.models import Record

EARLIER_KEPT = timedelta(days=30)
"""For so long both of a space can read what stood there before."""


def due(now: datetime) -> bool:
    """Let go of what its author wanted kept until now, and of revisions that were replaced long ago."""
    day = now.date()
    over, _rows = Record.objects.filter(until__lte=day).delete()
    earlier, _rows = Record.objects.filter(replaced__lte=day - EARLIER_KEPT).delete()
    if over or earlier:
        wipe()
    return bool(over or earlier)
