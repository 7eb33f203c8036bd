from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from marketplace.sellers.pages import foreign_pages
from marketplace.sellers.snippets import SellerViewSet

register_snippet(SellerViewSet)


@hooks.register("construct_page_chooser_queryset")
def hide_foreign_pages(pages: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
    """Confined sellers link to their own pages and to those that belong to nobody."""
    return pages.exclude(foreign_pages(request.user))
