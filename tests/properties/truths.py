"""What must be true at any moment, and what more when all has come to rest."""

from collections import Counter
from typing import Any

from django.db.models import Sum

from marketplace.commerce.models import Order
from marketplace.commerce.upkeep import recount_stock
from marketplace.ledger.accounts import GUARDED, Code
from marketplace.ledger.models import Entry, Posting
from marketplace.ledger.selectors import balance, currencies, trial_balance
from marketplace.payments.models import Dispute, Payment, Refund
from marketplace.payouts.models import Payout
from marketplace.ticketing.models import Ticket

SHORTCODE, B2C_SHORTCODE = "174379", "600992"
LIVE_TICKETS = (Ticket.Status.VALID, Ticket.Status.USED)


def hold() -> None:
    """After any step, finished or not."""
    books_balance()
    nobody_is_overdrawn()
    assert recount_stock() == []
    for order in Order.objects.exclude(refunded_minor=0):
        assert order.refunded_minor <= order.total_minor, order
    for payment in Payment.objects.all():
        given = payment.refunds.exclude(status="failed").aggregate(sum=Sum("amount_minor"))["sum"] or 0
        assert given <= payment.amount_minor, payment
    unpaid = Ticket.objects.filter(status__in=LIVE_TICKETS, order_line__order__paid_by=None)
    assert not unpaid.exists(), "a ticket without money"


EVERYTHING = (
    "payment succeeded mpesa", "payment succeeded stripe", "refund provider ours", "refund b2c ours",
    "refund provider outside", "dispute won", "dispute lost", "payout paid", "entry sale", "entry release",
    "entry refund_settled", "entry payout_settled", "order fulfilled", "order expired",
)  # fmt: skip


def what_happened() -> Counter[str]:
    """What came about in this example, by kinds."""
    counted: Counter[str] = Counter()
    for status, provider in Payment.objects.values_list("status", "provider"):
        counted[f"payment {status} {provider}"] += 1
    for method, origin in Refund.objects.values_list("method", "origin"):
        counted[f"refund {method} {origin}"] += 1
    for name, rows in (("dispute", Dispute.objects), ("payout", Payout.objects), ("order", Order.objects)):
        counted.update(f"{name} {status}" for status in rows.values_list("status", flat=True))
    counted.update(f"entry {kind}" for kind in Entry.objects.values_list("kind", flat=True))
    return counted


def books_balance() -> None:
    for currency in currencies():
        assert sum(trial_balance(currency).values()) == 0, currency
    assert not Entry.objects.annotate(sum=Sum("postings__minor")).exclude(sum=0).exists()


def nobody_is_overdrawn() -> None:
    """What we owe anybody is never less than nothing."""
    sums = Posting.objects.filter(account__code__in=GUARDED).values("account__code", "account__owner")
    for row in sums.annotate(sum=Sum("minor")):
        assert row["sum"] <= 0, row


def agree_with(theirs: dict[str, Any]) -> None:
    """At rest: every payment is known on both sides, and pays for something or was given back; each till agrees."""
    ours = {p.external_id: p for p in Payment.objects.filter(status="succeeded")}
    known = {row.get("session") or row.get("checkout_request_id"): row for row in theirs["payments"]}
    assert set(ours) == set(known)
    for name, payment in ours.items():
        assert payment.amount_minor == known[name]["amount_minor"], payment
    for payment in ours.values():
        paid_for = Order.objects.filter(paid_by=payment, status="fulfilled").exists()
        back = payment.refunded_minor + sum(d.amount_minor for d in payment.disputes.exclude(status="won"))
        assert paid_for or back >= payment.amount_minor, f"{payment}: kept, and nothing for it"
    assert not Refund.objects.exclude(status="succeeded").exists()
    assert balance(code=Code.REFUNDS_IN_TRANSIT, currency="KES") == 0
    tills_agree(theirs["totals"])


def tills_agree(totals: dict[str, Any]) -> None:
    """What lies with each provider, by its own books, is what lies there by ours."""
    stripe = totals.get("stripe", {}).get("KES", {}).get("holds", 0)
    assert balance(code=Code.STRIPE_CLEARING, currency="KES") == stripe
    tills = totals.get("daraja", {})
    paybill, b2c = tills.get(SHORTCODE, {}), tills.get(B2C_SHORTCODE, {})
    assert balance(code=Code.MPESA_CLEARING, currency="KES") == moved(paybill)
    assert balance(code=Code.MPESA_FLOAT, currency="KES") == moved(b2c)


def moved(till: dict[str, Any]) -> int:
    """What a till holds beyond what it began with."""
    return int(till.get("holds", 0) - till.get("opening", 0)) if till else 0
