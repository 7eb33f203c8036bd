"""What commerce does about the news. Every handler may be called more than once."""

from marketplace.commerce import emails, holding, letters
from marketplace.commerce.bulk import letters as bulk_letters
from marketplace.commerce.services import follow_refund, join_bulk_refund
from marketplace.commerce.services.close_others import close_others
from marketplace.commerce.services.follow_dispute import follow_dispute
from marketplace.commerce.services.fulfill_order import fulfill_order
from marketplace.commerce.services.mark_paid import mark_paid
from marketplace.commerce.services.question_order import answer_order, question_order
from marketplace.commerce.services.taken_by_bank import taken_by_bank
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


@on("commerce.order_released")
@on("commerce.order_paid")
def deliver(*, order_code: str) -> None:
    fulfill_order(order_code=order_code)


@on("commerce.order_paid")
def join_others(*, order_code: str) -> None:
    join_bulk_refund(order_code=order_code)


@on("commerce.order_paid")
def tell_buyer_who_waits(*, order_code: str) -> None:
    if holding.waits(order_code):
        letters.held(order_code)


@on("commerce.order_fulfilled")
def tell_buyer(*, order_code: str) -> None:
    emails.queue_ready(order_code)


@on("payments.refund_created")
def refund_sent(*, refund_id: str) -> None:
    follow_refund.refund_on_its_way(refund_id=refund_id)


@on("payments.refund_succeeded")
def refund_arrived(*, refund_id: str, key: str) -> None:  # noqa: ARG001
    follow_refund.refund_arrived(refund_id=refund_id)


@on("payments.refund_failed")
def refund_stuck(*, refund_id: str, key: str, code: str) -> None:  # noqa: ARG001
    follow_refund.refund_stuck(refund_id=refund_id)
    taken_by_bank(refund_id=refund_id)


@on("payments.refund_covered")
def refund_covered(*, refund_id: str) -> None:
    taken_by_bank(refund_id=refund_id)


@on("payments.refunded_outside")
def refunded_outside(*, refund_id: str, payment_id: str, reference: str) -> None:  # noqa: ARG001
    follow_refund.refunded_outside(refund_id=refund_id)


@on("payments.dispute_opened")
def disputed(*, dispute_id: str, reference: str) -> None:  # noqa: ARG001
    follow_dispute(dispute_id=dispute_id)


@on("payments.dispute_funds")
def dispute_funds_moved(*, dispute_id: str, taken: bool) -> None:  # noqa: ARG001
    follow_dispute(dispute_id=dispute_id)


@on("payments.dispute_closed")
def dispute_decided(*, dispute_id: str, reference: str, status: str) -> None:  # noqa: ARG001
    follow_dispute(dispute_id=dispute_id)


@on("commerce.refund_decided")
def tell_refunded(*, refund_id: int, notify: bool = True) -> None:
    if notify and bulk_letters.is_bulk(refund_id):
        bulk_letters.refunded(refund_id)
    elif notify:
        letters.refund(refund_id, "decided")


@on("commerce.refund_done")
def tell_refund_arrived(*, refund_id: int) -> None:
    if not bulk_letters.is_bulk(refund_id):
        letters.refund(refund_id, "done")


@on("commerce.refund_refused")
def tell_refund_refused(*, refund_id: int) -> None:
    letters.refund(refund_id, "refused")


@on("commerce.refund_asked")
def tell_seller_of_request(*, refund_id: int) -> None:
    letters.refund_request(refund_id)


@on("commerce.dispute_opened")
def tell_seller_of_dispute(*, case_id: int) -> None:
    letters.dispute(case_id, "opened")


@on("commerce.dispute_closed")
def tell_seller_of_verdict(*, case_id: int) -> None:
    letters.dispute(case_id, "closed")
