from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.commerce.availability import Availability, availability
from marketplace.commerce.cart_view import CartLineView, CartView
from marketplace.commerce.errors import CurrencyMixed
from marketplace.commerce.models import Offer, Order
from marketplace.commerce.order_view import line_detail, sum_rows
from marketplace.core.errors import Refusal

SELECT_UP_TO = 20
"""Longer lists of quantities are typed, not chosen."""


def steps(current: int, *, ordered: bool = False) -> list[dict[str, str]]:
    """Where in the purchase the buyer stands: 0 cart, 1 pay, 2 goods. Once ordered there is no way back to the cart."""
    labels = (_("Cart"), _("Pay"), _("Done"))
    states = ["done" if n < current else "current" if n == current else "todo" for n in range(3)]
    urls = [reverse("commerce:cart") if current == 1 and not ordered else "", "", ""]
    return [
        {"label": label, "state": state, "url": url} for label, state, url in zip(labels, states, urls, strict=True)
    ]


def cart_page(view: CartView, *, refusal: Refusal | None, line_id: int | None, typed: str) -> dict[str, Any]:
    """Context of the cart's page. A refused change shows at its line, with what was typed."""
    lines = [_line(line, refusal if line.row.pk == line_id else None, typed) for line in view.lines]
    known = any(line.row.pk == line_id for line in view.lines)
    ready = view.can_check_out and not view.unheld
    return {
        "view": view,
        "lines": lines,
        "cart_url": reverse("commerce:cart"),
        "browse": {"label": _("Look around"), "url": "/"},
        "steps": steps(0),
        "refusal": None if known else refusal,
        "changed": [_price_change(line) for line in view.changed],
        "can_hold": bool(view.unheld) and any(not line.gone and not line.closed for line in view.unheld),
        "summary": _sums(view) if view.lines else None,
        "button": {"label": _("Check out"), "url": reverse("commerce:checkout")} if ready else None,
    }


def last_order(order: Order) -> dict[str, Any]:
    """What an empty cart says about the order it became."""
    waiting = order.status == Order.Status.PENDING
    text = _("It is waiting to be paid.") if waiting else _("You find everything on its page.")
    label = _("Go on with order %(code)s") if waiting else _("Open order %(code)s")
    url = reverse("commerce:order", args=[order.token])
    return {"order_text": text, "order_action": {"label": label % {"code": order.code}, "url": url}}


def _sums(view: CartView) -> dict[str, Any]:
    return {
        "rows": sum_rows(fee=view.quote.fee, taxes=view.quote.taxes()),
        "total": str(view.quote.total),
        "note": _("This is all you pay. Nothing is added later."),
    }


def _line(line: CartLineView, refusal: Refusal | None, typed: str) -> dict[str, Any]:
    offer = line.row.offer
    most = max(line.most, line.row.quantity)
    choices = list(range(1, most + 1)) if most <= SELECT_UP_TO and not typed else None
    return {
        "id": line.row.pk,
        "title": offer.title,
        "name": offer.name,
        "detail": line_detail("", offer.service_date, offer.service_zone, offer.place),
        "url": offer.url,
        "image": offer.image_url,
        "unit_price": str(line.unit) if line.row.quantity > 1 else "",
        "total": str(line.total),
        "quantity": typed or line.row.quantity,
        "quantities": choices,
        "max": most,
        "update_url": reverse("commerce:cart_line", args=[line.row.pk]),
        "error": str(refusal) if refusal else problem(line),
    }


def problem(line: CartLineView) -> str:
    """What keeps a line from being bought; empty when nothing does."""
    if line.now.state == "ended":
        return _("Sales have ended. Remove it to go on.")
    if line.closed:
        return _("This is not on sale any more. Remove it to go on.")
    if line.gone and line.now.left:
        return _("Only %(left)s are left. Choose fewer, or remove it.") % {"left": line.now.left}
    if line.gone:
        return _("The time ran out and others took the last ones. Remove it to go on.")
    if not line.held:
        return _("Not held for you any more, but still there.")
    return ""


def _price_change(line: CartLineView) -> dict[str, str]:
    return {"name": line.row.offer.name, "title": line.row.offer.title, "old": str(line.seen), "new": str(line.unit)}


def currency_page(refusal: CurrencyMixed, data: QueryDict, *, back: str) -> dict[str, Any]:
    """Two ways on: keep the cart, or empty it and start with the new thing. What was chosen travels along."""
    skip = {"csrfmiddlewaretoken", "replace", "next"}
    return {
        "refusal": refusal,
        "cart_url": reverse("commerce:cart"),
        "cart_currency": refusal.details["cart"],
        "offer_currency": refusal.details["offer"],
        "fields": [{"name": name, "value": data[name]} for name in data if name not in skip],
        "back": back,
    }


def not_added_page(refusal: Refusal, offers: Sequence[Offer], data: QueryDict, *, back: str) -> dict[str, Any]:
    """The picker again, with what was typed and what is wrong with it."""
    states = availability(offers)
    blamed = refusal.details.get("offer_id")
    rows = [_row(offer, states[offer.pk], data, refusal if blamed == offer.pk else None) for offer in offers]
    return {
        "refusal": refusal,
        "general": blamed is None,
        "picker": {
            "action": reverse("commerce:cart_add"),
            "hidden": [{"name": "next", "value": back}],
            "rows": rows,
            "can_buy": any(row["state"] == "on_sale" for row in rows),
        },
        "back": back,
    }


def _row(offer: Offer, now: Availability, data: QueryDict, refusal: Refusal | None) -> dict[str, Any]:
    typed = data.get(f"quantity-{offer.pk}", data.get("quantity", "1"))[:20]
    return {
        "offer_id": offer.pk,
        "name": offer.name,
        "description": offer.title,
        "price": str(now.price) if now.price else _("Free"),
        "state": now.state,
        "max": now.max_quantity,
        "quantity": typed,
        "quantity_label": _("How many: %(name)s") % {"name": offer.name},
        "error": str(refusal) if refusal and now.is_on_sale else "",
        "state_note": str(refusal) if refusal else "",
        "amount": _amount(offer, data, refusal) if offer.pricing == Offer.Pricing.PAY_WHAT_YOU_WANT else None,
    }


def _amount(offer: Offer, data: QueryDict, refusal: Refusal | None) -> dict[str, Any]:
    wrong = refusal is not None and refusal.code == "amount_invalid"
    return {
        "name": f"amount-{offer.pk}",
        "label": _("Your price for each"),
        "currency": offer.currency,
        "value": data.get(f"amount-{offer.pk}", data.get("amount", ""))[:20],
        "help": _("%(floor)s or more") % {"floor": offer.price},
        "error": str(refusal) if wrong else "",
    }
