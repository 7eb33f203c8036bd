"""What a bank's dispute does to an order, read from the dispute as it stands: news of it lead here, in any order."""

from collections.abc import Mapping
from dataclasses import asdict

from django.db import transaction

from marketplace.commerce.fulfillment import fulfiller
from marketplace.commerce.models import Order, OrderDispute, OrderRefund
from marketplace.commerce.refunds import bookings, dispute_books
from marketplace.commerce.refunds.amounts import NOTHING, Parts, spread
from marketplace.commerce.refunds.left import parts_left, parts_of_case
from marketplace.commerce.services.refund_order import RefundWish, cancel_units, live_positions, lock_lines
from marketplace.commerce.services.settle_order import close_if_gone, require_set_aside
from marketplace.commerce.services.taken_by_bank import settle_failed
from marketplace.core import clock, outbox
from marketplace.notifications.services import raise_alert
from marketplace.payments.models import Dispute, Payment
from marketplace.payments.services import absorb_refunds
from marketplace.payouts.services import Part, end_dispute_lines, hold_disputed_lines, undo_take_back_lines

Status = Dispute.Status
REASON = "disputed by the payer's bank"
BOOKED_BACK = "The money is booked back. What was bought has ended and stays so: ask the buyer."
NOT_BOOKED_BACK = "Refunds were settled by it meanwhile, so nothing was booked back: look at the order's entries."


@transaction.atomic
def follow_dispute(*, dispute_id: str) -> None:
    """Hold what the bank took, give it back when we won, book the loss when we lost. Safe to repeat.

    An inquiry changes nothing: no money was taken. Raises `NotBookedYet` when the money is not in our books yet.
    """
    found = Dispute.objects.select_related("payment").get(pk=dispute_id)
    order = Order.objects.select_for_update(no_key=True, of=("self",)).filter(code=found.payment.reference).first()
    if order is None:
        return
    payment = Payment.locked(found.payment_id)  # holds the dispute still: whoever writes it locks the payment first
    dispute = Dispute.objects.get(pk=dispute_id)
    dispute.payment = payment
    if order.paid_by_id != payment.pk:
        require_set_aside(order, payment)
    case = _case(order, dispute)
    if case is None:
        return
    case.dispute, case.order = dispute, order
    if dispute_books.book_fee(case):
        case.save(update_fields=["fee_minor", "fee_bookings"])
    if not _pays(case):
        close_if_gone(order, payment)
    _conclude(case)


def _case(order: Order, dispute: Dispute) -> OrderDispute | None:
    """The case of a dispute that took money; opened, and opened again, here."""
    case = OrderDispute.objects.filter(dispute=dispute).first()
    over = dispute.status in (Status.WON, Status.CLOSED)
    if case is None and not over and (dispute.funds_taken or dispute.status == Status.LOST):
        return _open(OrderDispute(order=order, dispute=dispute))
    if case is None and dispute.fee_minor:  # won before we heard of it: what it cost us stays
        return OrderDispute.objects.create(order=order, dispute=dispute, closed_at=clock.now(), lost=False)
    ended_well = case is not None and case.closed_at is not None and not case.lost
    if case is not None and ended_well and not over and (dispute.funds_taken or dispute.status == Status.LOST):
        case.openings, case.closed_at, case.lost = case.openings + 1, None, None
        case.dispute, case.order = dispute, order
        return _open(case)
    return case


def _conclude(case: OrderDispute) -> None:
    status = case.dispute.status
    if case.closed_at is None and status == Status.LOST:
        _lose(case)
    elif case.closed_at is None and status in (Status.WON, Status.CLOSED):
        _win(case)
    elif case.lost and status == Status.WON:
        _win_after_all(case)


def _open(case: OrderDispute) -> OrderDispute:
    dispute, lines = case.dispute, lock_lines(case.order)
    parts = spread(min(dispute.amount_minor, dispute.payment.amount_minor), parts_left(lines)) if _pays(case) else {}
    case.amount_minor, case.parts = dispute.amount_minor, _as_json(parts)
    case.save()
    drawn = hold_disputed_lines([Part(line_id, part.share) for line_id, part in parts.items() if part.share])
    dispute_books.book_opened(case, lines, parts, drawn)
    if _pays(case):
        for line in lines:
            if line.delivered_at is not None:
                fulfiller(line.kind).suspend(line, reason=REASON)
    outbox.publish("commerce.dispute_opened", case_id=case.pk)
    return case


def _win(case: OrderDispute) -> None:
    dispute_books.book_won(case)
    end_dispute_lines(bookings.payout_parts(parts_of_case(case)), lost=False)
    _close(case, lost=False)
    _resume(case)


def _lose(case: OrderDispute) -> None:
    """What everybody had of the sale is gone. Refunds that never went out are settled by what the bank took."""
    lines, held, payment = lock_lines(case.order), parts_of_case(case), case.dispute.payment
    cover = case.amount_minor - absorb_refunds(case.dispute)
    exchange = min(max(case.amount_minor - payment.amount_minor, 0), cover)
    lost = spread(cover - exchange, held)
    kept = {line_id: part - lost.get(line_id, NOTHING) for line_id, part in held.items()}
    kept = {line_id: part for line_id, part in kept.items() if part.total}
    end_dispute_lines(bookings.payout_parts(lost), lost=True)
    end_dispute_lines(bookings.payout_parts(kept), lost=False)
    dispute_books.book_let_go(case, lines, kept)
    payment.refresh_from_db(fields=["refunded_minor"])
    nobodys = 0 if _pays(case) else min(cover - exchange, payment.amount_minor - payment.refunded_minor)
    dispute_books.book_lost(case, lines, lost, cover=cover, exchange=exchange, nobodys=nobodys)
    settle_failed(case.order, case.dispute)
    dispute_books.recharge_fee(case, lines, lost)
    case.parts = _as_json(lost)
    _close(case, lost=True)
    if _pays(case):
        _end_goods(case)


def _end_goods(case: OrderDispute) -> None:
    """All of the money gone ends everything. Of a part nobody can say which unit it paid: a person does."""
    order = case.order
    earlier = OrderDispute.objects.filter(order=order, lost=True).exclude(pk=case.pk)
    gone = sum(part.total for one in (*earlier, case) for part in parts_of_case(one).values())
    if order.refunded_minor + gone < order.total_minor:
        _resume(case)
        raise_alert(
            code="dispute_partly_lost", key=f"dispute:{case.dispute.external_id}:partly-lost",
            subject=f"Part of order {order.code} was lost to a dispute",
            text=f"{case.dispute.amount} is gone. Decide which tickets or licenses end, and cancel those units.",
        )  # fmt: skip
        return
    wishes = [RefundWish(line.pk, positions) for line in lock_lines(order) if (positions := live_positions(line))]
    if wishes:
        cancel_units(
            order_id=order.pk, what=wishes, asked_by=OrderRefund.By.PROVIDER, actor_id=None, notify=False,
            reason="the dispute was lost",
        )  # fmt: skip


def _win_after_all(case: OrderDispute) -> None:
    """The bank thought again. The money is as it was; what had ended stays ended, so a person is told."""
    entry, parts = dispute_books.lost_entry(case), parts_of_case(case)
    plain = entry is not None and any(p.minor == -case.amount_minor for p in entry.postings.all())
    if plain:
        dispute_books.unbook(case, "recharged")
        dispute_books.unbook(case, "lost")
        dispute_books.book_won(case)
        undo_take_back_lines(bookings.payout_parts(parts))
        _close(case, lost=False)
    raise_alert(
        code="dispute_won_late", key=f"dispute:{case.dispute.external_id}:won-late",
        subject=f"A lost dispute was won after all: order {case.order.code}",
        text=BOOKED_BACK if plain else NOT_BOOKED_BACK,
    )  # fmt: skip


def _resume(case: OrderDispute) -> None:
    if OrderDispute.objects.filter(order=case.order, closed_at=None).exists():
        return
    for line in lock_lines(case.order):
        if line.delivered_at is not None:
            fulfiller(line.kind).resume(line, reason="the dispute is over")


def _pays(case: OrderDispute) -> bool:
    """Is it about the payment that pays the order? Another one of it was set aside as nobody's."""
    return case.order.paid_by_id == case.dispute.payment_id and case.order.is_paid


def _as_json(parts: Mapping[int, Parts]) -> list[dict[str, int]]:
    return [{"line": line_id, **asdict(part)} for line_id, part in parts.items()]


def _close(case: OrderDispute, *, lost: bool) -> None:
    case.closed_at, case.lost = clock.now(), lost
    case.save(update_fields=["closed_at", "lost", "parts"])
    outbox.publish("commerce.dispute_closed", case_id=case.pk)
