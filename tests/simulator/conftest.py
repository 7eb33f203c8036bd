"""One simulator and one receiver for the whole folder; every test begins with a simulator that knows nothing."""

from collections.abc import Iterator

import pytest
import stripe

from tests.simulator.daraja_client import Daraja
from tests.simulator.receiver import Receiver
from tests.simulator_process import STRIPE_KEY, SimulatorProcess


@pytest.fixture(scope="session")
def _receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="session")
def _simulator(_receiver: Receiver) -> Iterator[SimulatorProcess]:
    with SimulatorProcess().start(webhook_url=f"{_receiver.url}/hooks/stripe/") as simulator:
        yield simulator


@pytest.fixture
def simulator(_simulator: SimulatorProcess) -> SimulatorProcess:
    """A running simulator that has just been reset."""
    _simulator.reset()
    return _simulator


@pytest.fixture
def receiver(_receiver: Receiver, simulator: SimulatorProcess) -> Receiver:
    """What receives its callbacks and webhooks."""
    _receiver.clear()
    return _receiver


@pytest.fixture
def daraja(simulator: SimulatorProcess, receiver: Receiver) -> Daraja:
    """A merchant with a fresh token."""
    client = Daraja(simulator.daraja_base, f"{receiver.url}/hooks/sc/token/")
    client.authorize()
    return client


@pytest.fixture
def shop(simulator: SimulatorProcess, receiver: Receiver) -> stripe.StripeClient:
    """The real SDK, pointed at the simulator."""
    return stripe.StripeClient(STRIPE_KEY, base_addresses={"api": simulator.stripe_base}, max_network_retries=0)
