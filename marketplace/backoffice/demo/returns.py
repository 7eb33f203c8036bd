"""Money on its way back: given back, being given back, asked for, and refused."""

from marketplace.backoffice.demo.guests import drain
from marketplace.backoffice.demo.past import ago
from marketplace.backoffice.demo.transfers import arrive
from marketplace.commerce.models import Order, OrderRefund
from marketplace.commerce.services import ask_refund, decide_refund
from marketplace.core import clock
from marketplace.payments.models import Refund
from marketplace.payments.providers.base import RefundOutcome
from marketplace.payments.services.record_refund import record_refund
from marketplace.payments.services.transfer_refund import transfer_refund
from marketplace.users.models import User

LATER = 6 * 3600
"""Seconds from now until the refund that is on its way has arrived, and somebody asks after it."""


def give_back(orders: dict[str, Order], people: dict[str, User]) -> None:
    """Within the promise at once; where the seller decides, one request waits and one was refused."""
    with ago(2):
        done = ask(orders["jazz"], positions=[3], reason="One of us cannot come")
        transfer(done.payment_refund)
        drain()
    with ago(1):
        on_its_way = ask(orders["type"], positions=[1], reason="Bought for the wrong machine")
        accept(on_its_way.payment_refund)
        drain()
        refused = ask(orders["taarab-two"], positions=[1, 2], reason="The ferry is too slow")
        drain()
        answer = "The musicians are paid for these seats already. You may pass the tickets on to anybody."
        decide_refund(refund_id=refused.pk, accept=False, actor_id=people["seller"].pk, answer=answer)
        drain()
    with ago(0.2):
        ask(orders["taarab"], positions=[3], reason="My sister has to work that night")
        drain()


def ask(order: Order, *, positions: list[int], reason: str) -> OrderRefund:
    line = order.lines.get()
    return ask_refund(order_id=order.pk, chosen={line.pk: positions}, reason=reason, actor_id=order.user_id)


def transfer(refund: Refund | None) -> None:
    """A part of an M-Pesa payment, sent to the payer's phone, where it has arrived."""
    if refund is None:
        raise LookupError("nothing was promised for what was asked back")
    sent = transfer_refund(refund_id=refund.pk, source="operator")
    if sent.disbursement is None:
        raise LookupError(f"{sent} has no transfer")
    arrive(sent.disbursement, receipt="TKDEMOBACK")


def accept(refund: Refund | None) -> None:
    """Stripe has taken it on and not said yet how it ended."""
    if refund is None:
        raise LookupError("nothing was promised for what was asked back")
    taken = RefundOutcome("sent", external_id=f"re_demo{refund.pk.hex[:8]}")
    Refund.objects.filter(pk=refund.pk).update(attempted_at=clock.now())
    record_refund(refund_id=refund.pk, outcome=taken, source="operator", attempt=refund.attempt)
    Refund.objects.filter(pk=refund.pk).update(next_check_at=clock.in_seconds(LATER + 86400))
