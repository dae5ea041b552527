"""How many examples are tried of what takes tens of milliseconds each, so that every day stays short.

What an example has to hold is the same everywhere: only their number is smaller, and `./test all` tries
the whole of it.
"""

from hypothesis import settings


def dear(*, every_day: int, in_all: int) -> int:
    """A quarter of the everyday number when quick."""
    match settings.get_current_profile_name():
        case "all":
            return in_all
        case "usual":
            return every_day
        case _:
            return every_day // 4
