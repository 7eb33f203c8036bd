from typing import Any

from wagtail.models import Page

from marketplace.catalog import trail
from marketplace.sellers.pages import ConfinedPage


class ShopPage(ConfinedPage, Page):
    """A page of the shop: it lives under a site's home page, never at the root of the tree."""

    served_with: tuple[str, ...] = ()
    """Relations a visitor's page shows, joined in when it is served."""

    class Meta:
        abstract = True

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        return bool(super().can_create_at(parent)) and not parent.is_root()

    def get_view_restrictions(self) -> Any:
        return trail.restrictions(self)
