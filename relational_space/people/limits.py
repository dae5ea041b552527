"""How often something may be tried, counted in the cache and nowhere else.

A limit is about a network address or a browser, never about an account: nobody can lock another out.
"""

from django.core.cache import cache


def count(what: str, who: str, *, within_s: int) -> int:
    """Count one more, and say how many there have been since the first of them, for `within_s`."""
    key = f"limit/{what}/{who}"
    if cache.add(key, 1, timeout=within_s):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two
        cache.set(key, 1, timeout=within_s)
        return 1


def counted(what: str, who: str) -> int:
    """How many there have been."""
    return int(cache.get(f"limit/{what}/{who}", 0))
