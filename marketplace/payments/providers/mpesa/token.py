"""One access token for all processes. A new token kills the old one, so only one process at a time fetches one.

The lease is a column changed by a conditional UPDATE: no transaction is open while Daraja is asked, and the lease of a
process that died runs out.
"""

import datetime as dt
import time
from collections.abc import Callable

from django.db.models import F, Q

from marketplace.core import clock, crypto
from marketplace.payments.models import ProviderToken
from marketplace.payments.providers.base import Unavailable

LEASE_SECONDS = 20
"""Longer than the request for a token may take."""
PATIENCE_SECONDS = 12
EARLY_SECONDS = 300
"""Renewed this long before its end, so that none dies on the way."""

Fetch = Callable[[], tuple[str, int]]
"""Returns the token and its life in seconds; raises `Unavailable`."""


def access_token(*, name: str, fetch: Fetch, newer_than: int = -1) -> tuple[str, int]:
    """The shared token and its generation, fetched when there is none newer than `newer_than`. Raises `Unavailable`."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        row, _ = ProviderToken.objects.get_or_create(provider=name)
        if row.generation > newer_than and row.ciphertext and row.expires_at and row.expires_at > clock.now():
            return crypto.decrypt(row.ciphertext), row.generation
        if _take_lease(row):
            return _renew(row, fetch)
        time.sleep(0.1)
    raise Unavailable("no_token", "another process did not get a token in time")


def _take_lease(row: ProviderToken) -> bool:
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=clock.now())
    mine = ProviderToken.objects.filter(free, pk=row.pk, generation=row.generation)
    return mine.update(lease_until=clock.in_seconds(LEASE_SECONDS)) == 1


def _renew(row: ProviderToken, fetch: Fetch) -> tuple[str, int]:
    mine = ProviderToken.objects.filter(pk=row.pk, generation=row.generation)
    try:
        token, life = fetch()
    except Unavailable:
        mine.update(lease_until=None)
        raise
    expires = clock.now() + dt.timedelta(seconds=max(life - EARLY_SECONDS, 30))
    mine.update(
        ciphertext=crypto.encrypt(token), expires_at=expires, lease_until=None, generation=F("generation") + 1
    )  # fmt: skip
    return token, row.generation + 1
