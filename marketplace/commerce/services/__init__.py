from marketplace.commerce.services.accept_prices import accept_prices
from marketplace.commerce.services.add_to_cart import Wish, add_to_cart
from marketplace.commerce.services.change_line import change_line
from marketplace.commerce.services.empty_cart import empty_cart
from marketplace.commerce.services.expire_order import expire_order
from marketplace.commerce.services.fulfill_order import fulfill_order
from marketplace.commerce.services.hold_again import hold_again
from marketplace.commerce.services.join_cart import join_cart
from marketplace.commerce.services.join_orders import join_orders
from marketplace.commerce.services.mark_paid import mark_paid
from marketplace.commerce.services.pay_order import Addresses, can_pay, pay_order
from marketplace.commerce.services.place_order import Buyer, place_order
from marketplace.commerce.services.pools import create_pool, set_capacity
from marketplace.commerce.services.refill_cart import refill_cart
from marketplace.commerce.services.sales import resume_sales, stop_sales
from marketplace.commerce.services.save_offer import save_offer
from marketplace.commerce.services.send_links import send_links

__all__ = [
    "Addresses",
    "Buyer",
    "Wish",
    "accept_prices",
    "add_to_cart",
    "can_pay",
    "change_line",
    "create_pool",
    "empty_cart",
    "expire_order",
    "fulfill_order",
    "hold_again",
    "join_cart",
    "join_orders",
    "mark_paid",
    "pay_order",
    "place_order",
    "refill_cart",
    "resume_sales",
    "save_offer",
    "send_links",
    "set_capacity",
    "stop_sales",
]
