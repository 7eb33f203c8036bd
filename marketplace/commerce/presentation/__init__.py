"""Rows and refusals as plain values for templates and their components."""

from marketplace.commerce.presentation.account import account_page
from marketplace.commerce.presentation.cart import cart_page, currency_page, last_order, not_added_page
from marketplace.commerce.presentation.checkout import checkout_page
from marketplace.commerce.presentation.credit_note import credit_note_page
from marketplace.commerce.presentation.order import goods, order_page, shown_as, waiting_status
from marketplace.commerce.presentation.receipt import receipt_page
from marketplace.commerce.presentation.refunds import ask_page

__all__ = [
    "account_page",
    "ask_page",
    "cart_page",
    "checkout_page",
    "credit_note_page",
    "currency_page",
    "goods",
    "last_order",
    "not_added_page",
    "order_page",
    "receipt_page",
    "shown_as",
    "waiting_status",
]
