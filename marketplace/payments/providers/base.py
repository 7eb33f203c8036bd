"""What a payment provider is to this house: a few verbs and plain values. It writes no rows and decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from django.db import connection
from django.utils.functional import Promise

from marketplace.core.money import Money

if TYPE_CHECKING:
    from marketplace.payments.models import Payment, Refund

State = Literal["paid", "pending", "failed", "expired", "unknown"]
RefundState = Literal["succeeded", "sent", "failed", "unknown", "not_sent"]


@dataclass(frozen=True, slots=True)
class ClientDetails:
    """Who pays. `phone` as typed or E.164; personal data, kept in an erasable row."""

    phone: str = ""
    email: str = ""
    ip: str | None = None
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """The provider accepted the request. Accepted is not paid."""

    external_id: str
    external_ref: str = ""
    next_url: str = ""
    answer: dict[str, Any] = field(default_factory=dict)
    """The provider's complete answer, JSON types only."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the provider says about a payment now. `unknown` is no news, never a failure."""

    state: State
    code: str = ""
    """The provider's code of a failure or decline."""
    text: str = ""
    """What the buyer should do next, in words."""
    again: bool = False
    """Asking again may bring more: still pending, a fee not known yet, a failure that has been seen to waver."""
    amount: Money | None = None
    """What was collected, when the provider says."""
    receipt: str = ""
    fee_minor: int | None = None
    external_id: str = ""
    external_ref: str = ""
    next_url: str = ""
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefundOutcome:
    """What the provider says about a refund now.

    `unknown`: it may have been accepted, or there is no news. `not_sent`: it certainly was not, try again later.
    """

    state: RefundState
    code: str = ""
    text: str = ""
    """Why it failed, in words for people."""
    external_id: str = ""
    receipt: str = ""
    question: str = ""
    """The question was accepted; the answer comes as a message of its own, under this name."""
    asked_about: str = ""
    """With a question: the provider's name of the request it is about; empty: about the payment itself."""
    undoes: bool = False
    """With `failed`: the provider's own word, asked for, which holds even after it had succeeded."""
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a message claims, as far as its envelope was checked. A hint until the provider confirms it."""

    event_id: str
    kind: str
    relevant: bool = True
    """False: understood, and nothing for us to do."""
    payment_id: str = ""
    external_id: str = ""
    external_ref: str = ""
    claim: Outcome | None = None


class Refused(Exception):
    """The provider said no, for good: nothing was started. `answer` is its complete answer."""

    def __init__(self, code: str, text: str | Promise = "", answer: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {text}")
        self.code, self.text, self.answer = code, str(text), dict(answer or {})


class Unavailable(Refused):
    """The provider was not reached or turned us away before doing anything."""


class Silent(Exception):
    """No usable answer after the request left: it may have been accepted. `answer` tells what we saw."""

    def __init__(self, why: str, answer: Mapping[str, Any] | None = None) -> None:
        super().__init__(why)
        self.answer = {"why": why, **(answer or {})}


class PaymentProvider(Protocol):
    """One way to pay. `query` and `expire` never raise for trouble on the wire: that is `unknown`."""

    slug: str
    label: str | Promise
    deadline_seconds: int
    """From the intent until the provider is asked to give up."""
    check_seconds: tuple[int, ...]
    """When the reconciler asks, in seconds after the intent, up to the deadline."""
    query_pause_seconds: int
    """At most one query per payment in this time."""
    repeat_after_seconds: int
    """The same amount from the same phone is refused within this time; 0: no such rule."""

    def currencies(self) -> frozenset[str]: ...

    def configured(self) -> bool:
        """Are there keys to work with?"""

    def limits(self, currency: str) -> tuple[int, int]:
        """Smallest and largest amount in minor units."""

    def check(self, amount: Money) -> None:
        """Rules beyond the limits, e.g. whole shillings. Raises `AmountNotPayable`."""

    def prepare(self, client: ClientDetails) -> ClientDetails:
        """Normalize what the provider needs of the buyer. Raises `PhoneInvalid`."""

    def start(self, payment: "Payment", *, return_url: str, cancel_url: str) -> Started:
        """Ask the provider to collect. Raises `Refused`, `Unavailable` or `Silent`."""

    def query(self, payment: "Payment") -> Outcome:
        """Ask what became of it."""

    def expire(self, payment: "Payment") -> Outcome:
        """Ask the provider to give up, as far as it can be asked."""

    def refund(self, refund: "Refund") -> RefundOutcome:
        """Ask the provider to give back, once per `provider_key`. Trouble on the wire is an outcome, never raised."""

    def query_refund(self, refund: "Refund") -> RefundOutcome:
        """Ask what became of it. Where the answer comes by a message of its own, this only asks."""

    def admit(self, *, body: bytes, headers: Mapping[str, str], remote_ip: str) -> None:
        """Check a message at the door: signature, address. Raises the room's refusals."""

    def read(self, *, body: bytes, payment: "Payment | None") -> Notice:
        """Understand a message. `payment` is the one its address named. Raises `Malformed`."""

    def verdict(self, notice: Notice, payment: "Payment") -> "Verdict":
        """Does the message fit the payment, and is its claim enough without asking?"""

    def explain(self, code: str) -> str | Promise:
        """What a failure code means to the buyer and what to do next; empty for an unknown code."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`forged` names the contradiction, empty when there is none; `ask`: believe only the provider's own answer."""

    forged: str = ""
    ask: bool = True


def outside_transaction() -> None:
    """Refuse to talk to a provider inside a database transaction: rows would stay locked as long as it thinks.

    Django's test cases wrap everything in a transaction of their own, which does not count.
    """
    blocks = connection.atomic_blocks
    if blocks and not getattr(blocks[-1], "_from_testcase", False):
        raise RuntimeError("providers are never called inside a database transaction")
