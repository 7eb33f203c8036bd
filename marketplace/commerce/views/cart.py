from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from marketplace.commerce import parsing, presentation
from marketplace.commerce.cart_view import cart_view
from marketplace.commerce.errors import CurrencyMixed
from marketplace.commerce.models import Offer, Order
from marketplace.commerce.services import accept_prices, add_to_cart, change_line, empty_cart, hold_again
from marketplace.commerce.visitor import cart_token, network_hash, remember_cart, user_id
from marketplace.core.errors import NotYours, Refusal


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """The cart, or where to go when it is empty."""
    return _page(request)


def _page(
    request: HttpRequest, *, refusal: Refusal | None = None, line_id: int | None = None, typed: str = ""
) -> HttpResponse:
    token = cart_token(request)
    view = cart_view(token)
    context = presentation.cart_page(view, refusal=refusal, line_id=line_id, typed=typed)
    if not view.lines and token:
        order = Order.objects.filter(cart_token=token).first()
        context |= presentation.last_order(order) if order else {}
    return render(request, "pages/commerce/cart.html", context, status=refusal.status if refusal else 200)


@require_POST
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """Add what a picker sent. A refusal shows the picker again, with what was typed and what is wrong."""
    try:
        cart = add_to_cart(
            token=cart_token(request),
            wishes=parsing.wishes(request.POST),
            visitor=network_hash(request),
            user_id=user_id(request),
            replace="replace" in request.POST,
        )
    except NotYours:
        raise
    except CurrencyMixed as refusal:
        context = presentation.currency_page(refusal, request.POST, back=_next(request))
        return render(request, "pages/commerce/currency.html", context, status=refusal.status)
    except Refusal as refusal:
        return _not_added(request, refusal)
    remember_cart(request, cart.token)
    return redirect("commerce:cart")


def _not_added(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    offers = list(Offer.objects.select_related("seller").filter(pk__in=parsing.offer_ids(request.POST)))
    if not offers:
        raise refusal
    context = presentation.not_added_page(refusal, offers, request.POST, back=_next(request))
    return render(request, "pages/commerce/not_added.html", context, status=refusal.status)


def _next(request: HttpRequest) -> str:
    """Where the buyer came from; only ever an address of ours."""
    for url in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if url and url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}):
            return url
    return "/"


@require_POST
@never_cache
def change(request: HttpRequest, line_id: int) -> HttpResponse:
    """Set how many of a line; 0 removes it."""
    typed = request.POST.get("quantity", "")
    try:
        quantity = parsing.quantity(typed)
        change_line(token=cart_token(request), line_id=line_id, quantity=quantity, visitor=network_hash(request))
    except NotYours:
        raise
    except Refusal as refusal:
        return _page(request, refusal=refusal, line_id=line_id, typed=typed)
    return redirect("commerce:cart")


@require_POST
def empty(request: HttpRequest) -> HttpResponse:
    """Give everything back."""
    empty_cart(token=cart_token(request))
    messages.info(request, _("Your cart is empty now."))
    return redirect("commerce:cart")


@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """After the hold ran out: take again what is still there."""
    try:
        hold_again(token=cart_token(request))
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    return redirect("commerce:cart")


@require_POST
def prices(request: HttpRequest) -> HttpResponse:
    """The buyer accepts what things cost now."""
    accept_prices(token=cart_token(request))
    return redirect("commerce:checkout" if request.POST.get("next") == "checkout" else "commerce:cart")
