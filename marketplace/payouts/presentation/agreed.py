"""What was agreed with a seller, in words."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.core.money import Money
from marketplace.payouts.models import Terms
from marketplace.payouts.services import AgreedTerms
from marketplace.sellers.models import Seller


def in_words(seller: Seller, terms: AgreedTerms, currency: str) -> list[str]:
    """Sentences about hold, schedule, smallest payout, reserve, commission and fee; of the terms for all categories."""
    return [
        _hold(terms),
        _("Paid out %(when)s.") % {"when": Terms.Schedule(terms.schedule).label},
        *_conditions(terms, currency),
        _commission(seller, terms, currency),
    ]


def _hold(terms: AgreedTerms) -> str:
    days = terms.hold_days
    if not days:
        return _("What you sell becomes available at once, tickets after the date of the event.")
    return ngettext(
        "What you sell becomes available %(days)d day after the date of the event, downloads as long after the sale.",
        "What you sell becomes available %(days)d days after the date of the event, downloads as long after the sale.",
        days,
    ) % {"days": days}


def _conditions(terms: AgreedTerms, currency: str) -> Iterator[str]:
    if least := terms.minimum.get(currency, 0):
        yield _("Less than %(amount)s waits for the next payout.") % {"amount": Money(least, currency)}
    if terms.reserve_basis_points and terms.reserve_days:
        yield _("%(percent)s stays in reserve for %(days)d days after that, for refunds.") % {
            "percent": percent(terms.reserve_basis_points), "days": terms.reserve_days,
        }  # fmt: skip
    if fee := terms.payout_fee.get(currency, 0):
        yield _("Each payout costs %(amount)s.") % {"amount": Money(fee, currency)}


def _commission(seller: Seller, terms: AgreedTerms, currency: str) -> str:
    points = terms.fee_basis_points if terms.fee_basis_points is not None else seller.fee_basis_points
    fixed = seller.fee_fixed.get(currency, 0)
    if fixed:
        return _("Our commission is %(percent)s and %(amount)s per item.") % {
            "percent": percent(points), "amount": Money(fixed, currency),
        }  # fmt: skip
    return _("Our commission is %(percent)s.") % {"percent": percent(points)}


def percent(basis_points: int) -> str:
    return f"{basis_points / 100:g} %"
