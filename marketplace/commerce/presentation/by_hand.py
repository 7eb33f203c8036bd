from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.commerce.models import Order
from marketplace.commerce.services import can_pay
from marketplace.payments.selectors import paybill_for


def pay_by_hand(order: Order) -> dict[str, Any] | None:
    """For the `pay_by_hand` component: what to type in M-Pesa's own menu. None when it cannot be paid so."""
    paybill = paybill_for(order.total) if can_pay(order) else ""
    if not paybill:
        return None
    return {
        "steps": [
            _("Open M-Pesa on your phone and choose Lipa na M-Pesa, then Pay Bill."),
            _("Type these three exactly."),
            _("Enter your M-Pesa PIN. We hear of it within a minute."),
        ],
        "rows": [
            {"label": _("Business number"), "value": paybill, "copy": paybill},
            {"label": _("Account number"), "value": order.code, "copy": order.code},
            {"label": _("Amount"), "value": str(order.total), "copy": f"{order.total.decimal():f}".partition(".")[0]},
        ],
        "check_url": reverse("commerce:order_return", args=[order.token]),
    }
