"""Payouts to bank accounts leave in files: made here, handed out here, confirmed here by what the bank reports."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace.backoffice.desks.base import people
from marketplace.backoffice.desks.payouts_decide import MAY
from marketplace.core.errors import Refusal
from marketplace.core.money import Money
from marketplace.payments.disbursements import (
    download_bank_file,
    export_bank_file,
    import_bank_result,
    waiting_bank_transfers,
)
from marketplace.payments.models import BankFile, BankFileDownload, Disbursement
from marketplace.payouts.services import refuse_own
from marketplace.users.recent import NeedsRecentLogin

LARGEST = 10 * 1024 * 1024
ENDINGS = {BankFileDownload.Form.CSV: ("text/csv", "csv"), BankFileDownload.Form.PAIN: ("application/xml", "xml")}


class MayPay:
    """Who may let money go; in front of everything else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(MAY):
            raise PermissionDenied
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return answer


class BankFilesView(MayPay, NeedsRecentLogin, WagtailAdminTemplateMixin, TemplateView):
    """What waits for a file, and the files there are."""

    page_title = gettext_lazy("Bank files")
    header_icon = "download"
    template_name = "pages/backoffice/bank_files.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, _desk(), {"url": "", "label": self.page_title}]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = waiting_bank_transfers().get(request.POST.get("currency", ""), [])
        day = _day(request.POST.get("execute_on", ""))
        try:
            ids = [row.pk for row in chosen]
            made = export_bank_file(disbursement_ids=ids, execute_on=day, actor_id=request.user.pk)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("bank_files")
        return redirect("bank_file", made.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = [
            (currency, rows, Money(sum(row.amount_minor for row in rows), currency))
            for currency, rows in sorted(waiting_bank_transfers().items())
        ]
        settled = Count("transfers", filter=Q(transfers__status=Disbursement.Status.PAID), distinct=True)
        files = BankFile.objects.annotate(paid=settled, taken=Count("downloads", distinct=True))[:100]
        return super().get_context_data(waiting=waiting, files=files, today=timezone.localdate(), **kwargs)


class ReportForm(forms.Form):
    report = forms.FileField(
        label=gettext_lazy("The bank's report"),
        help_text=gettext_lazy("pain.002, camt.053 or camt.054, or a CSV with end_to_end_id, status and reason"),
    )

    def clean_report(self) -> Any:
        report = self.cleaned_data["report"]
        if report.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 10 MB."))
        return report


class BankFileView(MayPay, NeedsRecentLogin, WagtailAdminTemplateMixin, TemplateView):
    """One file: its lines, who took it out; POST reads the bank's report."""

    header_icon = "download"
    template_name = "pages/backoffice/bank_file.html"

    @cached_property
    def file(self) -> BankFile:
        return get_object_or_404(BankFile, pk=self.kwargs["file_id"])

    def get_page_title(self) -> str:
        return _("Bank file %(code)s") % {"code": self.file.code}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        files = {"url": reverse("bank_files"), "label": _("Bank files")}
        return [*self.breadcrumbs_items, _desk(), files, {"url": "", "label": self.file.code}]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ReportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            content = form.cleaned_data["report"].read()
            lines = self.file.transfers.values_list("pk", flat=True)
            refuse_own(disbursement_ids=lines, actor_id=request.user.pk)
            found = import_bank_result(file_id=self.file.pk, content=content, actor_id=request.user.pk)
        except Refusal as refusal:
            form.add_error("report", str(refusal))
            return self.render_to_response(self.get_context_data(form=form))
        sums = {"paid": found.paid, "failed": found.failed}
        messages.success(request, _("Read: %(paid)d paid, %(failed)d failed.") % sums)
        if found.unknown or found.refused:
            names = ", ".join((*found.unknown, *found.refused)[:10])
            messages.warning(request, _("Not taken over, please look at them: %(names)s") % {"names": names})
        return redirect("bank_file", self.file.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.file.transfers.select_related("payout__seller").order_by("external_id")
        taken = list(self.file.downloads.order_by("-at")[:20])
        names = people(one.actor_id for one in taken)
        found = {"form": ReportForm(), **kwargs}
        return super().get_context_data(
            file=self.file, rows=rows, downloads=[(one, names[one.actor_id]) for one in taken],
            forms=BankFileDownload.Form.choices, **found,
        )  # fmt: skip


class DownloadView(MayPay, NeedsRecentLogin, View):
    """POST hands the file out: full account numbers, so it is on record. GET shows the file's page."""

    def get(self, request: HttpRequest, file_id: int, form: str) -> HttpResponse:
        return redirect("bank_file", file_id)

    def post(self, request: HttpRequest, file_id: int, form: str) -> HttpResponse:
        if form not in ENDINGS:
            raise Http404
        file = get_object_or_404(BankFile, pk=file_id)
        content_type, ending = ENDINGS[BankFileDownload.Form(form)]
        content = download_bank_file(file_id=file.pk, form=form, actor_id=request.user.pk)
        response = HttpResponse(content, content_type=f"{content_type}; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{file.code}.{ending}"'
        response["Cache-Control"] = "private, no-store"
        return response


def _day(text: str) -> dt.date:
    """The day asked for; today when it is none, or past."""
    today = timezone.localdate()
    try:
        return max(dt.date.fromisoformat(text), today)
    except ValueError:
        return today


def _desk() -> dict[str, Any]:
    return {"url": reverse("payouts_modeladmin_index"), "label": _("Payouts")}


urlpatterns: list[URLPattern] = [
    path("payouts/bank-files/", BankFilesView.as_view(), name="bank_files"),
    path("payouts/bank-files/<int:file_id>/", BankFileView.as_view(), name="bank_file"),
    path("payouts/bank-files/<int:file_id>/<slug:form>/", DownloadView.as_view(), name="bank_file_download"),
]
