"""Refunds on their way back, the failed ones first: asked about, tried again, or given back by hand with evidence."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail_modeladmin.helpers import DjangoORMSearchHandler

from marketplace.backoffice.desks.actions import Action
from marketplace.backoffice.desks.base import when
from marketplace.backoffice.desks.filters import STATUS, by_choice
from marketplace.backoffice.desks.orders import phone_in
from marketplace.backoffice.desks.steps import Step, SteppingDesk, Typed, payment_link
from marketplace.backoffice.dossier import bookings
from marketplace.core.money import Money
from marketplace.ledger import selectors as books
from marketplace.payments.models import PaymentEvent, Refund
from marketplace.payments.models.refund import RefundStatus
from marketplace.payments.services import retry_refund, settle_refund, settle_refund_by_hand

Status, Method = RefundStatus, Refund.Method
OPERATOR = str(PaymentEvent.Source.OPERATOR)
ASKABLE = frozenset({Status.CREATED, Status.SENT, Status.UNKNOWN})


class Again(forms.Form):
    method = forms.ChoiceField(
        label=_("How"), choices=[("", _("the same way")), (Method.PROVIDER, Method.PROVIDER.label),
                                 (Method.B2C, Method.B2C.label)], required=False,
    )  # fmt: skip


class Evidence(forms.Form):
    evidence = forms.CharField(
        label=_("How and when it was given back"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("With the reference of the transfer: in a year this line is the proof."),
    )  # fmt: skip


def _ask(row: Refund, _actor_id: int | None) -> Any:
    after = settle_refund(refund_id=row.pk, source=OPERATOR)
    return _("Asked. It is now: %(status)s.") % {"status": Status(after.status).label}


def _retry(row: Refund, actor_id: int | None, typed: Typed) -> Any:
    retry_refund(refund_id=row.pk, actor_id=actor_id, method=typed["method"] or None)
    return _("It is on its way again, under a new key.")


def _by_hand(row: Refund, actor_id: int | None, typed: Typed) -> Any:
    settle_refund_by_hand(refund_id=row.pk, evidence=typed["evidence"], actor_id=actor_id)
    return _("Noted as given back by hand, and booked from the bank.")


class RefundSearch(DjangoORMSearchHandler):
    """By order code, receipt, the provider's id, e-mail address or phone: whole, not in part."""

    def search_queryset(self, queryset: QuerySet[Refund], search_term: str, **_kwargs: Any) -> QuerySet[Refund]:
        term = search_term.strip()
        if not term:
            return queryset
        wanted = Q(payment__reference__iexact=term) | Q(receipt__iexact=term) | Q(external_id=term)
        wanted |= Q(payment__receipt__iexact=term) | Q(payment__client__email__iexact=term)
        if phone := phone_in(term):
            wanted |= Q(payment__client__phone=phone)
        return queryset.filter(wanted)


class RefundDesk(SteppingDesk):
    model = Refund
    base_url_path = "refunds"
    menu_label = _("Refunds")
    menu_icon = "rotate"
    nothing = _("Nothing was sent back yet. Every refund on its way stands here, those that failed first.")
    list_display = ("what_for", "sum", "state", "way", "why", "receipt", "created", "settled")
    list_filter = (
        by_choice("status", RefundStatus, STATUS), by_choice("method", Refund.Method, _("way")),
        by_choice("origin", Refund.Origin, _("asked for")), "created_at",
    )  # fmt: skip
    list_export = (
        "what_for", "status", "method", "origin", "sum", "receipt", "external_id", "failure_code", "created_at",
        "settled_at",
    )  # fmt: skip
    search_hint = _("Order code, receipt, the provider's id, e-mail address or phone number")
    search_fields = ("receipt",)
    search_handler_class = RefundSearch
    export_filename = "refunds"
    actions = (Action("ask", _("Ask the provider now"), lambda row: row.status in ASKABLE, _ask),)
    steps = (
        Step("again", _("Try again"), "payments.change_refund", lambda row: row.status == Status.FAILED,
             lambda _row: [_("The provider refused it, so nothing left us. It is sent again under a new key."),
                          _("A part of an M-Pesa payment can only go to the payer's phone.")],
             _retry, form=Again, proof=True),
        Step("by-hand", _("Given back by hand"), "payments.change_refund",
             lambda row: row.status in (Status.FAILED, Status.UNKNOWN),
             lambda row: [_("Only when someone has really given %(amount)s back another way.") % {"amount": row.left},
                          _("It is booked from the bank. It can never be sent again afterwards.")],
             _by_hand, form=Evidence, proof=True, danger=True),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        trouble = Case(When(status__in=(Status.FAILED, Status.UNKNOWN), then=Value(0)), default=Value(1))
        rows: QuerySet[Any] = super().get_queryset(request).select_related("payment")
        return rows.order_by(trouble, "-created_at", "-pk")

    def title_of(self, row: Refund) -> str:
        return f"{row.payment.reference}: {row.amount}"

    def describe(self, row: Refund, user: Any) -> dict[str, Any]:
        entries = books.entries_for(row.payment.reference) if user.has_perm("ledger.view_entry") else []
        mine = [entry for entry in entries if str(row.pk) in entry.key]
        return {
            **super().describe(row, user), "facts": _facts(row),
            "links": [(_("The payment"), payment_link(row.payment_id))],
            "texts": [(_("How it was given back"), row.evidence)],
            "bookings": [line for entry in mine for line in bookings(entry)],
            "story": [e for e in row.payment.events.order_by("at") if e.data.get("refund") == str(row.pk)],
        }  # fmt: skip

    @admin.display(description=_("order"), ordering="payment__reference")
    def what_for(self, row: Refund) -> str:
        return row.payment.reference

    @admin.display(description=_("amount"), ordering="amount_minor")
    def sum(self, row: Refund) -> str:
        return str(row.amount)

    @admin.display(description=STATUS, ordering="status")
    def state(self, row: Refund) -> str:
        return str(Status(row.status).label)

    @admin.display(description=_("way"), ordering="method")
    def way(self, row: Refund) -> str:
        return str(Method(row.method).label)

    @admin.display(description=_("why it failed"))
    def why(self, row: Refund) -> str:
        return row.failure_text or row.failure_code

    @admin.display(description=_("decided"), ordering="created_at")
    def created(self, row: Refund) -> str:
        return when(row.created_at)

    @admin.display(description=_("given back"), ordering="settled_at")
    def settled(self, row: Refund) -> str:
        return when(row.settled_at)


def _facts(row: Refund) -> list[tuple[Any, Any]]:
    covered = Money(row.covered_minor, row.payment.currency)
    return [
        (_("Status"), Status(row.status).label), (_("Amount"), row.amount),
        *([(_("Of it paid in the provider's dashboard"), covered)] if covered.minor else []),
        (_("Order"), row.payment.reference),
        (_("Way"), Method(row.method).label), (_("Asked for"), Refund.Origin(row.origin).label),
        (_("Why"), row.reason), (_("Attempt"), row.attempt), (_("Receipt"), row.receipt),
        (_("Provider's name for it"), row.external_id), (_("Why it failed"), row.failure_text or row.failure_code),
        (_("Decided"), when(row.created_at)), (_("Given back"), when(row.settled_at)),
        (_("Asked again at"), when(row.next_check_at)),
    ]  # fmt: skip
