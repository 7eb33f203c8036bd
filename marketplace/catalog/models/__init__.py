from marketplace.catalog.models.category import Category
from marketplace.catalog.models.place import ShopPage
from marketplace.catalog.models.sellable import SellableMixin
from marketplace.catalog.models.seller_pages import SellerIndexPage, SellerPage

__all__ = ["Category", "SellableMixin", "SellerIndexPage", "SellerPage", "ShopPage"]
