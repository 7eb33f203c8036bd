"""The entries of giving back. Signs: debit positive."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from marketplace.commerce.models import OrderLine, OrderTax
from marketplace.commerce.refunds.amounts import Parts
from marketplace.core.money import share
from marketplace.ledger.accounts import AccountKey, Code
from marketplace.payouts.services import Part

Lines = dict[AccountKey, int]


def payout_parts(parts: Mapping[int, Parts]) -> list[Part]:
    """As the room of sellers' money wants it: one part a line."""
    return [Part(line_id, p.share, p.fee, p.commission_tax) for line_id, p in sorted(parts.items())]


def borne_by_others(lines: Sequence[OrderLine], parts: Mapping[int, Parts]) -> Lines:
    """Debits of what sellers do not bear: our commission, the tax on it, and the tax of the sale, by country."""
    sums: Lines = defaultdict(int)
    for line in lines:
        if line.pk not in parts:
            continue
        part = parts[line.pk]
        sums[AccountKey(Code.FEES_GIVEN_BACK)] += part.fee
        sums[AccountKey(Code.COMMISSION_TAX, f"tax:{line.commission_tax_country}")] += part.commission_tax
        for owner, minor in _taxes(list(line.taxes.all()), part.tax):
            sums[AccountKey(Code.TAX_PAYABLE, owner)] += minor
    return {key: minor for key, minor in sums.items() if minor}


def _taxes(taxes: list[OrderTax], minor: int) -> list[tuple[str, int]]:
    if not minor:
        return []
    parts = share(minor, [tax.minor for tax in taxes])
    return [(f"tax:{tax.country}", part) for tax, part in zip(taxes, parts, strict=True)]


def together(*several: Mapping[AccountKey, int]) -> Lines:
    """One set of lines; what sums to zero is left out."""
    sums: Lines = defaultdict(int)
    for lines in several:
        for key, minor in lines.items():
            sums[key] += minor
    return {key: minor for key, minor in sums.items() if minor}
