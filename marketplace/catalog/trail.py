"""Where a page stands: the way down to it from the site's home page."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.models import Page, PageViewRestriction


def crumbs(page: Any, request: HttpRequest) -> list[dict[str, str]]:
    """Breadcrumbs, home first, the page itself last. No query for a served page, which brings its ancestors along."""
    steps = [(ancestor.title, ancestor.get_url(request)) for ancestor in _ancestors(page) if ancestor.live]
    made = [{"label": title, "url": url} for title, url in steps if url]
    if made:
        made[0]["label"] = _("Home")
    return [*made, {"label": page.title, "url": page.get_url(request) or ""}]


def _ancestors(page: Any) -> Sequence[Any]:
    """`trail` is set when a page is served (home.serving); a preview has to ask."""
    if hasattr(page, "trail"):
        return list(page.trail)
    return list(page.get_ancestors().filter(depth__gt=1)) if page.path else []


def restrictions(page: Any) -> QuerySet[PageViewRestriction]:
    """What bars visitors from a page, as `Page.get_view_restrictions`, in one query for a served page.

    Served pages bring their ancestors, and hardly any site restricts anything; the rest is left to Wagtail.
    """
    way = [*getattr(page, "trail", ()), page]
    if not hasattr(page, "trail") or any(each.alias_of_id for each in way):
        return Page.get_view_restrictions(page)
    restricted = set(PageViewRestriction.objects.values_list("page_id", flat=True))
    page.site_is_open = not restricted
    if restricted.isdisjoint(each.pk for each in way):
        return PageViewRestriction.objects.none()
    return Page.get_view_restrictions(page)
