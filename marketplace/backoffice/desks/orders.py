"""Orders and sales: found by whatever a buyer can tell us, shown with everything that happened to them."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail_modeladmin.helpers import DjangoORMSearchHandler

from marketplace.backoffice.desks import order_refund, sale_request, sale_story
from marketplace.backoffice.desks.base import Desk, when
from marketplace.backoffice.desks.filters import STATUS, by_choice
from marketplace.backoffice.dossier import dossier
from marketplace.commerce.models import Order, OrderLine, OrderReview
from marketplace.commerce.models.order import OrderStatus
from marketplace.commerce.refunds.left import is_disputed
from marketplace.core.errors import Refusal
from marketplace.core.money import Money
from marketplace.payments.models import Payment
from marketplace.payments.services import normalize_phone


class OrderSearch(DjangoORMSearchHandler):
    """By order code, e-mail address, phone number as typed, or a provider's receipt number: whole, not in part."""

    def search_queryset(self, queryset: QuerySet[Order], search_term: str, **_kwargs: Any) -> QuerySet[Order]:
        term = search_term.strip()
        if not term:
            return queryset
        paid = Payment.objects.filter(Q(receipt__iexact=term) | Q(external_id=term) | Q(external_ref=term))
        wanted = Q(code__iexact=term) | Q(client__email__iexact=term) | Q(code__in=paid.values("reference"))
        if phone := phone_in(term):
            wanted |= Q(client__phone=phone)
        return queryset.filter(wanted)


def phone_in(term: str) -> str:
    """The number in E.164, or nothing when the term is no phone number."""
    try:
        return str(normalize_phone(term))
    except Refusal:
        return ""


class OrderDesk(Desk):
    """For finance, support and admins."""

    model = Order
    base_url_path = "orders"
    menu_label = _("Orders")
    menu_icon = "form"
    nothing = _("No orders yet.")
    list_display = ("code", "amount", "state", "buyer", "placed", "why")
    list_filter = (by_choice("status", OrderStatus, STATUS), "currency", "placed_at")
    list_export = ("code", "placed_at", "status", "currency", "total_minor", "fee_minor", "tax_minor", "paid_at")
    ordering = ("-placed_at", "-pk")
    search_hint = _("Order code, e-mail address, phone number or receipt")
    search_fields = ("code",)
    search_handler_class = OrderSearch
    inspect_template_name = "pages/backoffice/order.html"
    export_filename = "orders"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("client")

    def describe(self, row: Order, user: Any) -> dict[str, Any]:
        may = row.is_paid and user.has_perm(order_refund.ASK) and row.total_minor > row.refunded_minor
        steps = [(_("Refund or cancel"), reverse("order_refund", args=[row.pk]), False)] if may else []
        return {"dossier": dossier(row, user=user), "row_steps": steps}

    @admin.display(description=_("placed"), ordering="placed_at")
    def placed(self, row: Order) -> str:
        return when(row.placed_at)

    @admin.display(description=_("buyer"))
    def buyer(self, row: Order) -> str:
        return row.client.email if hasattr(row, "client") else "-"

    @admin.display(description=_("total"), ordering="total_minor")
    def amount(self, row: Order) -> str:
        return str(row.total)

    @admin.display(description=_("why it is looked at"), ordering="review_reason")
    def why(self, row: Order) -> str:
        return str(OrderReview.Reason(row.review_reason).label) if row.review_reason else ""

    @admin.display(description=STATUS, ordering="status")
    def state(self, row: Order) -> str:
        return str(OrderStatus(row.status).label)


class SalesDesk(Desk):
    """What was sold and paid, line by line. Sellers see their own lines, and of the buyer the name and nothing else."""

    model = OrderLine
    base_url_path = "sales"
    menu_label = _("Sales")
    menu_icon = "tag"
    nothing = _("Nothing sold yet. Every ticket and license that is paid for stands here, with your share of it.")
    list_display = ("what", "sold_at", "seller_name", "buyer", "quantity", "sum", "share")
    list_filter = ("kind", "order__paid_at")
    list_export = (
        "order_code", "sold_at", "seller_name", "title", "name", "quantity", "buyer", "currency",
        "total_minor", "fee_minor", "commission_tax_minor", "tax_minor", "seller_share_minor",
    )  # fmt: skip
    ordering = ("-order__paid_at", "-pk")
    search_hint = _("Event, product, buyer or order code")
    search_fields = ("title", "name", "order__code", "order__client__name")
    inspect_template_name = "pages/backoffice/sale.html"
    export_filename = "sales"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(order__paid_at__isnull=False).select_related("order__client")

    def describe(self, row: OrderLine, user: Any) -> dict[str, Any]:
        currency = row.order.currency
        money = (
            "unit_minor", "subtotal_minor", "fee_minor", "commission_tax_minor", "tax_minor", "total_minor",
            "seller_share_minor",
        )  # fmt: skip
        story = sale_story.story_of(row)
        return {
            "amounts": {name.removesuffix("_minor"): Money(getattr(row, name), currency) for name in money},
            "buyer": self.buyer(row),
            "row_steps": self._steps(row, user),
            "story": story,
            "share_left": sale_story.share_left(row, story),
        }

    def _steps(self, row: OrderLine, user: Any) -> list[tuple[Any, str, bool]]:
        """Sellers give back what is theirs; who sees more does it from the order. Not while a bank holds the money."""
        left = row.total_minor - row.refunded_minor
        may = user.has_perm(order_refund.SELL) and left > 0 and not is_disputed(row.order_id)
        steps = [(_("Refund"), reverse("sale_refund", args=[row.pk]), False)] if may else []
        asked = sale_request.open_request(row) if may else None
        if asked is not None and sale_request.is_theirs(asked, user):
            steps.insert(0, (_("Answer the buyer's request"), reverse("sale_request", args=[row.pk]), False))
        return steps

    @admin.display(description=_("what"), ordering="title")
    def what(self, row: OrderLine) -> str:
        return f"{row.title}: {row.name}"

    @admin.display(description=_("sold"), ordering="order__paid_at")
    def sold_at(self, row: OrderLine) -> str:
        return when(row.order.paid_at)

    @admin.display(description=_("order"))
    def order_code(self, row: OrderLine) -> str:
        return row.order.code

    @admin.display(description=_("currency"))
    def currency(self, row: OrderLine) -> str:
        return row.order.currency

    @admin.display(description=_("buyer"))
    def buyer(self, row: OrderLine) -> str:
        return (row.order.client.name if hasattr(row.order, "client") else "") or "-"

    @admin.display(description=_("paid"), ordering="total_minor")
    def sum(self, row: OrderLine) -> str:
        return str(Money(row.total_minor, row.order.currency))

    @admin.display(description=_("seller's share"))
    def share(self, row: OrderLine) -> str:
        return str(Money(row.seller_share_minor, row.order.currency))
