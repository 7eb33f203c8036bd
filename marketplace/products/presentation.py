"""What the product pages show."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

if TYPE_CHECKING:
    from marketplace.products.models import ProductIndexPage, ProductPage


def product_index_context(page: "ProductIndexPage", request: HttpRequest) -> dict[str, Any]:
    """The listing with its filters, for `pages/products/index.html`."""
    return {}


def product_context(page: "ProductPage", request: HttpRequest) -> dict[str, Any]:
    """One product with its plans and versions, for `pages/products/product.html`."""
    return {}
