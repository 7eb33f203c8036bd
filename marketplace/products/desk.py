"""A product's plans and versions as its panels show them."""

import datetime as dt
from typing import Any
from zlib import crc32

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.catalog.desk import offer_line
from marketplace.catalog.figures import offer_figures
from marketplace.catalog.selectors import by_translation
from marketplace.core import clock
from marketplace.products.models import LicensePlan, ProductPage


def plan_desk(page: ProductPage, *, now: dt.datetime | None = None) -> dict[str, Any]:
    """Context of the plans' panel. Six queries, however many there are."""
    now = now or clock.now()
    rows = by_translation(page.plans.select_related("offer__seller", "product"), page.locale_id).values()
    plans = sorted(rows, key=lambda row: (row.sort_order, row.pk))
    figures = offer_figures([plan.offer for plan in plans], now=now)
    lines = []
    for plan in plans:
        blocked = "" if plan.product.live else _("Page not published")
        lines.append((plan, offer_line(plan.offer, figures[plan.offer_id], stopped=plan.stopped, blocked=blocked)))
    shape = repr([(plan.pk, plan.name, granted(plan), line.price, line.stopped) for plan, line in lines])
    return {
        "product": page,
        "plans": [(plan, line, granted(plan)) for plan, line in lines],
        "shape": crc32(shape.encode()),
    }


def version_desk(page: ProductPage) -> dict[str, Any]:
    """Context of the versions' panel, newest first. Two queries."""
    versions = list(page.versions.prefetch_related("files"))
    shape = repr([(row.pk, row.version, row.yanked, row.channel, [f.pk for f in row.files.all()]) for row in versions])
    return {"product": page, "versions": versions, "shape": crc32(shape.encode())}


def granted(plan: LicensePlan) -> str:
    """What a plan grants, in one line."""
    if plan.term == LicensePlan.Term.PERPETUAL:
        parts = [_("for good")]
    else:
        days = plan.term_days or 0
        parts = [ngettext("%(count)d day", "%(count)d days", days) % {"count": days}]
    parts.append(ngettext("%(count)d seat", "%(count)d seats", plan.seats) % {"count": plan.seats})
    if plan.activation_limit:
        words = ngettext("%(count)d activation", "%(count)d activations", plan.activation_limit)
        parts.append(words % {"count": plan.activation_limit})
    if plan.usage_limit:
        parts.append(f"{plan.usage_limit:,} {plan.usage_unit}")
    return ", ".join(parts)
