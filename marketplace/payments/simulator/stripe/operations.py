"""The endpoints: what exists, which schema describes it, who answers it."""

from collections.abc import Callable
from dataclasses import dataclass

from marketplace.payments.simulator.state import Json

from . import intents, reads, refunds, sessions
from .balance import balance
from .desk import Desk


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint: verb, path, the SDK's params class that describes it, and what it does."""

    method: str
    path: str
    schema: str
    run: Callable[[Desk], Json]


OPERATIONS = (
    Operation("POST", "/v1/checkout/sessions", "checkout.SessionCreate", sessions.create),
    Operation("GET", "/v1/checkout/sessions", "checkout.SessionList", sessions.index),
    Operation("GET", "/v1/checkout/sessions/{id}", "checkout.SessionRetrieve", sessions.retrieve),
    Operation("POST", "/v1/checkout/sessions/{id}/expire", "checkout.SessionExpire", sessions.expire),
    Operation("GET", "/v1/checkout/sessions/{id}/line_items", "checkout.SessionListLineItems", sessions.items),
    Operation("POST", "/v1/payment_intents", "PaymentIntentCreate", intents.create),
    Operation("GET", "/v1/payment_intents", "PaymentIntentList", intents.index),
    Operation("GET", "/v1/payment_intents/{id}", "PaymentIntentRetrieve", intents.retrieve),
    Operation("POST", "/v1/payment_intents/{id}/confirm", "PaymentIntentConfirm", intents.confirm),
    Operation("POST", "/v1/payment_intents/{id}/cancel", "PaymentIntentCancel", intents.cancel),
    Operation("GET", "/v1/charges", "ChargeList", reads.charges),
    Operation("GET", "/v1/charges/{id}", "ChargeRetrieve", reads.charge),
    Operation("POST", "/v1/refunds", "RefundCreate", refunds.create),
    Operation("GET", "/v1/refunds", "RefundList", refunds.index),
    Operation("GET", "/v1/refunds/{id}", "RefundRetrieve", refunds.retrieve),
    Operation("GET", "/v1/balance_transactions", "BalanceTransactionList", reads.balance_transactions),
    Operation("GET", "/v1/balance_transactions/{id}", "BalanceTransactionRetrieve", reads.balance_transaction),
    Operation("GET", "/v1/balance", "BalanceRetrieve", balance),
    Operation("GET", "/v1/disputes", "DisputeList", reads.disputes),
    Operation("GET", "/v1/disputes/{id}", "DisputeRetrieve", reads.dispute),
    Operation("GET", "/v1/events", "EventList", reads.events),
    Operation("GET", "/v1/events/{id}", "EventRetrieve", reads.event),
)
