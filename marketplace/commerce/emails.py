"""Mails about orders. Each has a key, so that however often it is asked for, it is sent once."""

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from marketplace.commerce import order_view
from marketplace.commerce.fulfillment import Presented, present
from marketplace.commerce.models import Order, OrderLine
from marketplace.core import clock
from marketplace.core.crypto import lookup_hash
from marketplace.notifications.services import queue
from marketplace.payments.models import Payment


def queue_ready(order_code: str) -> None:
    """What was bought, and the receipt. Goes out once per order."""
    order = Order.objects.select_related("client").get(code=order_code)
    lines = list(OrderLine.objects.filter(order=order).select_related("offer").prefetch_related("taxes"))
    if all(line.refunded_quantity == line.quantity for line in lines):
        return  # it ended before it was made: the refund's own mail says so
    with translation.override(order.locale):
        parts = present(lines)
        context = {
            **_about(order),
            "summary": order_view.summary_of_order(order, lines, [tax for line in lines for tax in line.taxes.all()]),
            "html_parts": [_render(part.mail_template, part) for part in parts],
            "text_parts": [_render_text(part) for part in parts],
            "receipt_url": order_view.order_url(order, "receipt"),
        }
    queue(
        key=f"order:{order.code}:ready",
        template="order_ready",
        to=order.client.email,
        context=context,
        attachments=_unique(parts),
        locale=order.locale,
    )


def queue_review(order: Order, payment: Payment, reason: str) -> None:
    """We have money that does not fit: say so, before the buyer has to ask."""
    queue(
        key=f"order:{order.code}:review:{payment.pk}",
        template="order_review",
        to=order.client.email,
        context={
            **_about(order),
            "amount": str(payment.amount),
            "reason": str(reason),
            "receipt": payment.receipt or "",
        },
        locale=order.locale,
    )


def queue_links(email: str, orders: Sequence[Order], *, locale: str) -> None:
    """The links somebody lost. To the address itself only, and at most once in ten minutes."""
    window = int(clock.now().timestamp()) // 600
    links = [
        {"code": o.code, "url": order_view.order_url(o), "placed_at": o.placed_at, "total": str(o.total)}
        for o in orders
    ]
    queue(
        key=f"order-links:{lookup_hash(email, purpose='order-links')}:{window}",
        template="order_links",
        to=email,
        context={"orders": links},
        locale=locale,
    )


def _about(order: Order) -> dict[str, Any]:
    return {
        "code": order.code,
        "name": order.client.name,
        "total": str(order.total),
        "free": not order.total,
        "order_url": order_view.order_url(order),
    }


def _render(template: str, part: Presented) -> SafeString:
    return mark_safe(render_to_string(template, part.context))


def _render_text(part: Presented) -> SafeString:
    from django.template import Context
    from django.template.loader import get_template

    # Plain text: nothing is to be HTML-escaped, whatever the template's name ends in.
    template = get_template(part.text_template).template  # type: ignore[attr-defined]
    return mark_safe(template.render(Context(dict(part.context), autoescape=False)).strip())


def _unique(parts: Sequence[Presented]) -> list[Any]:
    return list(dict.fromkeys(ref for part in parts for ref in part.attachments))
