"""The money page of one seller: where the money is, when it comes, what stands in the way; and its payouts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace.core.limits import at_most
from marketplace.payouts.models import Terms
from marketplace.payouts.presentation.agreed import in_words
from marketplace.payouts.presentation.figures import pending_and_available, stands
from marketplace.payouts.presentation.forecast import forecasts
from marketplace.payouts.presentation.steps import last_skips, open_steps
from marketplace.payouts.reach import SEE_ALL
from marketplace.payouts.services import request_payout, terms_of
from marketplace.payouts.views.base import MoneyPage, OfSeller
from marketplace.sellers.models import Seller
from marketplace.sellers.selectors import sellers_of

RECENT = 5


class Whose(WagtailAdminTemplateMixin, TemplateView):
    """One's own shop's money; with several shops, or for staff, a list to choose from."""

    template_name = "pages/payouts/whose.html"
    page_title = _("Money")
    header_icon = "table"
    http_method_names = ["get", "head"]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = Seller.objects.all() if request.user.has_perm(SEE_ALL) else sellers_of(request.user)
        sellers = list(rows.order_by("name")[:1000])
        if len(sellers) == 1:
            return redirect("seller_money:overview", sellers[0].pk)
        money = pending_and_available([seller.pk for seller in sellers])
        shops = [(seller, money.get(seller.pk, [])) for seller in sellers]
        return self.render_to_response(self.get_context_data(shops=shops))


class Overview(MoneyPage):
    template_name = "pages/payouts/overview.html"
    is_home = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        recent = self.seller.payouts.select_related("destination").order_by("-proposed_at", "-pk")
        found, coming = stands(self.seller.pk), forecasts(self.seller.pk)
        terms = terms_of(seller_id=self.seller.pk, day=timezone.localdate())
        books = [
            {"stand": one, "coming": coming.get(one.currency), "terms": in_words(self.seller, terms, one.currency)}
            for one in found
        ]
        return super().get_context_data(
            books=books,
            may_ask=self.is_owner and terms.schedule == Terms.Schedule.ON_REQUEST,
            recent=recent[:RECENT],
            skips=last_skips(self.seller),
            steps=open_steps(self.seller, found),
            others=self.others,
            **kwargs,
        )


class AskForPayout(OfSeller, View):
    """POST asks for what is available now; GET shows the page. For who agreed on that."""

    http_method_names = ["get", "post"]
    owners_only = True

    def get(self, request: HttpRequest, seller_id: int) -> HttpResponse:
        return redirect("seller_money:overview", seller_id)

    def post(self, request: HttpRequest, seller_id: int) -> HttpResponse:
        terms = terms_of(seller_id=self.seller.pk, day=timezone.localdate())
        if terms.schedule != Terms.Schedule.ON_REQUEST:
            raise PermissionDenied
        at_most(3, seconds=3600, scope="payout-request", who=str(self.seller.pk))
        run = request_payout(seller_id=self.seller.pk, actor_id=request.user.pk)
        if run.payouts.exists():
            messages.success(request, _("Asked for. We check it, then it leaves."))
        for skip in run.skips.all():
            messages.warning(request, skip.text)
        return redirect("seller_money:overview", seller_id)


class Payouts(MoneyPage):
    """Every payout of the seller, newest first."""

    page_title = _("Payouts")
    template_name = "pages/payouts/payouts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.seller.payouts.select_related("destination").order_by("-proposed_at", "-pk")
        return super().get_context_data(page=self.paged(rows), skips=last_skips(self.seller), **kwargs)
