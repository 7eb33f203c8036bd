"""The simulator as a program of its own, and the site as a real server that it calls back."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from pytest_django.live_server_helper import LiveServer

from marketplace.payments.models import ProviderToken
from marketplace.payments.providers.mpesa import MpesaProvider
from tests.factories.payments import Facts, listening
from tests.simulator_process import CONSUMER_KEY, CONSUMER_SECRET, PASSKEY, STRIPE_KEY, WEBHOOK_SECRET, SimulatorProcess


@pytest.fixture(scope="session")
def program() -> Iterator[SimulatorProcess]:
    with SimulatorProcess().start() as simulator:
        yield simulator


@pytest.fixture
def site(committed_db: str, settings: LazySettings) -> Iterator[str]:
    """The address of a real server over a private database."""
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@pytest.fixture
def simulator(program: SimulatorProcess, site: str, settings: LazySettings) -> Iterator[SimulatorProcess]:
    """A simulator that knows nothing yet, and a site that pays through it. It answers quickly: tests must not wait."""
    settings.SITE_URL = site
    settings.STRIPE = {
        "secret_key": STRIPE_KEY, "webhook_secrets": [WEBHOOK_SECRET], "api_base": program.stripe_base
    }  # fmt: skip
    settings.MPESA = {
        **settings.MPESA, "base_url": program.daraja_base, "consumer_key": CONSUMER_KEY,
        "consumer_secret": CONSUMER_SECRET, "passkey": PASSKEY, "confirm": "always",
    }  # fmt: skip
    ProviderToken.objects.all().delete()
    program.reset()
    program.control(
        "settings", webhook_url=f"{site}/hooks/stripe/", outcome_delay=0.1, settle_seconds=0.1, same_payment_seconds=0,
        late_seconds=0.5,
    )  # fmt: skip
    yield program
    program.reset()


@pytest.fixture(autouse=True)
def _ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between questions are tested by themselves; here they would only cost time."""
    monkeypatch.setattr(MpesaProvider, "query_pause_seconds", 0)
    monkeypatch.setattr(MpesaProvider, "repeat_after_seconds", 0)


@pytest.fixture
def facts() -> Iterator[Facts]:
    """What payments tell other rooms."""
    with listening() as heard:
        yield heard
