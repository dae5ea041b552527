"""The practices of this place: those that come with the program, and those that its host adds."""

from functools import cache

from django.conf import settings

from relational_space import practices
from relational_space.practices import Shelf

BY_DEFAULT = "back-to-back-breathing"


@cache
def shelf() -> Shelf:
    """Every practice that can be sat here, read once: a change needs a new start."""
    return practices.gather(practices.HERE, settings.RELATIONAL_SPACE["home"] / "practices")
