from marketplace.commerce.models.cart import Cart, CartLine
from marketplace.commerce.models.offer import Offer, OfferPool
from marketplace.commerce.models.order import Order, OrderClient, OrderLine, OrderReview, OrderTax
from marketplace.commerce.models.stock import Claim, StockPool
from marketplace.commerce.models.tax import TaxRate

__all__ = [
    "Cart",
    "CartLine",
    "Claim",
    "Offer",
    "OfferPool",
    "Order",
    "OrderClient",
    "OrderLine",
    "OrderReview",
    "OrderTax",
    "StockPool",
    "TaxRate",
]
