"""What other rooms ask of payments. One verb, one keyword-only function, one file."""

from marketplace.payments.providers.base import ClientDetails
from marketplace.payments.services.absorb_refunds import absorb_failed, absorb_refunds
from marketplace.payments.services.assess import assess, remember_card
from marketplace.payments.services.assign_paybill import assign_paybill
from marketplace.payments.services.book_refund import book_refund_settled
from marketplace.payments.services.close_payment import close_payment
from marketplace.payments.services.forget_calls import forget_calls
from marketplace.payments.services.give_up_payment import give_up_payment
from marketplace.payments.services.import_statement import import_statement
from marketplace.payments.services.match_paybill import match_paybill
from marketplace.payments.services.normalize_phone import normalize_phone
from marketplace.payments.services.process_inbox import process_inbox
from marketplace.payments.services.process_message import process_message
from marketplace.payments.services.receive_message import receive_message
from marketplace.payments.services.reconcile import reconcile
from marketplace.payments.services.reconcile_day import reconcile_day
from marketplace.payments.services.reconcile_days import reconcile_days
from marketplace.payments.services.reconcile_paybill import reconcile_paybill
from marketplace.payments.services.reconcile_refunds import reconcile_refunds
from marketplace.payments.services.reserve_refund import reserve_refund
from marketplace.payments.services.retry_refund import retry_refund
from marketplace.payments.services.return_money import return_money
from marketplace.payments.services.return_paybill import return_paybill
from marketplace.payments.services.send_refund import send_refund
from marketplace.payments.services.settle_payment import settle_payment
from marketplace.payments.services.settle_refund import settle_refund
from marketplace.payments.services.settle_refund_by_hand import settle_refund_by_hand
from marketplace.payments.services.start_payment import start_payment
from marketplace.payments.services.submit_evidence import submit_evidence
from marketplace.payments.services.sweep_messages import sweep_messages
from marketplace.payments.services.vouch_for_paybill import vouch_for_paybill
from marketplace.payments.services.watch import watch
from marketplace.payments.services.work_break import assign_break, book_moved_to_bank, explain_break

__all__ = [
    "ClientDetails",
    "absorb_failed",
    "absorb_refunds",
    "assess",
    "assign_break",
    "assign_paybill",
    "book_moved_to_bank",
    "book_refund_settled",
    "close_payment",
    "explain_break",
    "forget_calls",
    "give_up_payment",
    "import_statement",
    "match_paybill",
    "normalize_phone",
    "process_inbox",
    "process_message",
    "receive_message",
    "reconcile",
    "reconcile_day",
    "reconcile_days",
    "reconcile_paybill",
    "reconcile_refunds",
    "remember_card",
    "reserve_refund",
    "retry_refund",
    "return_money",
    "return_paybill",
    "send_refund",
    "settle_payment",
    "settle_refund",
    "settle_refund_by_hand",
    "start_payment",
    "submit_evidence",
    "sweep_messages",
    "vouch_for_paybill",
    "watch",
]
