"""What the sellers' pages show."""

from marketplace.catalog.presentation.sellers import seller_context, seller_index_context

__all__ = ["seller_context", "seller_index_context"]
