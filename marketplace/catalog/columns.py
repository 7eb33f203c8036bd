"""Columns that rows leading to offers share in the admin's lists."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column

from marketplace.catalog.desk import offer_line
from marketplace.catalog.figures import offer_figures


def offer_columns() -> list[Column]:
    """Title of the page, price and how it sells. The list must have been given `with_lines`."""
    return [
        Column("title", label=gettext_lazy("Page"), accessor="offer.title", sort_key="offer__title"),
        Column("price", label=gettext_lazy("Price"), accessor="line.price", sort_key="offer__price_minor"),
        Column("sold", label=gettext_lazy("Sold"), accessor="line.figures.sold"),
        Column("held", label=gettext_lazy("Held"), accessor="line.figures.held"),
        Column("left", label=gettext_lazy("Left"), accessor=_left),
        Column("state", label=gettext_lazy("State"), accessor="line.state.label"),
    ]


def with_lines(rows: Any) -> list[Any]:
    """Give every row its `line`. Five queries for any number of rows, which must come with `offer__seller`."""
    found = list(rows)
    figures = offer_figures(row.offer for row in found)
    for row in found:
        row.line = offer_line(row.offer, figures[row.offer_id], stopped=row.stopped, blocked="")
    return found


def _left(row: Any) -> str:
    left = row.line.figures.left
    return _("no limit") if left is None else str(left)
