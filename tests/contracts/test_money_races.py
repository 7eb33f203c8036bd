"""Several workers at once over the same money: real threads, real connections, the simulator as the other side."""

import threading
from collections.abc import Callable, Sequence

import pytest
from django.core.management import call_command
from django.db import connection

from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.payments import paybill
from marketplace.payments.models import Dispute, InboxMessage, PaybillReceipt, Payment, Refund
from marketplace.payments.paybill import Payable
from marketplace.payments.providers.stripe import disputes
from marketplace.payments.services import (
    match_paybill,
    process_message,
    return_money,
    send_refund,
    settle_payment,
    settle_refund,
)
from marketplace.payments.services.record_dispute import record_dispute
from tests.contracts.buyers import AMOUNT, CardHolder, PhoneOwner
from tests.contracts.giving_back import paid, until
from tests.factories.payments import Facts, owed_back
from tests.simulator_process import SimulatorProcess

WORKERS = 8


def at_once(work: Sequence[Callable[[], object]]) -> list[str]:
    """Everyone starts together; the names of what went wrong, if anything did."""
    start, wrong = threading.Barrier(len(work)), []

    def run(one: Callable[[], object]) -> None:
        try:
            start.wait()
            one()
        except Exception as error:  # noqa: BLE001 (told to the test)
            wrong.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def reserved(payment: Payment, amount: int) -> Refund:
    return return_money(payment_id=payment.pk, amount_minor=amount, key="race", reason="asked")


def test_many_workers_send_one_card_refund_once(simulator: SimulatorProcess, facts: Facts) -> None:
    refund = reserved(paid(CardHolder(simulator)), 40_000)
    many = [lambda: send_refund(refund_id=refund.pk), lambda: settle_refund(refund_id=refund.pk, source="query")]
    assert at_once(many * (WORKERS // 2)) == []
    refund = until(refund, "succeeded", sweep=True)
    assert [row["amount_minor"] for row in simulator.look("ledger")["refunds"]] == [40_000]
    assert len(simulator.look("requests", path="/v1/refunds", method="POST")) == 1
    assert facts.named(refund_id=str(refund.pk)) == ["payments.refund_succeeded"]
    assert owed_back() == 0


def test_many_workers_ask_for_one_reversal_once(simulator: SimulatorProcess, facts: Facts) -> None:
    simulator.control("settings", result_delay=0.05)
    refund = reserved(paid(PhoneOwner(simulator)), AMOUNT.minor)
    many = [lambda: send_refund(refund_id=refund.pk), lambda: settle_refund(refund_id=refund.pk, source="query")]
    assert at_once(many * (WORKERS // 2)) == []
    refund = until(refund, "succeeded", sweep=True)
    assert len(simulator.look("requests", path="/mpesa/reversal/", method="POST")) == 1
    assert facts.named(refund_id=str(refund.pk)) == ["payments.refund_succeeded"]
    assert owed_back() == 0


@pytest.mark.parametrize("lost", ["nothing", "stk_callback"])
def test_callback_query_and_confirmation_of_one_payment_meet(
    simulator: SimulatorProcess, facts: Facts, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    order = Payable("7GQ2M4KP", AMOUNT, open=True)
    monkeypatch.setattr(
        paybill, "_finders", {"test": lambda reference: order if reference == order.reference else None}
    )
    simulator.control("settings", result_delay=0.05)
    call_command("register_paybill", verbosity=0)
    if lost != "nothing":
        simulator.control("deliveries", action="drop", match=lost)
    buyer = PhoneOwner(simulator)
    payment = buyer.start("7GQ2M4KP")
    buyer.pay(payment)
    wanted = 1 if lost != "nothing" else 2
    simulator.until(lambda: InboxMessage.objects.count() >= wanted)
    messages = list(InboxMessage.objects.values_list("pk", flat=True))
    work = [lambda pk=pk: process_message(message_id=pk) for pk in messages for _ in range(2)]
    work += [lambda: settle_payment(payment_id=payment.pk, source="reconciler")] * 3
    assert at_once(work) == []
    simulator.until(lambda: _again() or PaybillReceipt.objects.filter(status="matched").exists())
    payment.refresh_from_db()
    assert Payment.objects.count() == 1
    assert (payment.status, payment.amount) == ("succeeded", Money(150_000, "KES"))
    assert payment.receipt == PaybillReceipt.objects.get().receipt
    assert facts.named(reference="7GQ2M4KP") == ["payments.succeeded"]


def _again() -> None:
    InboxMessage.objects.filter(status="waiting").update(due_at=clock.now())
    for pk in InboxMessage.objects.filter(status="waiting").values_list("pk", flat=True):
        process_message(message_id=pk)
    for pk in PaybillReceipt.objects.filter(status="waiting").values_list("pk", flat=True):
        match_paybill(receipt_id=pk)


def test_many_workers_make_one_payment_of_money_paid_by_hand(
    simulator: SimulatorProcess, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = Payable("7GQ2M4KP", AMOUNT, open=True)
    monkeypatch.setattr(paybill, "_finders", {"test": lambda _: order})
    simulator.control("settings", result_delay=0.05)
    call_command("register_paybill", verbosity=0)
    simulator.control("paybill", msisdn="254712345678", amount=1500, account="7GQ2M4KP")
    simulator.until(lambda: _again() or PaybillReceipt.objects.exclude(question="").exists())
    row = PaybillReceipt.objects.get()
    PaybillReceipt.objects.filter(pk=row.pk, status="waiting").update(verified_at=clock.now())
    assert at_once([lambda: match_paybill(receipt_id=row.pk)] * WORKERS) == []
    assert Payment.objects.count() == 1
    assert facts.named(reference="7GQ2M4KP") == ["payments.succeeded"]


def test_many_workers_hear_of_a_new_dispute_and_none_waits_for_another_in_a_circle(
    simulator: SimulatorProcess, facts: Facts
) -> None:
    """Some find it being made, others find it there and take its lock first: always dispute, then payment."""
    simulator.control("deliveries", action="drop", match="dispute", count=1000)
    for number in range(3):
        payment = paid(CardHolder(simulator), f"7GQ2M4K{number}")
        opened = simulator.control("dispute", press="open", charge=payment.receipt)
        found = disputes.read(opened["dispute"])

        def hear(found: disputes.Found = found) -> None:
            for _ in range(4):
                record_dispute(found=found, source="callback")

        assert at_once([hear] * WORKERS) == []
        dispute = Dispute.objects.get(payment=payment)
        assert facts.named(dispute_id=str(dispute.pk)).count("payments.dispute_opened") == 1
