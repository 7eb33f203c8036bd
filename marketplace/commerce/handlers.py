"""What commerce does about the news. Every handler may be called more than once."""

from marketplace.commerce import emails
from marketplace.commerce.services.close_others import close_others
from marketplace.commerce.services.fulfill_order import fulfill_order
from marketplace.commerce.services.mark_paid import mark_paid
from marketplace.commerce.services.question_order import answer_order, question_order
from marketplace.core.outbox import on


@on("payments.succeeded")
def paid(*, payment_id: str, reference: str) -> None:
    mark_paid(payment_id=payment_id)
    close_others(reference=reference, paid_by=payment_id)


@on("payments.review")
def questioned(*, payment_id: str, reference: str, reason: str) -> None:  # noqa: ARG001 (the fact's own words)
    question_order(payment_id=payment_id)


@on("payments.failed")
def failed(*, payment_id: str, reference: str, code: str) -> None:  # noqa: ARG001
    answer_order(payment_id=payment_id)


@on("payments.expired")
def expired(*, payment_id: str, reference: str) -> None:  # noqa: ARG001
    answer_order(payment_id=payment_id)


@on("commerce.order_paid")
def deliver(*, order_code: str) -> None:
    fulfill_order(order_code=order_code)


@on("commerce.order_fulfilled")
def tell_buyer(*, order_code: str) -> None:
    emails.queue_ready(order_code)
