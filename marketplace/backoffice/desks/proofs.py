"""Proofs: what the last runs of the checks found, how far the seals have come, and which alerts are open."""

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
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace.backoffice.desks.base import people
from marketplace.backoffice.services import close_alert
from marketplace.core import sealing
from marketplace.core.jobs import enqueue
from marketplace.ledger.selectors import proofs
from marketplace.notifications.selectors import open_alerts

SHOWN = 15
MAY_READ, MAY_PROVE, MAY_CLOSE = "ledger.view_proofrun", "ledger.prove_proofrun", "notifications.change_alert"


class ProofsView(WagtailAdminTemplateMixin, TemplateView):
    page_title = gettext_lazy("Proofs")
    header_icon = "clipboard-list"
    template_name = "pages/backoffice/proofs.html"
    http_method_names = ["get", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(MAY_READ):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        """`close`: the number of an alert that was dealt with; without one, the books are proved now."""
        if closing := request.POST.get("close", ""):
            self._close(request, closing)
        else:
            self._prove(request)
        return redirect("proofs_desk")

    def _prove(self, request: HttpRequest) -> None:
        if not request.user.has_perm(MAY_PROVE):
            raise PermissionDenied
        enqueue("ledger.prove", actor_id=request.user.pk)
        messages.success(request, _("The books are being proved. The result appears here in a moment."))

    def _close(self, request: HttpRequest, alert_id: str) -> None:
        if not request.user.has_perm(MAY_CLOSE) or not alert_id.isdecimal():
            raise PermissionDenied
        if close_alert(alert_id=int(alert_id), actor_id=request.user.pk):
            messages.success(request, _("Closed."))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        runs = list(proofs()[:SHOWN])
        asked = self.request.GET.get("run", "")
        shown = next((run for run in runs if str(run.pk) == asked), runs[0] if runs else None)
        user, names = self.request.user, people(run.asked_by for run in runs)
        return super().get_context_data(
            runs=[(run, names[run.asked_by]) for run in runs],
            run=shown,
            results=sorted(shown.results, key=lambda result: not result["wrong"]) if shown else [],
            chains=sealing.standing(),
            alerts=open_alerts(),
            may_prove=user.has_perm(MAY_PROVE),
            may_close=user.has_perm(MAY_CLOSE),
            **kwargs,
        )


class ProofsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_READ)


def proofs_menu_item() -> ProofsMenuItem:
    url = reverse("proofs_desk")
    return ProofsMenuItem(gettext_lazy("Proofs"), url, name="proofs", icon_name="clipboard-list", order=900)


urlpatterns: list[URLPattern] = [path("proofs/", ProofsView.as_view(), name="proofs_desk")]
