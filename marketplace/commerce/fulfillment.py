"""The port through which rooms above deliver what commerce sells. Commerce knows kinds of goods only by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from marketplace.commerce.models import OrderLine
from marketplace.notifications.services import AttachmentRef


@dataclass(frozen=True, slots=True)
class Presented:
    """What an order page and a mail show of one delivered line. Templates get `context`, and nothing else to query."""

    line_id: int
    template: str
    """HTML partial for the order page."""
    text_template: str
    """Its words for the text mail."""
    context: dict[str, Any]
    attachments: list[AttachmentRef] = field(default_factory=list)

    @property
    def mail_template(self) -> str:
        """The HTML partial for mails: the page's template with the suffix `_mail`."""
        return self.template.removesuffix(".html") + "_mail.html"


@dataclass(frozen=True, slots=True)
class Unit:
    """One delivered unit of a line, for choosing what to end. `position` runs from 1 to the line's quantity."""

    position: int
    label: str
    live: bool
    """It still gives its holder something."""
    used: bool = False
    """Its holder has had what it gives: no buyer gets money back for it without asking."""


class Fulfiller(Protocol):
    """How one kind of goods is made, held back, taken back and shown."""

    def deliver(self, line: OrderLine) -> None:
        """Make what was bought. Idempotent: a second call makes nothing new."""

    def withdraw(
        self, line: OrderLine, *, positions: Sequence[int] | None = None, reason: str = "withdrawn",
        actor_id: int | None = None,
    ) -> None:  # fmt: skip
        """Take units back for good, e.g. after a refund; None: all of them. Idempotent."""

    def suspend(self, line: OrderLine, *, reason: str) -> None:
        """Hold every live unit back for now, e.g. while the payment is disputed. Idempotent."""

    def resume(self, line: OrderLine, *, reason: str) -> None:
        """Give back what was suspended. Idempotent."""

    def units(self, line: OrderLine) -> list[Unit]:
        """Every unit that was delivered, in order."""

    def present(self, lines: Sequence[OrderLine]) -> list[Presented]:
        """What the buyer sees of delivered lines, in a bounded number of queries."""


Maker = TypeVar("Maker", bound=type)
_fulfillers: dict[str, Fulfiller] = {}


def fulfills(kind: str) -> Callable[[Maker], Maker]:
    """Register the class that fulfills a kind of goods, e.g. `ticket`."""

    def register(maker: Maker) -> Maker:
        _fulfillers[kind] = maker()
        return maker

    return register


def fulfiller(kind: str) -> Fulfiller:
    """Raises `LookupError` for a kind nobody fulfills: the order waits until somebody does."""
    if kind not in _fulfillers:
        raise LookupError(f"nobody fulfills {kind!r}")
    return _fulfillers[kind]


def present(lines: Sequence[OrderLine]) -> list[Presented]:
    """What was delivered, in the order of the lines; one call per kind of goods."""
    delivered = [line for line in lines if line.delivered_at is not None]
    shown: dict[int, Presented] = {}
    for kind in dict.fromkeys(line.kind for line in delivered):
        for part in fulfiller(kind).present([line for line in delivered if line.kind == kind]):
            shown[part.line_id] = part
    return [shown[line.pk] for line in lines if line.pk in shown]
