"""A simulator that is killed comes back with the same belief and delivers what was due."""

import threading
from collections.abc import Iterator

import pytest
import stripe

from tests.simulator.checkouts import open_session, pay
from tests.simulator.daraja_client import Daraja
from tests.simulator.receiver import Receiver
from tests.simulator_process import STRIPE_KEY, SimulatorProcess


@pytest.fixture
def mortal(receiver: Receiver) -> Iterator[SimulatorProcess]:
    receiver.clear()
    with SimulatorProcess().start(webhook_url=f"{receiver.url}/hooks/stripe/") as simulator:
        yield simulator


def test_it_remembers_everything_and_catches_up(mortal: SimulatorProcess, receiver: Receiver) -> None:
    hooks, port = f"{receiver.url}/hooks/stripe/", mortal.port
    daraja = Daraja(mortal.daraja_base, f"{receiver.url}/hooks/sc/x/")
    daraja.authorize()
    shop = stripe.StripeClient(STRIPE_KEY, base_addresses={"api": mortal.stripe_base})
    session = open_session(shop)
    mortal.control("deliveries", action="delay", seconds=3000, provider="stripe", match="checkout.session")
    mortal.control("deliveries", action="delay", seconds=900, provider="daraja")  # on its way when the kill comes
    pay(session.url)
    mortal.control("clock", advance=5)
    checkout = daraja.accepted("254712345000")
    mortal.kill()

    mortal.start(webhook_url=hooks, port=port)
    mortal.advance(5)
    mortal.until(lambda: mortal.look("deliveries", provider="daraja"))
    mortal.advance(1200)
    mortal.until(lambda: receiver.at("/hooks/sc/x/"))
    assert daraja.query(checkout).json()["ResultCode"] == "0"  # the token still lives
    assert shop.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    assert "checkout.session.completed" not in receiver.types()
    mortal.stop()

    mortal.start(webhook_url=hooks, port=port)
    mortal.advance(3600)
    mortal.until(lambda: "checkout.session.completed" in receiver.types())
    assert len(mortal.look("ledger")["payments"]) == 2
    assert len(receiver.at("/hooks/sc/x/")) == 1


def test_a_call_interrupted_by_a_kill_is_made_again(mortal: SimulatorProcess, receiver: Receiver) -> None:
    arrived: list[str] = []
    dead = threading.Event()

    def slowly(received: object) -> None:
        arrived.append("call")
        dead.wait(60)

    receiver.on_post = slowly
    shop = stripe.StripeClient(STRIPE_KEY, base_addresses={"api": mortal.stripe_base})
    shop.v1.checkout.sessions.expire(open_session(shop).id)
    mortal.until(lambda: arrived)
    mortal.kill()
    dead.set()
    mortal.start(webhook_url=f"{receiver.url}/hooks/stripe/")
    mortal.until(lambda: mortal.look("deliveries", state="sent"))
    assert len(arrived) == 2


def test_the_float_and_payouts_under_way_outlive_a_kill(mortal: SimulatorProcess, receiver: Receiver) -> None:
    daraja = Daraja(mortal.daraja_base, f"{receiver.url}/hooks/sc/x/")
    daraja.authorize()
    mortal.control("float", utility_minor=100_000_00)
    mortal.control("deliveries", action="delay", seconds=900)
    daraja.send("payout-1", amount=1000)
    mortal.kill()
    mortal.start(webhook_url="", port=mortal.port)
    mortal.advance(5)
    mortal.until(lambda: mortal.look("deliveries"))
    mortal.advance(1200)
    [told] = mortal.until(lambda: receiver.at("/hooks/sc/x/result/"))
    assert told.told["B2CUtilityAccountAvailableFunds"] == 98_995.0
    assert daraja.send("payout-1").status_code == 500
