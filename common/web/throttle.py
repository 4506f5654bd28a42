"""How often one address may ask for something open to everyone."""

from django.core.cache import cache


def too_many(what: str, who: str, *, limit: int, seconds: int) -> bool:
    """Whether this is more than `limit` requests by `who` within `seconds`. Counts the request it is asked about.

    The count lives in the cache: shared by all web processes with Redis, one a process without.
    """
    key = f"throttle:{what}:{who}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) > limit
    except ValueError:  # it ended between the two calls
        return False
