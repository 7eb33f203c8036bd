import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import template

from marketplace.core.money import Money
from marketplace.payments.errors import ProviderUnknown
from marketplace.payments.providers import provider

register = template.Library()
NAMES = {"mpesa": "M-Pesa", "stripe": "Stripe"}


@register.filter
def status_label(row: Any) -> str:
    """The words for a row's state: state machines keep their choices in `Status`, not on the column."""
    return str(row.Status(row.status).label)


@register.filter
def provider_name(slug: str) -> str:
    """As it calls itself."""
    return NAMES.get(slug, slug)


@register.filter
def plainly(code: str) -> str:
    """A code of ours or a provider's, to be read: "refund_settled" is "refund settled"."""
    return str(code).replace("_", " ")


@register.filter
def columns(head: Sequence[Any], rows: Sequence[Sequence[Any]]) -> list[tuple[Any, bool]]:
    """Each head with whether figures stand under it."""
    return [(name, any(is_figure(row[number]) for row in rows)) for number, name in enumerate(head)]


@register.filter
def is_figure(cell: Any) -> bool:
    return isinstance(cell, (Money, int)) and not isinstance(cell, bool)


@register.filter
def percent(value: int | None) -> str:
    """ "98 %", or nothing when there is nothing to divide by."""
    return "" if value is None else f"{value} %"


@register.filter
def span(value: dt.timedelta | None) -> str:
    """A time as short as it can be read: "0.4 s", "12 s", "3 min", "5 h", "2 d"."""
    if value is None:
        return ""
    seconds = value.total_seconds()
    if seconds < 10:
        return f"{seconds:.1f} s"
    for size, unit in ((86_400, "d"), (3_600, "h"), (120, "min")):
        if seconds >= size:
            return f"{seconds / (60 if unit == 'min' else size):.0f} {unit}"
    return f"{seconds:.0f} s"


@register.filter
def unlocalized(value: float) -> str:
    """A number as drawings want it: with a point, whatever the language."""
    return f"{value:g}"


@register.simple_tag
def failure_words(slug: str, code: str) -> str:
    """What a provider's code means to the buyer; empty when nobody knows."""
    try:
        return str(provider(slug).explain(code))
    except ProviderUnknown:
        return ""
