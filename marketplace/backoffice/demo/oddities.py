"""What keeps finance busy: a dispute, money nobody claims, a day on which M-Pesa says otherwise."""

import csv
import datetime as dt
import io
from zoneinfo import ZoneInfo

from marketplace.backoffice.demo.guests import drain
from marketplace.backoffice.demo.past import ago
from marketplace.commerce.models import Order
from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.payments.models import Dispute, PaybillReceipt, Payment, PaymentEvent
from marketplace.payments.providers.stripe.disputes import Found
from marketplace.payments.services import import_statement, match_paybill, vouch_for_paybill
from marketplace.payments.services.record_dispute import record_dispute
from marketplace.users.models import User

CALLBACK = str(PaymentEvent.Source.CALLBACK)
NAIROBI = ZoneInfo("Africa/Nairobi")
COLUMNS = ("Receipt No.", "Completion Time", "Details", "Transaction Status", "Paid In", "Withdrawn", "A/C No.")
TYPED = "JAZZ NIGHT 2"
"""What somebody typed instead of an order's code."""


def dispute(order: Order) -> None:
    """The card holder's bank asks, has taken the money, and waits for an answer."""
    with ago(1):
        payment = Payment.objects.get(reference=order.code, status=Payment.Status.SUCCEEDED)
        found = Found(
            external_id="du_demo0001", payment_intent=payment.external_ref, charge=payment.receipt or "",
            status=Dispute.Status.NEEDS_RESPONSE, amount=payment.amount, fee=Money(195_000, payment.currency),
            taken=True, reason="product_not_received", due_at=clock.now() + dt.timedelta(days=7),
            opened_at=clock.now(), read_at=clock.now(), answer={"object": "dispute", "status": "needs_response"},
        )  # fmt: skip
        record_dispute(found=found, source=CALLBACK)
        drain()


def leave_unclaimed(people: dict[str, User]) -> None:
    """Paid to the paybill by hand, with words instead of a code. Seen in the portal, and nobody's."""
    with ago(0.3):
        receipt = PaybillReceipt.objects.create(
            receipt="TKDEMOHAND", amount_minor=500_000, shortcode="174379", reference_typed=TYPED,
            reference=TYPED.replace(" ", ""), payer_hint="2547****419 Brenda", paid_at=clock.now(),
            status=PaybillReceipt.Status.WAITING,
        )  # fmt: skip
        actor_id = people["finance"].pk
        vouch_for_paybill(receipt_id=receipt.pk, evidence="Seen in the M-Pesa portal", actor_id=actor_id)
        match_paybill(receipt_id=receipt.pk)
        drain()


def compare_a_day(order: Order, people: dict[str, User]) -> None:
    """M-Pesa's statement of the day of this order: all that is known here, and one receipt that is not."""
    paid = Payment.objects.get(reference=order.code, status=Payment.Status.SUCCEEDED)
    day = _day(paid)
    known = Payment.objects.filter(provider="mpesa", status=Payment.Status.SUCCEEDED).select_related("client")
    rows = [payment for payment in known if _day(payment) == day]
    lines = [_line(payment.receipt or "", payment.settled_at or clock.now(), payment.amount_minor, payment.reference)
             for payment in rows]  # fmt: skip
    last = max(payment.settled_at or clock.now() for payment in rows)
    lines.append(_line("TKDEMOGONE", last, 120_000, "4711"))
    out = io.StringIO()
    csv.writer(out).writerows([["Short Code:", "174379"], [], COLUMNS, *lines])
    import_statement(provider="mpesa", content=out.getvalue().encode(), actor_id=people["finance"].pk)


def _day(payment: Payment) -> dt.date:
    return (payment.settled_at or payment.created_at).astimezone(NAIROBI).date()


def _line(receipt: str, at: dt.datetime, minor: int, account: str) -> list[str]:
    moment = at.astimezone(NAIROBI).strftime("%d-%m-%Y %H:%M:%S")
    return [receipt, moment, f"Pay Bill Acc. {account}", "Completed", f"{minor / 100:,.2f}", "", account]
