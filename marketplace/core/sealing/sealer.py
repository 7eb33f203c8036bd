"""The sealer: one seal after the other over rows that have none, each a transaction of its own."""

import datetime as dt
import logging

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, QuerySet

from marketplace.core import clock
from marketplace.core.crypto import lookup_hash
from marketplace.core.models import Seal, SealedRow
from marketplace.core.sealing.chains import Chain, Id, Print, digest, plain, prints

logger = logging.getLogger(__name__)

BATCH = 1000
"""Rows under one seal: a tenth of a second of work, and of the table nobody else writes to."""
OVERLAP = dt.timedelta(hours=1)
"""Transactions commit in another order than they began; none of ours takes an hour."""


def seal(chain: Chain, *, limit: int = 100, everything: bool = False) -> int:
    """Seal what is committed and under no seal yet, at most `limit` batches. Returns how many rows were sealed.

    Looks at rows written since a while before the newest sealed one, which an index finds; with `everything` at all of
    them, so that a row which came later than the overlap is found too. Safe to run twice at once: one of two that
    write the same number gives up, and a killed one leaves nothing behind.
    """
    since = None if everything else recent(chain)
    total = 0
    for _ in range(limit):
        try:
            with transaction.atomic():
                count = _seal_one(chain, since)
        except IntegrityError:
            logger.info("seal %s: another sealer is at it", chain.name)
            break
        total += count
        if count < BATCH:
            break
    return total


def unsealed(chain: Chain, since: dt.datetime | None = None) -> QuerySet[models.Model]:
    """Rows under no seal, oldest first."""
    rows = chain.model._default_manager.filter(~Exists(SealedRow.objects.filter(row=OuterRef("pk"))))
    if since is not None:
        rows = rows.filter(**{f"{chain.at}__gte": since})
    return rows.order_by(chain.at, "pk")


def recent(chain: Chain) -> dt.datetime | None:
    """From when on rows may be without a seal in the ordinary course; None: from the beginning."""
    last = _last(chain)
    return last.seen_until - OVERLAP if last else None


def _last(chain: Chain) -> Seal | None:
    return Seal.objects.filter(chain=chain.name).order_by("-number").first()


def _seal_one(chain: Chain, since: dt.datetime | None) -> int:
    last = _last(chain)  # before the rows: what another sealer takes after this has a number that collides with ours
    found = list(unsealed(chain, since).values_list("pk", chain.at)[:BATCH])
    if not found:
        return 0
    rows = prints(chain, [pk for pk, _at in found], chain.fields).values()
    newest, now = max(at for _pk, at in found), clock.now()
    made = Seal(
        chain=chain.name,
        number=last.number + 1 if last else 1,
        count=len(rows),
        fields=" ".join(chain.fields),
        previous=last.hash if last else "",
        seen_until=max(min(newest, now), last.seen_until) if last else min(newest, now),
        sealed_at=now,
    )
    made.hash = seal_hash(made, [(row.row, row.hash) for row in rows])
    made.save(force_insert=True)
    SealedRow.objects.bulk_create(_sealed(made, row) for row in rows)
    logger.info("sealed %s %s %s %s", chain.name, made.number, made.count, made.hash)
    return len(rows)


def _sealed(made: Seal, row: Print) -> SealedRow:
    return SealedRow(seal=made, row=row.row, hash=row.hash, parts=row.parts)


def seal_hash(made: Seal, rows: list[tuple[Id, str]]) -> str:
    """What a seal says of itself, of its rows and of the seal before it.

    Keyed by a secret the database does not hold: who can write to every table still cannot make a seal.
    """
    listed = sorted([row.hex, found] for row, found in rows)
    moments = [plain(made.seen_until), plain(made.sealed_at)]
    body = [made.chain, made.number, made.count, made.fields, made.previous, moments, listed]
    return lookup_hash(digest(body), purpose="seal")
