"""Payouts to be reviewed, and everything that helps to decide in a minute whether one is right."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail_modeladmin.helpers import DjangoORMSearchHandler

from marketplace.backoffice.desks.base import Desk, when
from marketplace.backoffice.desks.filters import STATUS, by_choice
from marketplace.backoffice.desks.payouts_decide import open_decisions
from marketplace.backoffice.desks.payouts_dossier import dossier
from marketplace.backoffice.desks.payouts_settle import SETTLED_BY_HAND
from marketplace.payments.models import Disbursement
from marketplace.payouts.models import Payout
from marketplace.payouts.models.payout import PayoutStatus


class Rail(SimpleListFilter):
    title = _("way")
    parameter_name = "rail"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Disbursement.Rail.choices)

    def queryset(self, request: Any, queryset: QuerySet[Payout]) -> QuerySet[Payout] | None:
        return queryset.filter(destination__rail=self.value()) if self.value() else None


class Signals(SimpleListFilter):
    title = _("signals")
    parameter_name = "signals"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("some", _("has some")), ("none", _("has none"))]

    def queryset(self, request: Any, queryset: QuerySet[Payout]) -> QuerySet[Payout] | None:
        ways = {"some": ~Q(signals=[]), "none": Q(signals=[])}
        return queryset.filter(ways[self.value() or ""]) if self.value() in ways else None


class PayoutSearch(DjangoORMSearchHandler):
    """By the payout's code, the run's, the seller's name or the rail's receipt."""

    def search_queryset(self, queryset: QuerySet[Payout], search_term: str, **_kwargs: Any) -> QuerySet[Payout]:
        term = search_term.strip()
        if not term:
            return queryset
        wanted = Q(code__iexact=term) | Q(run__code__iexact=term) | Q(seller__name__icontains=term)
        return queryset.filter(wanted | Q(disbursement__receipt__iexact=term))


class PayoutDesk(Desk):
    model = Payout
    base_url_path = "payouts"
    menu_label = _("Payouts")
    menu_icon = "upload"
    nothing = _("No payouts yet. A run proposes them; they wait here to be reviewed.")
    list_display = ("code", "state", "net", "seller_name", "to", "signs", "proposed", "settled")
    list_filter = (by_choice("status", PayoutStatus, STATUS), "currency", Rail, Signals, "proposed_at")
    list_export = (
        "code", "seller_name", "status", "currency", "gross_minor", "withholding_minor", "fee_minor", "net_minor",
        "to", "proposed_at", "approved_at", "settled_at",
    )  # fmt: skip
    ordering = ("-proposed_at", "-pk")
    search_hint = _("Payout code, run, seller or receipt")
    search_fields = ("code",)
    search_handler_class = PayoutSearch
    index_template_name = "pages/backoffice/payouts.html"
    inspect_template_name = "pages/backoffice/payout.html"
    export_filename = "payouts"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("seller", "destination")

    def describe(self, row: Payout, user: Any) -> dict[str, Any]:
        may = user.has_perm("payouts.change_payout")
        found = dossier(row, user=user)
        decisions = [
            (one.label, reverse("payout_decide", args=[one.name, row.pk]), one.danger)
            for one in open_decisions(row)
            if one.name != "approve" or not found.blocked
        ]
        if row.disbursement_id and row.status in SETTLED_BY_HAND:
            decisions.append((_("Settle by hand"), reverse("payout_settle", args=[row.pk]), False))
        return {"dossier": found, "payout": found.payout, "decisions": decisions if may else []}

    @admin.display(description=_("seller"), ordering="seller__name")
    def seller_name(self, row: Payout) -> str:
        return row.seller.name

    @admin.display(description=_("amount"), ordering="net_minor")
    def net(self, row: Payout) -> str:
        return str(row.net)

    @admin.display(description=STATUS, ordering="status")
    def state(self, row: Payout) -> str:
        return str(PayoutStatus(row.status).label)

    @admin.display(description=_("to"))
    def to(self, row: Payout) -> str:
        return row.destination.hint

    @admin.display(description=_("signals"))
    def signs(self, row: Payout) -> str:
        return f"{len(row.signals)} ({sum(one['weight'] for one in row.signals)})" if row.signals else ""

    @admin.display(description=_("proposed"), ordering="proposed_at")
    def proposed(self, row: Payout) -> str:
        return when(row.proposed_at)

    @admin.display(description=_("arrived"), ordering="settled_at")
    def settled(self, row: Payout) -> str:
        return when(row.settled_at)
