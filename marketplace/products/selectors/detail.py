"""One product with its plans and versions."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from marketplace.catalog.selectors import by_translation
from marketplace.commerce.models import Offer
from marketplace.commerce.selectors import Availability, availability
from marketplace.products.models import LicensePlan, ProductPage, ProductVersion


@dataclass(frozen=True)
class PlanDetail:
    """A plan in the page's language (or the one it was entered in), with what can be bought of it now."""

    plan: LicensePlan
    offer: Offer
    state: Availability


def product_plans(
    page: ProductPage, *, now: dt.datetime | None = None, unlocked: Collection[int] = (), hidden: bool = False
) -> list[PlanDetail]:
    """Plans in the seller's order. One query and commerce's two. Hidden ones by `unlocked` link or with `hidden`."""
    rows = by_translation(page.plans.select_related("offer__seller"), page.locale_id).values()
    shown = [row for row in rows if hidden or not row.offer.hidden or row.offer_id in unlocked]
    states = availability([row.offer for row in shown], now=now)
    found = [PlanDetail(row, row.offer, states[row.offer_id]) for row in shown]
    return sorted(found, key=lambda each: (each.plan.sort_order, each.plan.pk))


def product_versions(page: ProductPage, *, withdrawn: bool = False) -> list[ProductVersion]:
    """Versions newest first with their files. Two queries."""
    rows = page.versions.prefetch_related("files")
    return list(rows if withdrawn else rows.filter(yanked=False))
