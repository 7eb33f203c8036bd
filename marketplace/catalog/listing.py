"""What every listing needs: addresses with one thing changed, pages of results, chips for active filters."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from marketplace.core.money import CURRENCIES, Money, exponent

PER_PAGE = 24
MAX_PAGE = 500
"""Nobody reads on from here; a crawler that does costs the database dearly."""

HOME_CURRENCY = CURRENCIES[0]
PRICES = (500, 1000, 2500, 5000)
"""Major units of the home currency offered as an upper limit."""
WITHIN = "· "
"""Before the name of a category that lies within another."""

Text = str | Promise
Option = dict[str, Any]


def address(request: HttpRequest, **changes: str | int | None) -> str:
    """This address with some parameters replaced (None removes), on the first page unless `page` is given."""
    query = request.GET.copy()
    for name, value in {"page": None, **changes}.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    for name, typed in list(query.items()):
        if not str(typed).strip():
            del query[name]
    return f"{request.path}?{query.urlencode()}" if query else request.path


def page_number(request: HttpRequest) -> int:
    """Which page of results is asked for; nonsense means the first."""
    asked = request.GET.get("page", "")
    return min(int(asked), MAX_PAGE) if asked.isdecimal() and len(asked) < 6 and int(asked) > 0 else 1


def text(request: HttpRequest, name: str = "q", limit: int = 120) -> str:
    """What was typed, in one line and bounded. NUL bytes are dropped: PostgreSQL refuses them."""
    typed = " ".join(request.GET.get(name, "").replace("\x00", "").split())
    return Truncator(typed).chars(limit, truncate="")


def pagination(request: HttpRequest, *, number: int, total: int, per_page: int = PER_PAGE) -> dict[str, Any]:
    """The `pagination` component's values: first, last and the neighbors of the current page, gaps between."""
    last = min(max(1, -(-total // per_page)), MAX_PAGE)
    shown = sorted({1, last, *(n for n in range(number - 1, number + 2) if 1 <= n <= last)})
    pages: list[Option] = []
    for place, n in enumerate(shown):
        if place and n - shown[place - 1] > 1:
            pages.append({"gap": True})
        pages.append({"number": n, "url": address(request, page=n if n > 1 else None), "current": n == number})
    return {
        "pages": pages,
        "previous_url": address(request, page=number - 1 if number > 2 else None) if number > 1 else None,
        "next_url": address(request, page=number + 1) if number < last else None,
    }


def select(name: str, label: Text, options: Iterable[tuple[str, Text]], chosen: str) -> dict[str, Any]:
    """A select of the `filter_bar` component."""
    return {
        "name": name,
        "label": label,
        "options": [{"value": value, "label": words, "selected": value == chosen} for value, words in options],
    }


def chips(request: HttpRequest, active: Sequence[tuple[str, Text]]) -> list[Option]:
    """One removable chip per active filter, given as (parameter names joined by a comma, words)."""
    return [{"label": words, "url": address(request, **dict.fromkeys(names.split(",")))} for names, words in active]


def hidden(request: HttpRequest, *names: str) -> list[Option]:
    """Parameters the filter form must carry along."""
    return [{"name": name, "value": request.GET[name]} for name in names if request.GET.get(name)]


def price_choices() -> list[tuple[str, str]]:
    """Upper limits a price filter offers, (value, words)."""
    limits = [(str(major), _("Up to %(price)s") % {"price": _price(major)}) for major in PRICES]
    return [("free", _("Free")), *limits]


def price_limit(chosen: str) -> Money | None:
    """The limit a choice of `price_choices` stands for."""
    return _price(int(chosen)) if chosen.isdecimal() else None


def _price(major: int) -> Money:
    return Money(major * 10 ** exponent(HOME_CURRENCY), HOME_CURRENCY)


def words(typed: str, fields: Iterable[str]) -> Q:
    """Every word somewhere in one of the fields: enough to narrow a listing; the site's search ranks and stems."""
    found = Q()
    for word in typed.split():
        here = Q()
        for field in fields:
            here |= Q(**{f"{field}__icontains": word})
        found &= here
    return found
