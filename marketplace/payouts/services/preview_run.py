from dataclasses import dataclass

from django.utils import timezone

from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.payouts.models import Destination, Payout, Verification
from marketplace.payouts.services.eligibility import Case, Skip, why_not
from marketplace.payouts.services.propose_run import candidates
from marketplace.payouts.services.terms import Whose, terms_of_many
from marketplace.sellers.models import Seller


@dataclass(frozen=True)
class Candidate:
    """Someone a run started now would look at."""

    seller: Seller
    available: Money
    """What debts leave of the balance, before tax and fee; what is below a whole unit or above the rail's limit too."""
    destination: Destination | None
    skip: Skip | None
    """Why nothing would be proposed; None when something would."""


def preview_run() -> list[Candidate]:
    """Everybody with a balance, judged by the run's own rules, by name. Seven queries however many; locks nothing.

    The run looks again, under the lock of each seller's accounts: what moves meanwhile it sees, and this does not.
    """
    balances = candidates()
    ids = {seller_id for seller_id, _currency in balances}
    sellers, now = Seller.objects.in_bulk(ids), clock.now()
    terms = terms_of_many(wanted=[Whose(one, "") for one in ids], day=timezone.localtime(now).date())
    under_way = Payout.objects.filter(seller__in=ids, status__in=Payout.OPEN)
    open_payouts = {(one.seller_id, one.currency): one for one in under_way.order_by("proposed_at", "pk")}
    active = Destination.objects.filter(seller__in=ids, status="active")
    destinations = {(one.seller_id, one.currency): one for one in active}
    verifications = {one.seller_id: one for one in Verification.objects.filter(seller__in=ids)}
    found = []
    for (seller_id, currency), lying in balances.items():
        recovered = min(lying.available, lying.owes)
        case = Case(
            seller=sellers[seller_id], currency=currency, now=now, terms=terms[Whose(seller_id, "")], due=True,
            available=lying.available - recovered, owes=lying.owes - recovered,
            open_payout=open_payouts.get((seller_id, currency)),
            destination=destinations.get((seller_id, currency)), verification=verifications.get(seller_id),
        )  # fmt: skip
        if case.available > 0 or case.owes > 0:
            found.append(Candidate(case.seller, Money(case.available, currency), case.destination, why_not(case)))
    return sorted(found, key=lambda one: (one.seller.name, one.available.currency))
