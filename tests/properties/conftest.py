"""A simulator that delivers nothing by itself: the test is the network, and chooses what arrives, and how often."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from marketplace.payments.providers.mpesa import MpesaProvider
from tests.simulator_process import CONSUMER_KEY, CONSUMER_SECRET, PASSKEY, STRIPE_KEY, WEBHOOK_SECRET, SimulatorProcess

SITE = "http://127.0.0.1:9"
"""Nobody listens there: what the providers send is taken from their own list of deliveries."""


@pytest.fixture(scope="module")
def program() -> Iterator[SimulatorProcess]:
    with SimulatorProcess().start(webhook_url=f"{SITE}/hooks/stripe/") as simulator:
        yield simulator


@pytest.fixture
def simulator(
    program: SimulatorProcess, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SimulatorProcess]:
    """The site pays through it, and asks without pauses."""
    settings.SITE_URL = SITE
    settings.STRIPE = {
        "secret_key": STRIPE_KEY, "webhook_secrets": [WEBHOOK_SECRET], "api_base": program.stripe_base
    }  # fmt: skip
    settings.MPESA = {
        **settings.MPESA, "base_url": program.daraja_base, "consumer_key": CONSUMER_KEY,
        "consumer_secret": CONSUMER_SECRET, "passkey": PASSKEY, "confirm": "always",
    }  # fmt: skip
    settings.PAYOUT_COOL_OFF_SECONDS = 0
    monkeypatch.setattr(MpesaProvider, "query_pause_seconds", 0)
    monkeypatch.setattr(MpesaProvider, "repeat_after_seconds", 0)
    return program
