"""What a rail is to this house: one way to send money out. It writes no rows and decides nothing."""

import json
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from django.utils.functional import Promise

from marketplace.core import crypto
from marketplace.core.money import Money
from marketplace.payments.models import Disbursement

State = Literal["paid", "pending", "failed", "reversed", "not_found", "unknown"]
Destination = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RailOutcome:
    """What the rail says about a disbursement now. `unknown` is no news, never a failure."""

    state: State
    """`reversed`: it was paid and came back. `not_found`: the rail knows nothing of it."""
    code: str = ""
    text: str = ""
    amount: Money | None = None
    """What was sent, when the rail says."""
    receipt: str = ""
    fee_minor: int | None = None
    external_id: str = ""
    queued: bool = False
    """It waited too long in a queue of the rail: it may still be done."""
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """The rail accepted it. Accepted is not paid, unless `outcome` says so at once."""

    external_id: str = ""
    """Empty when the rail only says that it had accepted the same key before."""
    outcome: RailOutcome | None = None
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """The question was accepted; the answer comes by itself, under this name of the question."""

    question_id: str
    answer: dict[str, Any] = field(default_factory=dict)


class Rail(Protocol):
    """One way to send money. `query` never raises for trouble on the wire: that is `unknown`."""

    slug: str
    label: str | Promise
    automatic: bool
    """Sent by us; otherwise a person takes it to the bank."""
    repeat_seconds: int
    """How long after the first try the same key is safely recognized as the same request."""
    checks: tuple[int, ...]
    """Seconds after the first try at which to ask what became of it."""

    def configured(self) -> bool:
        """Are there keys to work with?"""

    def currencies(self) -> frozenset[str]: ...

    def limits(self, currency: str) -> tuple[int, int]:
        """Smallest and largest amount in minor units."""

    def step(self, currency: str) -> int:
        """The smallest unit it moves, in minor units: 100 where it takes whole shillings only."""

    def check(self, amount: Money, destination: Destination) -> None:
        """Raises `AmountNotPayable` or `DestinationInvalid`."""

    def send(self, disbursement: Disbursement) -> Sent:
        """Ask the rail to pay, under the disbursement's key. Raises `Refused`, `Unavailable` or `Silent`."""

    def query(self, disbursement: Disbursement) -> RailOutcome | Asked:
        """Ask what became of it."""


def destination_of(disbursement: Disbursement) -> Destination:
    """Where it goes: personal data, decrypted only to send it."""
    found: Destination = json.loads(crypto.decrypt(disbursement.destination_ciphertext))
    return found
