"""Answering all buyers of a date: what it comes to, a second thought, and how far it has got."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace.commerce.bulk.preview import BulkPreview, bulk_preview
from marketplace.commerce.bulk.progress import bulk_progress
from marketplace.commerce.errors import BalanceTooSmall
from marketplace.commerce.models import BulkRefund
from marketplace.commerce.order_view import when
from marketplace.commerce.services import next_number, pause_bulk_refund, resume_bulk_refund, retry_bulk_refund
from marketplace.core.errors import Refusal
from marketplace.events.bulk_rights import MAY_SEND_AGAIN, By, asked_by
from marketplace.events.forms import RefundDateForm
from marketplace.events.models import EventPage, Occurrence
from marketplace.events.panels import DATES_TAB
from marketplace.events.services.called_off import called_off, can_refund
from marketplace.events.services.refund_date import refund_date
from marketplace.users.recent import is_recent, kept, to_prove_it

Status = BulkRefund.Status
SHOWN = 100
LOOK_AGAIN = "5"
"""Seconds until the page of a running one looks again by itself."""


class OwesTooMuch(BalanceTooSmall):
    message = gettext_lazy("Your balance does not cover these refunds. Ask the marketplace: it can pay in advance.")


class BulkView(WagtailAdminTemplateMixin, TemplateView):
    """Asks whether the person may, then who is at the keyboard."""

    header_icon = "rotate"
    keep: tuple[str, ...] = ()
    by: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.by = asked_by(request.user, self.find(kwargs["pk"]))
        if not is_recent(request):
            return to_prove_it(request, back=self.here(), keep=self.keep)
        return super().dispatch(request, *args, **kwargs)

    def find(self, pk: int) -> int:
        """Find the row; the id of whose it is."""
        raise NotImplementedError

    def here(self) -> str:
        """Where to return once the person has proven who they are."""
        return self.request.get_full_path()


class RefundDate(BulkView):
    """GET shows what it comes to, POST with the right words typed starts it."""

    page_title = gettext_lazy("Refund buyers")
    template_name = "events/admin/refund_date.html"
    keep = ("message",)
    date: Occurrence

    def find(self, pk: int) -> int:
        self.date = get_object_or_404(Occurrence.objects.select_related("event__seller"), pk=pk)
        self.what = called_off(self.date)
        return self.what.seller_id

    @cached_property
    def shown(self) -> BulkPreview:
        return bulk_preview(self.what.offer_ids, but=self.what.new_date)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        typed = request.POST.get("number", "")
        number = int(typed) if typed.isdecimal() and len(typed) < 9 else next_number(self.what.subject)
        begun = BulkRefund.objects.filter(subject=self.what.subject, number=number).exclude(status=Status.DRAFT)
        if found := begun.first():
            return redirect("event_rows:bulk_refund", found.pk)  # a second click
        form = self._form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            bulk = self._start(form, number)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        messages.success(request, _("It has started: every order is worked on by itself."))
        return redirect("event_rows:bulk_refund", bulk.pk)

    def _start(self, form: RefundDateForm, number: int) -> BulkRefund:
        decision = form.decision()
        if self.by == By.SELLER and self.shown.in_debt and decision.act == BulkRefund.Act.REFUND:
            raise OwesTooMuch
        return refund_date(
            occurrence_id=self.date.pk,
            number=number,
            decision=decision,
            asked_by=self.by,
            actor_id=self.request.user.pk,
        )

    def _form(self, data: Any = None) -> RefundDateForm:
        return RefundDateForm(
            data,
            zone=self.date.zone,
            cancelled=self.what.cause == BulkRefund.Cause.CANCELLED,
            orders=self.shown.orders,
            title=self.date.event.title,
            initial=kept(self.request) if data is None else None,
        )

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        event = {"url": _dates_of(self.request, self.date.event), "label": self.date.event.title}
        return [*self.breadcrumbs_items, event, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        earlier = BulkRefund.objects.filter(subject=self.what.subject).exclude(status=Status.DRAFT)
        kwargs.setdefault("form", self._form())
        return super().get_context_data(
            date=self.date,
            what=self.what,
            when=when(self.what.takes_place, self.what.zone),
            new=when(self.what.new_date, self.what.zone),
            shown=self.shown,
            number=next_number(self.what.subject),
            as_planned=not can_refund(self.date),
            possible=can_refund(self.date) and bool(self.shown.orders),
            earlier=earlier.order_by("-number"),
            bad=self.shown.bad[:SHOWN],
            more=max(len(self.shown.bad) - SHOWN, 0),
            cancelled=self.what.cause == BulkRefund.Cause.CANCELLED,
            back=_dates_of(self.request, self.date.event),
            **kwargs,
        )


class ShowBulkRefund(BulkView):
    """How far it has got, what failed and why."""

    page_title = gettext_lazy("Bulk refund")
    template_name = "events/admin/bulk_refund.html"
    bulk: BulkRefund

    def find(self, pk: int) -> int:
        self.bulk = get_object_or_404(BulkRefund, pk=pk)
        return self.bulk.seller_id

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().get(request, *args, **kwargs)
        if self.bulk.status == Status.RUNNING:
            answer["Refresh"] = LOOK_AGAIN
        return answer

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = {"url": "", "label": f"{self.page_title}: {self.bulk.title}"}
        return [*self.breadcrumbs_items, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            bulk=self.bulk,
            state=Status(self.bulk.status).label,
            when=when(self.bulk.takes_place, self.bulk.zone),
            until=when(self.bulk.until, self.bulk.zone),
            progress=bulk_progress(self.bulk, shown=SHOWN),
            may_send_again=self.request.user.has_perm(MAY_SEND_AGAIN),
            **kwargs,
        )


class WorkOnBulkRefund(ShowBulkRefund):
    """POST pauses, resumes or retries; a GET shows where it stands."""

    def here(self) -> str:
        return reverse("event_rows:bulk_refund", args=[self.bulk.pk])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.here())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        act = request.POST.get("do")
        if act == "pause":
            pause_bulk_refund(bulk_id=self.bulk.pk, actor_id=request.user.pk)
        elif act == "resume":
            resume_bulk_refund(bulk_id=self.bulk.pk, actor_id=request.user.pk)
        elif act == "retry":
            self._retry(request.POST.get("row", ""))
        else:
            raise PermissionDenied
        return redirect(self.here())

    def _retry(self, row: str) -> None:
        """Money the provider refused is sent again by those who may; sellers only repeat decisions."""
        count = retry_bulk_refund(
            bulk_id=self.bulk.pk,
            asked_by=self.by,
            actor_id=self.request.user.pk,
            row_id=int(row) if row.isdecimal() and len(row) < 18 else None,
            money=self.request.user.has_perm(MAY_SEND_AGAIN),
        )
        words = ngettext("%(n)d order is tried again.", "%(n)d orders are tried again.", count)
        messages.success(self.request, words % {"n": count})


def _dates_of(request: HttpRequest, event: EventPage) -> str:
    """Back to the dates of the event, for those who may edit it; finance comes from elsewhere."""
    if event.permissions_for_user(request.user).can_edit():
        return reverse("wagtailadmin_pages:edit", args=[event.pk]) + f"#tab-{DATES_TAB}"
    return reverse("wagtailadmin_home")
