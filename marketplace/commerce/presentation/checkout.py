from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.commerce.cart_view import CartLineView, CartView, fingerprint
from marketplace.commerce.forms import PHONE, CheckoutForm, PayForm
from marketplace.commerce.order_view import line_detail, summary_of_quote
from marketplace.commerce.presentation.cart import steps
from marketplace.core.errors import Refusal
from marketplace.core.money import Money


def checkout_page(view: CartView, form: CheckoutForm, *, refusal: Refusal | None) -> dict[str, Any]:
    """Context of the checkout: what is bought, who buys, how it is paid."""
    total = view.quote.total
    methods = pay_methods(form, total) if total else []
    can_pay = not methods or any(not method["disabled_reason"] for method in methods)
    label = pay_label(total)
    return {
        "view": view,
        "form": form,
        "steps": steps(1),
        "refusal": refusal,
        "seen": fingerprint(view.quote),
        "summary": summary_of_quote(view.quote, [_line(line) for line in view.lines]),
        "changed": [
            {"name": line.row.offer.name, "old": str(line.seen), "new": str(line.unit)} for line in view.changed
        ],
        "who": [form["email"], form["name"]],
        "methods": methods,
        "can_pay": can_pay,
        "pay_label": label,
        "bar_button": {"label": label, "form": "checkout", "busy": _("One moment")} if can_pay else None,
        "cart_url": reverse("commerce:cart"),
    }


def _line(line: CartLineView) -> dict[str, Any]:
    offer = line.row.offer
    return {
        "title": offer.name,
        "detail": line_detail(offer.title, offer.service_date, offer.service_zone, offer.place),
        "quantity": line.row.quantity,
        "amount": str(line.total),
    }


def pay_label(total: Money) -> str:
    """What the button does, in full. Without JavaScript it cannot follow the choice, so it names the amount only."""
    return _("Pay %(amount)s") % {"amount": total} if total else _("Get it free")


def pay_methods(form: PayForm, amount: Money) -> list[dict[str, Any]]:
    """For the `payment_method` component: what can be used, first choice checked, what happens next."""
    usable = [method.slug for method in form.methods if not method.reason_unavailable]
    chosen = form["provider"].value() or (usable[0] if usable else "")
    return [
        {
            "value": method.slug,
            "label": str(method.label),
            "icon": "phone" if method.slug == PHONE else "card",
            "checked": method.slug == chosen,
            "disabled_reason": method.reason_unavailable,
            "field": form["phone"] if method.slug == PHONE else None,
            **_words(method.slug, amount),
        }
        for method in form.methods
    ]


def _words(slug: str, amount: Money) -> dict[str, Any]:
    if slug == PHONE:
        return {
            "text": _("A request comes to your phone. You enter your PIN there, never here."),
            "next": [
                _("Your phone shows a request for %(amount)s.") % {"amount": amount},
                _("You enter your M-Pesa PIN."),
                _("This page moves on by itself."),
            ],
        }
    return {
        "text": _("Visa, Mastercard or American Express, on the page of Stripe, who keep your card safe."),
        "next": [_("We take you to Stripe."), _("You pay there."), _("You come back here to what you bought.")],
    }
