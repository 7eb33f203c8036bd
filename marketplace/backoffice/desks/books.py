"""The ledger, read only: the trial balance per currency, and every entry with its postings.

Not a modeladmin: ledger rows belong to the ledger's own room, which is asked through its selectors.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace.backoffice.dossier import Booking, account_name, bookings
from marketplace.core.money import Money
from marketplace.ledger import selectors as books

PER_PAGE = 50


@dataclass(frozen=True)
class Balance:
    """One currency's trial balance: code and amount per account, and whether both sides agree."""

    currency: str
    rows: list[tuple[str, Money | None, Money | None]]
    debit: Money
    credit: Money

    @property
    def holds(self) -> bool:
        return self.debit == self.credit


def may_read_books(user: Any) -> bool:
    return bool(user.has_perm("ledger.view_entry"))


def trial_balances() -> list[Balance]:
    return [_balance(currency, books.trial_balance(currency)) for currency in books.currencies()]


def _balance(currency: str, sums: dict[str, int]) -> Balance:
    def side(minor: int) -> Money | None:
        return Money(minor, currency) if minor > 0 else None

    return Balance(
        currency=currency,
        rows=[(account_name(code), side(minor), side(-minor)) for code, minor in sums.items()],
        debit=Money(sum(minor for minor in sums.values() if minor > 0), currency),
        credit=Money(-sum(minor for minor in sums.values() if minor < 0), currency),
    )


class LedgerView(WagtailAdminTemplateMixin, TemplateView):
    page_title = _("Ledger")
    header_icon = "list-ol"
    template_name = "pages/backoffice/ledger.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_read_books(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        search = self.request.GET.get("q", "").strip()
        page = Paginator(books.entries(search=search), PER_PAGE).get_page(self.request.GET.get("p"))
        lines: list[Booking] = [line for entry in page for line in bookings(entry)]
        return super().get_context_data(balances=trial_balances(), page=page, bookings=lines, search=search, **kwargs)


class LedgerMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_read_books(request.user)


def ledger_menu_item() -> LedgerMenuItem:
    return LedgerMenuItem(_("Ledger"), reverse("ledger_desk"), name="ledger", icon_name="list-ol", order=4)


urlpatterns: list[URLPattern] = [path("ledger/", LedgerView.as_view(), name="ledger_desk")]
