"""What machines ask of a site: robots.txt and the sitemap."""

import datetime as dt
from urllib.parse import urlsplit

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as django_sitemap
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from home import conf

PRIVATE = (
    "/admin/",
    "/accounts/",
    "/account/",
    "/cart/",
    "/checkout/",
    "/orders/",
    "/tickets/",
    "/licenses/",
    "/hooks/",
)


@require_safe
@cache_control(max_age=3600, public=True)
def robots(_request: HttpRequest) -> HttpResponse:
    """Everything public may be listed; nothing at all where this deployment is not the real one."""
    if conf.robots_allowed():
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE)]
        lines += ["", f"Sitemap: {conf.site_url()}{reverse('sitemap')}"]
    else:
        lines = ["User-agent: *", "Disallow: /"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


class PageSitemap(Sitemap[Page]):
    """Every public page, at the site's public address."""

    limit = 5000

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.scheme, self.domain = urlsplit(conf.site_url())[:2]

    def items(self) -> QuerySet[Page]:
        site = Site.find_for_request(self.request)
        if site is None:
            return Page.objects.none()
        roots = site.root_page.get_translations(inclusive=True)
        tree = Page.objects.none()
        for root in roots:
            tree = tree | Page.objects.descendant_of(root, inclusive=True)
        return tree.live().public().exclude(depth=1).order_by("path")

    def location(self, item: Page) -> str:
        return str(item.get_url(self.request))

    def lastmod(self, item: Page) -> dt.datetime | None:
        published: dt.datetime | None = item.last_published_at
        return published

    def get_latest_lastmod(self) -> dt.datetime | None:
        latest: dt.datetime | None = self.items().order_by().aggregate(latest=Max("last_published_at"))["latest"]
        return latest

    def get_protocol(self, protocol: str | None = None) -> str:
        return self.scheme

    def get_domain(self, site: object = None) -> str:
        return self.domain


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The sitemap; `?p=2` and on for more than one page of it."""
    return django_sitemap(request, {"pages": PageSitemap(request)})
