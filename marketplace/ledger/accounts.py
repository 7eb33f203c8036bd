"""The chart of accounts, and which accounts each kind of entry may touch: balanced but wrong bookings are refused."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _


class Code(models.TextChoices):
    """Account codes by the usual classes: 1 assets, 2 liabilities, 4 income, 5 expense, 9 system."""

    STRIPE_CLEARING = "1010", _("Stripe clearing")
    """What Stripe holds for us until it pays out."""
    MPESA_CLEARING = "1020", _("M-Pesa clearing")
    """What lies on the paybill or till."""
    MPESA_FLOAT = "1030", _("M-Pesa payout float")
    BANK = "1090", _("Bank")
    SELLER_RECEIVABLE = "1110", _("Seller receivable")
    """What a seller owes us: refunds and disputes beyond their balance."""
    DISPUTED_FUNDS = "1120", _("Disputed funds at the provider")
    CUSTOMER_CREDIT = "2010", _("Customer credit")
    SELLER_PENDING = "2110", _("Seller pending")
    """Earned, not yet released to the seller."""
    SELLER_AVAILABLE = "2120", _("Seller available")
    SELLER_RESERVE = "2130", _("Seller reserve")
    PAYOUT_IN_TRANSIT = "2140", _("Payout in transit")
    SELLER_DISPUTE_HOLD = "2150", _("Seller dispute hold")
    AFFILIATE_PENDING = "2210", _("Affiliate pending")
    AFFILIATE_AVAILABLE = "2220", _("Affiliate available")
    AFFILIATE_IN_TRANSIT = "2230", _("Affiliate payout in transit")
    TAX_PAYABLE = "2310", _("Tax payable")
    """Tax collected on sales; the owner names the jurisdiction, e.g. `tax:KE`."""
    WITHHOLDING_PAYABLE = "2320", _("Withholding tax payable")
    COMMISSION_TAX = "2330", _("Tax on own commission")
    REFUNDS_IN_TRANSIT = "2410", _("Refunds in transit")
    UNALLOCATED = "2910", _("Unallocated receipts")
    """Money that came and fits no sale: too late, twice, or a wrong amount."""
    COMMISSION = "4010", _("Commission")
    FIXED_FEES = "4020", _("Fixed fees")
    RECHARGED_FEES = "4030", _("Recharged fees")
    FEES_GIVEN_BACK = "4900", _("Fees given back")
    PROVIDER_FEES = "5010", _("Provider fees")
    PAYOUT_FEES = "5020", _("Payout fees")
    CHARGEBACK_LOSS = "5110", _("Chargeback loss")
    BAD_DEBT = "5120", _("Seller bad debt")
    PROMOTIONS = "5130", _("Promotions paid by the platform")
    ROUNDING = "5210", _("Rounding")
    FX_RESULT = "5220", _("Exchange differences")
    FX_CLEARING = "9010", _("Exchange clearing")
    """One account per currency: a change of currency is an entry in each, and these two are what it is worth."""
    OPENING = "9020", _("Opening balances")


GUARDED = frozenset(
    {Code.SELLER_PENDING, Code.SELLER_AVAILABLE, Code.SELLER_RESERVE, Code.SELLER_DISPUTE_HOLD, Code.PAYOUT_IN_TRANSIT,
     Code.AFFILIATE_PENDING, Code.AFFILIATE_AVAILABLE, Code.AFFILIATE_IN_TRANSIT, Code.REFUNDS_IN_TRANSIT,
     Code.UNALLOCATED, Code.CUSTOMER_CREDIT}
)  # fmt: skip
"""What we owe somebody can be paid out once: a debit beyond the balance is refused, under the account's lock."""


class AccountKey(NamedTuple):
    """Names an account within one currency. `owner` is empty for the platform, else e.g. `seller:12`."""

    code: Code
    owner: str = ""


def clearing(provider: str) -> AccountKey:
    """Where a provider's money waits until it reaches the bank. Raises KeyError for a provider without an account."""
    return AccountKey({"stripe": Code.STRIPE_CLEARING, "mpesa": Code.MPESA_CLEARING}[provider])


def of_seller(code: Code, seller_id: int) -> AccountKey:
    """One of a seller's own accounts."""
    return AccountKey(code, f"seller:{seller_id}")


@dataclass(frozen=True)
class Rule:
    """Which codes may be debited and which credited."""

    debit: frozenset[Code]
    credit: frozenset[Code]

    def allows(self, code: Code, minor: int) -> bool:
        return code in (self.debit if minor > 0 else self.credit)


def _rule(debit: set[Code], credit: set[Code]) -> Rule:
    return Rule(frozenset(debit), frozenset(credit))


_CLEARING = {Code.STRIPE_CLEARING, Code.MPESA_CLEARING}
_CASH = _CLEARING | {Code.MPESA_FLOAT, Code.BANK}
_SELLER = {Code.SELLER_PENDING, Code.SELLER_AVAILABLE, Code.SELLER_RESERVE, Code.SELLER_RECEIVABLE}
_AFFILIATE = {Code.AFFILIATE_PENDING, Code.AFFILIATE_AVAILABLE}
_EARNED = {Code.SELLER_PENDING, Code.AFFILIATE_PENDING, Code.TAX_PAYABLE, Code.COMMISSION_TAX, Code.COMMISSION,
           Code.FIXED_FEES, Code.ROUNDING}  # fmt: skip
_GIVEN_BACK = (
    _SELLER
    | _AFFILIATE
    | {
        Code.FEES_GIVEN_BACK,
        Code.TAX_PAYABLE,
        Code.COMMISSION_TAX,
        Code.ROUNDING,
        Code.PROMOTIONS,
        Code.CHARGEBACK_LOSS,
    }
)
_ALL = set(Code)

KINDS: dict[str, Rule] = {
    "sale": _rule(_CLEARING | {Code.PROMOTIONS, Code.ROUNDING}, _EARNED),
    "provider_fee": _rule({Code.PROVIDER_FEES, Code.SELLER_PENDING}, _CLEARING),
    "unallocated": _rule(_CLEARING, {Code.UNALLOCATED}),
    "allocated": _rule({Code.UNALLOCATED, Code.PROMOTIONS, Code.ROUNDING}, _EARNED),
    "release": _rule(
        {Code.SELLER_PENDING, Code.AFFILIATE_PENDING},
        {Code.SELLER_AVAILABLE, Code.SELLER_RESERVE, Code.AFFILIATE_AVAILABLE},
    ),
    "reserve_matured": _rule({Code.SELLER_RESERVE}, {Code.SELLER_AVAILABLE}),
    "refund": _rule(
        _GIVEN_BACK | {Code.UNALLOCATED}, {Code.REFUNDS_IN_TRANSIT, Code.PROMOTIONS, Code.ROUNDING}
    ),  # what the platform paid towards the price returns to it
    "refund_settled": _rule({Code.REFUNDS_IN_TRANSIT}, _CASH | {Code.DISPUTED_FUNDS, Code.CHARGEBACK_LOSS}),
    "refund_paid_twice": _rule({Code.CHARGEBACK_LOSS}, {Code.MPESA_FLOAT}),
    "refund_failed": _rule({Code.REFUNDS_IN_TRANSIT}, {Code.UNALLOCATED}),
    "refund_fee": _rule({Code.PROVIDER_FEES}, _CASH),
    "recovered": _rule({Code.SELLER_AVAILABLE, Code.SELLER_PENDING}, {Code.SELLER_RECEIVABLE}),
    "recovery_returned": _rule({Code.SELLER_RECEIVABLE}, {Code.SELLER_AVAILABLE}),
    "payout": _rule(
        {Code.SELLER_AVAILABLE, Code.SELLER_RECEIVABLE, Code.AFFILIATE_AVAILABLE},
        {
            Code.PAYOUT_IN_TRANSIT,
            Code.AFFILIATE_IN_TRANSIT,
            Code.WITHHOLDING_PAYABLE,
            Code.RECHARGED_FEES,
            Code.ROUNDING,
        },
    ),  # from the receivable when a rail says paid after it had said failed, and the money went elsewhere meanwhile
    "payout_settled": _rule({Code.PAYOUT_IN_TRANSIT, Code.AFFILIATE_IN_TRANSIT}, _CASH),
    "payout_fee": _rule({Code.PAYOUT_FEES}, _CASH),
    "dispute_opened": _rule(_SELLER | {Code.DISPUTED_FUNDS}, _CLEARING | {Code.SELLER_DISPUTE_HOLD}),
    "dispute_won": _rule(_CLEARING | {Code.SELLER_DISPUTE_HOLD}, _SELLER | {Code.DISPUTED_FUNDS}),
    "dispute_lost": _rule(
        _AFFILIATE
        | {
            Code.SELLER_DISPUTE_HOLD,
            Code.FEES_GIVEN_BACK,
            Code.TAX_PAYABLE,
            Code.COMMISSION_TAX,
            Code.CHARGEBACK_LOSS,
            Code.UNALLOCATED,
            Code.FX_RESULT,
        },
        {Code.DISPUTED_FUNDS, Code.FX_RESULT},
    ),
    "dispute_fee": _rule({Code.PROVIDER_FEES}, _CLEARING),
    "fee_recharged": _rule(_SELLER, {Code.RECHARGED_FEES}),
    "exchange": _rule(
        {Code.SELLER_AVAILABLE, Code.FX_CLEARING, Code.FX_RESULT},
        {Code.PAYOUT_IN_TRANSIT, Code.WITHHOLDING_PAYABLE, Code.RECHARGED_FEES, Code.FX_CLEARING, Code.FX_RESULT},
    ),
    "moved_to_bank": _rule({Code.BANK, Code.MPESA_FLOAT}, _CASH),
    "write_off": _rule({Code.BAD_DEBT}, {Code.SELLER_RECEIVABLE}),
    "opening": _rule(_ALL, _ALL),
    "reversal": _rule(_ALL, _ALL),
}
"""`reversal` may touch anything because it copies the postings of an entry that passed its own rule."""
