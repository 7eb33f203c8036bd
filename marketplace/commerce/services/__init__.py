from marketplace.commerce.services.accept_prices import accept_prices
from marketplace.commerce.services.add_to_cart import Wish, add_to_cart
from marketplace.commerce.services.ask_refund import Askable, ask_refund, askable, decide_refund, may_refund
from marketplace.commerce.services.bulk_refund import (
    CalledOff,
    Decision,
    draft_bulk_refund,
    drop_draft,
    join_bulk_refund,
    next_number,
    pause_bulk_refund,
    resume_bulk_refund,
    retry_bulk_refund,
    start_bulk_refund,
)
from marketplace.commerce.services.change_line import change_line
from marketplace.commerce.services.decide_hold import decide_hold
from marketplace.commerce.services.empty_cart import empty_cart
from marketplace.commerce.services.expire_order import expire_order
from marketplace.commerce.services.fulfill_order import fulfill_order
from marketplace.commerce.services.hold_again import hold_again
from marketplace.commerce.services.hold_money import held_offers, hold_money, let_go_money
from marketplace.commerce.services.join_cart import join_cart
from marketplace.commerce.services.join_orders import join_orders
from marketplace.commerce.services.mark_paid import mark_paid
from marketplace.commerce.services.pay_order import Addresses, can_pay, pay_order
from marketplace.commerce.services.place_order import Buyer, place_order
from marketplace.commerce.services.pools import create_pool, set_capacity
from marketplace.commerce.services.refill_cart import refill_cart
from marketplace.commerce.services.refund_order import (
    RefundWish,
    cancel_units,
    everything_left,
    live_positions,
    refund_order,
)
from marketplace.commerce.services.resolve_review import resolve_review
from marketplace.commerce.services.run_bulk_refund import run_bulk_refund, running_bulk_refunds
from marketplace.commerce.services.sales import resume_sales, stop_sales
from marketplace.commerce.services.save_offer import save_offer
from marketplace.commerce.services.send_links import send_links

__all__ = [
    "Addresses",
    "Askable",
    "Buyer",
    "CalledOff",
    "Decision",
    "RefundWish",
    "Wish",
    "accept_prices",
    "add_to_cart",
    "ask_refund",
    "askable",
    "can_pay",
    "cancel_units",
    "change_line",
    "create_pool",
    "decide_hold",
    "decide_refund",
    "draft_bulk_refund",
    "drop_draft",
    "empty_cart",
    "everything_left",
    "expire_order",
    "fulfill_order",
    "held_offers",
    "hold_again",
    "hold_money",
    "join_bulk_refund",
    "join_cart",
    "join_orders",
    "let_go_money",
    "live_positions",
    "mark_paid",
    "may_refund",
    "next_number",
    "pause_bulk_refund",
    "pay_order",
    "place_order",
    "refill_cart",
    "refund_order",
    "resolve_review",
    "resume_bulk_refund",
    "resume_sales",
    "retry_bulk_refund",
    "run_bulk_refund",
    "running_bulk_refunds",
    "save_offer",
    "send_links",
    "set_capacity",
    "start_bulk_refund",
    "stop_sales",
]
