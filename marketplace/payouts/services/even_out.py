from django.db import transaction
from django.db.models import F, Q, Sum

from marketplace.ledger import selectors as ledger
from marketplace.ledger.accounts import Code, of_seller
from marketplace.payouts.models import Earning
from marketplace.payouts.services.balances import locked_balances, move


class BooksMoving(Exception):
    """Sales kept coming while we looked. The caller's fact is delivered again."""


@transaction.atomic
def even_out(*, seller_id: int, currency: str) -> int:
    """Bring a seller's accounts to where their sales are, and let what they owe be paid from what they have.

    A reversed refund or dispute puts money back where it was taken from. Its sale may have been released since, its
    reserve matured, its debt recovered; then the money moves on here. Returns the minor units that were moved.
    """
    lying, pending, reserve = _seen_together(seller_id, currency)
    stray, matured = lying[Code.SELLER_PENDING] - pending, lying[Code.SELLER_RESERVE] - reserve
    moved = _move(seller_id, currency, "release", stray, Code.SELLER_PENDING, Code.SELLER_AVAILABLE)
    moved += _move(seller_id, currency, "reserve_matured", matured, Code.SELLER_RESERVE, Code.SELLER_AVAILABLE)
    owes = ledger.balance(
        code=Code.SELLER_RECEIVABLE, owner=of_seller(Code.SELLER_RECEIVABLE, seller_id).owner, currency=currency
    )
    recovered = min(owes, lying[Code.SELLER_AVAILABLE] + moved)
    back = _move(seller_id, currency, "recovery_returned", -owes, Code.SELLER_RECEIVABLE, Code.SELLER_AVAILABLE)
    taken = _move(seller_id, currency, "recovered", recovered, Code.SELLER_AVAILABLE, Code.SELLER_RECEIVABLE)
    return moved + back + taken


MEMOS = {
    "release": "returned shares of sales that were released since",
    "reserve_matured": "returned to a reserve that has matured since",
    "recovered": "what the seller owed, taken from what became available",
    "recovery_returned": "recovered for a refund or dispute that was undone since",
}


def _move(seller_id: int, currency: str, kind: str, minor: int, debit: Code, credit: Code) -> int:
    return move(
        seller_id=seller_id, currency=currency, kind=kind, minor=minor, debit=debit, credit=credit, memo=MEMOS[kind]
    )


def _seen_together(seller_id: int, currency: str) -> tuple[dict[Code, int], int, int]:
    """Balances, and what pending shares and open reserves add up to, with no sale between the looks."""
    for _ in range(20):
        before = _expected(seller_id, currency)
        lying = locked_balances(seller_id=seller_id, currency=currency)
        if _expected(seller_id, currency) == before:
            return lying, *before
    raise BooksMoving(f"seller {seller_id} {currency}")


def _expected(seller_id: int, currency: str) -> tuple[int, int]:
    own = Earning.objects.filter(seller=seller_id, currency=currency)
    sums = own.aggregate(
        pending=Sum(F("share_minor") - F("returned_minor") - F("disputed_minor"), filter=Q(status="pending")),
        reserve=Sum("reserve_minor", filter=Q(reserve_matured_at=None)),
    )
    return sums["pending"] or 0, sums["reserve"] or 0
