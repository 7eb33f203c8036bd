"""How often one visitor may ask for something. Counted in the cache: approximate by design, and a cache that is away
lets people through rather than keeping them out."""

import contextlib
import time

from django.core.cache import cache

from marketplace.core.crypto import lookup_hash
from marketplace.core.errors import TooMany


def at_most(times: int, *, seconds: int, scope: str, who: str) -> None:
    """Count one more attempt of `who` at `scope`; raise `TooMany` past `times` within a window of `seconds`."""
    window, left = divmod(int(time.time()), seconds)
    key = f"limit:{scope}:{lookup_hash(who, purpose='limit')[:32]}:{window}"
    cache.add(key, 0, timeout=seconds)
    count: int | None = None
    with contextlib.suppress(ValueError):  # it was evicted between the two calls
        count = cache.incr(key)
    if count is not None and count > times:
        raise TooMany(retry_after_seconds=seconds - left)
