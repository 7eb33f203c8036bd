"""What a person decides: money that does not fit its order, and paid orders whose goods wait."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.backoffice.desks.base import when
from marketplace.backoffice.desks.filters import STATUS, by_choice
from marketplace.backoffice.desks.steps import Reason, Step, SteppingDesk, Typed, payment_link
from marketplace.backoffice.templatetags.desk import provider_name
from marketplace.commerce import services
from marketplace.commerce.models import OrderHold, OrderReview
from marketplace.commerce.services.resolve_review import APPLY, CLOSE, RETURN, choices
from marketplace.core.money import Money
from marketplace.payments.refundable import left_minor
from marketplace.payments.risk.rules import explain

MAY_REVIEW, MAY_HOLD = "commerce.change_orderreview", "commerce.change_orderhold"


class Open(SimpleListFilter):
    title = _("state")
    parameter_name = "open"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("open")), ("0", _("decided"))]

    def queryset(self, request: Any, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        return queryset.filter(resolved_at__isnull=self.value() == "1") if self.value() in ("0", "1") else None


def order_link(order_id: int) -> str:
    return reverse("orders_modeladmin_inspect", args=[order_id])


class Statement(forms.Form):
    evidence = forms.CharField(
        label=_("What the provider's statement says"), widget=forms.Textarea(attrs={"rows": 3}), max_length=300
    )


def _resolve(action: str) -> Any:
    def do(row: OrderReview, actor_id: int | None, typed: Typed) -> Any:
        evidence = typed.get("evidence", "")
        done = services.resolve_review(review_id=row.pk, action=action, actor_id=actor_id, evidence=evidence)
        return _("Decided: %(outcome)s.") % {"outcome": done.resolution}

    return do


class ByHand(forms.Form):
    evidence = forms.CharField(
        label=_("Given back by hand already? Say how"),
        help_text=_(
            "Leave it empty, and what goes back is sent the way it came. Only where no way is known, give it back "
            "first, and write down when and how, with the reference of the transfer."
        ),
        required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=300,
    )  # fmt: skip


def _left(row: OrderReview) -> Money:
    return Money(left_minor(row.payment), row.payment.currency)


def _may(action: str) -> Callable[[OrderReview], bool]:
    return lambda row: row.resolved_at is None and action in choices(row)


def _hold(*, release: bool) -> Any:
    def do(row: OrderHold, actor_id: int | None, typed: Typed) -> Any:
        services.decide_hold(order_id=row.order_id, release=release, note=typed["note"], actor_id=actor_id)
        return _("The goods go out.") if release else _("Nothing goes out. Now refund the order.")

    return do


def _waits(row: OrderHold) -> bool:
    return row.outcome == OrderHold.Outcome.WAITING


class ReviewDesk(SteppingDesk):
    model = OrderReview
    base_url_path = "reviews"
    menu_label = _("Reviews")
    menu_icon = "help"
    nothing = _("Nothing to look at. Money that comes too late, twice or with another amount waits here for a person.")
    list_display = ("order_code", "why", "sum", "since", "outcome")
    list_filter = (Open, by_choice("reason", OrderReview.Reason, _("why")), "created_at")
    search_hint = _("Order code or receipt")
    search_fields = ("order__code", "payment__receipt")
    steps = (
        Step("return", _("Return the money"), MAY_REVIEW, _may(RETURN),
             lambda row: [_("%(amount)s go back the way they came.") % {"amount": _left(row)},
                          _("An order that waited for this money is cancelled.")],
             _resolve(RETURN), form=ByHand, proof=True),
        Step("apply", _("Apply it to the order"), MAY_REVIEW, _may(APPLY),
             lambda _row: [_("The order counts as paid by it and is delivered."), _("What is too much goes back.")],
             _resolve(APPLY), form=ByHand, proof=True),
        Step("close", _("No money came"), MAY_REVIEW, _may(CLOSE),
             lambda _row: [_("Only when the provider's own statement shows no such money: the order is given up.")],
             _resolve(CLOSE), form=Statement, proof=True, danger=True),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        first = Case(When(resolved_at=None, then=Value(0)), default=Value(1))
        rows: QuerySet[Any] = super().get_queryset(request).select_related("order", "payment")
        return rows.order_by(first, "-created_at", "-pk")

    def title_of(self, row: OrderReview) -> str:
        return row.order.code

    def describe(self, row: OrderReview, user: Any) -> dict[str, Any]:
        return {
            **super().describe(row, user),
            "facts": [
                (_("Why"), self.why(row)), (_("Paid"), row.payment.amount),
                (_("Left of it"), _left(row)), (_("The order costs"), row.order.total),
                (_("Order"), row.order.code), (_("Provider"), provider_name(row.payment.provider)),
                (_("Receipt"), row.payment.receipt), (_("Since"), when(row.created_at)),
                (_("Outcome"), row.resolution), (_("Decided"), when(row.resolved_at)),
            ],
            "links": [(_("The order"), order_link(row.order_id)), (_("The payment"), payment_link(row.payment_id))],
        }  # fmt: skip

    @admin.display(description=_("order"), ordering="order__code")
    def order_code(self, row: OrderReview) -> str:
        return row.order.code

    @admin.display(description=_("why"), ordering="reason")
    def why(self, row: OrderReview) -> str:
        return row.get_reason_display()

    @admin.display(description=_("paid"))
    def sum(self, row: OrderReview) -> str:
        return str(row.payment.amount)

    @admin.display(description=_("since"), ordering="created_at")
    def since(self, row: OrderReview) -> str:
        return when(row.created_at)

    @admin.display(description=_("outcome"))
    def outcome(self, row: OrderReview) -> Any:
        return row.resolution or ("" if row.resolved_at is None else _("decided"))


class HoldDesk(SteppingDesk):
    """Paid orders whose goods wait, because their payment looked doubtful."""

    model = OrderHold
    base_url_path = "held-orders"
    menu_label = _("Held orders")
    menu_icon = "lock"
    nothing = _("Nothing is held. When a payment looks doubtful, its order waits here before anything is delivered.")
    list_display = ("order_code", "sum", "score", "state", "since", "note")
    list_filter = (by_choice("outcome", OrderHold.Outcome, STATUS), "created_at")
    search_hint = _("Order code")
    search_fields = ("order__code",)
    steps = (
        Step("release", _("Release the goods"), MAY_HOLD, _waits,
             lambda _row: [_("Everything in the order is delivered now.")], _hold(release=True), form=Reason),
        Step("refuse", _("Refuse"), MAY_HOLD, _waits,
             lambda _row: [_("Nothing is ever delivered for this order. The money stays until the order is refunded.")],
             _hold(release=False), form=Reason, danger=True),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        first = Case(When(outcome=OrderHold.Outcome.WAITING, then=Value(0)), default=Value(1))
        rows: QuerySet[Any] = super().get_queryset(request).select_related("order")
        return rows.order_by(first, "-created_at", "-pk")

    def title_of(self, row: OrderHold) -> str:
        return row.order.code

    def describe(self, row: OrderHold, user: Any) -> dict[str, Any]:
        payment = row.order.paid_by
        findings = payment.assessment.findings if payment is not None and hasattr(payment, "assessment") else []
        links = [(_("The order"), order_link(row.order_id))]
        return {
            **super().describe(row, user),
            "facts": [
                (_("Status"), self.state(row)), (_("Score"), row.score), (_("Order"), row.order.code),
                (_("Total"), row.order.total), (_("Since"), when(row.created_at)), (_("Note"), row.note),
                (_("Decided"), when(row.decided_at)),
            ],
            "links": [*links, (_("The payment"), payment_link(payment.pk))] if payment else links,
            "tables": [(_("Why it looks doubtful"), (_("What was found"), _("Weight")),
                        [(explain(one), one["weight"]) for one in findings])],
        }  # fmt: skip

    @admin.display(description=_("order"), ordering="order__code")
    def order_code(self, row: OrderHold) -> str:
        return row.order.code

    @admin.display(description=_("total"))
    def sum(self, row: OrderHold) -> str:
        return str(row.order.total)

    @admin.display(description=STATUS, ordering="outcome")
    def state(self, row: OrderHold) -> str:
        return row.get_outcome_display()

    @admin.display(description=_("since"), ordering="created_at")
    def since(self, row: OrderHold) -> str:
        return when(row.created_at)
