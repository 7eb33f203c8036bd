import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from marketplace.payouts.models import Earning
from marketplace.payouts.services.terms import AgreedTerms, Whose, terms_of_many


@dataclass(frozen=True)
class Sold:
    """One order line, as far as the seller's money goes. Amounts are minor units for the whole line."""

    line_id: int
    seller_id: int
    kind: str
    category: str
    label: str
    gross_minor: int
    fee_minor: int
    tax_minor: int
    commission_tax_minor: int
    service_date: dt.datetime | None

    @property
    def share_minor(self) -> int:
        """What the seller earns."""
        return self.gross_minor - self.fee_minor - self.tax_minor - self.commission_tax_minor


def earn(*, reference: str, currency: str, sold: Sequence[Sold], at: dt.datetime) -> None:
    """Write down what sellers earn by a sale, once per line, in the sale's own transaction. Locks nothing.

    The terms in force now are copied: how long the money is held, and what of it is kept in reserve.
    """
    paid = sorted((one for one in sold if one.gross_minor), key=lambda one: one.line_id)
    terms = terms_of_many(
        wanted=[Whose(one.seller_id, one.category) for one in paid], day=timezone.localtime(at).date()
    )
    Earning.objects.bulk_create(
        [_earning(one, terms[Whose(one.seller_id, one.category)], reference, currency, at) for one in paid],
        ignore_conflicts=True,
    )


def _earning(one: Sold, terms: AgreedTerms, reference: str, currency: str, at: dt.datetime) -> Earning:
    return Earning(
        status=Earning.Status.PENDING,
        seller_id=one.seller_id,
        currency=currency,
        reference=reference,
        line_id=one.line_id,
        kind=one.kind,
        category=one.category,
        label=one.label[:330],
        gross_minor=one.gross_minor,
        fee_minor=one.fee_minor,
        tax_minor=one.tax_minor,
        commission_tax_minor=one.commission_tax_minor,
        share_minor=one.share_minor,
        hold_days=terms.hold_days,
        reserve_basis_points=terms.reserve_basis_points if terms.reserve_days else 0,
        reserve_days=terms.reserve_days,
        service_date=one.service_date,
        earned_at=at,
        release_at=release_at(one.service_date, at, terms.hold_days),
    )


def release_at(service_date: dt.datetime | None, earned_at: dt.datetime, hold_days: int) -> dt.datetime:
    """When a share becomes available: so many days after the service, or after the sale when there is no date."""
    served = max(service_date, earned_at) if service_date else earned_at
    return served + dt.timedelta(days=hold_days)
