"""What a visitor asks of the listing: read from the address, shown as a bar of controls and as chips."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from marketplace.catalog import listing
from marketplace.events.selectors import EventFilters

Facets = dict[str, list[tuple[str, str]]]


def when_choices() -> list[tuple[str, str]]:
    return [
        ("today", _("Today")),
        ("weekend", _("This weekend")),
        ("week", _("The next 7 days")),
        ("month", _("This month")),
    ]


@dataclass(frozen=True)
class Asked:
    """The listing's parameters; what makes no sense is as if it were not there."""

    q: str = ""
    category: str = ""
    city: str = ""
    when: str = ""
    price: str = ""
    day_from: dt.date | None = None
    day_to: dt.date | None = None
    past: bool = False

    @classmethod
    def read(cls, request: HttpRequest) -> Self:
        when, limit = request.GET.get("when", ""), request.GET.get("price", "")
        return cls(
            q=listing.text(request),
            category=listing.text(request, "category", 80),
            city=listing.text(request, "city", 80),
            when=when if when in dict(when_choices()) else "",
            price=limit if limit in dict(listing.price_choices()) else "",
            day_from=_day(request.GET.get("from", "")),
            day_to=_day(request.GET.get("to", "")),
            past=request.GET.get("past") == "1",
        )

    @property
    def active(self) -> bool:
        return self != Asked()

    def place(self) -> str:
        """The query of a listing that is a page of its own, by category and city alone; empty when it is not."""
        named = {"category": self.category, "city": self.city}
        alone = Asked(category=self.category, city=self.city) == self
        return urlencode({name: value for name, value in named.items() if value}) if alone else ""

    def filters(self, today: dt.date) -> EventFilters:
        """As the selector wants them. A named span of days wins over typed ones."""
        first, last = self.span(today)
        return EventFilters(
            category=self.category,
            city=self.city,
            day_from=first,
            day_to=last,
            free=self.price == "free",
            price_at_most=listing.price_limit(self.price),
            past=self.past,
        )

    def span(self, today: dt.date) -> tuple[dt.date | None, dt.date | None]:
        """First and last day, both included. A weekend is Friday to Sunday, or what is left of it."""
        sunday = today + dt.timedelta(days=6 - today.weekday())
        spans: dict[str, tuple[dt.date | None, dt.date | None]] = {
            "today": (today, today),
            "weekend": (max(today, sunday - dt.timedelta(days=2)), sunday),
            "week": (today, today + dt.timedelta(days=6)),
            "month": (today, (today.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)),
        }
        return spans.get(self.when, (self.day_from, self.day_to))


def filter_bar(request: HttpRequest, asked: Asked, facets: Facets, *, count_text: str) -> dict[str, Any]:
    """For the `filter_bar` component."""
    return {
        "action": request.path,
        "search": {"name": "q", "label": _("Search events"), "value": asked.q},
        "selects": [
            listing.select("when", _("When"), [("", _("Any day")), *when_choices()], asked.when),
            listing.select("city", _("City"), [("", _("Everywhere")), *facets["city"]], asked.city),
            listing.select("category", _("Category"), [("", _("Everything")), *facets["category"]], asked.category),
            listing.select("price", _("Price"), [("", _("Any price")), *listing.price_choices()], asked.price),
        ],
        "dates": [
            {"name": "from", "label": _("From"), "value": asked.day_from.isoformat() if asked.day_from else ""},
            {"name": "to", "label": _("To"), "value": asked.day_to.isoformat() if asked.day_to else ""},
        ],
        "hidden": listing.hidden(request, "past"),
        "chips": listing.chips(request, _active(asked, facets)),
        "count_text": count_text,
        "clear_url": request.path,
    }


def heading(title: str, asked: Asked, facets: Facets) -> str:
    """ "Events: Music, Nairobi": what a narrowed listing is called."""
    named = [_category_names(facets).get(asked.category, ""), asked.city]
    return f"{title}: {', '.join(name for name in named if name)}" if any(named) else title


def _category_names(facets: Facets) -> dict[str, str]:
    return {slug: name.removeprefix(listing.WITHIN) for slug, name in facets["category"]}


def _active(asked: Asked, facets: Facets) -> list[tuple[str, str]]:
    categories = _category_names(facets)
    named = [
        ("q", f"“{asked.q}”" if asked.q else ""),
        ("when", dict(when_choices()).get(asked.when, "")),
        ("from", _("From %(day)s") % {"day": date_format(asked.day_from, "j M")} if asked.day_from else ""),
        ("to", _("Until %(day)s") % {"day": date_format(asked.day_to, "j M")} if asked.day_to else ""),
        ("city", asked.city),
        ("category", categories.get(asked.category, asked.category)),
        ("price", dict(listing.price_choices()).get(asked.price, "")),
        ("past", _("Past events") if asked.past else ""),
    ]
    return [(name, words) for name, words in named if words]


def _day(typed: str) -> dt.date | None:
    try:
        found = parse_date(typed)
    except ValueError:
        return None
    return found if found and 2000 <= found.year <= 2100 else None
