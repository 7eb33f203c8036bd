"""Refunds as orders know them: requests that wait for an answer on top, then what was decided."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.backoffice.desks.base import when
from marketplace.backoffice.desks.filters import STATUS, by_choice
from marketplace.backoffice.desks.reviews import order_link
from marketplace.backoffice.desks.steps import Step, SteppingDesk, Typed
from marketplace.commerce.models import OrderRefund
from marketplace.commerce.models.refund import OrderRefundStatus
from marketplace.commerce.services import decide_refund
from marketplace.core.money import Money

MAY = "commerce.change_orderrefund"
Status = OrderRefundStatus
HEAD = (_("Bought"), _("Given back: number"), _("Buyer gets"), _("Seller bears"), _("Commission"))


class Answer(forms.Form):
    answer = forms.CharField(
        label=_("Answer to the buyer"), widget=forms.Textarea(attrs={"rows": 3}), max_length=300, required=False
    )


class Refusal(forms.Form):
    answer = forms.CharField(label=_("Why not"), widget=forms.Textarea(attrs={"rows": 3}), max_length=300)


def _decide(*, accept: bool) -> Any:
    def do(row: OrderRefund, actor_id: int | None, typed: Typed) -> Any:
        decide_refund(refund_id=row.pk, accept=accept, actor_id=actor_id, answer=typed["answer"])
        return _("Accepted: the money is on its way.") if accept else _("Refused; the buyer is told why.")

    return do


def _waits(row: OrderRefund) -> bool:
    return row.status == Status.ASKED


class RequestDesk(SteppingDesk):
    model = OrderRefund
    base_url_path = "refund-decisions"
    menu_label = _("Refund decisions")
    menu_icon = "comment"
    nothing = _("Nothing was given back yet. What buyers, sellers and staff ask for and decide is listed here.")
    list_display = ("order_code", "number", "sum", "state", "asked", "reason", "created", "settled")
    list_filter = (by_choice("status", OrderRefundStatus, STATUS), by_choice("asked_by", OrderRefund.By, _("asked by")),
                   "created_at")  # fmt: skip
    list_export = ("order_code", "number", "status", "sum", "asked_by", "reason", "answer", "created_at", "settled_at")
    search_hint = _("Order code or batch")
    search_fields = ("order__code", "batch")
    export_filename = "refund-decisions"
    steps = (
        Step("accept", _("Accept"), MAY, _waits,
             lambda row: [_("%(amount)s go back to the buyer, and what was given up ends.") % {"amount": row.amount}],
             _decide(accept=True), form=Answer, proof=True),
        Step("refuse", _("Refuse"), MAY, _waits, lambda _row: [_("The buyer keeps what was bought.")],
             _decide(accept=False), form=Refusal, danger=True),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        first = Case(When(status=Status.ASKED, then=Value(0)), When(status=Status.FAILED, then=Value(1)),
                     default=Value(2))  # fmt: skip
        rows: QuerySet[Any] = super().get_queryset(request).select_related("order")
        return rows.order_by(first, "-created_at", "-pk")

    def title_of(self, row: OrderRefund) -> str:
        return f"{row.order.code} / {row.number}"

    def describe(self, row: OrderRefund, user: Any) -> dict[str, Any]:
        lines = [
            (str(one.line), ", ".join(map(str, one.positions)), Money(one.total_minor, row.currency),
             Money(one.share_minor, row.currency), Money(one.fee_minor, row.currency))
            for one in row.lines.select_related("line")
        ]  # fmt: skip
        money = row.payment_refund_id
        sent = [(_("The money"), reverse("refunds_modeladmin_inspect", args=[money]))] if money else []
        return {
            **super().describe(row, user),
            "facts": [
                (_("Status"), self.state(row)), (_("Amount"), row.amount), (_("Order"), row.order.code),
                (_("Asked by"), self.asked(row)), (_("Why"), row.reason), (_("Answer"), row.answer),
                (_("Asked"), when(row.created_at)), (_("Decided"), when(row.decided_at)),
                (_("Given back"), when(row.settled_at)), (_("Batch"), row.batch),
            ],
            "links": [(_("The order"), order_link(row.order_id)), *sent],
            "tables": [(_("What"), HEAD, lines)],
        }  # fmt: skip

    @admin.display(description=_("order"), ordering="order__code")
    def order_code(self, row: OrderRefund) -> str:
        return row.order.code

    @admin.display(description=_("amount"), ordering="amount_minor")
    def sum(self, row: OrderRefund) -> str:
        return str(row.amount)

    @admin.display(description=STATUS, ordering="status")
    def state(self, row: OrderRefund) -> str:
        return str(Status(row.status).label)

    @admin.display(description=_("asked by"), ordering="asked_by")
    def asked(self, row: OrderRefund) -> str:
        return row.get_asked_by_display()

    @admin.display(description=_("asked"), ordering="created_at")
    def created(self, row: OrderRefund) -> str:
        return when(row.created_at)

    @admin.display(description=_("given back"), ordering="settled_at")
    def settled(self, row: OrderRefund) -> str:
        return when(row.settled_at)
