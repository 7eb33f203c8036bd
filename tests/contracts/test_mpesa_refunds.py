"""Giving M-Pesa payments back, over real HTTP: whole ones are reversed, parts are sent to the payer's phone."""

import datetime as dt
import json
import time
from typing import Any

import httpx
import pytest
from django.urls import reverse

from marketplace.core import clock, outbox
from marketplace.ledger.accounts import Code
from marketplace.ledger.selectors import balance
from marketplace.payments.disbursements import reconcile_disbursements
from marketplace.payments.models import Disbursement, InboxMessage, Payment, Refund
from marketplace.payments.services import retry_refund, settle_refund_by_hand
from tests.contracts import giving_back
from tests.contracts.buyers import AMOUNT, PhoneOwner
from tests.contracts.giving_back import give_back, paid, until
from tests.factories.payments import Facts, owed_back
from tests.simulator_process import SimulatorProcess

REVERSAL = "/mpesa/reversal/"


@pytest.fixture
def buyer(simulator: SimulatorProcess) -> PhoneOwner:
    simulator.control("settings", result_delay=0.05, late_seconds=0.5)
    return PhoneOwner(simulator)


def asked(buyer: PhoneOwner, path: str = REVERSAL) -> int:
    return len(buyer.simulator.look("requests", path=path, method="POST"))


def left_us(buyer: PhoneOwner, kind: str) -> list[int]:
    """What M-Pesa believes went out that way, in minor units."""
    rows = buyer.simulator.look("initiated", api=kind)
    return [row["amount"] * 100 for row in rows if row["receipt"]]


def whole(buyer: PhoneOwner) -> Refund:
    return give_back(paid(buyer), AMOUNT.minor)


def a_while_later(refund: Refund) -> None:
    Refund.objects.filter(pk=refund.pk).update(attempted_at=clock.now() - dt.timedelta(minutes=11))


# -- the whole payment: a reversal -----------------------------------------------------------------------------------


def test_a_whole_payment_is_reversed_and_booked(buyer: PhoneOwner, facts: Facts) -> None:
    payment = paid(buyer)
    before = balance(code=Code.MPESA_CLEARING, currency="KES")
    refund = give_back(payment, AMOUNT.minor)
    assert refund.status == "sent"
    assert owed_back() == AMOUNT.minor
    refund = until(refund, "succeeded")
    assert refund.receipt
    assert owed_back() == 0
    assert before - balance(code=Code.MPESA_CLEARING, currency="KES") == AMOUNT.minor
    assert facts.named(refund_id=str(refund.pk)) == ["payments.refund_succeeded"]
    assert left_us(buyer, "reversal") == [AMOUNT.minor]
    assert asked(buyer) == 1


@pytest.mark.parametrize("accident", ["no_callback", "duplicate", "late", "queue_timeout", "callback_before_response"])
def test_however_the_result_comes_it_is_settled_once(buyer: PhoneOwner, facts: Facts, accident: str) -> None:
    payment = paid(buyer)
    buyer.simulator.control("next", api="reversal", outcome=accident)
    refund = until(give_back(payment, AMOUNT.minor), "succeeded", sweep=True)
    assert facts.named(refund_id=str(refund.pk)) == ["payments.refund_succeeded"]
    assert left_us(buyer, "reversal") == [AMOUNT.minor]
    assert asked(buyer) == 1


def test_a_failed_reversal_says_why_and_stays_owed(buyer: PhoneOwner, facts: Facts) -> None:
    payment = paid(buyer)
    buyer.simulator.control("next", api="reversal", outcome="1")
    refund = until(give_back(payment, AMOUNT.minor), "failed", sweep=True)
    assert refund.failure_code == "1"
    assert "not enough money on the paybill" in refund.failure_text
    assert owed_back() == AMOUNT.minor
    assert facts.named(refund_id=str(refund.pk)) == ["payments.refund_failed"]


def test_a_failed_reversal_is_sent_to_the_phone_instead(buyer: PhoneOwner) -> None:
    payment = paid(buyer)
    buyer.simulator.control("next", api="reversal", outcome="21")
    refund = until(give_back(payment, AMOUNT.minor), "failed", sweep=True)
    retry_refund(refund_id=refund.pk, actor_id=7, method="b2c")
    outbox.drain()
    refund = arrived(refund)
    assert (refund.method, refund.attempt) == ("b2c", 2)
    assert left_us(buyer, "b2c") == [AMOUNT.minor]
    assert left_us(buyer, "reversal") == []
    assert owed_back() == 0


def test_a_failed_reversal_is_asked_for_again(buyer: PhoneOwner) -> None:
    payment = paid(buyer)
    buyer.simulator.control("next", api="reversal", outcome="26")
    refund = until(give_back(payment, AMOUNT.minor), "failed", sweep=True)
    retry_refund(refund_id=refund.pk, actor_id=7)
    outbox.drain()
    assert until(refund, "succeeded", sweep=True).attempt == 2
    assert left_us(buyer, "reversal") == [AMOUNT.minor]


def test_a_reversal_without_an_answer_is_asked_about_and_not_repeated(buyer: PhoneOwner) -> None:
    payment = paid(buyer)
    buyer.simulator.control("fault", kind="drop_after", path=REVERSAL)
    buyer.simulator.control("deliveries", action="drop", match="reversal_result")
    refund = give_back(payment, AMOUNT.minor)
    assert refund.status == "unknown"
    for _ in range(3):
        giving_back.work(sweep=True)
    assert asked(buyer) == 1


def test_a_reversal_without_an_answer_is_settled_by_its_result(buyer: PhoneOwner) -> None:
    payment = paid(buyer)
    buyer.simulator.control("fault", kind="drop_after", path=REVERSAL)
    refund = until(give_back(payment, AMOUNT.minor), "succeeded", sweep=True)
    assert asked(buyer) == 1
    assert refund.external_id


@pytest.mark.parametrize("lost", [1, 2])
def test_a_lost_reversal_is_repeated_late_and_already_reversed_means_done(buyer: PhoneOwner, lost: int) -> None:
    """Answer and result are both lost: M-Pesa cannot be asked by name. The receipt is reversed once, whoever asks.

    With the result of the repetition lost as well, M-Pesa says of that only that it was declined.
    """
    payment = paid(buyer)
    buyer.simulator.control("fault", kind="drop_after", path=REVERSAL)
    buyer.simulator.control("deliveries", action="drop", match="reversal_result", count=lost)
    refund = give_back(payment, AMOUNT.minor)
    buyer.simulator.until(lambda: giving_back.work(sweep=True) or code(refund) == "not_reversed")
    a_while_later(refund)
    refund = until(refund, "succeeded", sweep=True)
    assert asked(buyer) >= 1 + lost
    assert left_us(buyer, "reversal") == [AMOUNT.minor]
    told = refund.payment.events
    assert told.filter(kind="refund_outcome", data__code="R000001").exists()
    assert not told.filter(kind="refund_moved", data__after="failed").exists(), "nobody may send it another way"


def code(refund: Refund) -> str:
    return Refund.objects.values_list("failure_code", flat=True).get(pk=refund.pk)


def test_one_nobody_can_tell_about_is_settled_by_a_person_with_evidence(buyer: PhoneOwner) -> None:
    payment = paid(buyer)
    buyer.simulator.control("next", api="reversal", outcome="queue_timeout_lost")
    refund = until(give_back(payment, AMOUNT.minor), "unknown")
    settle_refund_by_hand(refund_id=refund.pk, evidence="reversed in the portal, RKT12", actor_id=7)
    refund.refresh_from_db()
    assert (refund.status, refund.method, owed_back()) == ("succeeded", "manual", 0)


def test_a_forged_result_convinces_nobody(buyer: PhoneOwner, site: str) -> None:
    payment = paid(buyer)
    buyer.simulator.control("next", api="reversal", outcome="pending")
    refund = give_back(payment, AMOUNT.minor)
    body = {"Result": {"ResultType": 0, "ResultCode": 0, "ResultDesc": "done", "TransactionID": "RKFORGED01",
            "OriginatorConversationID": refund.external_id, "ConversationID": "AG_forged"}}  # fmt: skip
    address = reverse("payments:result", args=["rev", refund.callback_token, "result"])
    assert post(f"{site}{address}", body) == 200
    for _ in range(3):
        giving_back.work(sweep=True)
    refund.refresh_from_db()
    assert refund.status == "sent"
    assert owed_back() == AMOUNT.minor


def test_a_success_after_a_failure_is_asked_about_and_else_left_to_a_person(buyer: PhoneOwner, site: str) -> None:
    payment = paid(buyer)
    buyer.simulator.control("next", api="reversal", outcome="21")
    refund = until(give_back(payment, AMOUNT.minor), "failed", sweep=True)
    body = {"Result": {"ResultType": 0, "ResultCode": 0, "ResultDesc": "done", "TransactionID": "RKFORGED01",
            "OriginatorConversationID": refund.external_id, "ConversationID": "AG_forged"}}  # fmt: skip
    before = buyer.simulator.look("requests", path="transactionstatus")
    assert post(f"{site}{reverse('payments:result', args=['rev', refund.callback_token, 'result'])}", body) == 200
    for _ in range(10):
        giving_back.work(sweep=True)
    refund.refresh_from_db()
    assert (refund.status, owed_back()) == ("failed", AMOUNT.minor)
    assert len(buyer.simulator.look("requests", path="transactionstatus")) > len(before)
    assert InboxMessage.objects.filter(kind="rev.result", status="quarantined").count() == 1


def test_a_result_behind_a_guessed_address_is_not_found(buyer: PhoneOwner, site: str) -> None:
    assert post(f"{site}/hooks/sc/rev/{'0' * 64}/result/", {"Result": {}}) == 404
    assert not InboxMessage.objects.filter(kind="rev.result").exists()


def post(address: str, body: dict[str, Any]) -> int:
    return httpx.post(
        address, content=json.dumps(body), headers={"Content-Type": "application/json"}, timeout=180
    ).status_code


# -- a part: a transfer to the phone ---------------------------------------------------------------------------------


def arrived(refund: Refund, status: str = "succeeded") -> Refund:
    """The workers of both rooms at work."""

    def there() -> bool:
        Disbursement.objects.filter(next_check_at__isnull=False).update(next_check_at=clock.now(), checked_at=None)
        reconcile_disbursements()
        giving_back.work(sweep=True)
        refund.refresh_from_db()
        return refund.status == status

    end = time.monotonic() + 180
    while not there():
        assert time.monotonic() < end, (refund.status, list(InboxMessage.objects.values_list("kind", "status", "note")))
        time.sleep(0.05)
    return refund


def test_a_part_goes_to_the_phone_it_was_paid_from(buyer: PhoneOwner, facts: Facts) -> None:
    payment = paid(buyer)
    clearing = balance(code=Code.MPESA_CLEARING, currency="KES")
    refund = give_back(payment, 50_000)
    assert (refund.method, refund.status) == ("b2c", "sent")
    refund = arrived(refund)
    assert refund.disbursement is not None
    assert refund.receipt == refund.disbursement.receipt
    assert owed_back() == 0
    assert balance(code=Code.MPESA_CLEARING, currency="KES") == clearing, "it left the float, not the paybill"
    assert balance(code=Code.MPESA_FLOAT, currency="KES") <= -50_000
    assert left_us(buyer, "b2c") == [50_000]
    assert facts.named(refund_id=str(refund.pk)) == ["payments.refund_succeeded"]


def test_two_parts_go_as_two_transfers(buyer: PhoneOwner) -> None:
    payment = paid(buyer)
    first, second = give_back(payment, 50_000, "first"), give_back(payment, 30_000, "second")
    arrived(first)
    arrived(second)
    assert sorted(left_us(buyer, "b2c")) == [30_000, 50_000]
    assert owed_back() == 0


def test_a_transfer_that_fails_fails_the_refund_and_a_new_try_is_a_new_transfer(buyer: PhoneOwner) -> None:
    payment = paid(buyer)
    buyer.simulator.control("next", api="b2c", outcome="1")
    refund = arrived(give_back(payment, 50_000), "failed")
    assert refund.failure_code in ("1", "declined"), "the result's word, or the answer to a question that was quicker"
    assert refund.failure_text
    assert owed_back() == 50_000
    retry_refund(refund_id=refund.pk, actor_id=7)
    outbox.drain()
    refund = arrived(refund)
    assert Disbursement.objects.count() == 2
    assert left_us(buyer, "b2c") == [50_000]
    assert owed_back() == 0


def test_a_payer_who_was_erased_meanwhile_fails_the_refund_with_its_reason(buyer: PhoneOwner) -> None:
    payment = paid(buyer)
    refund = giving_back.return_money(
        payment_id=payment.pk, amount_minor=50_000, key="erased", reason="asked", method="b2c"
    )
    Payment.objects.get(pk=payment.pk).client.delete()
    outbox.drain()
    refund.refresh_from_db()
    assert (refund.status, refund.failure_code) == ("failed", "payer_unknown")
    assert owed_back() == 50_000
    assert asked(buyer, "/mpesa/b2c/") == 0
