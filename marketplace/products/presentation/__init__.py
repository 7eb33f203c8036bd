"""What the product pages show."""

from marketplace.products.presentation.detail import product_context
from marketplace.products.presentation.listing import product_index_context

__all__ = ["product_context", "product_index_context"]
