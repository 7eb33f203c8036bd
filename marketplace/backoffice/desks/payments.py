"""Payments with their stories, and what providers told us, the doubtful first."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail_modeladmin.helpers import DjangoORMSearchHandler

from marketplace.backoffice.desks.actions import ActingDesk, Action
from marketplace.backoffice.desks.base import Desk, when
from marketplace.backoffice.desks.filters import STATUS, by_choice
from marketplace.backoffice.desks.orders import phone_in
from marketplace.backoffice.payment_dossier import dossier
from marketplace.backoffice.templatetags.desk import provider_name
from marketplace.payments.models import InboxMessage, Payment, PaymentEvent
from marketplace.payments.models.payment import PaymentStatus
from marketplace.payments.services import settle_payment


class PaymentSearch(DjangoORMSearchHandler):
    """By order code, receipt, a provider's id, e-mail address or phone number: whole, not in part."""

    def search_queryset(self, queryset: QuerySet[Payment], search_term: str, **_kwargs: Any) -> QuerySet[Payment]:
        term = search_term.strip()
        if not term:
            return queryset
        wanted = Q(reference__iexact=term) | Q(receipt__iexact=term) | Q(external_id=term) | Q(external_ref=term)
        wanted |= Q(client__email__iexact=term)
        if phone := phone_in(term):
            wanted |= Q(client__phone=phone)
        return queryset.filter(wanted)


def _ask(row: Payment, _actor_id: int | None) -> Any:
    after = settle_payment(payment_id=row.pk, source=str(PaymentEvent.Source.OPERATOR))
    return _("Asked. It is now: %(status)s.") % {"status": PaymentStatus(after.status).label}


def _may_be_asked(row: Payment) -> bool:
    """A success is final; whatever else may still turn out otherwise, if the provider has a name for it."""
    return row.status != PaymentStatus.SUCCEEDED or row.next_check_at is not None


class PaymentDesk(ActingDesk):
    """Every attempt to pay, and on one page everything that is known of it."""

    model = Payment
    base_url_path = "payments"
    menu_label = _("Payments")
    menu_icon = "resubmit"
    nothing = _("Nobody has tried to pay yet.")
    row_related = ("client", "assessment", "paybill")
    list_display = ("what_for", "sum", "state", "at_provider", "receipt", "created", "settled")
    list_filter = (by_choice("status", PaymentStatus, STATUS), "provider", "currency", "created_at")
    list_export = (
        "reference", "attempt", "provider", "status", "currency", "amount_minor", "fee_minor", "receipt",
        "external_id", "failure_code", "created_at", "settled_at",
    )  # fmt: skip
    ordering = ("-created_at", "-pk")
    search_hint = _("Order code, receipt, e-mail address, phone number or the provider's id")
    search_fields = ("reference",)
    search_handler_class = PaymentSearch
    inspect_template_name = "pages/backoffice/payment.html"
    export_filename = "payments"
    actions = (Action("ask", _("Ask the provider now"), _may_be_asked, _ask),)

    def title_of(self, row: Payment) -> str:
        return f"{provider_name(row.provider)} {row.reference}/{row.attempt}"

    def describe(self, row: Payment, user: Any) -> dict[str, Any]:
        return {**super().describe(row, user), "dossier": dossier(row, user=user)}

    @admin.display(description=_("for"), ordering="reference")
    def what_for(self, row: Payment) -> str:
        return f"{row.reference} / {row.attempt}"

    @admin.display(description=_("provider"), ordering="provider")
    def at_provider(self, row: Payment) -> str:
        return provider_name(row.provider)

    @admin.display(description=_("amount"), ordering="amount_minor")
    def sum(self, row: Payment) -> str:
        return str(row.amount)

    @admin.display(description=STATUS, ordering="status")
    def state(self, row: Payment) -> str:
        return str(PaymentStatus(row.status).label)

    @admin.display(description=_("started"), ordering="created_at")
    def created(self, row: Any) -> str:
        return when(row.created_at)

    @admin.display(description=_("settled"), ordering="settled_at")
    def settled(self, row: Any) -> str:
        return when(row.settled_at)


class InboxDesk(Desk):
    """Quarantined messages contradict what we know: they stand on top until someone understood them."""

    model = InboxMessage
    base_url_path = "provider-messages"
    menu_label = _("Provider messages")
    menu_icon = "mail"
    nothing = _("No provider has sent a message yet.")
    list_display = ("event_id", "provider", "kind", "state", "note", "deliveries", "attempts", "received")
    list_filter = (by_choice("status", InboxMessage.Status, STATUS), "provider", "received_at")
    search_hint = _("The provider's id, kind or order code")
    search_fields = ("event_id", "kind", "payment__reference")
    inspect_template_name = "pages/backoffice/inbox_message.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        doubtful = Case(When(status=InboxMessage.Status.QUARANTINED, then=Value(0)), default=Value(1))
        return super().get_queryset(request).order_by(doubtful, "-received_at", "-pk")

    @admin.display(description=STATUS, ordering="status")
    def state(self, row: InboxMessage) -> str:
        return str(InboxMessage.Status(row.status).label)

    @admin.display(description=_("received"), ordering="received_at")
    def received(self, row: Any) -> str:
        return when(row.received_at)
