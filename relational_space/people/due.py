"""What has become due about persons. `due` does one round and says whether there was work."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from relational_space.people import erase
from relational_space.people.models import Person

UNFINISHED = timedelta(days=1)
"""An account without a passkey or an address is forgotten when its browser may have closed."""


def due(now: datetime) -> bool:
    """Erase who has asked for it, and forget sessions that have run out and accounts of nobody."""
    asked = list(Person.objects.filter(erase_at__lte=now))
    for person in asked:
        erase.destroy(person)
    sessions, _rows = Session.objects.filter(expire_date__lt=now).delete()
    begun = Person.objects.filter(
        is_host=False, authenticator=None, created__lt=(now - UNFINISHED).date()
    )
    persons, _rows = begun.exclude(emailaddress__verified=True).delete()
    return bool(asked or sessions or persons)
