from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from marketplace.commerce.models import Order, OrderLine
from marketplace.commerce.order_view import line_detail, summary_of_order
from marketplace.commerce.refunds.left import DECIDED
from marketplace.core.money import Money
from marketplace.payments.models import Payment


def receipt_page(order: Order) -> dict[str, Any]:
    """Context of the receipt, for screen and paper."""
    lines = list(OrderLine.objects.filter(order=order).prefetch_related("taxes"))
    sums = summary_of_order(order, lines, [tax for line in lines for tax in line.taxes.all()])
    return {
        "order": order,
        "order_url": reverse("commerce:order", args=[order.token]),
        "receipt": {
            "number": order.code,
            "status": {"label": _("Paid") if order.total else _("Free"), "tone": "good", "icon": "check"},
            "facts": _facts(order),
            "lines": [_line(line, order.currency) for line in lines],
            "rows": [{"label": f"{row['label']}, {row['note']}", "amount": row["amount"]} for row in sums["rows"]],
            "total": str(order.total),
            "after": _given_back(order),
            "note": _("Sold by the sellers named above through the marketplace."),
        },
    }


def _given_back(order: Order) -> list[dict[str, str]]:
    """What credit notes took off it since."""
    rows = order.refunds.filter(status__in=DECIDED, amount_minor__gt=0) if order.refunded_minor else ()
    label = _("Given back, credit note %(number)s")
    return [{"label": label % {"number": f"{order.code}-R{row.number}"}, "amount": str(-row.amount)} for row in rows]


def _facts(order: Order) -> list[dict[str, Any]]:
    paid_at = timezone.localtime(order.paid_at)
    facts = [
        {"label": _("Date"), "value": formats.date_format(paid_at, "j F Y, H:i"), "iso": paid_at.isoformat()},
        {"label": _("Buyer"), "value": " · ".join(filter(None, (order.client.name, order.client.email)))},
    ]
    if order.paid_by is not None:
        facts.append({"label": _("Paid with"), "value": paid_with(order.paid_by)})
    return facts


def paid_with(payment: Payment) -> str:
    """The way and the provider's receipt number."""
    from marketplace.payments.providers import provider

    return ", ".join(filter(None, (str(provider(payment.provider).label), payment.receipt)))


def _line(line: OrderLine, currency: str) -> dict[str, Any]:
    about = line_detail(line.title, line.service_date, line.service_zone, line.place)
    return {
        "title": line.name,
        "detail": f"{about} · {line.seller_name}",
        "quantity": line.quantity,
        "unit": str(Money(line.total_minor // line.quantity, currency)),
        "amount": str(Money(line.total_minor, currency)),
    }
