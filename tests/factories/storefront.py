"""A site with its home page, and pages under it. Small on purpose: each test adds the rows it is about."""

from typing import Any

from wagtail.models import Locale, Page, Site

from home.models import HomePage, SiteSettings, StandardPage


def make_home(**fields: Any) -> HomePage:
    """A published home page that the default site is rooted at."""
    root = Page.objects.get(depth=1)
    home: HomePage = root.add_child(instance=HomePage(**{"title": "Sokoni", "slug": "front", **fields}))
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "testserver", "root_page": home})
    Site.clear_site_root_paths_cache()
    return home


def make_standard(parent: Page, title: str = "About us", **fields: Any) -> StandardPage:
    """A published page of words."""
    page: StandardPage = parent.add_child(instance=StandardPage(title=title, **fields))
    return page


def make_settings(**fields: Any) -> SiteSettings:
    """The default site's settings."""
    row, _created = SiteSettings.objects.update_or_create(site=Site.objects.get(is_default_site=True), defaults=fields)
    return row


def swahili() -> Locale:
    """The second language of the site."""
    return Locale.objects.get_or_create(language_code="sw")[0]
