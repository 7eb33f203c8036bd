from marketplace.commerce.models.bulk_refund import BulkRefund, BulkRefundOrder
from marketplace.commerce.models.cart import Cart, CartLine
from marketplace.commerce.models.dispute import OrderDispute
from marketplace.commerce.models.hold import OrderHold
from marketplace.commerce.models.offer import Offer, OfferPool
from marketplace.commerce.models.order import Order, OrderClient, OrderLine, OrderReview, OrderTax
from marketplace.commerce.models.refund import OrderRefund, OrderRefundLine
from marketplace.commerce.models.stock import Claim, StockPool
from marketplace.commerce.models.tax import TaxRate

__all__ = [
    "BulkRefund",
    "BulkRefundOrder",
    "Cart",
    "CartLine",
    "Claim",
    "Offer",
    "OfferPool",
    "Order",
    "OrderClient",
    "OrderDispute",
    "OrderHold",
    "OrderLine",
    "OrderRefund",
    "OrderRefundLine",
    "OrderReview",
    "OrderTax",
    "StockPool",
    "TaxRate",
]
