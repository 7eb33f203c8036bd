"""Two ways to start a comparison by hand: name a day, or bring the statement of a provider's portal."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminDateInput

from marketplace.backoffice.templatetags.desk import provider_name
from marketplace.core import clock
from marketplace.core.errors import Refusal
from marketplace.payments.providers.statements import ASKED, UPLOADED
from marketplace.payments.services import import_statement, reconcile_day

MAY = "payments.add_reconciliationrun"
MOST = 10 * 1024 * 1024
"""Bytes of one statement."""


class Day(forms.Form):
    provider = forms.ChoiceField(
        label=gettext_lazy("Provider"), choices=[(slug, provider_name(slug)) for slug in (*ASKED, *UPLOADED)]
    )
    day = forms.DateField(label=gettext_lazy("Day"), widget=AdminDateInput)

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        if day > clock.now().date():
            raise forms.ValidationError(_("That day has not come yet."))
        return day


class File(forms.Form):
    statement = forms.FileField(
        label=gettext_lazy("M-Pesa statement (CSV)"),
        help_text=gettext_lazy("From the organization portal, with the short code above the table."),
    )

    def clean_statement(self) -> Any:
        found = self.cleaned_data["statement"]
        if found.size > MOST:
            raise forms.ValidationError(_("That is too large for a statement. Draw it for fewer days."))
        return found


class ReconcileNowView(WagtailAdminTemplateMixin, TemplateView):
    """One page, two forms: the pressed button says which."""

    page_title = gettext_lazy("Compare now")
    header_icon = "resubmit"
    template_name = "pages/backoffice/reconcile_now.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(MAY):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        desk = {"url": reverse("reconciliation_modeladmin_index"), "label": _("Reconciliation")}
        return [*self.breadcrumbs_items, desk, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        yesterday = clock.now().date() - dt.timedelta(days=1)
        forms_ = {"day": Day(initial={"day": yesterday}), "file": File(), **kwargs}
        return super().get_context_data(**forms_)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        upload = "statement" in request.FILES or "upload" in request.POST
        form = File(request.POST, request.FILES) if upload else Day(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(**{"file" if upload else "day": form}))
        try:
            told = self._upload(form) if upload else self._compare(form)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)
        messages.success(request, told)
        return redirect(reverse("reconciliation_modeladmin_index") + "?open=1")

    def _compare(self, form: forms.Form) -> str:
        typed = form.cleaned_data
        run = reconcile_day(provider=typed["provider"], day=typed["day"], actor_id=self.request.user.pk)
        return _("%(day)s at %(provider)s: %(status)s.") % {
            "day": run.day, "provider": run.provider, "status": run.get_status_display()
        }  # fmt: skip

    def _upload(self, form: forms.Form) -> str:
        content = form.cleaned_data["statement"].read()
        runs = import_statement(provider="mpesa", content=content, actor_id=self.request.user.pk)
        count = sum(run.breaks for run in runs)
        return ngettext(
            "The statement is kept and compared: %(count)d open case.",
            "The statement is kept and compared: %(count)d open cases.", count,
        ) % {"count": count}  # fmt: skip


urlpatterns: list[URLPattern] = [path("reconcile-now/", ReconcileNowView.as_view(), name="reconcile_now")]
