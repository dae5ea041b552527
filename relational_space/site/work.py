"""What has become due, done: one round a minute, for as long as this process serves."""

import asyncio
import logging

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.utils import timezone

from relational_space.people import due as people_due
from relational_space.spaces import due as spaces_due
from relational_space.words import due as words_due

EVERY_S = 60.0
"""What is to be gone from the disk is gone within this long."""

DUE = (people_due.due, spaces_due.due, words_due.due)

log = logging.getLogger(__name__)


async def for_ever() -> None:
    """Do one round after the other, whatever happens in one of them."""
    while True:
        await sync_to_async(one_round)()
        await asyncio.sleep(EVERY_S)


def one_round() -> None:
    """Let each app do what is due now."""
    close_old_connections()
    for due in DUE:
        try:
            due(timezone.now())
        except Exception:
            log.exception("what is due in %s could not be done", due.__module__)
