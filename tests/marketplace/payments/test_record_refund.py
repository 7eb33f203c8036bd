"""What becomes of a refund, whoever brings the news and how often."""

from collections.abc import Sequence

import pytest

from marketplace.core import clock
from marketplace.core.errors import BadInput
from marketplace.ledger.models import Entry
from marketplace.ledger.services import Overdrawn
from marketplace.notifications.models import Alert
from marketplace.payments.errors import EvidenceMissing, NotRefundable, PaymentDisputed
from marketplace.payments.models import Payment, Refund
from marketplace.payments.providers.base import RefundOutcome
from marketplace.payments.services import (
    absorb_refunds,
    book_refund_settled,
    reserve_refund,
    retry_refund,
    return_money,
    settle_refund_by_hand,
)
from marketplace.payments.services.record_refund import STUCK_AFTER, record_refund
from tests.factories.payments import Facts, make_dispute, make_payment, nobodys, owed_back

pytestmark = pytest.mark.django_db


def refund_of(payment: Payment | None = None, amount: int = 50_000) -> Refund:
    payment = payment or nobodys(make_payment(provider="stripe", status="succeeded"))
    return return_money(payment_id=payment.pk, amount_minor=amount, key=f"{payment.pk}:{amount}", reason="asked")


def hear(refund: Refund, *states: str, undoes: bool = False, **more: str) -> Refund:
    for state in states:
        news = RefundOutcome(state, undoes=undoes, **more)  # type: ignore[arg-type]
        refund = record_refund(refund_id=refund.pk, outcome=news, source="callback")
    return refund


@pytest.mark.parametrize(
    ("news", "status", "told"),
    [
        (["sent"], "sent", []),
        (["unknown"], "unknown", []),
        (["not_sent"], "created", []),
        (["sent", "succeeded", "succeeded"], "succeeded", ["refund_succeeded"]),
        (["succeeded", "sent", "unknown"], "succeeded", ["refund_succeeded"]),
        (["unknown", "succeeded"], "succeeded", ["refund_succeeded"]),
        (["failed", "failed"], "failed", ["refund_failed"]),
        (["failed", "succeeded"], "succeeded", ["refund_failed", "refund_succeeded"]),
        (["failed", "sent", "unknown"], "failed", ["refund_failed"]),
        (["sent", "unknown"], "sent", []),
    ],
)
def test_news_in_any_order(news: Sequence[str], status: str, told: Sequence[str], facts: Facts) -> None:
    refund = hear(refund_of(), *news)
    assert refund.status == status
    assert facts.named(refund_id=str(refund.pk)) == [f"payments.{name}" for name in told]
    assert owed_back() == (0 if status == "succeeded" else 50_000)
    assert (refund.next_check_at is None) == (status in ("succeeded", "failed"))


def test_an_unsigned_failure_does_not_undo_a_success() -> None:
    refund = hear(refund_of(), "succeeded", "failed")
    assert (refund.status, owed_back()) == ("succeeded", 0)


def test_the_providers_own_word_undoes_it_and_the_books_follow() -> None:
    refund = hear(hear(refund_of(), "succeeded"), "failed", undoes=True)
    assert (refund.status, owed_back()) == ("failed", 50_000)
    assert Entry.objects.filter(reverses__key=f"refund:{refund.pk}:settled:1").count() == 1


def test_news_of_an_earlier_attempt_changes_nothing() -> None:
    refund = hear(refund_of(), "failed")
    retry_refund(refund_id=refund.pk, actor_id=7)
    old = RefundOutcome("succeeded", external_id="re_old")
    refund = record_refund(refund_id=refund.pk, outcome=old, source="callback", attempt=1)
    assert (refund.status, refund.external_id, refund.attempt) == ("created", None, 2)


def test_what_was_never_booked_is_never_called_given_back() -> None:
    payment = make_payment(provider="stripe", status="succeeded")
    refund = reserve_refund(payment_id=payment.pk, amount_minor=100, key="unbooked", reason="asked")
    with pytest.raises(Overdrawn):
        hear(refund, "succeeded")
    refund.refresh_from_db()
    assert refund.status == "created"


def test_a_failure_is_put_before_a_person_until_it_is_over() -> None:
    refund = hear(refund_of(), "failed", code="declined", text="The bank said no.")
    alert = Alert.objects.get(code="refund_failed", closed_at=None)
    assert "The bank said no." in alert.text
    settle_refund_by_hand(refund_id=refund.pk, evidence="bank transfer FT1", actor_id=7)
    assert not Alert.objects.filter(closed_at=None).exists()


def test_one_that_nobody_can_tell_about_is_put_before_a_person_once() -> None:
    refund = refund_of()
    Refund.objects.filter(pk=refund.pk).update(checks=STUCK_AFTER)
    hear(refund, "unknown", "unknown")
    assert Alert.objects.get(code="refund_stuck").times == 2


def test_a_refund_by_hand_needs_evidence_and_a_failure() -> None:
    refund = hear(refund_of(), "sent")
    with pytest.raises(EvidenceMissing):
        settle_refund_by_hand(refund_id=refund.pk, evidence=" ", actor_id=7)
    with pytest.raises(NotRefundable):
        settle_refund_by_hand(refund_id=refund.pk, evidence="cash", actor_id=7)


def test_a_failed_refund_given_back_by_hand_after_it_had_succeeded_is_booked_from_the_bank() -> None:
    refund = hear(hear(refund_of(), "succeeded"), "failed", undoes=True)
    refund = settle_refund_by_hand(refund_id=refund.pk, evidence="bank transfer FT1", actor_id=7)
    assert (refund.attempt, owed_back()) == (2, 0)


def test_a_retry_goes_a_way_that_exists() -> None:
    refund = hear(refund_of(), "failed")
    with pytest.raises(NotRefundable):
        retry_refund(refund_id=refund.pk, actor_id=7, method="manual")
    with pytest.raises(NotRefundable):
        retry_refund(refund_id=refund.pk, actor_id=7, method="b2c")
    with pytest.raises(BadInput):
        retry_refund(refund_id=refund.pk, actor_id=7, method="nonsense")


def test_a_failed_refund_waits_while_the_bank_has_the_money() -> None:
    refund = hear(refund_of(amount=150_000), "failed")
    dispute = make_dispute(refund.payment)
    with pytest.raises(PaymentDisputed):
        retry_refund(refund_id=refund.pk, actor_id=7)
    with pytest.raises(PaymentDisputed):
        settle_refund_by_hand(refund_id=refund.pk, evidence="cash", actor_id=7)
    dispute.move_to("won")
    assert retry_refund(refund_id=refund.pk, actor_id=7).status == "created"


def test_a_lost_dispute_settles_only_what_never_went_out() -> None:
    payment = nobodys(make_payment(provider="stripe", status="succeeded"))
    gone, owed = hear(refund_of(payment, 50_000), "succeeded"), hear(refund_of(payment, 30_000), "failed")
    dispute = make_dispute(payment, status="lost", amount_minor=100_000)
    assert absorb_refunds(dispute) == 30_000
    gone.refresh_from_db()
    owed.refresh_from_db()
    assert (gone.method, owed.method, owed.status) == ("provider", "manual", "succeeded")
    assert owed_back() == 0


def test_a_refund_made_at_the_provider_is_booked_by_who_decides_and_not_when_it_failed() -> None:
    payment = nobodys(make_payment(provider="stripe", status="succeeded"))
    refund = Refund.objects.create(
        payment=payment, key="outside:re_1", amount_minor=100, origin="outside", status="failed",
        settled_at=clock.now(),
    )  # fmt: skip
    book_refund_settled(refund)
    assert not Entry.objects.filter(kind="refund_settled").exists()
