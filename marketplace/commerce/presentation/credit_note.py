from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from marketplace.commerce.models import Order, OrderRefund, OrderRefundLine
from marketplace.commerce.order_view import line_detail
from marketplace.commerce.presentation.receipt import paid_with
from marketplace.core.money import Money


def note_number(order: Order, refund: OrderRefund) -> str:
    """By which bookkeepers find it: the receipt's number, and which credit note of it."""
    return f"{order.code}-R{refund.number}"


def credit_note_page(order: Order, refund: OrderRefund) -> dict[str, Any]:
    """Context of a refund's credit note, for screen and paper. It has the receipt's shape."""
    lines = list(refund.lines.select_related("line"))
    tax = Money(sum(row.tax_minor for row in lines), order.currency)
    return {
        "order": order,
        "order_url": reverse("commerce:order", args=[order.token]),
        "receipt": {
            "title": _("Credit note"),
            "number": note_number(order, refund),
            "status": {"label": OrderRefund.Status(refund.status).label, "tone": "info", "icon": ""},
            "facts": _facts(order, refund),
            "lines": [_line(row, order.currency) for row in lines if row.total_minor],
            "rows": [{"label": _("Tax, included"), "amount": str(tax)}] if tax else [],
            "total_label": _("Total given back"),
            "total": str(refund.amount),
            "note": _("It lowers what receipt %(code)s says.") % {"code": order.code},
        },
    }


def _facts(order: Order, refund: OrderRefund) -> list[dict[str, Any]]:
    day = timezone.localtime(refund.decided_at or refund.created_at)
    facts = [
        {"label": _("Date"), "value": formats.date_format(day, "j F Y, H:i"), "iso": day.isoformat()},
        {"label": _("For receipt"), "value": order.code},
        {"label": _("Buyer"), "value": " · ".join(filter(None, (order.client.name, order.client.email)))},
    ]
    if order.paid_by is not None:
        facts.append({"label": _("Was paid with"), "value": paid_with(order.paid_by)})
    if refund.payment_refund is not None and refund.payment_refund.receipt:
        facts.append({"label": _("Given back with"), "value": refund.payment_refund.receipt})
    return facts


def _line(row: OrderRefundLine, currency: str) -> dict[str, Any]:
    line, ended = row.line, len(row.positions)
    about = line_detail(line.title, line.service_date, line.service_zone, line.place)
    return {
        "title": line.name,
        "detail": f"{about} · {line.seller_name}",
        "quantity": ended or "",
        "unit": str(Money(row.total_minor // ended, currency)) if ended else "",
        "amount": str(Money(row.total_minor, currency)),
    }
