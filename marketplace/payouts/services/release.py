"""Pending shares become available when their hold is over; a part may wait in the reserve."""

import datetime as dt

from django.db import transaction

from marketplace.core import clock
from marketplace.ledger import selectors as ledger
from marketplace.ledger.accounts import Code, of_seller
from marketplace.ledger.services import post
from marketplace.payouts.models import Earning
from marketplace.payouts.services.balances import locked_balances
from marketplace.payouts.services.even_out import even_out
from marketplace.payouts.services.levies import of_rate
from marketplace.payouts.services.one_by_one import one_by_one


def release_due(*, limit: int = 5_000) -> int:
    """Release what is due, oldest first, each in a transaction of its own; then let debts be paid from it.

    Returns how many were released. Not released: what is disputed, and what is held with a reason.
    """
    due = Earning.objects.filter(
        status=Earning.Status.PENDING, release_at__lte=clock.now(), held_reason="", disputed_minor=0
    )
    ids = list(due.order_by("release_at", "pk").values_list("pk", flat=True)[:limit])
    released = one_by_one(ids, lambda pk: release_earning(earning_id=pk), doing="releasing shares")
    recover_debts()
    return released


@transaction.atomic
def release_earning(*, earning_id: int) -> bool:
    """Release one share. False when it may not be, or was before."""
    earning = Earning.objects.select_for_update(no_key=True).get(pk=earning_id)
    now = clock.now()
    if earning.status != Earning.Status.PENDING or not is_due(earning, now):
        return False
    minor = earning.left_minor
    earning.reserve_minor = of_rate(minor, earning.reserve_basis_points)
    if earning.reserve_minor:
        earning.reserve_until = now + dt.timedelta(days=earning.reserve_days)
    _book(earning, minor)
    earning.released_at = now
    earning.move_to(Earning.Status.RELEASED, also=("released_at", "reserve_minor", "reserve_until"))
    return True


def is_due(earning: Earning, now: dt.datetime) -> bool:
    """Its hold is over, nobody disputes it, nothing holds it."""
    return earning.release_at <= now and not earning.held_reason and not earning.disputed_minor


def _book(earning: Earning, minor: int) -> None:
    if not minor:
        return
    lines = {
        of_seller(Code.SELLER_PENDING, earning.seller_id): minor,
        of_seller(Code.SELLER_AVAILABLE, earning.seller_id): earning.reserve_minor - minor,
        of_seller(Code.SELLER_RESERVE, earning.seller_id): -earning.reserve_minor,
    }
    post(
        key=f"earning:{earning.pk}:release",
        kind="release",
        currency=earning.currency,
        lines={account: amount for account, amount in lines.items() if amount},
        reference=earning.reference,
    )


def mature_reserves(*, limit: int = 5_000) -> int:
    """Move reserves whose time is over to the available account. Returns how many."""
    due = Earning.objects.filter(reserve_minor__gt=0, reserve_matured_at=None, reserve_until__lte=clock.now())
    ids = list(due.order_by("reserve_until", "pk").values_list("pk", flat=True)[:limit])
    return one_by_one(ids, _mature, doing="ending reserves")


@transaction.atomic
def _mature(earning_id: int) -> bool:
    """Refunds and disputes may have taken some or all of the reserve: what still lies there moves."""
    earning = Earning.objects.select_for_update(no_key=True).get(pk=earning_id)
    if earning.reserve_matured_at is not None:
        return False
    lying = locked_balances(seller_id=earning.seller_id, currency=earning.currency)[Code.SELLER_RESERVE]
    minor = min(earning.reserve_minor, lying)
    if minor:
        post(
            key=f"earning:{earning.pk}:matured",
            kind="reserve_matured",
            currency=earning.currency,
            lines={
                of_seller(Code.SELLER_RESERVE, earning.seller_id): minor,
                of_seller(Code.SELLER_AVAILABLE, earning.seller_id): -minor,
            },
            reference=earning.reference,
        )
    earning.reserve_matured_at = clock.now()
    earning.save(update_fields=["reserve_matured_at"])
    return True


def recover_debts() -> int:
    """Let every seller who owes us pay from what is available. Returns the minor units moved."""
    owing = ledger.balances_by_owner(code=Code.SELLER_RECEIVABLE)
    debtors = [
        (seller_id, currency)
        for (owner, currency), minor in sorted(owing.items())
        if minor and (seller_id := seller_of(owner))
    ]
    return one_by_one(
        debtors, lambda one: even_out(seller_id=one[0], currency=one[1]), doing="taking debts from shares"
    )


def seller_of(owner: str) -> int | None:
    """The seller's number in an account owner, `seller:12`; None for anyone else."""
    kind, _, number = owner.partition(":")
    return int(number) if kind == "seller" and number.isdigit() else None
