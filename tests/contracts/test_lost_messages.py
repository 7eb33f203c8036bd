"""Webhooks and confirmations that never came are fetched, once, and believed like any other."""

from django.db import transaction

from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.ledger.services import AccountKey, Code, post
from marketplace.payments.models import InboxMessage, PaybillReceipt, Payment, Refund
from marketplace.payments.providers.mpesa import c2b, pull
from marketplace.payments.services import process_inbox, reserve_refund, send_refund, sweep_messages
from tests.contracts.buyers import CardHolder
from tests.simulator_process import SimulatorProcess


def work() -> None:
    InboxMessage.objects.filter(status="waiting").update(due_at=clock.now())
    process_inbox()


def test_a_webhook_that_never_came_is_fetched_once(simulator: SimulatorProcess) -> None:
    simulator.control("deliveries", action="drop")
    buyer = CardHolder(simulator)
    payment = buyer.start()
    buyer.pay(payment)
    assert not InboxMessage.objects.exists()
    assert sweep_messages() > 0
    buyer.soon(lambda: not sweep_messages(), payment)  # a charge's fee becomes known a moment later
    work()
    payment.refresh_from_db()
    assert payment.status == Payment.Status.SUCCEEDED


def test_a_refund_made_in_the_dashboard_is_heard_of_without_its_webhook(simulator: SimulatorProcess) -> None:
    buyer = CardHolder(simulator)
    payment = buyer.start()
    buyer.pay(payment)
    buyer.until(payment, "succeeded")
    simulator.control("deliveries", action="drop")
    simulator.control("refund", charge=payment.receipt, amount=50_000)
    assert sweep_messages() > 0
    work()
    payment.refresh_from_db()
    assert payment.refunded_minor == 50_000


def test_a_dashboard_refund_nobody_had_heard_of_pays_what_failed_because_of_it(simulator: SimulatorProcess) -> None:
    buyer = CardHolder(simulator)
    payment = buyer.start()
    buyer.pay(payment)
    buyer.until(payment, "succeeded")
    simulator.control("deliveries", action="drop")
    simulator.control("refund", charge=payment.receipt, amount=payment.amount_minor)
    with transaction.atomic():
        refund = reserve_refund(payment_id=payment.pk, amount_minor=50_000, key="order:X:refund:1", reason="asked for")
        owed = {AccountKey(Code.CHARGEBACK_LOSS): 50_000, AccountKey(Code.REFUNDS_IN_TRANSIT): -50_000}
        post(key="order:X:refund:1", kind="refund", currency="KES", lines=owed)
    send_refund(refund_id=refund.pk)
    refund.refresh_from_db()
    assert refund.status == Refund.Status.FAILED
    assert sweep_messages() > 0
    work()
    refund.refresh_from_db()
    payment.refresh_from_db()
    assert refund.status == Refund.Status.SUCCEEDED
    assert payment.refunded_minor == payment.amount_minor
    assert sum(payment.refunds.values_list("amount_minor", flat=True)) == payment.amount_minor


def test_paybill_money_whose_confirmation_was_lost_is_pulled(simulator: SimulatorProcess) -> None:
    pull.register("254700000001")
    c2b.register("Completed")
    simulator.control("deliveries", action="drop")
    told = simulator.control("paybill", msisdn="254711111999", amount=1500, account="RENT")
    assert sweep_messages() == 1
    work()
    row = PaybillReceipt.objects.get(receipt=told["receipt"])
    assert (row.amount, row.reference_typed) == (Money(150_000, "KES"), "RENT")
    assert sweep_messages() == 0


def test_a_provider_out_of_reach_is_no_error(simulator: SimulatorProcess) -> None:
    simulator.control("fault", kind="503", count=20)
    assert sweep_messages() == 0
