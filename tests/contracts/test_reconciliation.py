"""Our books against the simulator's: what really went over the wire agrees, and what did not is found."""

import datetime as dt

import httpx
import pytest
from django.db.models import Max

from marketplace.core import clock
from marketplace.ledger.services import AccountKey, Code, post
from marketplace.payments.models import Break, Payment, ReconciliationRun, StatementLine
from marketplace.payments.reconciliation.stated import ZONES
from marketplace.payments.services import import_statement, reconcile_day, reserve_refund
from marketplace.payments.services.send_refund import send_refund
from tests.contracts.buyers import Buyer, CardHolder, PhoneOwner
from tests.factories.payments import make_payment
from tests.simulator_process import SHORTCODE, SimulatorProcess


def today(provider: str) -> dt.date:
    """The day of the last payment: midnight may have come since."""
    paid_at = Payment.objects.filter(provider=provider).aggregate(at=Max("settled_at"))["at"]
    return (paid_at or clock.now()).astimezone(ZONES[provider]).date()


def compare(provider: str = "stripe") -> ReconciliationRun:
    return reconcile_day(provider=provider, day=today(provider))


def paid(buyer: Buyer) -> Payment:
    payment = buyer.start()
    buyer.pay(payment)
    payment = buyer.until(payment, "succeeded", sweep=True)
    if payment.provider == "stripe":  # its fee comes a moment after the success
        buyer.soon(lambda: _fee_known(buyer, payment), payment)
    return payment


def _fee_known(buyer: Buyer, payment: Payment) -> bool:
    buyer.until(payment, "succeeded", sweep=True)
    return payment.fee_minor is not None


def brought(simulator: SimulatorProcess) -> list[ReconciliationRun]:
    answer = httpx.get(
        f"{simulator.base_url}/_sim/statement.csv", params={"shortcode": SHORTCODE, "preamble": "1"}, timeout=180
    )
    return import_statement(provider="mpesa", content=answer.raise_for_status().content, actor_id=None)


def test_a_card_payment_and_its_fee_agree_to_the_cent(simulator: SimulatorProcess) -> None:
    payment = paid(CardHolder(simulator))
    run = compare()
    assert (run.status, run.ours_count, run.theirs_count) == ("agreed", 1, 1), list(Break.objects.values())
    assert run.sums["KES"] == {
        "ours": payment.amount_minor, "theirs": payment.amount_minor, "fees_ours": payment.fee_minor,
        "fees_theirs": payment.fee_minor,
    }  # fmt: skip


def test_a_refund_agrees_too(simulator: SimulatorProcess) -> None:
    buyer = CardHolder(simulator)
    payment = paid(buyer)
    owed = {AccountKey(Code.OPENING): 50_000, AccountKey(Code.REFUNDS_IN_TRANSIT): -50_000}
    post(key="owed", kind="opening", currency="KES", lines=owed)
    refund = reserve_refund(payment_id=payment.pk, amount_minor=50_000, key="k", reason="test")
    buyer.soon(lambda: send_refund(refund_id=refund.pk).status == "succeeded", payment)
    run = compare()
    assert (run.status, run.theirs_count) == ("agreed", 2), list(Break.objects.values())


def test_many_movements_come_page_by_page(simulator: SimulatorProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketplace.payments.providers.stripe.statement.PAGE", 2)
    for _ in range(5):
        paid(CardHolder(simulator))
    assert compare().theirs_count == 5


def test_money_stripe_does_not_know_of_and_money_we_do_not_know_of_are_found(simulator: SimulatorProcess) -> None:
    lost = paid(CardHolder(simulator))
    Payment.objects.filter(pk=lost.pk).update(receipt="ch_nobody", external_ref="pi_nobody")
    assert compare().status == "differs"
    assert sorted(Break.objects.values_list("kind", flat=True)) == ["missing_here", "missing_there"]


def test_a_simulator_that_is_away_leaves_everything_as_it_was(simulator: SimulatorProcess) -> None:
    simulator.control("fault", kind="500", provider="stripe", path="/v1/balance_transactions", count=9)
    run = compare()
    assert run.status == "failed"
    assert not Break.objects.exists()


def test_a_statement_of_the_portal_agrees_with_what_was_paid_by_phone(simulator: SimulatorProcess) -> None:
    payment = paid(PhoneOwner(simulator))
    (run,) = brought(simulator)
    assert (run.status, run.ours_count, run.theirs_count) == ("agreed", 1, 1), list(Break.objects.values())
    assert StatementLine.objects.get().reference == payment.reference
    assert payment.client.phone.removeprefix("+") not in StatementLine.objects.get().details


def test_phone_money_that_is_not_on_the_statement_is_found(simulator: SimulatorProcess) -> None:
    paid(PhoneOwner(simulator))
    now = clock.now().astimezone(ZONES["mpesa"])
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)  # other days are not on the statement
    make_payment(status="succeeded", settled_at=max(midnight, now - dt.timedelta(minutes=10)), receipt="SKNOWHERE1")
    brought(simulator)
    assert [(case.name, case.kind) for case in Break.objects.all()] == [("SKNOWHERE1", "missing_there")]
