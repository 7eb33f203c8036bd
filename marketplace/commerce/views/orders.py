from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from marketplace.commerce import presentation
from marketplace.commerce.forms import PayForm
from marketplace.commerce.holding import hold_outcome
from marketplace.commerce.models import Order
from marketplace.commerce.order_stage import POLLED, Stage, stage_of
from marketplace.commerce.order_view import spoken
from marketplace.commerce.services import refill_cart
from marketplace.commerce.views.headers import private_page
from marketplace.commerce.views.paying import begin_payment
from marketplace.commerce.visitor import cart_token, network_hash, remember_cart, user_id
from marketplace.core.limits import at_most
from marketplace.payments.models import Payment
from marketplace.payments.selectors import available_methods, latest_payment
from marketplace.payments.services import settle_payment


def find_order(token: str) -> Order:
    order = Order.objects.select_related("client", "paid_by").filter(token=token).first()
    if order is None:
        raise Http404
    return order


@require_safe
@never_cache
@private_page
def show(request: HttpRequest, token: str) -> HttpResponse:
    """The order: what it waits for, or what was bought."""
    return _page(request, find_order(token))


def _page(request: HttpRequest, order: Order, form: PayForm | None = None) -> HttpResponse:
    payment = latest_payment(order.code)
    stage = _stage(order, payment)
    form = form or _pay_form(order, None, phone=spoken(order.client.phone))
    context = presentation.order_page(order, payment, stage, form)
    if stage == "done":
        context["goods"] = presentation.goods(request, context["lines"])
    return render(request, f"pages/commerce/order_{_template(stage)}.html", context, status=422 if form.errors else 200)


def _stage(order: Order, payment: Payment | None) -> Stage:
    return stage_of(order, payment, hold_outcome(order) if order.status == Order.Status.PAID else "")


def _template(stage: str) -> str:
    groups = {
        "choose": "unpaid", "failed": "unpaid", "page": "unpaid", "starting": "waiting", "checking": "waiting",
        "phone": "phone", "preparing": "waiting", "review": "review", "held": "held", "denied": "held",
        "done": "done", "expired": "over", "cancelled": "over",
    }  # fmt: skip
    return groups[stage]


def _pay_form(order: Order, data: object | None, *, phone: str) -> PayForm:
    return PayForm(data, methods=available_methods(order.total), initial={"phone": phone})


@require_safe
@never_cache
@private_page
def status(request: HttpRequest, token: str) -> HttpResponse:
    """Asked every few seconds by a waiting page: two queries, no provider. 204 while nothing has changed."""
    order = Order.objects.filter(token=token).first()
    if order is None:
        raise Http404
    payment = latest_payment(order.code)
    stage = _stage(order, payment)
    if presentation.shown_as(payment, stage) == request.GET.get("seen") and stage in POLLED:
        return HttpResponse(status=204)
    context = {"status": presentation.waiting_status(order, payment, stage)}
    response = HttpResponse(render_to_string("components/waiting_status/waiting_status.html", context))
    if stage != "preparing":
        # What comes now is another page: load it whole. "Paid" is said at once, and the goods follow in a moment.
        response["HX-Refresh"] = "true"
    return response


@require_POST
@private_page
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Pay an order that waits: for the first time after a failure, again, or another way."""
    order = find_order(token)
    at_most(12, seconds=600, scope="order-pay", who=token)
    form = _pay_form(order, request.POST, phone=spoken(order.client.phone))
    if not form.is_valid():
        return _page(request, order, form)
    return begin_payment(
        request,
        order,
        provider=form.cleaned_data["provider"],
        phone=form.cleaned_data["phone"],
        email=order.client.email,
        again="again" in request.POST,
    )


@require_safe
@never_cache
@private_page
def back(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001 (a view)
    """Back from the provider's page, or "check now": ask the provider once, then show the order."""
    order = find_order(token)
    payment = latest_payment(order.code)
    if payment is not None and not order.is_paid:
        # Even one that failed: a request that seemed dead may have been answered after all.
        settle_payment(payment_id=payment.pk, source="return")
    return redirect("commerce:order", token)


@require_POST
@private_page
def again(request: HttpRequest, token: str) -> HttpResponse:
    """Put what an order that came to nothing was about into the cart again, as far as it can be had."""
    order = find_order(token)
    cart = refill_cart(
        order_id=order.pk, token=cart_token(request), visitor=network_hash(request), user_id=user_id(request)
    )
    remember_cart(request, cart.token)
    return redirect("commerce:cart")


@require_safe
@never_cache
@private_page
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """For paper and bookkeepers; only of what was paid."""
    order = find_order(token)
    if not order.is_paid:
        return redirect("commerce:order", token)
    return render(request, "pages/commerce/receipt.html", presentation.receipt_page(order))
