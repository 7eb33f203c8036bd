"""One payout as its seller reads it: page, PDF, spreadsheet; and the invoice for our commission in it."""

import csv
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import View

from marketplace.payouts.models import CommissionInvoice, Payout
from marketplace.payouts.presentation.document import Document, spreadsheet
from marketplace.payouts.presentation.invoice import invoice_document
from marketplace.payouts.presentation.statement import line, statement, sums_of
from marketplace.payouts.printing import document_pdf
from marketplace.payouts.views.base import MoneyPage, OfSeller, Words
from marketplace.sellers.models import Seller


class OfPayout:
    """Finds the payout of the address among the seller's own."""

    kwargs: dict[str, Any]
    seller: Seller

    @cached_property
    def payout(self) -> Payout:
        rows = Payout.objects.select_related("seller", "destination", "disbursement")
        return get_object_or_404(rows, seller=self.seller, code=self.kwargs["code"])

    @cached_property
    def invoice(self) -> CommissionInvoice:
        return get_object_or_404(CommissionInvoice.objects.select_related("seller", "payout"), payout=self.payout)


class PayoutPage(OfPayout, MoneyPage):
    template_name = "pages/payouts/payout.html"

    def get_page_title(self) -> Words:
        return _("Payout %(code)s") % {"code": self.payout.code}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.paged(self.payout.items.order_by("at", "pk"))
        return super().get_context_data(
            payout=self.payout,
            page=page,
            lines=[line(item, self.payout.currency) for item in page],
            sums=sums_of(self.payout),
            invoice=CommissionInvoice.objects.filter(payout=self.payout).first(),
            **kwargs,
        )


class InvoicePage(OfPayout, MoneyPage):
    template_name = "pages/payouts/invoice.html"

    def get_page_title(self) -> Words:
        return _("Commission invoice %(number)s") % {"number": self.invoice.number}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = invoice_document(self.invoice)
        return super().get_context_data(payout=self.payout, document=found, page=self.paged(found.rows), **kwargs)


class Download(OfPayout, OfSeller, View):
    """`what` is `statement` or `invoice`, `ending` is `pdf` or `csv`."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["what"] not in ("statement", "invoice") or kwargs["ending"] not in ("pdf", "csv"):
            raise Http404
        paper = kwargs["ending"] == "pdf"
        if kwargs["what"] == "statement":
            document = statement(self.payout, on_paper=paper)
        else:
            document = invoice_document(self.invoice)
        if not paper:
            return as_spreadsheet(document)
        return as_file(HttpResponse(document_pdf(document), content_type="application/pdf"), document, "pdf")


def as_spreadsheet(document: Document) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.write("\ufeff")  # without it Excel reads UTF-8 as something older
    csv.writer(response).writerows(spreadsheet(document))
    return as_file(response, document, "csv")


def as_file(response: HttpResponse, document: Document, ending: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{document.file_name}.{ending}"'
    response["Cache-Control"] = "private, no-store"
    return response
