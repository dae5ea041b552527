"""What has become due about doors and sittings. `due` does one round and says whether there was work."""

from datetime import datetime, timedelta

from django.db.models import Q

from relational_space.people.wiping import wipe
from relational_space.spaces.models import Door, Sitting

TO_KEEP = timedelta(hours=12)
"""For so long after a sitting the two can still say that they would like to keep a space."""

FORGOTTEN = timedelta(hours=6)
"""No sitting lasts for so long: one that was neither opened nor run since will never go on."""


def due(now: datetime) -> bool:
    """Forget doors that nobody can come through, and sittings that are over or were never begun."""
    closed = Q(closed_at__lt=now - TO_KEEP)
    still = Q(beat_at=None) | Q(beat_at__lt=now - FORGOTTEN)
    never = Q(closed_at=None, opened_at__lt=now - FORGOTTEN) & still
    sittings, _rows = Sitting.objects.filter(closed | never).delete()
    doors, _rows = Door.objects.exclude(tokens__expires_at__gt=now).delete()
    wipe()
    return bool(sittings or doors)
