"""A seller's products on the seller's page."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.models import Locale

from marketplace.products.selectors import ProductFilters, ProductShelf, find_products, product_shelf

SHOWN = 24


class Products:
    order = 2
    title = _("Products")

    def shelf(self, seller_id: int, *, locale: Locale, now: dt.datetime) -> ProductShelf:
        return product_shelf(find_products(ProductFilters(seller_id=seller_id), locale=locale)[:SHOWN])

    def counts(self, seller_ids: Collection[int], *, locale: Locale, now: dt.datetime) -> dict[int, int]:
        rows = find_products(locale=locale).filter(seller__in=seller_ids).order_by()
        return dict(rows.values("seller").annotate(number=Count("pk", distinct=True)).values_list("seller", "number"))

    def counted(self, number: int) -> str:
        return ngettext("%(n)d product", "%(n)d products", number) % {"n": number}
