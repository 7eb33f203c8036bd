"""Reading what events and products share."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q
from wagtail.models import Locale

from marketplace.catalog.models import Category, SellerPage


@dataclass
class Branch:
    """A top category with those within it."""

    category: Category
    children: list[Category] = field(default_factory=list)


def category_tree(locale: Locale | None = None) -> list[Branch]:
    """Both levels in a language, in the editors' order. One query."""
    branches: dict[int, Branch] = {}
    rows = list(Category.objects.filter(locale=locale or Locale.get_active()).select_related("parent"))
    for category in rows:
        if category.parent_id is None:
            branches[category.pk] = Branch(category)
    for category in rows:
        if category.parent_id in branches:
            branches[category.parent_id].children.append(category)
    return list(branches.values())


def in_category(slug: str) -> Q:
    """Pages of a category or of one within it, in whichever language their editors chose it."""
    return Q(category__slug=slug) | Q(category__parent__slug=slug)


def seller_urls(seller_ids: set[int], locale: Locale | None = None) -> dict[int, str]:
    """Paths of the sellers' pages, by seller. One query (and the site's roots, which Wagtail caches)."""
    pages = SellerPage.objects.live().filter(seller__in=seller_ids, locale=locale or Locale.get_active())
    return {page.seller_id: page.url or "" for page in pages}


def by_translation(rows: Any, locale_id: int) -> dict[UUID, Any]:
    """Of translatable rows, one per translation key: the one in the wanted language before any other."""
    chosen: dict[UUID, Any] = {}
    for row in rows:
        if row.translation_key not in chosen or row.locale_id == locale_id:
            chosen[row.translation_key] = row
    return chosen
