"""An order as plain values for pages and mails."""

import datetime as dt
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import phonenumbers
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from marketplace.commerce import conf
from marketplace.commerce.models import Order, OrderLine, OrderTax
from marketplace.commerce.pricing import Quote, Rate
from marketplace.core.money import Money


def order_url(order: Order, name: str = "order") -> str:
    """The public address of one of an order's pages, for mails and providers."""
    return conf.site_url() + reverse(f"commerce:{name}", args=[order.token])


def when(moment: dt.datetime | None, zone: str) -> str:
    """A date as people say it where it happens: "Fri 12 Dec 2026, 19:00"."""
    if moment is None:
        return ""
    local = timezone.localtime(moment, zone_of(zone))
    return formats.date_format(local, "D j M Y, H:i")


def zone_of(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name or conf.time_zone())
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(conf.time_zone())


def line_detail(title: str, service_date: dt.datetime | None, zone: str, place: str) -> str:
    """What stands under a line's name: "Benga by the Lake · Fri 12 Dec 2026, 19:00 · Dunga Hill Camp"."""
    return " · ".join(filter(None, (title, when(service_date, zone), place)))


def summary_of_order(order: Order, lines: Sequence[OrderLine], taxes: Iterable[OrderTax]) -> dict[str, Any]:
    """For the `order_summary` component and the receipt's rows."""
    rates: dict[Rate, int] = defaultdict(int)
    for tax in taxes:
        rates[Rate(tax.name, tax.country, tax.basis_points, tax.included)] += tax.minor
    return {
        "title": _("Your order"),
        "lines": [
            {
                "title": line.name,
                "detail": line_detail(line.title, line.service_date, line.service_zone, line.place),
                "quantity": line.quantity,
                "amount": str(Money(line.total_minor, order.currency)),
            }
            for line in lines
        ],
        "rows": sum_rows(
            fee=Money(order.fee_minor, order.currency),
            taxes=[(rate, Money(minor, order.currency)) for rate, minor in rates.items()],
        ),
        "total": str(order.total),
    }


def summary_of_quote(quote: Quote, lines: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The same before there is an order."""
    return {
        "title": _("Your order"),
        "lines": list(lines),
        "rows": sum_rows(fee=quote.fee, taxes=quote.taxes()),
        "total": str(quote.total),
        "note": _("This is all you pay. Nothing is added later."),
    }


def sum_rows(*, fee: Money, taxes: Iterable[tuple[Rate, Money]]) -> list[dict[str, str]]:
    """Fee and taxes. All of them are in the lines' amounts already: prices are shown whole."""
    rows = []
    if fee:
        rows.append({"label": _("Service fee"), "note": _("included in the prices"), "amount": str(fee)})
    for rate, minor in taxes:
        label = f"{rate.name} {rate.basis_points / 100:g} %"
        rows.append({"label": label, "note": _("included in the prices"), "amount": str(minor)})
    return rows


def spoken(number: str) -> str:
    """E.164 as its owner says it: 0712 345 678 in Kenya, +256 772 123456 elsewhere."""
    if number.startswith("+254") and len(number) == 13:
        return f"0{number[4:7]} {number[7:10]} {number[10:]}"
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
