"""Where a seller's money is, as the figures on the money page. Each opens the movements behind it."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.core.money import Money
from marketplace.ledger.accounts import Code, of_seller
from marketplace.ledger.selectors import balances_by_owner, balances_of
from marketplace.payouts.models import Payout

Words = str | Promise


@dataclass(frozen=True)
class Figure:
    """One place money can be. `slug` names it in addresses."""

    slug: str
    code: Code
    label: Words
    note: Words
    always: bool = False
    """Shown even when it is zero."""
    sign: int = -1
    """What the seller has is a credit in our books, what they owe a debit."""


PLACES = (
    Figure("pending", Code.SELLER_PENDING, _("Pending"), _("sold; becomes available some days after the date"), True),
    Figure("available", Code.SELLER_AVAILABLE, _("Available"), _("in the next payout"), True),
    Figure("reserve", Code.SELLER_RESERVE, _("In reserve"), _("kept back for refunds, for a while")),
    Figure("transit", Code.PAYOUT_IN_TRANSIT, _("On its way"), _("sent, not confirmed yet")),
    Figure("disputed", Code.SELLER_DISPUTE_HOLD, _("Disputed"), _("held while a buyer's bank decides")),
    Figure("owed", Code.SELLER_RECEIVABLE, _("Owed to us"), _("refunds beyond the balance; taken later"), sign=1),
)
BY_SLUG = {place.slug: place for place in PLACES}


FIRST = "KES"
"""What the page of a seller who has sold nothing yet shows."""


@dataclass(frozen=True)
class Stand:
    """One currency: each place with its amount, and what was paid out ever."""

    currency: str
    places: list[tuple[Figure, Money]]
    paid: Money

    def at(self, slug: str) -> Money:
        return next((money for place, money in self.places if place.slug == slug), Money(0, self.currency))


def stands(seller_id: int) -> list[Stand]:
    """One per currency the seller ever earned in, or an empty one. Two queries, however many sales."""
    sums = balances_of(of_seller(Code.SELLER_PENDING, seller_id).owner)
    paid = _paid(seller_id)
    currencies = sorted({currency for currency, _code in sums} | set(paid)) or [FIRST]
    return [Stand(c, list(_places(c, sums)), Money(paid.get(c, 0), c)) for c in currencies]


def pending_and_available(seller_ids: Collection[int]) -> dict[int, list[tuple[Money, Money]]]:
    """By seller, one pair per currency in which there is any of either. Two queries, however many sellers."""
    of_owner = {of_seller(Code.SELLER_PENDING, pk).owner: pk for pk in seller_ids}
    codes = (Code.SELLER_PENDING, Code.SELLER_AVAILABLE)
    pending, available = (balances_by_owner(code=code, owners=of_owner) for code in codes)
    found: dict[int, list[tuple[Money, Money]]] = defaultdict(list)
    for owner, currency in sorted({*pending, *available}):
        both = (Money(-sums.get((owner, currency), 0), currency) for sums in (pending, available))
        found[of_owner[owner]].append((next(both), next(both)))
    return found


def _places(currency: str, sums: dict[tuple[str, str], int]) -> Iterator[tuple[Figure, Money]]:
    for place in PLACES:
        minor = place.sign * sums.get((currency, place.code.value), 0)
        if minor or place.always:
            yield place, Money(minor, currency)


def _paid(seller_id: int) -> dict[str, int]:
    rows: Any = Payout.objects.filter(seller=seller_id, status=Payout.Status.PAID).order_by("currency")
    return {row["currency"]: row["sum"] for row in rows.values("currency").annotate(sum=Sum("net_minor"))}
