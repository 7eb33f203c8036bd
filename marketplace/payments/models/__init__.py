from marketplace.payments.models.assessment import Assessment
from marketplace.payments.models.balance import ProviderBalance
from marketplace.payments.models.bank_file import BankFile, BankFileDownload
from marketplace.payments.models.call import ProviderCall
from marketplace.payments.models.disbursement import Disbursement, DisbursementEvent
from marketplace.payments.models.dispute import Dispute
from marketplace.payments.models.inbox import InboxMessage
from marketplace.payments.models.paybill import PaybillReceipt
from marketplace.payments.models.payment import Payment, PaymentClient
from marketplace.payments.models.reconciliation import Break, Item, ReconciliationRun, StatementLine
from marketplace.payments.models.refund import Refund, RefundCover
from marketplace.payments.models.story import PaymentEvent
from marketplace.payments.models.token import ProviderToken

__all__ = [
    "Assessment",
    "BankFile",
    "BankFileDownload",
    "Break",
    "Disbursement",
    "DisbursementEvent",
    "Dispute",
    "InboxMessage",
    "Item",
    "PaybillReceipt",
    "Payment",
    "PaymentClient",
    "PaymentEvent",
    "ProviderBalance",
    "ProviderCall",
    "ProviderToken",
    "ReconciliationRun",
    "Refund",
    "RefundCover",
    "StatementLine",
]
