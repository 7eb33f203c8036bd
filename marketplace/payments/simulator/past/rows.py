"""The rows of a past, in the words of the ledger. Times are unix seconds, amounts minor units, also for M-Pesa."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar, get_origin

T = TypeVar("T", bound="Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that happened."""

    id: str
    at: int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPayment(Row):
    """A charge that succeeded, with the page it was paid on. What it cost is told: the fee may have been another."""

    amount_minor: int
    currency: str
    fee_minor: int
    payment_intent: str
    session: str
    reference: str = ""
    description: str = ""
    email: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    balance_transaction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt(Row):
    """A prompt that was paid; the id is its receipt."""

    amount_minor: int
    msisdn: str
    checkout_request_id: str
    merchant_request_id: str
    reference: str = ""
    shortcode: str = ""
    initiated: int | float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill(Row):
    """Paid to a short code by hand; the id is its receipt."""

    amount_minor: int
    msisdn: str
    reference: str = ""
    shortcode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(Row):
    """Of a charge. A `pending` one waits for the balance and succeeds at `ends`, or never."""

    amount_minor: int
    charge: str
    status: str = "succeeded"
    ends: int | float | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    balance_transaction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute(Row):
    """About a charge. `status` as Stripe says it; an inquiry (`warning_...`) took nothing."""

    amount_minor: int
    charge: str
    reason: str
    due: int | float
    fee_minor: int = 0
    status: str = "needs_response"
    ended: int | float | None = None
    balance_transaction: str = ""
    return_transaction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Row):
    """A connected account that can be paid."""

    country: str
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Row):
    """To a connected account."""

    amount_minor: int
    currency: str
    destination: str
    transfer_group: str = ""
    description: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    balance_transaction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal(Row):
    """Of a whole M-Pesa payment, named by its receipt; the id is the reversal's own."""

    original: str
    originator_conversation_id: str
    conversation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout(Row):
    """To a phone; the id is its receipt."""

    amount_minor: int
    msisdn: str
    originator_conversation_id: str
    conversation_id: str
    fee_minor: int = 0
    reference: str = ""
    shortcode: str = ""


def read(kind: type[T], given: object) -> T:
    """Return a row, or raise TypeError or ValueError: a misspelt field must not pass silently."""
    if not isinstance(given, dict):
        raise TypeError("every row is a JSON object")
    row = kind(**given)
    for one in fields(row):
        check(kind.__name__, one.name, one.type, getattr(row, one.name))
    return row


def check(kind: str, name: str, wanted: Any, value: object) -> None:
    """Refuse a value of another type, and an amount that is nothing."""
    mapping = get_origin(wanted) is dict
    if isinstance(value, bool) or not isinstance(value, Mapping if mapping else wanted):
        raise TypeError(f"{kind}: {name} cannot be {value!r}")
    if name == "amount_minor" and isinstance(value, int) and value <= 0:
        raise ValueError(f"{kind}: amount_minor is more than nothing")
