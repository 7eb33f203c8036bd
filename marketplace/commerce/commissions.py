"""What the platform takes of a line, and the tax on that, as agreed and as the law is on the day of the sale."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from marketplace.commerce.models import CartLine, Offer
from marketplace.commerce.pricing import Line
from marketplace.payouts.services import levy
from marketplace.payouts.services.levies import of_rate
from marketplace.payouts.services.terms import AgreedTerms, Whose, terms_of_many


@dataclass(frozen=True)
class Commissions:
    """Read once for an order, in two queries however many lines."""

    terms: dict[Whose, AgreedTerms]
    levies: dict[str, int]
    """Basis points of the tax on commission, by the seller's country."""
    currency: str

    @classmethod
    def of(cls, rows: Iterable[CartLine], currency: str) -> "Commissions":
        day, offers = timezone.localdate(), [row.offer for row in rows]
        countries = {offer.seller.country for offer in offers}
        return cls(
            terms=terms_of_many(wanted=[Whose(o.seller_id, o.category) for o in offers], day=day),
            levies={c: levy(kind="commission_tax", country=c, resident=True, day=day) for c in countries},
            currency=currency,
        )

    def taken(self, offer: Offer, priced: Line) -> tuple[int, int]:
        """Our commission and the tax on it, which the seller bears on top: never more together than was paid."""
        fee, rate = self._fee(offer, priced), self.levies[offer.seller.country]
        tax, left = of_rate(fee, rate), priced.total - priced.tax
        if fee + tax <= left:
            return fee, tax
        # However small the price, the seller never owes anything for a sale; and the tax is due on what we keep.
        fee = left * 10_000 // (10_000 + rate)
        return fee, left - fee

    def _fee(self, offer: Offer, priced: Line) -> int:
        """As priced, unless a rate of its own was agreed and the seller bears it: the buyer's price never differs."""
        rate = self.terms[Whose(offer.seller_id, offer.category)].fee_basis_points
        if rate is None or priced.item.fee.passed_on or not priced.total:
            return priced.fee
        fixed = priced.item.fee.fixed * priced.item.quantity
        return min(of_rate(priced.subtotal, rate) + fixed, priced.total - priced.tax)
