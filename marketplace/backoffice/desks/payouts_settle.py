"""Saying how a transfer ended when no rail can: by someone who has seen it, with the evidence."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace.audit.services import record
from marketplace.backoffice.desks.payouts_bank import MayPay
from marketplace.core.errors import Refusal
from marketplace.core.states import IllegalMove
from marketplace.payments.disbursements import settle_by_hand
from marketplace.payouts.models import Payout
from marketplace.payouts.services import refuse_own
from marketplace.users.recent import NeedsRecentLogin

SETTLED_BY_HAND = frozenset({Payout.Status.SENDING, Payout.Status.UNKNOWN, Payout.Status.PAID, Payout.Status.FAILED})
"""Certain ones too: banks send money back days later."""


class SettleForm(forms.Form):
    paid = forms.TypedChoiceField(
        label=gettext_lazy("How did it end?"),
        choices=[("yes", gettext_lazy("It arrived")), ("no", gettext_lazy("It did not, or came back"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    evidence = forms.CharField(
        label=gettext_lazy("How do you know?"),
        help_text=gettext_lazy("For example the line of the bank statement, or the receipt in the rail's portal"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SettleView(MayPay, NeedsRecentLogin, WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    page_title = gettext_lazy("Settle by hand")
    header_icon = "upload"
    template_name = "pages/backoffice/payout_settle.html"
    form_class = SettleForm
    keep_typed = ("paid", "evidence")

    @cached_property
    def payout(self) -> Payout:
        rows = Payout.objects.select_related("seller", "destination", "disbursement")
        found = get_object_or_404(rows, pk=self.kwargs["payout_id"])
        if found.disbursement is None or found.status not in SETTLED_BY_HAND:
            raise Http404
        return found

    def form_valid(self, form: SettleForm) -> HttpResponse:
        payout, said = self.payout, form.cleaned_data
        try:
            actor_id = self.request.user.pk
            refuse_own(disbursement_ids=[payout.disbursement_id], actor_id=actor_id)
            settle_by_hand(disbursement_id=payout.disbursement_id or "", actor_id=actor_id, **said)
        except (Refusal, IllegalMove) as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        record(action="payout.settled_by_hand", target=payout, actor_id=self.request.user.pk, data=said)
        messages.success(self.request, _("Noted. The payout follows in a moment."))
        return redirect("payouts_modeladmin_inspect", payout.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        desk = {"url": reverse("payouts_modeladmin_index"), "label": _("Payouts")}
        return [*self.breadcrumbs_items, desk, {"url": "", "label": self.page_title, "sublabel": self.payout.code}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("payouts_modeladmin_inspect", args=[self.payout.pk])
        return super().get_context_data(payout=self.payout, back=back, **kwargs)


urlpatterns: list[URLPattern] = [path("payouts/settle/<int:payout_id>/", SettleView.as_view(), name="payout_settle")]
