"""One product's plans and pictures as the page shows them."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.catalog.images import POSTER, SHARING, Picture, Shape
from marketplace.catalog.offer_rows import offer_row
from marketplace.catalog.selectors import by_translation
from marketplace.catalog.shelves import Pictures, States
from marketplace.commerce.models import Offer
from marketplace.products.models import LicensePlan, ProductPage, ProductScreenshot
from marketplace.products.selectors import PlanDetail

SCREENSHOT = Shape(None, (480, 960), "(min-width: 60rem) 40rem, 90vw")
Values = dict[str, Any]


@dataclass(frozen=True)
class Detail:
    """A product, filled."""

    poster: Picture | None
    sharing: Picture | None
    screenshots: list[Values]
    plans: list[PlanDetail]


@dataclass(frozen=True)
class DetailShelf:
    """The product itself among the shelves of its page; see `catalog.shelves`. Two queries."""

    page: ProductPage
    unlocked: Collection[UUID] = ()
    """Translation keys of hidden plans whose link the visitor followed."""

    @cached_property
    def _plans(self) -> list[LicensePlan]:
        rows = by_translation(self.page.plans.select_related("offer__seller"), self.page.locale_id).values()
        shown = [row for row in rows if not row.offer.hidden or row.translation_key in self.unlocked]
        return sorted(shown, key=lambda row: (row.sort_order, row.pk))

    @cached_property
    def _screenshots(self) -> list[ProductScreenshot]:
        rows: Any = self.page.screenshots
        return list(rows.select_related("image"))

    def wanted_pictures(self) -> list[tuple[Any, Shape]]:
        shots = [(shot.image, SCREENSHOT) for shot in self._screenshots]
        return [(self.page.poster, POSTER), (self.page.poster, SHARING), *shots]

    def offers(self) -> list[Offer]:
        return [plan.offer for plan in self._plans]

    def build(self, images: Pictures, states: States, now: dt.datetime) -> Detail:
        poster = self.page.poster_id or 0
        shots = [(shot, images.get((shot.image_id, SCREENSHOT))) for shot in self._screenshots]
        return Detail(
            images.get((poster, POSTER)),
            images.get((poster, SHARING)),
            [{"image": {**image, "alt": shot.alt}, "caption": shot.caption} for shot, image in shots if image],
            [PlanDetail(plan, plan.offer, states[plan.offer_id]) for plan in self._plans],
        )


def picker(detail: Detail, *, chosen: str, back: str) -> Values:
    """For the `plan_picker` component; the first plan that sells is chosen unless the address names another."""
    rows = [_plan_row(plan) for plan in detail.plans]
    selling = [row for row in rows if row["state"] == "on_sale"]
    named = [row for row in selling if chosen in (str(row["offer_id"]), row["key"])]
    for row in (named or selling)[:1]:
        row["checked"] = True
    return {
        "action": reverse("commerce:cart_add"),
        "plans": rows,
        "can_buy": bool(selling),
        "hidden": [{"name": "next", "value": back}],
        "note": _("The license and its files arrive by e-mail. No account needed."),
        "closed_note": _("This product is not on sale now.") if not selling else "",
    }


def _plan_row(plan: PlanDetail) -> Values:
    starts = plan.offer.sales_start
    opens = date_format(timezone.localtime(starts), "l j F, H:i") if starts else ""
    row = offer_row(plan.offer, plan.state, opens=opens)
    notes = [term(plan.plan), row["price_note"]]
    return {
        **row,
        "key": str(plan.plan.translation_key),
        "name": plan.plan.name,
        "description": plan.plan.description,
        "price_note": ", ".join(note for note in notes if note),
        "features": features(plan.plan),
    }


def term(plan: LicensePlan) -> str:
    """How long it lasts, as people say it."""
    days = plan.term_days
    if plan.term == LicensePlan.Term.PERPETUAL or not days:
        return _("once, for good")
    if days % 365 == 0:
        return ngettext("for a year", "for %(n)d years", days // 365) % {"n": days // 365}
    if days % 30 == 0:
        return ngettext("for a month", "for %(n)d months", days // 30) % {"n": days // 30}
    return ngettext("for a day", "for %(n)d days", days) % {"n": days}


def features(plan: LicensePlan) -> list[str]:
    """What the license grants, a line each."""
    seats = ngettext("%(n)d person may use it", "%(n)d people may use it", plan.seats) % {"n": plan.seats}
    if plan.activation_limit:
        machines = ngettext("On %(n)d machine at a time", "On %(n)d machines at a time", plan.activation_limit)
        activations = machines % {"n": plan.activation_limit}
    else:
        activations = _("On any number of machines")
    found = [seats, activations]
    if plan.usage_limit:
        number = number_format(plan.usage_limit, use_l10n=True, force_grouping=True)
        found.append(_("%(n)s %(unit)s included") % {"n": number, "unit": plan.usage_unit or _("uses")})
    return found


def facts(page: ProductPage) -> list[Values]:
    """For the `facts` component."""
    found: list[Values] = [{"icon": "box", "label": _("Type"), "value": capfirst(page.get_type_display())}]
    if page.docs_url:
        found.append({"icon": "info", "label": _("Manual"), "value": _("Documentation"), "url": page.docs_url})
    if page.support_email:
        link = f"mailto:{page.support_email}"
        found.append({"icon": "mail", "label": _("Support"), "value": page.support_email, "url": link})
    return found


def byline(page: ProductPage, seller_url: str) -> Values:
    """For the `seller_byline` component."""
    seller = page.seller
    note = seller.tagline or _("Maker")
    return {"name": seller.name, "url": seller_url, "verified": seller.verified, "note": note}
