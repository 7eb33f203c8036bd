"""Money on the paybill that nobody asked for: found its order, or waits for a person to assign or return it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marketplace.backoffice.desks.base import when
from marketplace.backoffice.desks.filters import STATUS, by_choice
from marketplace.backoffice.desks.steps import Step, SteppingDesk, Typed, payment_link
from marketplace.payments import services
from marketplace.payments.models import PaybillReceipt
from marketplace.payments.models.paybill import PaybillStatus

Status = PaybillStatus
MAY = "payments.change_paybillreceipt"


class Assign(forms.Form):
    reference = forms.CharField(label=_("Order code"), max_length=12)

    def clean_reference(self) -> str:
        return str(self.cleaned_data["reference"]).strip().upper()


class Return(forms.Form):
    phone = forms.CharField(
        label=_("The payer's phone"), max_length=20, required=False,
        help_text=_("As the payer told you: M-Pesa masks it. Empty: the payment is reversed to who sent it."),
    )  # fmt: skip


def _assign(row: PaybillReceipt, actor_id: int | None, typed: Typed) -> Any:
    services.assign_paybill(receipt_id=row.pk, reference=typed["reference"], actor_id=actor_id)
    return _("It is the money of %(code)s now.") % {"code": typed["reference"]}


def _return(row: PaybillReceipt, actor_id: int | None, typed: Typed) -> Any:
    services.return_paybill(receipt_id=row.pk, actor_id=actor_id, phone=typed["phone"])
    return _("It is on its way back.")


class Vouch(forms.Form):
    evidence = forms.CharField(
        label=_("What M-Pesa's portal shows"), widget=forms.Textarea(attrs={"rows": 3}), max_length=250
    )


def _vouch(row: PaybillReceipt, actor_id: int | None, typed: Typed) -> Any:
    services.vouch_for_paybill(receipt_id=row.pk, evidence=typed["evidence"], actor_id=actor_id)
    return _("Noted. It is matched in a moment.")


def _is_doubted(row: PaybillReceipt) -> bool:
    return row.status == Status.REFUSED or (row.status == Status.WAITING and row.verified_at is None)


def _is_nobodys(row: PaybillReceipt) -> bool:
    return row.status == Status.UNALLOCATED


class PaybillDesk(SteppingDesk):
    model = PaybillReceipt
    base_url_path = "paybill"
    menu_label = _("Paybill receipts")
    menu_icon = "mobile-alt"
    nothing = _(
        "Nobody has paid to the paybill by hand. Such money finds its order by itself, or waits here to be "
        "assigned or returned."
    )
    list_display = ("receipt", "sum", "state", "typed", "payer_hint", "paid")
    list_filter = (by_choice("status", PaybillStatus, STATUS), "paid_at")
    list_export = ("receipt", "status", "sum", "reference_typed", "shortcode", "paid_at", "settled_at", "note")
    search_hint = _("Receipt or what the payer typed")
    search_fields = ("receipt", "reference_typed", "reference")
    export_filename = "paybill"
    steps = (
        Step("assign", _("Assign to an order"), MAY, _is_nobodys,
             lambda row: [_("%(amount)s become a payment of that order. What does not fit comes before a person again.")
                          % {"amount": row.amount}],
             _assign, form=Assign, proof=True),
        Step("return", _("Return it"), MAY, _is_nobodys,
             lambda row: [_("%(amount)s leave us, to the payer.") % {"amount": row.amount}],
             _return, form=Return, proof=True, danger=True),
        Step("vouch", _("Vouch for it"), MAY, _is_doubted,
             lambda row: [_("Only when you see %(receipt)s in M-Pesa's own portal: messages can be forged.")
                          % {"receipt": row.receipt}],
             _vouch, form=Vouch, proof=True),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        nobodys = Case(When(status=Status.UNALLOCATED, then=Value(0)), default=Value(1))
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.order_by(nobodys, "-created_at", "-pk")

    def describe(self, row: PaybillReceipt, user: Any) -> dict[str, Any]:
        return {
            **super().describe(row, user),
            "links": [(_("The payment"), payment_link(row.payment_id))] if row.payment_id else [],
            "facts": [
                (_("Status"), self.state(row)), (_("Amount"), row.amount), (_("Typed"), row.reference_typed),
                (_("Read as"), row.reference), (_("Payer"), row.payer_hint), (_("Short code"), row.shortcode),
                (_("Paid"), when(row.paid_at)), (_("Settled"), when(row.settled_at)), (_("Note"), row.note),
            ],
        }  # fmt: skip

    @admin.display(description=_("amount"), ordering="amount_minor")
    def sum(self, row: PaybillReceipt) -> str:
        return str(row.amount)

    @admin.display(description=STATUS, ordering="status")
    def state(self, row: PaybillReceipt) -> str:
        return str(Status(row.status).label)

    @admin.display(description=_("typed"), ordering="reference_typed")
    def typed(self, row: PaybillReceipt) -> str:
        return row.reference_typed

    @admin.display(description=_("paid"), ordering="paid_at")
    def paid(self, row: PaybillReceipt) -> str:
        return when(row.paid_at)
