"""Giving back: choose, look at what would happen, confirm. Three kinds of people, three measures of freedom.

Finance chooses units and amounts. Support asks in the buyer's name: what was promised is paid at once, anything else
waits for a decision. A seller gives back units of own lines at their price, as far as the own balance bears it.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace.backoffice import refund_form
from marketplace.backoffice.refund_form import Typed
from marketplace.backoffice.refund_preview import preview
from marketplace.commerce.models import Order, OrderLine, OrderRefund
from marketplace.commerce.services import ask_refund, cancel_units, refund_order
from marketplace.core.errors import Refusal
from marketplace.core.states import IllegalMove
from marketplace.sellers.policy import reach, within_reach
from marketplace.users.recent import is_recent, to_prove_it

ASK, DECIDE, SELL = "commerce.add_orderrefund", "commerce.change_orderrefund", "commerce.change_orderline"
By, Status = OrderRefund.By, OrderRefund.Status
DECIDED = (Status.SENDING, Status.DONE, Status.FAILED)


class RefundView(WagtailAdminTemplateMixin, TemplateView):
    """GET chooses; POST shows what would happen, and with `seen` of exactly that, does it."""

    header_icon = "rotate"
    template_name = "pages/backoffice/order_refund.html"
    amounts = False
    order: Order
    lines: list[OrderLine]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.find(request, **kwargs)
        if not is_recent(request):
            return to_prove_it(request, keep=("reason",))
        return super().dispatch(request, *args, **kwargs)

    def find(self, request: HttpRequest, **kwargs: Any) -> None:
        """Set `order` and `lines`, or refuse: before anything is said about them."""
        raise NotImplementedError

    def do(self, typed: Typed) -> OrderRefund:
        raise NotImplementedError

    def back(self) -> str:
        return reverse("orders_modeladmin_inspect", args=[self.order.pk])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            typed = refund_form.read(self.order, self.lines, request.POST, amounts=self.amounts)
            shown = preview(lambda: self.do(typed))
            if request.POST.get("seen") != typed.seen or "confirm" not in request.POST:
                return self.render_to_response(self.get_context_data(typed=typed, preview=shown))
            done = self.do(typed)
        except (Refusal, IllegalMove) as refusal:
            messages.error(request, str(refusal))
            return self.render_to_response(self.get_context_data())
        messages.success(request, _said(done))
        return redirect(self.back())

    def expected(self) -> int:
        """How many refunds there are while the person looks: a second click then finds one more, and gives nothing."""
        typed = self.request.POST.get("expected", "")
        return int(typed) if typed.isdecimal() and len(typed) < 9 else self._decided()

    def _decided(self) -> int:
        return self.order.refunds.filter(status__in=DECIDED).count()

    def get_page_title(self) -> str:
        return _("Refund of %(order)s") % {"order": self.order.code}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = {"url": "", "label": _("Refund"), "sublabel": self.order.code}
        return [*self.breadcrumbs_items, {"url": self.back(), "label": self.order.code}, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        post = self.request.POST if self.request.method == "POST" else None
        typed = post or QueryDict()
        return super().get_context_data(
            order=self.order, rows=refund_form.rows(self.order, self.lines, post), amounts=self.amounts,
            reason=typed.get("reason", ""), back=self.back(), expected=self._decided(),
            only_cancel=typed.get("money") == "none", **kwargs,
        )  # fmt: skip


class OrderRefundView(RefundView):
    """For Finance, and within the buyer's promise for Support."""

    def find(self, request: HttpRequest, **kwargs: Any) -> None:
        if not request.user.has_perm(ASK) or reach(request.user) is not None:
            raise PermissionDenied
        self.amounts = request.user.has_perm(DECIDE)
        self.order = get_object_or_404(Order, pk=kwargs["order_id"])
        self.lines = list(self.order.lines.select_related("seller", "order"))

    def do(self, typed: Typed) -> OrderRefund:
        actor_id = self.request.user.pk
        if not self.amounts:
            chosen = {wish.line_id: list(wish.positions) for wish in typed.wishes}
            return ask_refund(order_id=self.order.pk, chosen=chosen, reason=typed.reason, actor_id=actor_id)
        act = cancel_units if typed.only_cancel else refund_order
        return act(
            order_id=self.order.pk, what=typed.wishes, asked_by=By.STAFF, actor_id=actor_id, reason=typed.reason,
            expected=self.expected(),
        )  # fmt: skip


class SaleRefundView(RefundView):
    """For the seller's own people: one line that is theirs, at its price."""

    def find(self, request: HttpRequest, **kwargs: Any) -> None:
        if not request.user.has_perm(SELL):
            raise PermissionDenied
        own = within_reach(request.user, OrderLine.objects.filter(order__paid_at__isnull=False), "seller")
        line = own.select_related("seller", "order").filter(pk=kwargs["line_id"]).first()
        if line is None:
            raise PermissionDenied
        self.order, self.lines = line.order, [line]

    def do(self, typed: Typed) -> OrderRefund:
        return refund_order(
            order_id=self.order.pk, what=typed.wishes, asked_by=By.SELLER, actor_id=self.request.user.pk,
            reason=typed.reason, expected=self.expected(), no_debt=True,
        )  # fmt: skip

    def back(self) -> str:
        return reverse("sales_modeladmin_inspect", args=[self.lines[0].pk])


def _said(refund: OrderRefund) -> str:
    if refund.status == Status.ASKED:
        return _("This is beyond what was promised: it is noted, and waits for a decision.")
    if not refund.amount_minor:
        return _("Cancelled. No money was given back.")
    return _("%(amount)s are on their way back.") % {"amount": refund.amount}


urlpatterns: list[URLPattern] = [
    path("order-refund/<int:order_id>/", OrderRefundView.as_view(), name="order_refund"),
    path("sale-refund/<int:line_id>/", SaleRefundView.as_view(), name="sale_refund"),
]
