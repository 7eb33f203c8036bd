"""What a refund would do, found by doing it and taking it back: the preview cannot say anything else than the deed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from marketplace.backoffice.dossier import account_name
from marketplace.commerce.models import OrderLine, OrderRefund
from marketplace.core.money import Money
from marketplace.ledger import selectors as books
from marketplace.ledger.accounts import Code

DEBT = str(Code.SELLER_RECEIVABLE)


@dataclass(frozen=True)
class Ended:
    """One line of the order: what of it ends, and whether it goes back on sale."""

    line: OrderLine
    positions: list[int]
    restock: bool
    amount: Money
    share: Money
    fee: Money
    tax: Money


@dataclass(frozen=True)
class Preview:
    amount: Money
    """What the buyer gets."""
    share: Money
    """Borne by the sellers."""
    fee: Money
    """Commission given back, with its tax."""
    tax: Money
    way: str
    """How the money goes back, in words; empty when none does."""
    lines: list[Ended]
    accounts: list[tuple[str, Money]]
    """Which accounts bear it."""
    debt: Money
    """What sellers will owe us, because their balance is too small."""


class _Undo(Exception):
    pass


def preview(do: Callable[[], OrderRefund]) -> Preview:
    """Run `do` in a transaction that is never committed. Raises what `do` refuses; nothing has changed then either."""
    found: list[Preview] = []
    try:
        with transaction.atomic():
            found.append(_read(do()))
            raise _Undo
    except _Undo:
        return found[0]


def _read(refund: OrderRefund) -> Preview:
    rows = list(refund.lines.select_related("line"))

    def money(minor: int) -> Money:
        return Money(minor, refund.currency)

    accounts = _bearers(refund) if refund.payment_refund else []
    return Preview(
        amount=refund.amount,
        share=money(sum(row.share_minor for row in rows)),
        fee=money(sum(row.fee_minor + row.commission_tax_minor for row in rows)),
        tax=money(sum(row.tax_minor for row in rows)),
        way=refund.payment_refund.get_method_display() if refund.payment_refund else "",
        lines=[
            Ended(row.line, list(row.positions), row.restock, money(row.total_minor), money(row.share_minor),
                  money(row.fee_minor + row.commission_tax_minor), money(row.tax_minor))
            for row in rows
        ],
        accounts=[(name, money(minor)) for name, _code, minor in accounts],
        debt=money(sum(minor for _name, code, minor in accounts if code == DEBT)),
    )  # fmt: skip


def _bearers(refund: OrderRefund) -> list[tuple[str, str, int]]:
    """Name, code and minor units of every account the refund's entry debits."""
    entries: Any = books.entries(search=f"order:{refund.order.code}:refund:{refund.number}")
    return [
        (account_name(posting.account.code, posting.account.owner), posting.account.code, posting.minor)
        for entry in entries
        for posting in entry.postings.all()
        if posting.minor > 0
    ]
