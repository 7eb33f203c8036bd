from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from wagtail import hooks
from wagtail.admin.site_summary import PagesSummaryItem
from wagtail.snippets.models import register_snippet

from marketplace.sellers.pages import choosable_pages, edits_pages
from marketplace.sellers.people import hide_strangers
from marketplace.sellers.policy import reach
from marketplace.sellers.snippets import SellerViewSet

register_snippet(SellerViewSet)
hide_strangers()


@hooks.register("construct_page_chooser_queryset")
def hide_foreign_pages(pages: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
    """Confined sellers link to their own pages and to those that belong to nobody."""
    return choosable_pages(request.user, pages)


@hooks.register("construct_main_menu")
def hide_what_is_closed(request: HttpRequest, items: list[Any]) -> None:
    """Reports are about the whole house: closed to confined sellers. Lists of pages open to those who edit pages."""
    hidden = set()
    if reach(request.user) is not None:
        hidden.add("reports")
    if not edits_pages(request.user):
        hidden |= {item.name for item in items if item.url.startswith(reverse("wagtailadmin_home") + "shop/")}
    items[:] = [item for item in items if item.name not in hidden]


@hooks.register("construct_homepage_summary_items", order=100)
def count_nothing_foreign(request: HttpRequest, items: list[Any]) -> None:
    """Wagtail counts all pages of the site, whoever asks."""
    if reach(request.user) is not None:
        items[:] = [item for item in items if not isinstance(item, PagesSummaryItem)]
