from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from marketplace.sellers.pages import choosable_pages
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
def hide_reports(request: HttpRequest, items: list[Any]) -> None:
    """Reports are about the whole house: closed to confined sellers, so not offered."""
    if reach(request.user) is not None:
        items[:] = [item for item in items if item.name != "reports"]
