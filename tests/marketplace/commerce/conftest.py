"""A buyer's browser, a payment simulator that answers at once, and goods a test can count."""

from collections.abc import Iterator, Sequence

import pytest
from django.conf import LazySettings
from django.core.cache import cache

from marketplace.commerce import fulfillment
from marketplace.commerce.fulfillment import Presented, fulfills
from marketplace.commerce.models import OrderLine
from marketplace.payments.providers.mpesa import MpesaProvider
from tests.marketplace.commerce.buying import Shopper
from tests.simulator_process import CONSUMER_KEY, CONSUMER_SECRET, PASSKEY, STRIPE_KEY, WEBHOOK_SECRET, SimulatorProcess


class Goods:
    """Counts what was made for each order line; can be told to break down half-way."""

    def __init__(self) -> None:
        self.made: dict[int, int] = {}
        self.break_before: set[int] = set()

    def deliver(self, line: OrderLine) -> None:
        if line.pk in self.break_before:
            self.break_before.discard(line.pk)
            raise RuntimeError("the power went")
        self.made[line.pk] = line.quantity

    def withdraw(self, line: OrderLine) -> None:
        self.made.pop(line.pk, None)

    def present(self, lines: Sequence[OrderLine]) -> list[Presented]:
        template, text = "components/badge/badge.html", "components/badge/badge.html"
        return [Presented(line.pk, template, text, {"label": f"made for line {line.pk}"}) for line in lines]


@pytest.fixture
def goods(monkeypatch: pytest.MonkeyPatch) -> Iterator[Goods]:
    """Fulfills the kind `thing`."""
    made = Goods()

    class Thing:
        deliver, withdraw, present = made.deliver, made.withdraw, made.present

    monkeypatch.setattr(fulfillment, "_fulfillers", dict(fulfillment._fulfillers))
    monkeypatch.setattr(Presented, "mail_template", property(lambda part: part.template))
    fulfills("thing")(Thing)
    return made


@pytest.fixture(scope="session")
def _simulator() -> Iterator[SimulatorProcess]:
    with SimulatorProcess().start() as simulator:
        yield simulator


@pytest.fixture
def simulator(
    _simulator: SimulatorProcess, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> SimulatorProcess:
    """Payments go to a simulator that knows nothing yet. Nothing calls back: tests ask."""
    settings.STRIPE = {
        "secret_key": STRIPE_KEY, "webhook_secrets": [WEBHOOK_SECRET], "api_base": _simulator.stripe_base
    }  # fmt: skip
    settings.MPESA = {
        **settings.MPESA, "base_url": _simulator.daraja_base, "consumer_key": CONSUMER_KEY,
        "consumer_secret": CONSUMER_SECRET, "passkey": PASSKEY,
    }  # fmt: skip
    _simulator.reset()
    _simulator.control("settings", outcome_delay=0.0, settle_seconds=0.0, same_payment_seconds=0, late_seconds=0.1)
    monkeypatch.setattr(MpesaProvider, "query_pause_seconds", 0)
    monkeypatch.setattr(MpesaProvider, "repeat_after_seconds", 0)
    return _simulator


@pytest.fixture
def shopper(db: None) -> Shopper:
    cache.clear()
    return Shopper()


@pytest.fixture
def other(db: None) -> Shopper:
    """Somebody else, with a cart of their own."""
    return Shopper()
