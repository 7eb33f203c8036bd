"""What other rooms ask of payments. One verb, one keyword-only function, one file."""

from marketplace.payments.providers.base import ClientDetails
from marketplace.payments.services.close_payment import close_payment
from marketplace.payments.services.normalize_phone import normalize_phone
from marketplace.payments.services.process_inbox import process_inbox
from marketplace.payments.services.process_message import process_message
from marketplace.payments.services.receive_message import receive_message
from marketplace.payments.services.reconcile import reconcile
from marketplace.payments.services.settle_payment import settle_payment
from marketplace.payments.services.start_payment import start_payment

__all__ = [
    "ClientDetails",
    "close_payment",
    "normalize_phone",
    "process_inbox",
    "process_message",
    "receive_message",
    "reconcile",
    "settle_payment",
    "start_payment",
]
