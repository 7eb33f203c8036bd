"""One sale whose every shilling is known, and what the books say of it. Amounts in minor units."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction

from marketplace.commerce.models import Order, OrderRefund
from marketplace.commerce.services import RefundWish, mark_paid, refund_order
from marketplace.core import clock, outbox
from marketplace.core.models import OutboxEvent
from marketplace.events.models import TicketType
from marketplace.ledger import selectors as ledger
from marketplace.ledger.checks import checks
from marketplace.payments.models import Dispute, Payment, Refund
from marketplace.payments.providers.base import RefundOutcome
from marketplace.payments.services.record_refund import record_refund
from marketplace.payouts.models import Earning, LevyRate, Terms
from marketplace.payouts.services import release_due
from marketplace.sellers.models import Seller
from tests.factories.commerce import make_order, make_rate, make_seller
from tests.factories.events import make_date, make_event, make_ticket
from tests.factories.payments import make_payment


def make_shop(*, levy: int = 1600, reserve: int = 1000, **fields: Any) -> Seller:
    """Charges VAT on top, gives us 10 %, on which 16 % are due; a tenth of the share stays in reserve."""
    make_rate(1600, included=False)
    if levy:
        LevyRate.objects.create(kind="commission_tax", country="KE", basis_points=levy, valid_from="2020-01-01")
    usual = {"tax_registered": True, "fee_basis_points": 1000, "email": "shop@example.com"}
    shop = make_seller(**{**usual, **fields})
    Terms.objects.create(
        seller=shop, hold_days=1, reserve_basis_points=reserve, reserve_days=30, valid_from="2020-01-01"
    )
    return shop


def on_sale(shop: Seller, *, price: int = 100_000, capacity: int = 50, **event: Any) -> TicketType:
    """A ticket of KES 1,000, and 160 of tax on top."""
    return make_ticket(make_date(make_event(seller=shop, **event)), price=price, capacity=capacity)


def sold(*, quantity: int = 1, ticket: TicketType | None = None, provider: str = "mpesa", **fields: Any) -> Order:
    """Paid and delivered."""
    ticket = ticket or on_sale(make_shop())
    order = make_order(offer=ticket.offer, quantity=quantity, **fields)
    if order.total_minor:
        pay(order, provider=provider)
    work()
    order.refresh_from_db()
    return order


def pay(order: Order, *, provider: str = "mpesa", amount: int | None = None, **fields: Any) -> Payment:
    """Money came; the same fact the provider's answer would have made."""
    attempt = Payment.objects.filter(reference=order.code).count() + 1
    payment = make_payment(
        provider=provider, reference=order.code, attempt=attempt, status="succeeded", currency=order.currency,
        amount=order.total_minor if amount is None else amount, next_check_at=None,
        receipt=fields.pop("receipt", f"R{order.code}{attempt}"), **fields,
    )  # fmt: skip
    mark_paid(payment_id=str(payment.pk))
    order.refresh_from_db()
    return payment


def work() -> None:
    """The worker, without what would ask a provider: the tests say what it answered."""
    for _ in range(6):
        waiting = OutboxEvent.objects.filter(delivered_at=None)
        waiting.filter(topic__in=("payments.refund_created",)).update(delivered_at=clock.now())
        waiting.update(due_at=clock.now())
        if not outbox.drain():
            break


def give_back(order: Order, *positions: int, amount: int | None = None, **fields: Any) -> OrderRefund:
    """Of the order's only line: units, or just money."""
    line = order.lines.get()
    wish = RefundWish(line.pk, positions, amount, fields.pop("restock", True))
    usual = {"asked_by": OrderRefund.By.STAFF, "actor_id": 1, "reason": "as agreed"}
    refund = refund_order(order_id=order.pk, what=[wish], **{**usual, **fields})
    work()
    order.refresh_from_db()
    return refund


def provider_says(refund: OrderRefund, state: str, **said: Any) -> OrderRefund:
    """`succeeded`, `failed`, ... of the money of a refund."""
    refund.refresh_from_db()
    assert refund.payment_refund_id is not None
    record_refund(refund_id=refund.payment_refund_id, outcome=RefundOutcome(state, **said), source="operator")
    work()
    refund.refresh_from_db()
    return refund


def refund_outside(payment: Payment, amount: int) -> None:
    """Somebody gave it back in the provider's dashboard; we hear of it, twice."""
    payment.refresh_from_db()
    payment.refunded_minor += amount
    payment.save(update_fields=["refunded_minor"])
    row = Refund.objects.create(
        payment=payment, key=f"outside:re_{amount}", amount_minor=amount, origin="outside", status="succeeded",
        external_id=f"re_{amount}", settled_at=clock.now(),
    )  # fmt: skip
    for _ in range(2):
        outbox.publish(
            "payments.refunded_outside", refund_id=str(row.pk), payment_id=str(payment.pk), reference=payment.reference
        )
        work()


def release(order: Order) -> None:
    """Its hold is over."""
    Earning.objects.filter(reference=order.code).update(release_at=clock.now() - dt.timedelta(minutes=1))
    release_due()


def dispute(payment: Payment, *, amount: int | None = None, **fields: Any) -> Dispute:
    """A bank took the money back."""
    number = Dispute.objects.count() + 1
    usual = {"status": "needs_response", "funds_taken": True, "fee_minor": 0, "opened_at": clock.now()}
    made = Dispute.objects.create(
        payment=payment, provider=payment.provider, external_id=f"dp_{payment.pk}_{number}",
        amount_minor=payment.amount_minor if amount is None else amount, **{**usual, **fields},
    )  # fmt: skip
    tell(made)
    return made


def tell(dispute: Dispute, **fields: Any) -> None:
    """News of it: what changed, and every fact there is, twice and the wrong way round."""
    from marketplace.core.outbox import publish

    Dispute.objects.filter(pk=dispute.pk).update(**fields)
    dispute.refresh_from_db()
    name = {"dispute_id": str(dispute.pk), "reference": dispute.payment.reference}
    for _ in range(2):
        with transaction.atomic():
            if not dispute.is_open:
                publish("payments.dispute_closed", **name, status=dispute.status)
            publish("payments.dispute_funds", dispute_id=str(dispute.pk), taken=dispute.funds_taken)
            publish("payments.dispute_opened", **name)
        work()
    lost_news = OutboxEvent.objects.filter(delivered_at=None).exclude(last_error="")
    assert not lost_news, [row.last_error for row in lost_news]


def booked(key: str) -> dict[str, int]:
    """An entry by account code, debit positive: {"2110": -88400, ...}."""
    entry = ledger.entry(key)
    assert entry is not None, f"nothing is booked under {key}"
    return {str(p.account.code): p.minor for p in entry.postings.select_related("account")}


def refund_made(refund: OrderRefund) -> Refund:
    refund.refresh_from_db()
    assert refund.payment_refund is not None
    return refund.payment_refund


def books_hold(*, without: Collection[str] = ()) -> None:
    """Every check of every room finds nothing."""
    wrong = {name: list(look()) for name, look in checks().items() if name not in without}
    assert not {name: found for name, found in wrong.items() if found}
