"""Starting a payout run by hand: first what it would propose and whom it would skip, then the run itself."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace.backoffice.desks.payouts_many import totals
from marketplace.payouts.errors import RunUnderWay
from marketplace.payouts.models import PayoutRun
from marketplace.payouts.services import preview_run, runs_under_way, start_run
from marketplace.users.recent import is_recent, to_prove_it

MAY_RUN = "payouts.add_payoutrun"
SHOWN = 200
COUNTS = {"proposed": Count("payouts", distinct=True), "left_out": Count("skips", distinct=True)}


class RunView(WagtailAdminTemplateMixin, TemplateView):
    """GET shows whom a run would look at and how far the last one is, POST starts one in the background.

    Whoever starts it may approve nothing of it.
    """

    page_title = gettext_lazy("Start a payout run")
    header_icon = "upload"
    template_name = "pages/backoffice/payout_run.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(MAY_RUN):
            raise PermissionDenied
        if not is_recent(request):
            return to_prove_it(request)
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        desk = {"url": reverse("payouts_modeladmin_index"), "label": _("Payouts")}
        return [*self.breadcrumbs_items, desk, {"url": "", "label": self.page_title}]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert request.user.pk  # noqa: S101 (a permission said so)
        try:
            run = start_run(actor_id=request.user.pk)
        except RunUnderWay as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, _("Run %(code)s has begun.") % {"code": run.code})
        return redirect("payout_run")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = preview_run()
        payable, skipped = [one for one in found if not one.skip], [one for one in found if one.skip]
        last = PayoutRun.objects.order_by("-started_at", "-pk").annotate(**COUNTS).first()
        return super().get_context_data(
            payable=payable[:SHOWN],
            skipped=skipped[:SHOWN],
            more=max(len(payable) - SHOWN, 0) + max(len(skipped) - SHOWN, 0),
            totals=totals([one.available for one in payable]),
            last=last,
            under_way=runs_under_way().exists(),
            **kwargs,
        )


urlpatterns: list[URLPattern] = [path("payouts/run/", RunView.as_view(), name="payout_run")]
