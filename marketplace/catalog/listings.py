"""Flat lists of pages that sell something."""

from typing import Any

from wagtail.admin.views.pages.listing import IndexView


class GoodsIndexView(IndexView):
    """With the seller of every page, in one query for the whole list."""

    def annotate_queryset(self, pages: Any) -> Any:
        return super().annotate_queryset(pages).prefetch_related("seller")
