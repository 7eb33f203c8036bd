import datetime as dt
import logging
from collections.abc import Collection
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.audit.services import record
from marketplace.core import clock
from marketplace.core.jobs import enqueue
from marketplace.ledger import selectors as ledger
from marketplace.ledger.accounts import Code, of_seller
from marketplace.notifications.services import raise_alert
from marketplace.payments.rails import rail as rail_of
from marketplace.payouts import conf
from marketplace.payouts.errors import RunUnderWay
from marketplace.payouts.models import Destination, LevyRate, Payout, PayoutRun, PayoutSkip, Verification
from marketplace.payouts.services.balances import locked_balances
from marketplace.payouts.services.eligibility import Case, Skip, why_not
from marketplace.payouts.services.even_out import BooksMoving, even_out
from marketplace.payouts.services.items import Covered, cover, write_items
from marketplace.payouts.services.levies import levy
from marketplace.payouts.services.release import seller_of
from marketplace.payouts.services.schedule import is_due, last_scheduled_run
from marketplace.payouts.services.sums import Sums, sums_of
from marketplace.payouts.services.terms import terms_of
from marketplace.payouts.signals import Proposal, signals_of
from marketplace.sellers.models import Seller

logger = logging.getLogger(__name__)
TRIES = 2
"""Per seller: whoever is passed over in a weekly run waits for a week."""


def propose_run(
    *, until: dt.datetime | None = None, actor_id: int | None = None, seller_ids: Collection[int] | None = None
) -> PayoutRun:
    """Propose a payout for everyone who has something available; write down who gets none, and why.

    Each seller in a transaction of its own: one that fails stops nobody else. A person's run (`actor_id`), or one for
    certain sellers, does not ask whether it is their day; nobody who proposed a run may approve what is in it.
    """
    scheduled = actor_id is None and seller_ids is None
    run = PayoutRun.objects.create(until=until or clock.now(), actor_id=actor_id, scheduled=scheduled)
    return _fill(run, seller_ids)


@transaction.atomic
def start_run(*, actor_id: int) -> PayoutRun:
    """Let a worker make a run for everyone, and say at once which. Refuses `run_under_way`."""
    if runs_under_way().exists():
        raise RunUnderWay
    run = PayoutRun.objects.create(until=clock.now(), actor_id=actor_id, scheduled=False)
    transaction.on_commit(partial(enqueue, "payouts.fill_runs"))
    return run


def fill_runs() -> int:
    """Go on with runs for everyone that are not finished: just started, or left by a worker that died.

    Returns how many were finished. Two workers at one run do no harm: a seller is proposed once in it.
    """
    return len([_fill(run) for run in runs_under_way().order_by("started_at")])


def runs_under_way() -> QuerySet[PayoutRun]:
    """Runs for everyone that have not ended. One that stood still for a day is past: the next does its work."""
    for_everyone = Q(scheduled=True) | Q(actor_id__isnull=False)
    return PayoutRun.objects.filter(for_everyone, finished_at=None, started_at__gt=clock.now() - dt.timedelta(days=1))


def _fill(run: PayoutRun, seller_ids: Collection[int] | None = None) -> PayoutRun:
    last_run = last_scheduled_run()
    for seller_id, currency in candidates(seller_ids):
        if not any(_try(run, seller_id, currency, last_run) for _again in range(TRIES)):
            problem = Skip("problem", _("Something went wrong on our side. We look into it."))
            _skip(run, seller_id, currency, 0, problem)
            subject = f"Payout run {run.code}: no payout could be proposed"
            text = "See its skips and the program's log. Once it is mended, start a run: it leaves out whoever has one."
            raise_alert(code="payout_run_problem", key=f"payout_run_problem:{run.code}", subject=subject, text=text)
    run.finished_at = clock.now()
    run.save(update_fields=["finished_at"])
    return run


def _try(run: PayoutRun, seller_id: int, currency: str, last_run: dt.datetime | None) -> bool:
    """False when it could not be looked at: two at once on a seller's accounts, most likely, and over by now."""
    try:
        _propose_one(run, seller_id, currency, last_run)
    except Exception:
        logger.exception("payout run %s: seller %s %s", run.code, seller_id, currency)
        return False
    return True


def request_payout(*, seller_id: int, actor_id: int | None) -> PayoutRun:
    """A seller asks for what is available now, in every currency; the rules hold, but for the schedule."""
    run = propose_run(seller_ids=[seller_id])
    record(action="payout.requested", target=run, actor_id=actor_id, data={"seller_id": seller_id})
    return run


class Lying(NamedTuple):
    """What lies on a seller's accounts in one currency, minor units."""

    available: int
    owes: int


def candidates(seller_ids: Collection[int] | None = None) -> dict[tuple[int, str], Lying]:
    """Sellers and currencies with something available, or owing; the others have nothing to be told. Two queries."""
    balances = ledger.balances_by_owner(code=Code.SELLER_AVAILABLE)
    owing = ledger.balances_by_owner(code=Code.SELLER_RECEIVABLE)
    found = {
        (seller_id, currency): Lying(-balances.get((owner, currency), 0), owing.get((owner, currency), 0))
        for owner, currency in [*balances, *owing]
        if (seller_id := seller_of(owner)) and (seller_ids is None or seller_id in seller_ids)
    }
    return dict(sorted(found.items()))


@transaction.atomic
def _propose_one(run: PayoutRun, seller_id: int, currency: str, last_run: dt.datetime | None) -> Payout | None:
    seller = Seller.objects.select_for_update(no_key=True).get(pk=seller_id)
    if run.payouts.filter(seller=seller, currency=currency).exists():
        return None  # by the worker that died, or is at it too
    even_out(seller_id=seller_id, currency=currency)
    covered = _covered(run, seller_id, currency)
    case = _case(run, seller, currency, covered.total, last_run)
    if case.available <= 0 and case.owes <= 0:
        return None
    skip = why_not(case)
    sums = None if skip or case.destination is None else _sums(case, case.destination, covered)
    if sums is None:
        _skip(run, seller_id, currency, case.available, skip or _nothing_left())
        return None
    return _write(run, case, sums, covered)


def _covered(run: PayoutRun, seller_id: int, currency: str) -> Covered:
    """What there is to pay, with nothing credited between the look at the balance and the list of movements."""
    for _attempt in range(20):
        balance = _available(seller_id, currency)
        covered = cover(seller_id=seller_id, currency=currency, balance=balance, until=run.until)
        if _available(seller_id, currency) == balance:
            return covered
    raise BooksMoving(f"seller {seller_id} {currency}")


def _available(seller_id: int, currency: str) -> int:
    return locked_balances(seller_id=seller_id, currency=currency)[Code.SELLER_AVAILABLE]


def _case(run: PayoutRun, seller: Seller, currency: str, available: int, last_run: dt.datetime | None) -> Case:
    now = clock.now()
    terms = terms_of(seller_id=seller.pk, day=timezone.localtime(now).date())
    own = Payout.objects.filter(seller=seller, currency=currency).order_by("-proposed_at", "-pk")
    due = not run.scheduled or is_due(schedule=terms.schedule, now=now, last_run=last_run, last=own.first())
    receivable = of_seller(Code.SELLER_RECEIVABLE, seller.pk)
    return Case(
        seller=seller,
        currency=currency,
        now=now,
        terms=terms,
        available=available,
        owes=ledger.balance(code=receivable.code, owner=receivable.owner, currency=currency),
        due=due,
        open_payout=own.filter(status__in=Payout.OPEN).first(),
        destination=Destination.objects.filter(seller=seller, currency=currency, status="active").first(),
        verification=Verification.objects.filter(seller=seller).first(),
    )


def _sums(case: Case, destination: Destination, covered: Covered) -> Sums | None:
    rail = rail_of(destination.rail)
    return sums_of(
        available=case.available,
        basis_points=_withheld(case),
        added_base=_commission(covered) if conf.withholding_base() == "sales" else 0,
        fee=case.terms.payout_fee.get(case.currency, 0),
        step=rail.step(case.currency),
        smallest=rail.limits(case.currency)[0],
        largest=rail.limits(case.currency)[1],
    )


def _withheld(case: Case) -> int:
    """Basis points of tax to withhold: the marketplace's country says, by whether the seller lives there."""
    country = conf.platform_country()
    resident = case.verification is not None and case.verification.country == country
    kind = LevyRate.Kind.WITHHOLDING
    return levy(kind=kind, country=country, resident=resident, day=timezone.localtime(case.now).date())


def _commission(covered: Covered) -> int:
    """Our commission and its tax on the sales paid here for the first time, without what was given back."""
    return sum(
        one.fee_minor + one.commission_tax_minor - one.fee_returned_minor - one.commission_tax_returned_minor
        for one in covered.newly_released
    )


def _write(run: PayoutRun, case: Case, sums: Sums, covered: Covered) -> Payout:
    assert case.destination is not None  # noqa: S101 (a rule said so)
    about = Proposal(
        seller_id=case.seller.pk, currency=case.currency, destination=case.destination,
        verification=case.verification, net=sums.net, earnings=covered.newly_released, now=case.now,
    )  # fmt: skip
    payout = Payout.objects.create(
        status=Payout.Status.PROPOSED,
        run=run,
        seller=case.seller,
        currency=case.currency,
        destination=case.destination,
        until=run.until,
        gross_minor=sums.gross,
        withholding_minor=sums.withholding,
        withholding_base_minor=sums.withholding_base,
        withholding_basis_points=_withheld(case),
        fee_minor=sums.fee,
        net_minor=sums.net,
        opening_minor=covered.opening,
        carried_minor=sums.carried,
        signals=signals_of(about),
        approvals_needed=2 if sums.gross >= conf.second_approval_minor(case.currency) else 1,
    )
    write_items(payout, covered)
    run.skips.filter(seller=case.seller, currency=case.currency).delete()  # of a run that a dead worker had begun
    return payout


def _nothing_left() -> Skip:
    return Skip("below_minimum", _("After tax and fee nothing is left that could be sent."))


def _skip(run: PayoutRun, seller_id: int, currency: str, available: int, skip: Skip) -> None:
    PayoutSkip.objects.update_or_create(
        run=run,
        seller_id=seller_id,
        currency=currency,
        defaults={"available_minor": available, "code": skip.code, "text": skip.text[:300]},
    )
