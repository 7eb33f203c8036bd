"""What the seller pages show."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

if TYPE_CHECKING:
    from marketplace.catalog.models import SellerIndexPage, SellerPage


def seller_index_context(page: "SellerIndexPage", request: HttpRequest) -> dict[str, Any]:
    """Everyone who sells, for `pages/catalog/sellers.html`."""
    return {}


def seller_context(page: "SellerPage", request: HttpRequest) -> dict[str, Any]:
    """One seller and what they sell, for `pages/catalog/seller.html`."""
    return {}
