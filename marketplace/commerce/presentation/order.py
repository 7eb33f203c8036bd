import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from marketplace.commerce import conf
from marketplace.commerce.forms import PHONE, PayForm
from marketplace.commerce.fulfillment import present
from marketplace.commerce.models import Offer, Order, OrderLine
from marketplace.commerce.order_stage import POLLED, Stage
from marketplace.commerce.order_view import spoken, summary_of_order
from marketplace.commerce.presentation.by_hand import pay_by_hand
from marketplace.commerce.presentation.cart import steps
from marketplace.commerce.presentation.checkout import pay_label, pay_methods
from marketplace.commerce.presentation.refunds import promises, refunds_of
from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.payments.models import Payment
from marketplace.payments.selectors import explain

RESEND_AFTER = dt.timedelta(seconds=120)
"""M-Pesa refuses the same amount from the same phone within two minutes."""


def order_page(order: Order, payment: Payment | None, stage: Stage, form: PayForm) -> dict[str, Any]:
    """Context of the order's page at any stage: three queries for its lines, offers and taxes."""
    lines = list(OrderLine.objects.filter(order=order).select_related("offer").prefetch_related("taxes"))
    context: dict[str, Any] = {
        "order": order,
        "stage": stage,
        "lines": lines,
        "email": order.client.email,
        "steps": steps(2 if stage in {"done", "preparing", "held", "denied"} else 1, ordered=True),
        "summary": summary_of_order(order, lines, [tax for line in lines for tax in line.taxes.all()]),
        "refresh_url": reverse("commerce:order_return", args=[order.token]),
        "receipt_url": reverse("commerce:receipt", args=[order.token]),
        "status": waiting_status(order, payment, stage),
    }
    if order.status != Order.Status.PENDING:
        context.update(_given_back(order, lines))
    if order.refunded_minor:
        names = {"amount": Money(order.refunded_minor, order.currency)}
        context["summary"]["note"] = _("%(amount)s of it goes back to you.") % names
    if stage in {"choose", "failed", "page"}:
        context |= _unpaid(order, payment, stage, form)
    if stage in {"choose", "failed", "phone"}:
        context["by_hand"] = pay_by_hand(order)
    if stage == "phone" and payment is not None:
        context["waiting"] = _phone(order, payment, form)
    return context


def _given_back(order: Order, lines: Sequence[OrderLine]) -> dict[str, Any]:
    """What went back of it, and whether more may be asked for."""
    ended = all(line.refunded_quantity == line.quantity for line in lines)
    may_ask = order.is_paid and not ended and order.paid_by_id and order.refunded_minor < order.total_minor
    never = all(line.refund_rule == Offer.RefundRule.NEVER for line in lines)
    return {
        "refunds": refunds_of(order),
        "ended": ended,
        "promises": promises(lines) if order.is_paid and not ended else [],
        "ask_url": reverse("commerce:refund", args=[order.token]) if may_ask and not never else "",
    }


def _unpaid(order: Order, payment: Payment | None, stage: Stage, form: PayForm) -> dict[str, Any]:
    return {
        "form": form,
        "methods": pay_methods(form, order.total),
        "pay_label": pay_label(order.total),
        "pay_url": reverse("commerce:order_pay", args=[order.token]),
        "next_url": payment.next_url if payment and stage == "page" else "",
        "legend": _("Or pay another way") if stage == "page" else "",
        "reason": explain(payment) if payment and stage == "failed" else "",
    }


def _phone(order: Order, payment: Payment, form: PayForm) -> dict[str, Any]:
    number = payment.client.phone
    pay_url = reverse("commerce:order_pay", args=[order.token])
    wait = _seconds_to_resend(payment)
    others = [m for m in form.methods if m.slug != PHONE and not m.reason_unavailable]
    hidden = [{"name": "provider", "value": PHONE}, {"name": "phone", "value": number}, {"name": "again", "value": "1"}]
    return {
        "phone": spoken(number),
        "amount": str(order.total),
        "payee": conf.site_name(),
        "steps": [
            _("Unlock your phone. A message from M-Pesa is on the screen."),
            _("Check that it asks for %(amount)s.") % {"amount": order.total},
            _("Enter your M-Pesa PIN and press Send."),
        ],
        "status": waiting_status(order, payment, "phone"),
        "deadline": order.expires_at,
        "refresh_url": reverse("commerce:order_return", args=[order.token]),
        "resend": {
            "action": pay_url,
            "label": _("Send it again"),
            "busy": _("Sending"),
            "icon": "repeat",
            "hidden": hidden,
            "wait_note": _("You can send it again in about %(n)s seconds.") % {"n": wait} if wait else "",
        },
        "switch": {
            "action": pay_url,
            "label": _("Pay by card instead"),
            "icon": "card",
            "hidden": [{"name": "provider", "value": others[0].slug}],
        }
        if others
        else None,
    }


def _seconds_to_resend(payment: Payment) -> int:
    left = (payment.created_at + RESEND_AFTER - clock.now()).total_seconds()
    return max(0, -(-int(left) // 10) * 10) if left > 0 else 0


def shown_as(payment: Payment | None, stage: Stage) -> str:
    """The name of what a page shows now: when it changes, so does the page."""
    later = stage == "phone" and payment is not None and not _seconds_to_resend(payment)
    return f"{stage}-again" if later else stage


def waiting_status(order: Order, payment: Payment | None, stage: Stage) -> dict[str, Any]:
    """For the `waiting_status` component; polled only while the stage ends by itself."""
    state, title, text = _words(stage, payment)
    poll = stage in POLLED and clock.now() < order.expires_at + dt.timedelta(hours=1)
    address = reverse("commerce:order_status", args=[order.token])
    return {
        "state": state,
        "title": title,
        "text": text,
        "poll_url": f"{address}?seen={shown_as(payment, stage)}" if poll else "",
    }


def _words(stage: Stage, payment: Payment | None) -> tuple[str, str, str]:
    if stage == "phone":
        return "waiting", _("Waiting for your PIN"), _("This page moves on by itself.")
    if stage == "starting":
        return "waiting", _("Getting the payment ready"), _("This takes a moment.")
    if stage == "checking":
        return "waiting", _("The time is over"), _("We are asking whether your payment still came through.")
    if stage == "preparing":
        return "paid", _("Paid"), _("Getting everything ready for you.")
    if stage == "done":
        return "paid", _("Paid"), _("It is all here.")
    if stage == "review":
        return "review", _("We are looking at this payment"), _("You do not need to pay again.")
    if stage == "held":
        return "review", _("Paid, and being checked"), _("You need not do anything. Please do not pay again.")
    if stage == "denied":
        return "review", _("Your money goes back to you"), _("You need not do anything.")
    if stage in {"expired", "cancelled"}:
        return "expired", _("This order has ended"), ""
    reason = explain(payment) if payment is not None else ""
    return "failed", _("Not paid yet"), reason


def goods(request: HttpRequest, lines: Sequence[OrderLine]) -> list[SafeString]:
    """What was bought, as the rooms that made it show it."""
    token = get_token(request)
    return [
        mark_safe(render_to_string(part.template, {**part.context, "csrf_token": token})) for part in present(lines)
    ]
