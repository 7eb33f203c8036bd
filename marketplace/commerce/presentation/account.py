from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.commerce.models import Order, OrderLine
from marketplace.commerce.order_view import when

TONES = {
    Order.Status.PENDING: ("warn", "clock"),
    Order.Status.PAID: ("info", "clock"),
    Order.Status.FULFILLED: ("good", "check"),
    Order.Status.REVIEW: ("info", "info"),
}


def account_page(page: "Page[Order]", upcoming: Sequence[OrderLine]) -> dict[str, Any]:
    """Context of a member's purchases."""
    return {
        "upcoming": [_upcoming(line) for line in upcoming],
        "orders": [_order(order) for order in page],
        "pagination": _pagination(page),
        "find_url": reverse("commerce:orders_find"),
    }


def _upcoming(line: OrderLine) -> dict[str, Any]:
    return {
        "title": line.title,
        "name": f"{line.quantity} x {line.name}",
        "when": when(line.service_date, line.service_zone),
        "iso": line.service_date.isoformat() if line.service_date else "",
        "place": line.place,
        "url": reverse("commerce:order", args=[line.order.token]),
    }


def _order(order: Order) -> dict[str, Any]:
    lines = list(order.lines.all())
    more = _(" and %(n)s more") % {"n": len(lines) - 1} if len(lines) > 1 else ""
    tone, icon = TONES.get(Order.Status(order.status), ("neutral", ""))
    return {
        "code": order.code,
        "title": f"{lines[0].title}{more}" if lines else order.code,
        "placed_at": order.placed_at,
        "total": str(order.total) if order.total else _("Free"),
        "status": {"label": Order.Status(order.status).label, "tone": tone, "icon": icon},
        "url": reverse("commerce:order", args=[order.token]),
        "receipt_url": reverse("commerce:receipt", args=[order.token]) if order.is_paid else "",
    }


def _pagination(page: "Page[Order]") -> dict[str, Any]:
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    pages = [
        {"number": n, "url": f"?page={n}", "current": n == page.number} if isinstance(n, int) else {"gap": True}
        for n in numbers
    ]
    return {
        "pages": pages,
        "previous_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
