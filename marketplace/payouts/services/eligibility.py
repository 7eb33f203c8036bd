"""Who is paid in a run, and why not: rules in the order in which a seller can do something about them."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from marketplace.core.money import Money
from marketplace.payments.models import Disbursement
from marketplace.payments.rails import rail as rail_of
from marketplace.payouts.models import Destination, Payout, Verification
from marketplace.payouts.services.schedule import next_period
from marketplace.payouts.services.terms import AgreedTerms
from marketplace.sellers.models import Seller


@dataclass(frozen=True)
class Case:
    """One seller and currency in one run, seen under the lock of the seller's accounts. Amounts in minor units."""

    seller: Seller
    currency: str
    now: dt.datetime
    terms: AgreedTerms
    available: int
    owes: int
    due: bool
    """By the schedule, or asked for."""
    open_payout: Payout | None
    destination: Destination | None
    verification: Verification | None


@dataclass(frozen=True)
class Skip:
    """Not paid, and why, in words for the seller."""

    code: str
    text: str


Rule = Callable[[Case], Skip | None]


def why_not(case: Case) -> Skip | None:
    """The first reason not to pay; None when the seller is to be paid."""
    return next((skip for rule in RULES if (skip := rule(case))), None)


def _open_payout(case: Case) -> Skip | None:
    if case.open_payout is None:
        return None
    return Skip("open_payout", _("Payout %(code)s is still under way.") % {"code": case.open_payout.code})


def _owes(case: Case) -> Skip | None:
    if case.available > 0 or case.owes <= 0:
        return None
    owed = Money(case.owes, case.currency)
    text = _("%(amount)s is owed for refunds or disputes after a payout; it is taken from coming sales.")
    return Skip("owes", text % {"amount": owed})


def _unverified(case: Case) -> Skip | None:
    if case.verification is not None and case.verification.status == Verification.Status.APPROVED:
        return None
    return Skip("unverified", _("We do not know yet who sells here: hand in the verification."))


def _no_destination(case: Case) -> Skip | None:
    if case.destination is not None:
        return None
    return Skip("no_destination", _("Say where your money in %(currency)s goes.") % {"currency": case.currency})


def _cooling_off(case: Case) -> Skip | None:
    if case.destination is None or case.destination.usable_from <= case.now:
        return None
    day = formats.date_format(timezone.localtime(case.destination.usable_from), "j F Y, H:i")
    return Skip("cooling_off", _("%(place)s is new and used from %(day)s on.")
                % {"place": case.destination.hint, "day": day})  # fmt: skip


def _not_ready(case: Case) -> Skip | None:
    if case.destination is None or case.verification is None:
        return None
    if case.destination.rail == Disbursement.Rail.STRIPE_TRANSFER and not case.verification.connect_ready:
        return Skip("not_ready", _("Stripe still needs something from you before it takes transfers."))
    if case.currency not in rail_of(case.destination.rail).currencies():
        return Skip("not_ready", _("%(place)s takes no %(currency)s.")
                    % {"place": case.destination.hint, "currency": case.currency})  # fmt: skip
    return None


def _below_minimum(case: Case) -> Skip | None:
    least = max(case.terms.minimum.get(case.currency, 0), _smallest(case))
    if case.available >= least:
        return None
    sums = {"available": Money(case.available, case.currency), "least": Money(least, case.currency)}
    return Skip("below_minimum", _("%(available)s is less than the smallest payout, %(least)s.") % sums)


def _smallest(case: Case) -> int:
    return rail_of(case.destination.rail).limits(case.currency)[0] if case.destination else 0


def _not_scheduled(case: Case) -> Skip | None:
    if case.due:
        return None
    if case.terms.schedule == "request":
        return Skip("not_scheduled", _("Paid out when you ask for it."))
    day = formats.date_format(next_period(case.terms.schedule, case.now), "j F Y")
    return Skip("not_scheduled", _("The next payout is proposed on %(day)s.") % {"day": day})


RULES: tuple[Rule, ...] = (
    _open_payout, _owes, _unverified, _no_destination, _cooling_off, _not_ready, _below_minimum, _not_scheduled,
)  # fmt: skip
