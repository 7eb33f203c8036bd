"""Stripe Connect as a way out, over real HTTP: accounts opened once, transfers made once, reversals noticed."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe
from django.conf import LazySettings

from marketplace.core import clock, outbox
from marketplace.notifications.models import Alert
from marketplace.payments.disbursements import send_disbursement
from marketplace.payments.disbursements import settle as settle_module
from marketplace.payments.errors import AccountRefused, ProviderUnavailable
from marketplace.payments.models import Disbursement, InboxMessage
from marketplace.payments.rails import rail
from marketplace.payments.services.connect import account_ready, onboarding_url, open_account
from tests.factories.disbursements import DisbursementFacts, disburse, hearing_disbursements, work
from tests.simulator.sellers import settled
from tests.simulator_process import STRIPE_KEY, SimulatorProcess

TRANSFERS = "/v1/transfers"
AMOUNT = 42_000
"""What every transfer here is about, in Kenyan cents."""


@pytest.fixture
def told() -> Iterator[DisbursementFacts]:
    with hearing_disbursements() as heard:
        yield heard


@pytest.fixture(autouse=True)
def _ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle_module, "PAUSE_SECONDS", 0)


@pytest.fixture
def shop(simulator: SimulatorProcess) -> stripe.StripeClient:
    """What the platform itself could do in its dashboard."""
    return stripe.StripeClient(STRIPE_KEY, base_addresses={"api": simulator.stripe_base})


@pytest.fixture
def money(shop: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    """KES 1,500, less a fee, that are available at once."""
    settled(shop, simulator)


@pytest.fixture
def account(simulator: SimulatorProcess) -> str:
    """A seller's account, onboarded."""
    opened = open_account(seller_ref="seller:1", country="US", email="jazz@example.com")
    simulator.control("account", account=opened, press="complete")
    simulator.until(lambda: account_ready(account=opened))
    return opened


def transfer(account: str, **more: Any) -> Disbursement:
    return disburse(rail="stripe_transfer", minor=AMOUNT, currency="KES", destination={"account": account}, **more)


def until(question: Callable[[], Any], disbursement: Disbursement, within: float = 180.0) -> Disbursement:
    deadline = time.monotonic() + within
    while not question():
        disbursement.refresh_from_db()
        story = [(event.kind, event.data) for event in disbursement.events.order_by("at")]
        assert time.monotonic() < deadline, f"{disbursement.status} {disbursement.failure_code}: {story}"
        time.sleep(0.05)
    disbursement.refresh_from_db()
    return disbursement


def ends(disbursement: Disbursement, status: str, *, sweep: bool = False) -> Disbursement:
    return until(lambda: work(disbursement, sweep=sweep).status == status, disbursement)


def made(shop: stripe.StripeClient) -> list[stripe.Transfer]:
    return list(shop.v1.transfers.list({"limit": 100}).data)


@pytest.mark.usefixtures("money")
class TestTransfers:
    def test_the_answer_is_the_outcome(self, shop: stripe.StripeClient, account: str, told: DisbursementFacts) -> None:
        sent = work(transfer(account))
        assert (sent.status, sent.fee_minor, sent.next_check_at) == ("paid", 0, None)
        [row] = made(shop)
        assert (row.id, row.amount, row.destination, row.transfer_group) == (
            sent.external_id, AMOUNT, account, sent.key
        )  # fmt: skip
        assert told.about(sent) == ["paid"]
        until(lambda: work(sent) and InboxMessage.objects.filter(kind="transfer.created", status="done"), sent)
        assert told.about(sent) == ["paid"]

    @pytest.mark.parametrize("kind", ["timeout_after", "drop_after", "drop", "500"])
    def test_an_answer_that_was_lost_is_found_under_the_same_key(
        self, simulator: SimulatorProcess, shop: stripe.StripeClient, account: str, settings: LazySettings,
        told: DisbursementFacts, kind: str,
    ) -> None:  # fmt: skip
        settings.PROVIDER_ANSWER_SECONDS = 2
        simulator.control("deliveries", action="drop")
        simulator.control("fault", kind=kind, path="transfers", seconds=6)
        sent = work(transfer(account))
        assert sent.status == "unknown"
        tries = simulator.look("requests", path=TRANSFERS, method="POST")
        assert len(tries) == 1, "of several the last one's error would be all we hear of"
        sent = ends(sent, "paid", sweep=True)
        assert [row.id for row in made(shop)] == [sent.external_id]
        assert told.about(sent) == ["unknown", "paid"]

    def test_after_a_day_it_is_searched_for_and_never_repeated(
        self, simulator: SimulatorProcess, shop: stripe.StripeClient, account: str, told: DisbursementFacts
    ) -> None:
        simulator.control("fault", kind="drop", path="transfers")
        lost = work(transfer(account))
        simulator.control("deliveries", action="drop")
        simulator.control("fault", kind="drop_after", path="transfers", count=1)
        there = transfer(account)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(rail("stripe_transfer")), "repeat_seconds", 0)
            work(there)
            Disbursement.objects.filter(pk__in=[lost.pk, there.pk]).update(sent_at=clock.in_seconds(-25 * 3600))
            asked = len(simulator.look("requests", path=TRANSFERS, method="POST"))
            assert ends(there, "paid", sweep=True).external_id
            assert ends(lost, "failed", sweep=True).failure_code == "never_made"
        assert len(simulator.look("requests", path=TRANSFERS, method="POST")) == asked
        assert len(made(shop)) == 1
        assert told.about(lost) == ["unknown", "failed"]

    def test_a_crash_before_our_note_of_it(self, shop: stripe.StripeClient, account: str) -> None:
        sent = transfer(account)
        Disbursement.objects.filter(pk=sent.pk).update(sent_at=clock.now(), checked_at=clock.now(), checks=1)
        sent.refresh_from_db()
        rail("stripe_transfer").send(sent)
        assert ends(sent, "paid", sweep=True).external_id == made(shop)[0].id
        assert len(made(shop)) == 1

    def test_not_enough_money_is_a_failure_that_says_so(
        self, shop: stripe.StripeClient, account: str, told: DisbursementFacts
    ) -> None:
        sent = work(disburse(rail="stripe_transfer", minor=500_000, currency="KES", destination={"account": account}))
        assert (sent.status, sent.failure_code) == ("failed", "balance_insufficient")
        assert "not enough money" in sent.failure_text
        assert told.about(sent) == ["failed"]

    def test_an_account_that_is_not_ready_or_not_there(self, account: str) -> None:
        unready = open_account(seller_ref="seller:2", country="US", email="late@example.com")
        assert work(transfer(unready)).failure_code == "insufficient_capabilities_for_transfer"
        assert work(transfer("acct_nobody")).status == "failed"

    def test_a_key_of_another_request_is_never_called_a_failure(self, shop: stripe.StripeClient, account: str) -> None:
        """After a backup was put back the same number may mean something else at Stripe."""
        shop.v1.transfers.create({"amount": 1, "currency": "kes", "destination": account},
                                 {"idempotency_key": "payout-restored-1"})  # fmt: skip
        assert work(transfer(account, key="payout-restored-1")).status == "unknown"

    def test_reversed_in_the_dashboard(self, shop: stripe.StripeClient, account: str, told: DisbursementFacts) -> None:
        sent = work(transfer(account))
        shop.v1.transfers.reversals.create(sent.external_id or "", {"amount": 1_000})
        until(lambda: work(sent) and Alert.objects.filter(code="disbursement_partly_back").exists(), sent)
        assert sent.status == "paid", "a part of it is a matter for a person"
        shop.v1.transfers.reversals.create(sent.external_id or "", {})
        sent = ends(sent, "failed")
        assert told.about(sent) == ["paid", "failed"]
        assert Alert.objects.filter(code="disbursement_came_back").exists()

    def test_made_at_stripe_and_cancelled_here_is_put_before_a_person(self, account: str) -> None:
        sent = transfer(account)
        rail("stripe_transfer").send(sent)
        Disbursement.objects.filter(pk=sent.pk).update(status="cancelled", next_check_at=None)
        until(lambda: work(sent) and Alert.objects.filter(code="disbursement_contradiction").exists(), sent)
        assert InboxMessage.objects.get(kind="transfer.created").status == "done"
        assert sent.status == "cancelled"

    def test_everybody_sends_at_once(self, shop: stripe.StripeClient, account: str, told: DisbursementFacts) -> None:
        sent = transfer(account)
        for _ in range(3):
            send_disbursement(disbursement_id=sent.pk, source="operator")
        sent = work(sent, sweep=True)
        assert len(made(shop)) == 1
        assert told.about(sent) == ["paid"]


class TestAccounts:
    def test_one_account_per_seller(self, simulator: SimulatorProcess, shop: stripe.StripeClient) -> None:
        first = open_account(seller_ref="seller:7", country="DE", email="bar@example.com")
        assert open_account(seller_ref="seller:7", country="DE", email="bar@example.com") == first
        assert open_account(seller_ref="seller:8", country="DE", email="bar@example.com") != first
        assert shop.v1.accounts.retrieve(first).metadata["seller"] == "seller:7"  # type: ignore[index]

    def test_ready_once_stripe_says_so(self, simulator: SimulatorProcess) -> None:
        opened = open_account(seller_ref="seller:9", country="GB", email="pub@example.com")
        assert not account_ready(account=opened)
        url = onboarding_url(account=opened, return_url="http://127.0.0.1:1/r/", refresh_url="http://127.0.0.1:1/a/")
        assert url.startswith("http")
        heard: list[dict[str, Any]] = []

        def hear(**payload: Any) -> None:
            heard.append(payload)

        outbox.on("payments.connect_account")(hear)
        try:
            simulator.control("account", account=opened, press="complete")
            simulator.until(lambda: self.told_ready(opened, heard))
        finally:
            outbox._handlers["payments.connect_account"].pop(f"{hear.__module__}.{hear.__qualname__}")
        assert account_ready(account=opened)
        assert InboxMessage.objects.filter(about=f"account:{opened}", status="done").exists()

    def told_ready(self, account: str, heard: list[dict[str, Any]]) -> bool:
        work(disburse())  # any transfer: what matters is that the worker works
        return {"account": account, "ready": True} in heard

    def test_refused_with_a_reason(self, simulator: SimulatorProcess) -> None:
        with pytest.raises(AccountRefused) as refusal:
            account_ready(account="acct_nobody")
        assert refusal.value.details["reason"]

    def test_stripe_away(self, simulator: SimulatorProcess) -> None:
        simulator.control("fault", kind="503", path="accounts", count=3)
        with pytest.raises(ProviderUnavailable):
            open_account(seller_ref="seller:7", country="DE", email="bar@example.com")
