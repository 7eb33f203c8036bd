"""Stripe's side of the books: balance transactions, page by page, as `Stated` movements.

Source: docs.stripe.com/api/balance_transactions (`type`, `reporting_category`, `source`, `fee`). Amounts are in the
currency our balance settles in; what the payer saw comes with the expanded charge.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import stripe

from marketplace.core.money import Money
from marketplace.payments.models import Item
from marketplace.payments.providers.stripe import amounts
from marketplace.payments.providers.stripe.client import calling, client
from marketplace.payments.reconciliation.stated import Stated, Statement

PAGE = 100
ITEMS = {
    "charge": Item.PAYMENT, "payment": Item.PAYMENT,
    "refund": Item.REFUND, "payment_refund": Item.REFUND, "refund_failure": Item.REFUND,
    "payment_failure_refund": Item.REFUND,
    "adjustment": Item.DISPUTE,
    "transfer": Item.TRANSFER, "transfer_refund": Item.TRANSFER, "transfer_cancel": Item.TRANSFER,
    "transfer_failure": Item.TRANSFER,
    "payout": Item.PAYOUT, "payout_cancel": Item.PAYOUT, "payout_failure": Item.PAYOUT,
    "stripe_fee": Item.FEE, "application_fee": Item.FEE,
}  # fmt: skip
DISPUTES = ("dispute", "dispute_reversal")
"""`reporting_category` of the adjustments that are disputes."""


def statement(since: dt.datetime, until: dt.datetime) -> Statement:
    """Every movement of this time, oldest first. Raises `Refused`, `Unavailable` or `Silent`."""
    rows = [_stated(row) for row in _pages(int(since.timestamp()), int(until.timestamp()))]
    return Statement([row for row in reversed(rows) if row is not None])


def _pages(since: int, until: int) -> Iterator[dict[str, Any]]:
    after = ""
    while True:
        page = calling("balance_transactions", lambda after=after: _page(since, until, after))  # type: ignore[misc]
        rows = [row.to_dict(for_json=True) for row in page.data]
        yield from rows
        if not page.has_more or not rows:
            return
        after = rows[-1]["id"]


def _page(since: int, until: int, after: str) -> stripe.ListObject[stripe.BalanceTransaction]:
    asked: Any = {"created": {"gte": since, "lt": until}, "limit": PAGE, "expand": ["data.source"]}
    if after:
        asked["starting_after"] = after
    return client().v1.balance_transactions.list(asked)


def _stated(row: dict[str, Any]) -> Stated | None:
    amount, fee = _money(row["amount"], row["currency"]), _money(row["fee"], row["currency"])
    if amount is None:
        return None
    source = row["source"] if isinstance(row["source"], dict) else {"id": row["source"] or row["id"]}
    seen = _presented(source, row)
    return Stated(
        item=_item(row), name=source["id"], line=row["id"], at=dt.datetime.fromtimestamp(row["created"], dt.UTC),
        currency=amount.currency, minor=amount.minor, fee_minor=fee.minor if fee else 0,
        presented_minor=seen.minor if seen else None, presented_currency=seen.currency if seen else "",
        reference=source.get("payment_intent") or "" if _item(row) == Item.PAYMENT else "",
        details=f"{row['type']} {row.get('reporting_category') or ''}".strip(),
    )  # fmt: skip


def _item(row: dict[str, Any]) -> Item:
    item = ITEMS.get(row["type"], Item.OTHER)
    return Item.OTHER if item == Item.DISPUTE and row.get("reporting_category") not in DISPUTES else item


def _money(amount: int, currency: str) -> Money | None:
    found = amounts.from_stripe(abs(amount), currency)
    return None if found is None else Money(-found.minor if amount < 0 else found.minor, found.currency)


def _presented(source: dict[str, Any], row: dict[str, Any]) -> Money | None:
    """What the payer saw or got, where the balance is in another currency."""
    if source.get("currency") in (None, row["currency"]) or "amount" not in source:
        return None
    return _money(abs(source["amount"]) * (-1 if row["amount"] < 0 else 1), source["currency"])
