"""The frame of every page: names and menus. Read from the database at most once per change, language and host."""

from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import get_random_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from home import conf
from home.models import SiteSettings

GENERATION = "home:navigation:generation"
KEPT = 600
"""Seconds. Changes made through Wagtail show at once; this bounds what bypasses its signals."""

Link = dict[str, Any]
Frame = dict[str, Any]


def forget() -> None:
    """Something a menu may show has changed: every cached frame is void."""
    cache.set(GENERATION, get_random_string(8), None)


def frame(request: HttpRequest) -> Frame:
    """Name, description, contacts, menus and legal links for this host and language; no query while cached."""
    key = f"home:navigation:{cache.get(GENERATION)}:{request.get_host()}:{get_language()}"
    found: Frame | None = cache.get(key)
    if found is None:
        found = _build(site_of(request))
        cache.set(key, found, KEPT)
    return found


def site_of(request: HttpRequest) -> Site | None:
    """`Site.find_for_request`, remembered across requests as Wagtail remembers the sites' roots."""
    if not hasattr(request, "_wagtail_site"):
        key = f"home:site:{cache.get(GENERATION)}:{request.get_host()}"
        known = cache.get(key)
        if known:
            request._wagtail_site = known  # type: ignore[attr-defined]
        else:
            cache.set(key, Site.find_for_request(request), KEPT)
    site: Site | None = Site.find_for_request(request)
    return site


def _build(site: Site | None) -> Frame:
    row = SiteSettings.objects.filter(site=site).first() or SiteSettings()
    menu = [item["value"] for item in row.primary_menu.raw_data]
    groups = [item["value"] for item in row.footer_menu.raw_data]
    footer = [(group["title"], [item["value"] for item in group["links"]]) for group in groups]
    legal = [{"page": pk, "label": label} for pk, label in _legal(row) if pk]
    pages = _pages([*menu, *(link for _title, links in footer for link in links), *legal])
    return {
        "name": row.name or conf.site_name(),
        "description": row.description,
        "email": row.contact_email,
        "phone": row.contact_phone,
        "primary": _links(menu, pages) if menu else _top_pages(site),
        "footer": [{"title": title, "links": _links(links, pages)} for title, links in footer],
        "terms_url": next((link["url"] for link in _links([{"page": row.terms_page_id}], pages)), ""),
        "privacy_url": next((link["url"] for link in _links([{"page": row.privacy_page_id}], pages)), ""),
    }


def _legal(row: SiteSettings) -> list[tuple[int | None, str]]:
    return [(row.terms_page_id, _("Terms")), (row.privacy_page_id, _("Privacy"))]


def _pages(links: Iterable[Link]) -> dict[int, Page]:
    """The live pages the links mean, by the id chosen, each in the visitor's language where it exists. One query."""
    chosen = {link["page"] for link in links if link.get("page")}
    if not chosen:
        return {}
    keys = Page.objects.filter(pk__in=chosen).values("translation_key")
    rows = list(Page.objects.live().filter(translation_key__in=keys).select_related("locale"))
    language = get_language()
    best = {row.translation_key: row for row in rows if row.locale.language_code == language}
    return {row.pk: best.get(row.translation_key, row) for row in rows if row.pk in chosen}


def _links(links: Iterable[Link], pages: dict[int, Page]) -> list[Link]:
    made = []
    for link in links:
        page = pages.get(link.get("page") or 0)
        url = page.url if page else link.get("url")
        if url:
            made.append({"label": link.get("label") or (page.title if page else url), "url": url})
    return made


def _top_pages(site: Site | None) -> list[Link]:
    """With no menu chosen: the pages under home that are meant for menus."""
    if site is None:
        return []
    pages = Page.objects.child_of(site.root_page).live().in_menu()
    return [{"label": page.title, "url": page.url} for page in pages if page.url]
