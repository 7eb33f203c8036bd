"""Reading products: bounded queries, whatever their number."""

from marketplace.products.selectors.cards import ProductShelf, product_cards, product_shelf
from marketplace.products.selectors.detail import PlanDetail, product_plans, product_versions
from marketplace.products.selectors.listing import ProductFilters, find_products

__all__ = [
    "PlanDetail",
    "ProductFilters",
    "ProductShelf",
    "find_products",
    "product_cards",
    "product_plans",
    "product_shelf",
    "product_versions",
]
