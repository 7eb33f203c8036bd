"""A buyer asks for money back and the terms leave the answer to the seller: given here, for what is the seller's alone.

A request that touches other sellers' lines as well is the marketplace's to answer.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace.backoffice.desks.order_refund import SELL
from marketplace.backoffice.refund_preview import Preview, preview
from marketplace.commerce.models import OrderLine, OrderRefund
from marketplace.commerce.services import decide_refund
from marketplace.core.errors import BadInput, Refusal
from marketplace.core.states import IllegalMove
from marketplace.sellers.policy import within_reach
from marketplace.users.recent import is_recent, kept, to_prove_it

NO_ANSWER = gettext_lazy("Say why not: the buyer reads it.")


def open_request(line: OrderLine) -> OrderRefund | None:
    """What the buyer asks about this line and nobody has answered yet; an order has one such request at most."""
    asked = OrderRefund.objects.filter(status=OrderRefund.Status.ASKED, lines__line=line)
    return asked.select_related("order").first()


def is_theirs(request: OrderRefund, user: Any) -> bool:
    """Is every line of it within the user's reach?"""
    lines = OrderLine.objects.filter(refund_lines__refund=request)
    return not lines.exclude(pk__in=within_reach(user, lines, "seller").values("pk")).exists()


class SaleRequestView(WagtailAdminTemplateMixin, TemplateView):
    """GET shows what is asked and what a yes would do, POST answers."""

    page_title = gettext_lazy("A buyer asks for money back")
    header_icon = "comment"
    template_name = "pages/backoffice/sale_request.html"
    line: OrderLine
    asked: OrderRefund

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        own = within_reach(request.user, OrderLine.objects.select_related("order"), "seller")
        line = own.filter(pk=kwargs["line_id"]).first() if request.user.has_perm(SELL) else None
        if line is None:
            raise PermissionDenied
        self.line, asked = line, open_request(line)
        if asked is None or not is_theirs(asked, request.user):
            messages.info(request, _("There is no request here that waits for your answer."))
            return redirect(self._row())
        self.asked = asked
        if not is_recent(request):
            return to_prove_it(request, keep=("answer",))
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        accept, answer = "accept" in request.POST, request.POST.get("answer", "").strip()
        try:
            if not accept and not answer:
                raise BadInput(NO_ANSWER)
            decide_refund(refund_id=self.asked.pk, accept=accept, actor_id=request.user.pk, answer=answer, no_debt=True)
        except (Refusal, IllegalMove) as refusal:
            messages.error(request, str(refusal))
            return self.render_to_response(self.get_context_data(answer=answer))
        messages.success(request, _("Accepted: the money is on its way.") if accept else _("Refused."))
        return redirect(self._row())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = {"answer": kept(self.request).get("answer", ""), **kwargs}
        try:
            found["preview"] = self._preview()
        except (Refusal, IllegalMove) as refusal:
            found["trouble"] = str(refusal)
        return super().get_context_data(line=self.line, asked=self.asked, back=self._row(), **found)

    def _preview(self) -> Preview:
        actor_id = self.request.user.pk
        return preview(lambda: decide_refund(refund_id=self.asked.pk, accept=True, actor_id=actor_id))

    def _row(self) -> str:
        return reverse("sales_modeladmin_inspect", args=[self.line.pk])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        row = {"url": self._row(), "label": str(self.line)}
        return [*self.breadcrumbs_items, row, {"url": "", "label": self.page_title}]


urlpatterns: list[URLPattern] = [path("sale-request/<int:line_id>/", SaleRequestView.as_view(), name="sale_request")]
