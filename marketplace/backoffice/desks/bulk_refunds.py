"""What buyers of called off dates get: those that wait for a decision on top. The work itself has pages of its own."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from marketplace.backoffice.desks.base import Desk, DeskRow, when
from marketplace.backoffice.desks.filters import STATUS, by_choice
from marketplace.commerce.models import BulkRefund
from marketplace.commerce.models.bulk_refund import BulkRefundStatus
from marketplace.events.services.called_off import date_of

Status = BulkRefundStatus


class LeadOn(DeskRow):
    """A draft leads to where it is decided, any other one to how far it has got."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        super().dispatch(request, *args, **kwargs)  # refuses who may not
        date = date_of(self.instance)
        if self.instance.status == Status.DRAFT and date:
            return redirect("event_rows:refund_date", date)
        return redirect("event_rows:bulk_refund", self.instance.pk)


class BulkRefundDesk(Desk):
    model = BulkRefund
    base_url_path = "bulk-refunds"
    menu_label = _("Bulk refunds")
    menu_icon = "rotate"
    nothing = _("Nothing to decide. When a date is cancelled or postponed, its buyers are answered here, all at once.")
    list_display = ("title", "state", "what", "count", "created")
    list_filter = (by_choice("status", BulkRefundStatus, STATUS), by_choice("cause", BulkRefund.Cause, _("cause")))
    list_export = ("title", "status", "cause", "act", "count", "failed", "created_at", "started_at", "finished_at")
    search_hint = _("Event")
    search_fields = ("title", "subject")
    export_filename = "bulk-refunds"
    inspect_view_class = LeadOn

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        draft, done = When(status=Status.DRAFT, then=Value(0)), When(status=Status.DONE, then=Value(2))
        first = Case(draft, done, default=Value(1))
        rows: QuerySet[Any] = super().get_queryset(request)
        wrong = Q(orders__status="failed") | Q(orders__refund__status="failed")
        counted = rows.annotate(of=Count("orders"), wrong=Count("orders", wrong))
        return counted.order_by(first, "-created_at", "-pk")

    @admin.display(description=STATUS, ordering="status")
    def state(self, row: BulkRefund) -> str:
        return str(Status(row.status).label)

    @admin.display(description=_("cause"), ordering="cause")
    def what(self, row: BulkRefund) -> str:
        cause = str(row.get_cause_display())
        return cause if row.status == Status.DRAFT else f"{cause}: {row.get_act_display()}"

    @admin.display(description=_("orders"))
    def count(self, row: Any) -> str:
        if row.status == Status.DRAFT:
            return ""  # counted when it is decided
        return _now("%(of)d, %(wrong)d failed") % {"of": row.of, "wrong": row.wrong} if row.wrong else str(row.of)

    @admin.display(description=_("failed"))
    def failed(self, row: Any) -> int:
        return int(row.wrong)

    @admin.display(description=_("since"), ordering="created_at")
    def created(self, row: BulkRefund) -> str:
        return when(row.created_at)
