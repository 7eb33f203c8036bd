"""Serve pages as Wagtail does, but find them in two queries instead of two per level of the tree.

A page's ancestors are read with it (breadcrumbs need them anyway). The interface language has no prefix in the URL:
the tree of the visitor's language is preferred, and a page that exists only in another language is shown rather than
refused.
"""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from wagtail import views as wagtail_views
from wagtail.models import Page, Site
from wagtail.url_routing import RouteResult

from home.navigation import site_of


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """Serve the page at `path`. What this cannot find it leaves to Wagtail: routable pages, 404."""
    trail = _trail(request, path)
    if trail:
        request._wagtail_route_for_request = RouteResult(_specific(trail))  # type: ignore[attr-defined]
    return wagtail_views.serve(request, path)


def _trail(request: HttpRequest, path: str) -> list[Page]:
    """The live page at `path` and its ancestors, the site's root first; empty when there is none."""
    site = site_of(request)
    if site is None:
        return []
    roots = [found for found in Site.get_site_root_paths() if found.site_id == site.pk]
    roots.sort(key=lambda found: found.language_code != get_language())
    slugs = [slug for slug in path.split("/") if slug]
    trails = [_url_paths(root.root_path, slugs) for root in roots]
    rows = Page.objects.filter(url_path__in={url for trail in trails for url in trail})
    found = {row.url_path: row for row in rows}
    for trail in trails:
        pages = [found[url] for url in trail if url in found]
        if len(pages) == len(trail) and pages[0].live and pages[-1].live:
            return pages
    return []


def _url_paths(root: str, slugs: list[str]) -> list[str]:
    return [root + "".join(f"{slug}/" for slug in slugs[:depth]) for depth in range(len(slugs) + 1)]


def _specific(trail: list[Page]) -> Page:
    """The page as its own class, with the rows that class names in `served_with` joined in."""
    page = trail[-1]
    model = page.specific_class or Page
    served = model._default_manager.select_related("locale", *getattr(model, "served_with", ())).get(pk=page.pk)
    served.trail = trail[:-1]
    return served
