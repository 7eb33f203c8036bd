"""The ledger's tables under seal: entries with their postings and accounts, and what was proved of them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from marketplace.core.sealing import Chain, declare
from marketplace.core.sealing.chains import Id, Parts
from marketplace.ledger.models import Entry, Posting, ProofRun


def postings(entries: Sequence[Id]) -> Parts:
    """Every entry's postings by id, with the accounts they are on: a renamed account changes what was booked."""
    columns = ("account_id", "account__code", "account__owner", "account__currency", "minor")
    found: dict[Id, dict[str, Any]] = defaultdict(dict)
    for entry, pk, *rest in Posting.objects.filter(entry__in=entries).values_list("entry_id", "pk", *columns):
        found[entry][str(pk)] = rest
    return found


declare(
    Chain(
        name="ledger.entry",
        model=Entry,
        at="created_at",
        fields=("id", "key", "body_hash", "kind", "currency", "memo", "reference", "reverses_id", "created_at"),
        title="key",
        parts=postings,
        part_name="ledger.posting",
    )
)
declare(
    Chain(
        name="ledger.proofrun",
        model=ProofRun,
        at="at",
        fields=("id", "at", "asked_by", "passed", "seconds", "results", "heads"),
    )
)
