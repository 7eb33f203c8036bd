"""The entries behind a figure: what moved, when, for which order."""

from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from marketplace.core.money import CURRENCIES
from marketplace.ledger.accounts import Code, of_seller
from marketplace.ledger.selectors import MovementRows, movements
from marketplace.payouts.presentation.figures import BY_SLUG, PLACES, Figure, stands
from marketplace.payouts.presentation.movements import describe
from marketplace.payouts.views.base import MoneyPage, Words


class Movements(MoneyPage):
    """`account` in the query names a figure; without it, all of them."""

    template_name = "pages/payouts/movements.html"

    @cached_property
    def place(self) -> Figure | None:
        slug = self.request.GET.get("account", "")
        if slug and slug not in BY_SLUG:
            raise Http404
        return BY_SLUG.get(slug)

    @cached_property
    def currency(self) -> str:
        currency = str(self.kwargs["currency"])
        if currency not in CURRENCIES:
            raise Http404
        return currency

    def get_page_title(self) -> Words:
        return self.place.label if self.place else _("All movements")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.paged(self._rows())
        stand = next((one for one in stands(self.seller.pk) if one.currency == self.currency), None)
        return super().get_context_data(
            page=page,
            movements=describe(page.object_list, self.seller.pk, self.currency),
            place=self.place,
            places=PLACES,
            currency=self.currency,
            balance=stand.at(self.place.slug) if stand and self.place else None,
            **kwargs,
        )

    def _rows(self) -> MovementRows:
        owner = of_seller(Code.SELLER_PENDING, self.seller.pk).owner
        codes = [self.place.code] if self.place else [place.code for place in PLACES]
        return movements(owner=owner, currency=self.currency, codes=codes, newest_first=True)
