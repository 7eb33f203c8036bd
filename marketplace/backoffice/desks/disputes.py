"""Disputes, what must be answered first on top: what the bank asks, what is held, and the evidence."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail_modeladmin.helpers import DjangoORMSearchHandler

from marketplace.backoffice.desks.base import when
from marketplace.backoffice.desks.filters import STATUS, by_choice
from marketplace.backoffice.desks.steps import Step, SteppingDesk, Typed, payment_link
from marketplace.backoffice.dossier import bookings
from marketplace.backoffice.templatetags.desk import plainly
from marketplace.commerce.models import Order, OrderLine
from marketplace.core.money import Money
from marketplace.ledger import selectors as books
from marketplace.licensing.models import DownloadLog
from marketplace.payments.models import Dispute
from marketplace.payments.models.dispute import DisputeStatus
from marketplace.payments.services import submit_evidence

Status = DisputeStatus
FIELDS: tuple[tuple[str, Any, int], ...] = (
    ("product_description", _("What was sold"), 3),
    ("customer_name", _("The customer's name"), 1),
    ("customer_email_address", _("The customer's e-mail address"), 1),
    ("customer_purchase_ip", _("Network address they bought from"), 1),
    ("service_date", _("When it took place or was delivered"), 1),
    ("access_activity_log", _("Use of it: tickets checked in, keys activated, downloads"), 5),
    ("refund_policy_disclosure", _("How the refund policy was shown"), 3),
    ("refund_refusal_explanation", _("Why it was not refunded"), 3),
    ("uncategorized_text", _("Anything else the bank should know"), 5),
)
"""Names are Stripe's (docs.stripe.com/api/disputes/evidence_object), text only."""


class Evidence(forms.Form):
    """One field per kind of evidence; what is left empty is not sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, rows in FIELDS:
            widget = forms.TextInput() if rows == 1 else forms.Textarea(attrs={"rows": rows})
            self.fields[name] = forms.CharField(label=label, required=False, max_length=20_000, widget=widget)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not any(text.strip() for text in typed.values()):
            raise forms.ValidationError(_("Write at least one thing: an empty answer counts as the answer."))
        return typed


def _send(row: Dispute, actor_id: int | None, typed: Typed) -> Any:
    submit_evidence(dispute_id=row.pk, evidence={k: v for k, v in typed.items() if v.strip()}, actor_id=actor_id)
    return _("Sent to the bank.")


def known_evidence(row: Dispute) -> dict[str, str]:
    """What the shop knows of the sale, by Stripe's names; what was sent before stands as it was sent."""
    order = Order.objects.select_related("client").filter(code=row.payment.reference).first()
    lines = list(order.lines.all()) if order else []
    client = getattr(order, "client", None)
    downloads = DownloadLog.objects.filter(license__order_line__in=lines).order_by("at")[:50]
    told = {
        "product_description": "\n".join(str(line) for line in lines),
        "customer_name": client.name if client else "",
        "customer_email_address": client.email if client else "",
        "customer_purchase_ip": (client.ip or "") if client else "",
        "service_date": ", ".join(sorted({_zoned(line.service_date) for line in lines if line.service_date})),
        "access_activity_log": "\n".join(f"{_zoned(one.at)}: {one} downloaded" for one in downloads),
        "refund_policy_disclosure": "\n".join(sorted({line.refund_policy for line in lines if line.refund_policy})),
    }
    return {**told, **row.evidence}


def _zoned(moment: dt.datetime) -> str:
    """For readers elsewhere: "21 Nov 2026, 08:52 EAT"."""
    return f"{when(moment)} {timezone.localtime(moment):%Z}"


class DisputeSearch(DjangoORMSearchHandler):
    """By order code, the provider's id or the payment's receipt."""

    def search_queryset(self, queryset: QuerySet[Dispute], search_term: str, **_kwargs: Any) -> QuerySet[Dispute]:
        term = search_term.strip()
        wanted = Q(external_id=term) | Q(payment__reference__iexact=term) | Q(payment__receipt__iexact=term)
        return queryset.filter(wanted) if term else queryset


class DisputeDesk(SteppingDesk):
    model = Dispute
    base_url_path = "disputes"
    menu_label = _("Disputes")
    menu_icon = "warning"
    nothing = _("No bank has questioned a payment. When one does, it stands here with the day by which to answer.")
    list_display = ("what_for", "sum", "state", "due", "words", "held", "opened")
    list_filter = (by_choice("status", DisputeStatus, STATUS), "reason", "opened_at")
    list_export = ("what_for", "external_id", "status", "sum", "reason", "evidence_due_at", "opened_at", "closed_at")
    search_hint = _("Order code, the provider's id or receipt")
    search_fields = ("external_id",)
    search_handler_class = DisputeSearch
    export_filename = "disputes"
    steps = (
        Step("evidence", _("Send evidence"), "payments.change_dispute", lambda row: row.is_open,
             lambda row: [_("The bank reads it once: say everything that proves the sale, before it decides. What is "
                            "known here is filled in: read it, add to it, then send it."),
                          _("Evidence is due: %(day)s.") % {"day": when(row.evidence_due_at) or "-"}],
             _send, form=Evidence, known=known_evidence, proof=True),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        waits = Case(
            When(status__in=(Status.NEEDS_RESPONSE, Status.INQUIRY), then=Value(0)),
            When(status=Status.UNDER_REVIEW, then=Value(1)), default=Value(2),
        )  # fmt: skip
        rows: QuerySet[Any] = super().get_queryset(request).select_related("payment")
        return rows.order_by(waits, F("evidence_due_at").asc(nulls_last=True), "-opened_at", "-pk")

    def title_of(self, row: Dispute) -> str:
        return f"{row.payment.reference}: {row.amount}"

    def describe(self, row: Dispute, user: Any) -> dict[str, Any]:
        sent = [(label, row.evidence.get(name, "")) for name, label, _rows in FIELDS]
        reads = user.has_perm("ledger.view_entry")
        entries = [e for e in books.entries_for(row.payment.reference) if "dispute" in e.key] if reads else []
        return {
            **super().describe(row, user), "facts": self._facts(row), "texts": sent,
            "links": [(_("The payment"), payment_link(row.payment_id))],
            "tables": [(_("What was sold"), SOLD, _sold(row))],
            "bookings": [line for entry in entries for line in bookings(entry)],
        }  # fmt: skip

    def _facts(self, row: Dispute) -> list[tuple[Any, Any]]:
        return [
            (_("Status"), self.state(row)), (_("Amount"), row.amount), (_("Order"), row.payment.reference),
            (_("Why, says the bank"), plainly(row.reason)), (_("Evidence due"), when(row.evidence_due_at)),
            (_("Evidence sent"), when(row.evidence_sent_at)), (_("Money withdrawn"), self.held(row)),
            (_("Fee"), Money(row.fee_minor, row.payment.currency)), (_("Provider's name for it"), row.external_id),
            (_("Opened"), when(row.opened_at)), (_("Closed"), when(row.closed_at)),
        ]  # fmt: skip

    @admin.display(description=_("why"), ordering="reason")
    def words(self, row: Dispute) -> str:
        return plainly(row.reason)

    @admin.display(description=_("order"), ordering="payment__reference")
    def what_for(self, row: Dispute) -> str:
        return row.payment.reference

    @admin.display(description=_("amount"), ordering="amount_minor")
    def sum(self, row: Dispute) -> str:
        return str(row.amount)

    @admin.display(description=STATUS, ordering="status")
    def state(self, row: Dispute) -> str:
        return str(Status(row.status).label)

    @admin.display(description=_("evidence due"), ordering="evidence_due_at")
    def due(self, row: Dispute) -> str:
        return when(row.evidence_due_at) if row.is_open else ""

    @admin.display(description=_("money withdrawn"))
    def held(self, row: Dispute) -> Any:
        return _("yes") if row.funds_taken else _("no")

    @admin.display(description=_("opened"), ordering="opened_at")
    def opened(self, row: Dispute) -> str:
        return when(row.opened_at)


SOLD = (_("What"), _("Seller"), _("Buyer paid"), _("Seller's share"))


def _sold(row: Dispute) -> list[tuple[Any, ...]]:
    currency = row.payment.currency
    lines = OrderLine.objects.filter(order__code=row.payment.reference)
    return [
        (str(line), line.seller_name, Money(line.total_minor, currency), Money(line.seller_share_minor, currency))
        for line in lines
    ]
