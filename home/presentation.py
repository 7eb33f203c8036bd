"""What the home page and the standard pages show."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from marketplace.catalog.structured_data import head
from marketplace.catalog.trail import crumbs

if TYPE_CHECKING:
    from home.models import HomePage, StandardPage


def home_context(page: "HomePage", request: HttpRequest) -> dict[str, Any]:
    """The front, for `pages/home/home.html`."""
    return {
        "head": head(
            title=page.seo_title or page.title,
            path=page.get_url(request),
            description=page.search_description or page.hero_text,
        )
    }


def standard_context(page: "StandardPage", request: HttpRequest) -> dict[str, Any]:
    """A page of words, for `pages/home/standard.html`."""
    trail = crumbs(page, request)
    return {
        "crumbs": trail,
        "head": head(
            title=page.seo_title or page.title,
            path=page.get_url(request),
            description=page.search_description or page.summary,
            crumbs=trail,
        ),
    }
