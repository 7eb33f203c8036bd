from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.commerce import presentation
from marketplace.commerce.cart_view import CartView, cart_view
from marketplace.commerce.errors import CartEmpty
from marketplace.commerce.forms import CheckoutForm
from marketplace.commerce.models import Order
from marketplace.commerce.order_view import spoken
from marketplace.commerce.services import Buyer, place_order
from marketplace.commerce.views.paying import begin_payment
from marketplace.commerce.visitor import cart_token, user_id
from marketplace.core.errors import Refusal
from marketplace.core.net import client_ip
from marketplace.payments.selectors import available_methods


@require_http_methods(["GET", "POST"])
@never_cache
def checkout(request: HttpRequest) -> HttpResponse:
    """The one page between cart and payment. A cart that has become an order leads to that order."""
    token = cart_token(request)
    view = cart_view(token)
    if not view.lines:
        order = Order.objects.filter(cart_token=token).first() if token else None
        return _on_with(order)
    if request.method == "POST":
        return _place(request, view)
    if not view.can_check_out or view.unheld:
        return redirect("commerce:cart")
    return _page(request, view, _form(request, view))


def _on_with(order: Order | None) -> HttpResponse:
    return redirect("commerce:order", order.token) if order else redirect("commerce:cart")


def _form(request: HttpRequest, view: CartView) -> CheckoutForm:
    known = request.user
    return CheckoutForm(
        request.POST if request.method == "POST" else None,
        methods=available_methods(view.quote.total) if view.quote.total else [],
        free=not view.quote.total,
        initial={
            "email": getattr(known, "email", ""),
            "name": known.get_full_name() if known.is_authenticated else "",
            "phone": spoken(getattr(known, "phone", "")),
        },
    )


def _page(request: HttpRequest, view: CartView, form: CheckoutForm, refusal: Refusal | None = None) -> HttpResponse:
    status = refusal.status if refusal else 422 if form.errors else 200
    context = presentation.checkout_page(view, form, refusal=refusal)
    context["terms"] = terms_of_sale()
    return render(request, "pages/commerce/checkout.html", context, status=status)


def terms_of_sale() -> str:
    """What the buyer accepts; the order keeps a copy of these words."""
    return render_to_string("pages/commerce/terms_of_sale.txt").strip()


def _place(request: HttpRequest, view: CartView) -> HttpResponse:
    form = _form(request, view)
    if not form.is_valid():
        return _page(request, view, form)
    data = form.cleaned_data
    try:
        order = place_order(
            token=cart_token(request),
            seen=data["seen"],
            buyer=_buyer(request, data),
            terms=terms_of_sale(),
            user_id=user_id(request),
            locale=(get_language() or "en")[:10],
        )
    except CartEmpty as refusal:
        messages.info(request, str(refusal))
        return redirect("commerce:cart")
    except Refusal as refusal:
        return _page(request, cart_view(cart_token(request)), form, refusal)
    if not order.total:
        return redirect("commerce:order", order.token)
    return begin_payment(request, order, provider=data["provider"], phone=data["phone"], email=data["email"])


def _buyer(request: HttpRequest, data: dict[str, str]) -> Buyer:
    return Buyer(
        email=data["email"],
        name=data["name"],
        phone=data.get("phone", ""),
        ip=client_ip(request) or None,
        user_agent=request.headers.get("User-Agent", ""),
    )
