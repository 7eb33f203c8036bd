from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from marketplace.commerce.models import Order
from marketplace.commerce.order_view import order_url
from marketplace.commerce.services import Addresses, pay_order
from marketplace.commerce.visitor import client_details
from marketplace.core.errors import Refusal


def begin_payment(
    request: HttpRequest, order: Order, *, provider: str, phone: str, email: str, again: bool = False
) -> HttpResponse:
    """Start or go on with a payment, and send the buyer where it happens: the provider's page, or the order's own.

    A refusal is told on the order's page, which offers every other way to pay.
    """
    try:
        payment = pay_order(
            order_id=order.pk,
            provider=provider,
            client=client_details(request, email=email, phone=phone),
            addresses=Addresses(return_url=order_url(order, "order_return"), cancel_url=order_url(order)),
            again=again,
        )
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("commerce:order", order.token)
    if payment.is_live and payment.next_url:
        return redirect(payment.next_url)
    return redirect("commerce:order", order.token)
