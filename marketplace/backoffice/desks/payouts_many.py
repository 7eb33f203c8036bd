"""Approving many at once: those no rule has anything to say about, chosen from a list that shows what it adds up to."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace.backoffice.desks.payouts_decide import MAY
from marketplace.core.errors import Refusal
from marketplace.core.money import Money
from marketplace.core.states import IllegalMove
from marketplace.payouts.models import Payout
from marketplace.payouts.services import approve_payout
from marketplace.users.recent import is_recent, to_prove_it

MOST = 200
"""At once: more than a person can look through is not looked through."""


class ApproveManyView(WagtailAdminTemplateMixin, TemplateView):
    """GET lists, the first POST adds up what was chosen, the second (`confirmed`) approves it."""

    page_title = gettext_lazy("Approve several")
    header_icon = "upload"
    template_name = "pages/backoffice/payouts_many.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(MAY):
            raise PermissionDenied
        if not is_recent(request):
            return to_prove_it(request)
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        desk = {"url": reverse("payouts_modeladmin_index"), "label": _("Payouts")}
        return [*self.breadcrumbs_items, desk, {"url": "", "label": self.page_title}]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = list(quiet().filter(pk__in=_numbers(request.POST.getlist("payout")))[:MOST])
        if not chosen or "confirmed" not in request.POST:
            if not chosen:
                messages.warning(request, _("Choose at least one."))
            return self.render_to_response(self.get_context_data(chosen=chosen))
        self._approve(chosen)
        return redirect("payouts_modeladmin_index")

    def _approve(self, chosen: list[Payout]) -> None:
        """One by one: a refusal of one stops no other."""
        refused = []
        for payout in chosen:
            try:
                approve_payout(payout_id=payout.pk, actor_id=self.request.user.pk or 0)
            except (Refusal, IllegalMove) as refusal:
                refused.append(f"{payout.code}: {refusal}")
        done = len(chosen) - len(refused)
        if done:
            words = ngettext("%(n)d payout approved.", "%(n)d payouts approved.", done)
            messages.success(self.request, words % {"n": done})
        for text in refused:
            messages.error(self.request, text)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = kwargs.pop("chosen", [])
        rows = chosen or list(quiet()[:MOST])
        sums = totals([row.net for row in rows])
        return super().get_context_data(rows=rows, confirming=bool(chosen), totals=sums, **kwargs)


def quiet() -> QuerySet[Payout]:
    """Proposed, and no rule had anything to say."""
    rows = Payout.objects.filter(status=Payout.Status.PROPOSED, signals=[])
    return rows.select_related("seller", "destination", "run").order_by("proposed_at", "pk")


def totals(amounts: list[Money]) -> list[Money]:
    """One sum per currency."""
    sums: dict[str, int] = {}
    for one in amounts:
        sums[one.currency] = sums.get(one.currency, 0) + one.minor
    return [Money(minor, currency) for currency, minor in sorted(sums.items())]


def _numbers(given: list[str]) -> list[int]:
    return [int(text) for text in given if text.isdecimal()]


urlpatterns: list[URLPattern] = [path("payouts/approvals/", ApproveManyView.as_view(), name="payout_approve_many")]
