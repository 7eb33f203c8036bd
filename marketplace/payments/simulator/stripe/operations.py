"""The endpoints: what exists, which schema describes it, who answers it."""

from collections.abc import Callable
from dataclasses import dataclass

from marketplace.payments.simulator.state import Json

from . import accounts, disputes, intents, payouts, reads, refunds, sessions, transfers
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
    Operation("POST", "/v1/disputes/{id}", "DisputeUpdate", disputes.update),
    Operation("POST", "/v1/disputes/{id}/close", "DisputeClose", disputes.close),
    Operation("POST", "/v1/accounts", "AccountCreate", accounts.create),
    Operation("GET", "/v1/accounts", "AccountList", accounts.index),
    Operation("GET", "/v1/accounts/{id}", "AccountRetrieve", accounts.retrieve),
    Operation("POST", "/v1/accounts/{id}", "AccountUpdate", accounts.update),
    Operation("POST", "/v1/accounts/{id}/login_links", "AccountLoginLinkCreate", accounts.login_link),
    Operation("POST", "/v1/account_links", "AccountLinkCreate", accounts.link),
    Operation("POST", "/v1/transfers", "TransferCreate", transfers.create),
    Operation("GET", "/v1/transfers", "TransferList", transfers.index),
    Operation("GET", "/v1/transfers/{id}", "TransferRetrieve", transfers.retrieve),
    Operation("POST", "/v1/transfers/{id}", "TransferUpdate", transfers.update),
    Operation("POST", "/v1/transfers/{id}/reversals", "TransferReversalCreate", transfers.give_back),
    Operation("GET", "/v1/transfers/{id}/reversals", "TransferReversalList", transfers.reversals),
    Operation("GET", "/v1/transfers/{transfer}/reversals/{id}", "TransferReversalRetrieve", transfers.reversal),
    Operation("POST", "/v1/payouts", "PayoutCreate", payouts.create),
    Operation("GET", "/v1/payouts", "PayoutList", payouts.index),
    Operation("GET", "/v1/payouts/{id}", "PayoutRetrieve", payouts.retrieve),
    Operation("GET", "/v1/events", "EventList", reads.events),
    Operation("GET", "/v1/events/{id}", "EventRetrieve", reads.event),
)
