"""What the buyer's link opens about refunds. Whoever holds the link holds the order."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.commerce import presentation
from marketplace.commerce.models import Order, OrderRefund
from marketplace.commerce.refunds.left import DECIDED
from marketplace.commerce.services import ask_refund, askable
from marketplace.commerce.views.headers import private_page
from marketplace.commerce.views.orders import find_order
from marketplace.core.errors import Refusal
from marketplace.core.limits import at_most


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@private_page
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Choose what to give back; within the promise the money is sent at once."""
    order = find_order(token)
    offered = askable(order)
    if not offered:
        messages.info(request, _("There is nothing of this order that can be given back now."))
        return redirect("commerce:order", token)
    if request.method == "POST":
        at_most(10, seconds=600, scope="order-refund", who=token)
        chosen = _chosen(request.POST)
        if chosen:
            return _asked(request, order, chosen)
    picked = frozenset(request.POST.getlist("unit"))
    context = presentation.ask_page(order, offered, picked, request.POST.get("reason", "")[:200])
    context["units_missing"] = request.method == "POST"
    return render(request, "pages/commerce/refund.html", context, status=422 if request.method == "POST" else 200)


def _chosen(data: QueryDict) -> dict[int, list[int]]:
    """`unit=12-1&unit=12-3`: positions 1 and 3 of line 12. What is not of that form is not chosen."""
    found: dict[int, list[int]] = {}
    for text in data.getlist("unit")[:100]:
        line, _dash, position = text.partition("-")
        if line.isdecimal() and position.isdecimal() and len(line) < 18 and len(position) < 9:
            found.setdefault(int(line), []).append(int(position))
    return found


def _asked(request: HttpRequest, order: Order, chosen: dict[int, list[int]]) -> HttpResponse:
    try:
        refund = ask_refund(order_id=order.pk, chosen=chosen, reason=request.POST.get("reason", "").strip()[:200])
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("commerce:order", order.token)
    if refund.status == OrderRefund.Status.ASKED:
        messages.success(request, _("We have asked. You get an answer by e-mail."))
    else:
        messages.success(request, _("%(amount)s is on its way back to you.") % {"amount": refund.amount})
    return redirect("commerce:order", order.token)


@require_safe
@never_cache
@private_page
def credit_note(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """For paper and bookkeepers; only of money that goes back."""
    order = find_order(token)
    rows = order.refunds.filter(number=number, amount_minor__gt=0, status__in=DECIDED)
    refund = rows.select_related("payment_refund").first()
    if refund is None:
        raise Http404
    return render(request, "pages/commerce/receipt.html", presentation.credit_note_page(order, refund))
