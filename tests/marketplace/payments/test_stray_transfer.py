"""A refund by transfer that went back another way: what becomes of the transfer after that is a story of its own."""

import pytest

from marketplace.core import clock, outbox
from marketplace.core.models import OutboxEvent
from marketplace.ledger.accounts import Code
from marketplace.ledger.selectors import balance
from marketplace.notifications.models import Alert
from marketplace.payments.disbursements.record import record_outcome
from marketplace.payments.models import Refund
from marketplace.payments.rails.base import RailOutcome
from marketplace.payments.services import retry_refund, return_money, settle_refund_by_hand
from marketplace.payments.services.transfer_refund import transfer_refund
from tests.factories.payments import make_payment, nobodys, owed_back

pytestmark = pytest.mark.django_db
AMOUNT = 50_000


def drain() -> None:
    """Facts, without what would ask M-Pesa: the tests say what it answered."""
    for _ in range(4):
        waiting = OutboxEvent.objects.filter(delivered_at=None)
        waiting.filter(topic__in=("payments.refund_created", "payments.disbursement_created")).update(
            delivered_at=clock.now()
        )
        outbox.drain()


def says(refund: Refund, state: str, **more: object) -> Refund:
    """M-Pesa's word about the transfer that was to carry the refund."""
    carrier = refund.disbursement_id
    assert carrier is not None
    record_outcome(disbursement_id=carrier, outcome=RailOutcome(state, **more), source="callback")  # type: ignore[arg-type]
    drain()
    return again(refund)


def again(refund: Refund) -> Refund:
    """As it is now, remembering the transfer it began with."""
    found = Refund.objects.get(pk=refund.pk)
    found.disbursement_id = refund.disbursement_id
    return found


def books() -> dict[str, int]:
    codes = {"bank": Code.BANK, "float": Code.MPESA_FLOAT, "loss": Code.CHARGEBACK_LOSS}
    return {name: minor for name, code in codes.items() if (minor := balance(code=code, owner="", currency="KES"))}


@pytest.fixture
def refund() -> Refund:
    """A part of an M-Pesa payment, on its way to the payer's phone as a transfer that waits too long in a queue."""
    payment = nobodys(make_payment(status="succeeded", receipt="TKL1234567"))
    row = return_money(payment_id=payment.pk, amount_minor=AMOUNT, key="part", reason="asked")
    assert row.method == Refund.Method.B2C
    row = transfer_refund(refund_id=row.pk, source="operator")
    drain()
    row = says(row, "unknown", queued=True)
    Refund.objects.filter(pk=row.pk).update(status="unknown")
    return again(row)


def by_hand(refund: Refund) -> Refund:
    settle_refund_by_hand(refund_id=refund.pk, evidence="Bank statement, line 7", actor_id=7)
    drain()
    assert books() == {"bank": -AMOUNT}
    return again(refund)


def test_a_failure_after_it_was_given_back_by_hand_changes_nothing(refund: Refund) -> None:
    refund = says(by_hand(refund), "failed", code="2040")
    assert (refund.status, refund.method) == ("succeeded", "manual")
    assert (books(), owed_back()) == ({"bank": -AMOUNT}, 0)
    assert not Alert.objects.filter(code="refund_failed", closed_at=None).exists(), "nobody sends it once more"


def test_a_failure_that_arrives_late_or_again_changes_nothing(refund: Refund) -> None:
    refund = says(refund, "failed", code="2040")
    assert refund.status == "failed"
    refund = by_hand(refund)
    OutboxEvent.objects.filter(topic="payments.disbursement_failed").update(delivered_at=None, due_at=clock.now())
    drain()
    refund = again(refund)
    assert (refund.status, books(), owed_back()) == ("succeeded", {"bank": -AMOUNT}, 0)


def test_paid_after_it_was_given_back_by_hand_is_booked_as_lost_and_told(refund: Refund) -> None:
    refund = says(by_hand(refund), "paid", receipt="UKL7654321")
    assert (refund.status, refund.method) == ("succeeded", "manual")
    assert books() == {"bank": -AMOUNT, "float": -AMOUNT, "loss": AMOUNT}
    assert Alert.objects.get(code="refund_paid_twice", closed_at=None).times == 1
    OutboxEvent.objects.filter(topic="payments.disbursement_paid").update(delivered_at=None, due_at=clock.now())
    drain()
    assert books() == {"bank": -AMOUNT, "float": -AMOUNT, "loss": AMOUNT}, "once"


def test_what_comes_back_of_it_is_booked_back_as_often_as_it_wavers(refund: Refund) -> None:
    refund = by_hand(refund)
    for _ in range(2):
        says(refund, "paid", receipt="UKL7654321")
        assert books() == {"bank": -AMOUNT, "float": -AMOUNT, "loss": AMOUNT}
        says(refund, "reversed", code="reversed")
        assert books() == {"bank": -AMOUNT}
        assert not Alert.objects.filter(code="refund_paid_twice", closed_at=None).exists()


def test_paid_after_it_was_tried_again_is_lost_too(refund: Refund) -> None:
    first = says(refund, "failed", code="2040")
    retry_refund(refund_id=first.pk, actor_id=7)
    says(first, "paid", receipt="UKL7654321")
    assert Refund.objects.get(pk=first.pk).status == "created", "the second try has its own fate"
    assert books() == {"float": -AMOUNT, "loss": AMOUNT}
    assert Alert.objects.filter(code="refund_paid_twice", closed_at=None).exists()
