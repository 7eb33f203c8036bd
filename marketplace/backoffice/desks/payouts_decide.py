"""Deciding about a payout: a page says what will happen, then one service. Who lets money go proves who they are."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace.core.errors import Refusal
from marketplace.core.states import IllegalMove
from marketplace.payouts import services
from marketplace.payouts.models import Payout
from marketplace.users.recent import is_recent, kept, to_prove_it

MAY = "payouts.change_payout"
Status = Payout.Status


@dataclass(frozen=True)
class Decision:
    """`name` stands in addresses. `fits`: in which states. `because`: with a reason? `proof`: after a fresh log-in?"""

    name: str
    label: Any
    what: Any
    fits: Collection[str]
    do: Callable[..., Payout]
    because: bool = True
    proof: bool = True
    danger: bool = False


DECISIONS = (
    Decision("approve", gettext_lazy("Approve"), gettext_lazy("With the last approval it needs, the money leaves."),
             {Status.PROPOSED}, services.approve_payout, because=False),
    Decision("let-go", gettext_lazy("Let go"), gettext_lazy("It is reviewed again, from the start."),
             {Status.HELD}, services.let_go, because=False),
    # Stopping is never slowed down.
    Decision("hold", gettext_lazy("Hold"), gettext_lazy("Nothing leaves until someone lets it go."),
             {Status.PROPOSED, Status.APPROVED}, services.hold_payout, proof=False),
    Decision("reject", gettext_lazy("Reject"), gettext_lazy("The money stays on the seller's balance."),
             {Status.PROPOSED, Status.HELD}, services.reject_payout, danger=True),
    Decision("cancel", gettext_lazy("Cancel the payout"),
             gettext_lazy("Given up before the rail hears of it; the next run proposes it."),
             {Status.PROPOSED, Status.HELD, Status.APPROVED, Status.SENDING}, services.cancel_payout, danger=True),
)  # fmt: skip
BY_NAME = {decision.name: decision for decision in DECISIONS}


def open_decisions(payout: Payout) -> list[Decision]:
    return [decision for decision in DECISIONS if payout.status in decision.fits]


class DecideView(WagtailAdminTemplateMixin, TemplateView):
    """GET asks, POST does."""

    header_icon = "upload"
    template_name = "pages/backoffice/payout_decide.html"
    payout: Payout
    decision: Decision

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(MAY):
            raise PermissionDenied
        self.decision = BY_NAME.get(kwargs["verb"]) or _missing()
        rows = Payout.objects.select_related("seller", "destination")
        self.payout = get_object_or_404(rows, pk=kwargs["payout_id"])
        if self.decision.proof and not is_recent(request):
            return to_prove_it(request, keep=("reason",))
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return f"{self.decision.label}: {self.payout.code}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        desk = {"url": reverse("payouts_modeladmin_index"), "label": _("Payouts")}
        row = {"url": self._row(), "label": self.payout.code}
        here = {"url": "", "label": self.decision.label, "sublabel": self.payout.code}
        return [*self.breadcrumbs_items, desk, row, here]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reason = request.POST.get("reason", "").strip()
        given = {"reason": reason} if self.decision.because else {}
        try:
            done = self.decision.do(payout_id=self.payout.pk, actor_id=request.user.pk, **given)
        except (Refusal, IllegalMove) as refusal:
            messages.error(request, str(refusal))
            return self.render_to_response(self.get_context_data(reason=reason))
        messages.success(request, _said(done))
        return redirect(self._row())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = {"reason": kept(self.request).get("reason", ""), **kwargs}
        return super().get_context_data(payout=self.payout, decision=self.decision, back=self._row(), **found)

    def _row(self) -> str:
        return reverse("payouts_modeladmin_inspect", args=[self.payout.pk])


def _said(payout: Payout) -> str:
    """An approval that is not the last says so."""
    if payout.status == Status.PROPOSED and payout.approvals_needed > 1:
        return _("Noted. A second person must agree before %(code)s leaves.") % {"code": payout.code}
    return _("%(code)s: %(status)s.") % {"code": payout.code, "status": Status(payout.status).label}


def _missing() -> Decision:
    raise Http404


urlpatterns: list[URLPattern] = [
    path("payouts/decision/<slug:verb>/<int:payout_id>/", DecideView.as_view(), name="payout_decide"),
]
