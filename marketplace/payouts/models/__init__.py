from marketplace.payouts.models.destination import Destination, Verification, VerificationDocument
from marketplace.payouts.models.earning import Earning
from marketplace.payouts.models.invoice import CommissionInvoice, CommissionInvoiceLine, NumberSeries
from marketplace.payouts.models.payout import Payout, PayoutDecision, PayoutItem, PayoutRun, PayoutSkip
from marketplace.payouts.models.terms import LevyRate, Terms

__all__ = [
    "CommissionInvoice",
    "CommissionInvoiceLine",
    "Destination",
    "Earning",
    "LevyRate",
    "NumberSeries",
    "Payout",
    "PayoutDecision",
    "PayoutItem",
    "PayoutRun",
    "PayoutSkip",
    "Terms",
    "Verification",
    "VerificationDocument",
]
