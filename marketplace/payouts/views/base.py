"""What every page about one seller's money has in common: whose it is, and the way back."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace.payouts.reach import reach_of
from marketplace.users.recent import is_recent, to_prove_it

Words = str | Promise


class OfSeller:
    """Goes in front of a view: finds the seller of the address, or there is no such address."""

    request: HttpRequest
    kwargs: dict[str, Any]
    owners_only = False
    """Managers and staff are refused."""
    needs_proof = False
    """Owners prove afresh who they are; nobody else is even asked."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = reach_of(request.user, kwargs["seller_id"])
        self.seller, self.is_owner, self.others = found.seller, found.is_owner, found.others
        if self.owners_only and not self.is_owner:
            raise PermissionDenied
        if self.needs_proof and not is_recent(request):
            return to_prove_it(request)
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return answer


class MoneyPage(OfSeller, WagtailAdminTemplateMixin, TemplateView):
    """A page of the admin about one seller's money."""

    page_title: Any = _("Money")
    header_icon = "table"
    is_home = False
    per_page = 50

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Without the address's parts: pages say themselves what their templates get."""
        return self.render_to_response(self.get_context_data())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        home = {"url": self.to("overview"), "label": _("Money"), "sublabel": ""}
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.seller.name}
        return [*self.breadcrumbs_items, here] if self.is_home else [*self.breadcrumbs_items, home, here]

    def get_page_title(self) -> Words:
        found: Words = self.page_title
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(seller=self.seller, is_owner=self.is_owner, **kwargs)

    def paged(self, rows: QuerySet[Any] | Sequence[Any]) -> Page[Any]:
        return Paginator(rows, self.per_page).get_page(self.request.GET.get("p"))

    def to(self, name: str, *args: Any) -> str:
        return reverse(f"seller_money:{name}", args=[self.seller.pk, *args])
