"""The time by which sittings run: the wall clock's when this process began, and steady from then on.

Somebody who sets the machine's clock, or a time server that corrects it, moves no sitting. Only a
new process looks at the wall again.
"""

import time
from datetime import datetime, timedelta

from django.utils import timezone

_began, _began_steady_s = timezone.now(), time.monotonic()


def now() -> datetime:
    """This moment, as this process has counted it."""
    return _began + timedelta(seconds=time.monotonic() - _began_steady_s)
