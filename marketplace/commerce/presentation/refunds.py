"""Refunds as their buyer sees them: where the money is, what ended, what may be asked for."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.commerce.models import Offer, Order, OrderLine, OrderRefund, OrderReview
from marketplace.commerce.order_view import line_detail, when
from marketplace.commerce.refunds.left import DECIDED
from marketplace.commerce.refunds.rules import promise_of
from marketplace.commerce.services import Askable
from marketplace.core.money import Money
from marketplace.payments.models import Payment, Refund

Status = OrderRefund.Status
TONES = {
    Status.ASKED: ("info", "clock"), Status.SENDING: ("info", "clock"), Status.DONE: ("good", "check"),
    Status.FAILED: ("warn", "warning"), Status.REFUSED: ("neutral", "cross"),
    Status.OVERTAKEN: ("neutral", "check"),
}  # fmt: skip


def refunds_of(order: Order) -> list[dict[str, Any]]:
    """For the `refund_list` component: what goes back of what was bought, newest first, and money that paid nothing."""
    rows = order.refunds.select_related("payment_refund").prefetch_related("lines").order_by("-number")
    return [_refund(order, row) for row in rows] + _returned(order)


def _refund(order: Order, row: OrderRefund) -> dict[str, Any]:
    tone, icon = TONES[Status(row.status)]
    ended = sum(len(line.positions) for line in row.lines.all()) if row.status in DECIDED else 0
    words = [_("Reason: %(reason)s") % {"reason": row.reason} if row.reason else "", _ended(ended), _where(order, row)]
    noted = row.status in DECIDED and row.amount_minor
    return {
        "title": str(row.amount) if row.amount_minor else _("Cancelled"),
        "status": {"label": str(_label(row)), "tone": tone, "icon": icon},
        "date": formats.date_format(timezone.localtime(row.decided_at or row.created_at), "j F Y, H:i"),
        "words": [text for text in words if text],
        "url": reverse("commerce:credit_note", args=[order.token, row.number]) if noted else "",
    }


def _label(row: OrderRefund) -> str:
    if not row.amount_minor and row.status == Status.DONE:
        return _("no money goes back")
    return _("delayed") if row.status == Status.FAILED else str(Status(row.status).label)


def _ended(count: int) -> str:
    text = ngettext("%(n)d ticket or license has ended.", "%(n)d tickets or licenses have ended.", count)
    return text % {"n": count} if count else ""


def _where(order: Order, row: OrderRefund) -> str:
    """Where the money is now."""
    if row.status == Status.ASKED:
        return _("Somebody looks at it and answers by e-mail.")
    if row.status == Status.REFUSED:
        return row.answer
    if row.status == Status.FAILED:
        return _("It could not be sent yet. It stays owed to you, and we are on it.")
    if row.payment_refund is None:
        return ""
    if row.status == Status.DONE:
        receipt = row.payment_refund.receipt
        return _("Reference: %(receipt)s") % {"receipt": receipt} if receipt else ""
    return arrives(order.paid_by)


def arrives(payment: Payment | None) -> str:
    """When money is back that is on its way now."""
    if payment is not None and payment.provider == "mpesa":
        return _("It comes to the phone you paid from, usually within minutes.")
    return _("It comes to the card you paid with. Banks take up to ten days to show it.")


def _returned(order: Order) -> list[dict[str, Any]]:
    """Payments that came too late or twice, and went back by themselves."""
    reviews = OrderReview.objects.filter(order=order, payment__refunds__key__startswith=f"order:{order.code}:return:")
    rows = reviews.exclude(resolved_at=None).select_related("payment").distinct()
    return [_return(row) for row in rows.order_by("-pk")]


def _return(row: OrderReview) -> dict[str, Any]:
    back = Refund.objects.filter(payment=row.payment).order_by("-created_at").first()
    done = back is not None and back.status == Refund.Status.SUCCEEDED
    tone, icon = TONES[Status.DONE if done else Status.SENDING]
    return {
        "title": str(row.payment.amount),
        "status": {"label": str((Status.DONE if done else Status.SENDING).label), "tone": tone, "icon": icon},
        "date": formats.date_format(timezone.localtime(row.resolved_at), "j F Y, H:i"),
        "words": [str(OrderReview.Reason(row.reason).label).capitalize() + ".", "" if done else arrives(row.payment)],
        "url": "",
    }


def promises(lines: Sequence[OrderLine]) -> list[dict[str, str]]:
    """The rule of each line in words, for the order's page; lines with the same one say it once."""
    found = dict.fromkeys((line.title, promise_of(line)) for line in lines if line.total_minor)
    return [{"title": title, "text": text} for title, text in found]


def ask_page(order: Order, offered: Sequence[Askable], chosen: frozenset[str], reason: str) -> dict[str, Any]:
    """Context of the page on which a buyer gives units back."""
    return {
        "order": order,
        "order_url": reverse("commerce:order", args=[order.token]),
        "action": reverse("commerce:refund", args=[order.token]),
        "lines": [_offer(one, chosen) for one in offered],
        "at_once": bool(offered) and all(one.right.percent for one in offered),
        "on_request": not any(one.right.percent for one in offered),
        "arrives": arrives(order.paid_by),
        "reason": reason,
        "units_missing": False,
    }


def _offer(one: Askable, chosen: frozenset[str]) -> dict[str, Any]:
    line = one.line
    return {
        "title": line.name,
        "detail": line_detail(line.title, line.service_date, line.service_zone, line.place),
        "promise": promise_of(line),
        "until": _until(one),
        "units": [
            {
                "value": f"{line.pk}-{position}",
                "label": _("Number %(n)d of %(all)d") % {"n": position, "all": line.quantity},
                "amount": str(Money(one.amount_minor // len(one.positions), line.order.currency)),
                "checked": f"{line.pk}-{position}" in chosen,
            }
            for position in one.positions
        ],
    }


def _until(one: Askable) -> str:
    if one.right.until is None and one.line.refund_rule in (Offer.RefundRule.ASK, ""):
        return ""  # the promise beside it says so itself
    if one.right.until is None:
        return _("The seller decides whether and how much you get back.")
    day = when(one.right.until, one.line.service_zone)
    return _("Until %(day)s you get it back without asking anybody.") % {"day": day}
