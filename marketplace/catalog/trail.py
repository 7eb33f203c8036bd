"""Where a page stands: the way down to it from the site's home page."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _


def crumbs(page: Any, request: HttpRequest) -> list[dict[str, str]]:
    """Breadcrumbs, home first, the page itself last. No query for a served page, which brings its ancestors along."""
    steps = [(ancestor.title, ancestor.get_url(request)) for ancestor in _ancestors(page)]
    made = [{"label": title, "url": url} for title, url in steps if url]
    if made:
        made[0]["label"] = _("Home")
    return [*made, {"label": page.title, "url": page.get_url(request) or ""}]


def _ancestors(page: Any) -> Sequence[Any]:
    """`trail` is set when a page is served (home.serving); a preview has to ask."""
    if hasattr(page, "trail"):
        return list(page.trail)
    return list(page.get_ancestors().filter(depth__gt=1)) if page.path else []
