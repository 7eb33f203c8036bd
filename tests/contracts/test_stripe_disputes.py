"""The payer's bank questions a card payment, over real HTTP: who has the money is always known, and nobody twice."""

import json
import time
from typing import Any

import pytest

from marketplace.core import outbox
from marketplace.core.money import Money
from marketplace.ledger.accounts import AccountKey, Code, clearing
from marketplace.ledger.selectors import balance
from marketplace.ledger.services import post
from marketplace.payments.errors import DisputeOver, EvidenceMissing, EvidenceRefused, PaymentDisputed
from marketplace.payments.models import Dispute, InboxMessage, Payment, Refund
from marketplace.payments.providers.stripe import disputes
from marketplace.payments.selectors import given_twice
from marketplace.payments.services import (
    absorb_refunds,
    process_inbox,
    retry_refund,
    return_money,
    settle_refund_by_hand,
    submit_evidence,
)
from marketplace.payments.services.record_dispute import record_dispute
from tests.contracts.buyers import AMOUNT, CardHolder
from tests.contracts.giving_back import give_back, paid, until, work
from tests.factories.payments import Facts, owed_back
from tests.simulator_process import SimulatorProcess


@pytest.fixture
def buyer(simulator: SimulatorProcess) -> CardHolder:
    return CardHolder(simulator)


def disputed(buyer: CardHolder, payment: Payment, **how: Any) -> Dispute:
    """The bank opens a dispute, and we hear of it."""
    buyer.simulator.control("dispute", press="open", charge=payment.receipt, **how)
    return arrives(payment, lambda row: row is not None)


def press(buyer: CardHolder, dispute: Dispute, button: str, status: str) -> Dispute:
    buyer.simulator.control("dispute", press=button, dispute=dispute.external_id)
    return arrives(dispute.payment, lambda row: row is not None and row.status == status)


def arrives(payment: Payment, there: Any) -> Dispute:
    end = time.monotonic() + 180
    while True:
        work()
        row = Dispute.objects.filter(payment=payment).first()
        if there(row):
            work()
            return Dispute.objects.get(payment=payment)
        notes = list(InboxMessage.objects.values_list("kind", "status", "note"))
        assert time.monotonic() < end, (row and row.status, notes)
        time.sleep(0.05)


def test_an_answer_to_an_earlier_question_changes_nothing(buyer: CardHolder) -> None:
    """Two workers ask at once, and the one that asked first writes last."""
    dispute = disputed(buyer, paid(buyer))
    early = disputes.read(dispute.external_id)
    assert early.taken
    dispute = press(buyer, dispute, "win", "won")
    assert not dispute.funds_taken
    record_dispute(found=early, source="callback")
    dispute.refresh_from_db()
    assert (dispute.status, dispute.funds_taken) == ("won", False)


def test_a_dispute_takes_the_money_and_is_told_once(buyer: CardHolder, facts: Facts) -> None:
    payment = paid(buyer)
    buyer.simulator.control("deliveries", action="duplicate")
    dispute = disputed(buyer, payment)
    assert (dispute.status, dispute.funds_taken, dispute.amount) == ("needs_response", True, AMOUNT)
    assert dispute.fee_minor == 1500
    assert dispute.evidence_due_at is not None
    assert dispute.reason == "fraudulent"
    assert facts.named(dispute_id=str(dispute.pk)) == ["payments.dispute_opened", "payments.dispute_funds"]


def test_a_card_that_is_disputed_later_is_heard_of(buyer: CardHolder) -> None:
    buyer.simulator.control("next", provider="stripe", outcome="dispute")
    payment = paid(buyer)
    buyer.simulator.advance(3600)
    assert arrives(payment, lambda row: row is not None).funds_taken


@pytest.mark.parametrize("action", ["reorder", "duplicate"])
def test_events_in_any_order_end_in_what_stripe_has(buyer: CardHolder, facts: Facts, action: str) -> None:
    payment = paid(buyer)
    more = {"count": 4} if action == "reorder" else {}
    buyer.simulator.control("deliveries", action=action, match="charge.dispute", **more)
    name = buyer.simulator.control("dispute", press="open", charge=payment.receipt)["dispute"]
    buyer.simulator.control("dispute", press="win", dispute=name)
    buyer.simulator.control("deliveries", action="release")
    dispute = arrives(payment, lambda row: row is not None and row.status == "won")
    assert dispute.funds_taken is False
    assert dispute.closed_at is not None
    told = facts.named(dispute_id=str(dispute.pk))
    assert told[0] == "payments.dispute_opened"
    assert told[-1] == "payments.dispute_closed"
    assert told.count("payments.dispute_closed") == told.count("payments.dispute_opened") == 1


def test_a_won_dispute_brings_the_money_back(buyer: CardHolder, facts: Facts) -> None:
    dispute = disputed(buyer, paid(buyer))
    dispute = press(buyer, dispute, "win", "won")
    assert dispute.funds_taken is False
    rows = [row for row in facts.rows() if row.payload.get("dispute_id") == str(dispute.pk)]
    funds = [row.payload["taken"] for row in rows if row.topic == "payments.dispute_funds"]
    assert funds == [True, False]
    closed = next(row.payload for row in rows if row.topic == "payments.dispute_closed")
    assert (closed["status"], closed["reference"]) == ("won", dispute.payment.reference)


def test_a_lost_dispute_keeps_it(buyer: CardHolder) -> None:
    dispute = press(buyer, disputed(buyer, paid(buyer)), "lose", "lost")
    assert dispute.funds_taken is True


def test_an_inquiry_takes_nothing_and_a_refund_answers_it(buyer: CardHolder) -> None:
    payment = paid(buyer)
    dispute = disputed(buyer, payment, inquiry=True)
    assert (dispute.status, dispute.funds_taken, dispute.fee_minor) == ("inquiry", False, 0)
    assert give_back(payment, AMOUNT.minor).status == "succeeded"


def test_a_dispute_about_no_payment_of_ours_is_let_go(buyer: CardHolder) -> None:
    payment = paid(buyer)
    Payment.objects.filter(pk=payment.pk).update(external_ref="pi_other", receipt="ch_other")
    buyer.simulator.control("dispute", press="open", charge=payment.receipt)
    wanted = InboxMessage.objects.filter(kind__startswith="charge.dispute.")
    buyer.simulator.until(lambda: work() or wanted.filter(attempts__gt=1).exists())
    wanted.update(attempts=9)
    buyer.simulator.until(lambda: work() or not wanted.filter(status="waiting").exists())
    assert not Dispute.objects.exists()


# -- evidence --------------------------------------------------------------------------------------------------------


def test_evidence_goes_to_the_bank_and_is_kept(buyer: CardHolder) -> None:
    dispute = disputed(buyer, paid(buyer))
    told = {"uncategorized_text": "The ticket was scanned at the gate at 19:04.", "product_description": "2 tickets"}
    dispute = submit_evidence(dispute_id=dispute.pk, evidence=told, actor_id=7)
    assert dispute.status == "under_review"
    assert dispute.evidence == told
    assert dispute.evidence_sent_at is not None
    sent = buyer.simulator.look("requests", path="/v1/disputes/", method="POST")
    assert len(sent) == 1


def test_evidence_is_checked_before_it_is_sent(buyer: CardHolder) -> None:
    dispute = disputed(buyer, paid(buyer))
    with pytest.raises(EvidenceMissing):
        submit_evidence(dispute_id=dispute.pk, evidence={"customer_name": " "}, actor_id=7)
    with pytest.raises(EvidenceRefused) as refusal:
        submit_evidence(dispute_id=dispute.pk, evidence={"bribe": "KES 500"}, actor_id=7)
    assert refusal.value.details == {"fields": ["bribe"]}
    press(buyer, dispute, "lose", "lost")
    with pytest.raises(DisputeOver):
        submit_evidence(dispute_id=dispute.pk, evidence={"customer_name": "A"}, actor_id=7)


# -- refunds and disputes of the same money --------------------------------------------------------------------------


def test_a_disputed_payment_is_not_given_back(buyer: CardHolder) -> None:
    payment = paid(buyer)
    disputed(buyer, payment)
    with pytest.raises(PaymentDisputed):
        return_money(payment_id=payment.pk, amount_minor=100, key="late", reason="asked")


def test_a_refund_that_was_decided_before_the_dispute_waits_and_is_then_sent(buyer: CardHolder) -> None:
    """The bank was faster than our worker. It loses; then the refund goes out."""
    payment = paid(buyer)
    refund = return_money(payment_id=payment.pk, amount_minor=AMOUNT.minor, key="slow", reason="asked")
    buyer.simulator.control("dispute", press="open", charge=payment.receipt)
    buyer.simulator.until(lambda: process_inbox() and Dispute.objects.exists())
    outbox.drain()
    refund.refresh_from_db()
    assert (refund.status, refund.failure_code, refund.attempted_at) == ("created", "payment_disputed", None)
    assert buyer.simulator.look("requests", path="/v1/refunds", method="POST") == []
    press(buyer, Dispute.objects.get(), "win", "won")
    assert until(refund, "succeeded", sweep=True)


def test_a_refund_that_failed_is_settled_by_the_lost_dispute_and_never_sent_again(buyer: CardHolder) -> None:
    buyer.simulator.control("next", provider="stripe", outcome="refund_fails")
    payment = paid(buyer)
    refund = give_back(payment, AMOUNT.minor)
    buyer.simulator.advance(3600)
    refund = until(refund, "failed")
    dispute = disputed(buyer, payment)
    for again in (lambda: retry_refund(refund_id=refund.pk, actor_id=7), lambda: by_hand(refund)):
        with pytest.raises(PaymentDisputed):
            again()
    dispute = press(buyer, dispute, "lose", "lost")
    book_taken(payment, dispute)
    assert absorb_refunds(dispute) == AMOUNT.minor
    refund.refresh_from_db()
    assert (refund.status, refund.method, owed_back()) == ("succeeded", "manual", 0)
    assert dispute.external_id in refund.evidence
    assert balance(code=Code.DISPUTED_FUNDS, currency="KES") == 0
    assert absorb_refunds(dispute) == 0
    assert given_twice(dispute) == 0


def by_hand(refund: Refund) -> None:
    settle_refund_by_hand(refund_id=refund.pk, evidence="cash", actor_id=7)


def book_taken(payment: Payment, dispute: Dispute) -> None:
    """What the room above books when the funds are taken."""
    post(
        key=f"dispute:{dispute.pk}", kind="dispute_opened", currency="KES", reference=payment.reference,
        lines={AccountKey(Code.DISPUTED_FUNDS): dispute.amount_minor, clearing("stripe"): -dispute.amount_minor},
    )  # fmt: skip


def test_what_was_given_back_and_is_taken_by_the_bank_as_well_is_counted(buyer: CardHolder) -> None:
    """Nothing of ours can prevent it: the loss is known to the cent, and no further refund goes out."""
    payment = paid(buyer)
    give_back(payment, 60_000)
    dispute = disputed(buyer, payment, amount=AMOUNT.minor)
    assert given_twice(dispute) == 60_000
    with pytest.raises(PaymentDisputed):
        return_money(payment_id=payment.pk, amount_minor=100, key="more", reason="asked")


def test_a_dispute_of_what_was_not_refunded_takes_nothing_twice(buyer: CardHolder) -> None:
    payment = paid(buyer)
    give_back(payment, 60_000)
    dispute = disputed(buyer, payment)
    assert dispute.amount == Money(90_000, "KES")
    assert given_twice(dispute) == 0


def test_the_story_of_a_dispute_names_no_person(buyer: CardHolder) -> None:
    payment = paid(buyer)
    disputed(buyer, payment)
    told = json.dumps([event.data for event in payment.events.filter(kind__startswith="dispute")])
    assert "buyer@example.com" not in told
