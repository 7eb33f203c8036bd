"""Refunds of card payments, over real HTTP, against the simulator as a program of its own."""

from typing import Any

import pytest
import stripe

from marketplace.core import clock, outbox
from marketplace.ledger.accounts import Code
from marketplace.ledger.selectors import balance
from marketplace.notifications.models import Alert
from marketplace.payments.checks import owed_and_transit, refunds_and_entries, refunds_and_payments
from marketplace.payments.errors import NotRefundable
from marketplace.payments.models import Break, InboxMessage, ProviderCall, Refund
from marketplace.payments.providers.stripe import refunds
from marketplace.payments.services import (
    process_inbox,
    reconcile_day,
    reconcile_refunds,
    reserve_refund,
    retry_refund,
    return_money,
    send_refund,
    settle_refund,
    settle_refund_by_hand,
)
from marketplace.payments.services.record_provider_refund import record_provider_refund
from tests.contracts.buyers import AMOUNT, CardHolder
from tests.contracts.giving_back import give_back, paid, until, work
from tests.factories.payments import Facts, owed_back
from tests.simulator_process import STRIPE_KEY, SimulatorProcess


@pytest.fixture
def buyer(simulator: SimulatorProcess) -> CardHolder:
    return CardHolder(simulator)


@pytest.fixture
def dashboard(simulator: SimulatorProcess) -> stripe.StripeClient:
    """Someone with Stripe's dashboard open."""
    return stripe.StripeClient(STRIPE_KEY, base_addresses={"api": simulator.stripe_base})


def at_stripe(buyer: CardHolder) -> list[dict[str, Any]]:
    return list(buyer.simulator.look("ledger")["refunds"])


def asked(buyer: CardHolder) -> int:
    return len(buyer.simulator.look("requests", path="/v1/refunds", method="POST"))


def test_a_part_is_given_back_once_and_booked(buyer: CardHolder, facts: Facts) -> None:
    payment = paid(buyer)
    before = balance(code=Code.STRIPE_CLEARING, currency="KES")
    refund = give_back(payment, 40_000)
    assert (refund.status, refund.next_check_at) == ("succeeded", None)
    assert refund.external_id
    assert owed_back() == 0
    assert before - balance(code=Code.STRIPE_CLEARING, currency="KES") == 40_000
    assert facts.named(refund_id=str(refund.pk)) == ["payments.refund_succeeded"]
    work()
    assert [row["amount_minor"] for row in at_stripe(buyer)] == [40_000]
    assert Refund.objects.count() == 1, "the webhooks of our own refund are not another one"


def test_two_parts_and_no_more(buyer: CardHolder) -> None:
    payment = paid(buyer)
    give_back(payment, 90_000, "first")
    give_back(payment, 60_000, "second")
    assert sorted(row["amount_minor"] for row in at_stripe(buyer)) == [60_000, 90_000]
    assert owed_back() == 0


@pytest.mark.parametrize("accident", ["timeout_after", "drop_after"])
def test_an_answer_that_is_lost_is_found_again_and_nothing_is_given_twice(
    buyer: CardHolder, facts: Facts, accident: str, settings: Any
) -> None:
    settings.PROVIDER_ANSWER_SECONDS = 2
    payment = paid(buyer)
    buyer.simulator.control("deliveries", action="drop")
    buyer.simulator.control("fault", kind=accident, path="/v1/refunds", seconds=6, count=3)
    refund = give_back(payment, 40_000)
    assert refund.status == "unknown"
    refund = until(refund, "succeeded", sweep=True)
    assert [row["amount_minor"] for row in at_stripe(buyer)] == [40_000]
    assert facts.named(refund_id=str(refund.pk)) == ["payments.refund_succeeded"]


def test_a_lost_answer_is_told_by_the_webhook(buyer: CardHolder) -> None:
    payment = paid(buyer)
    buyer.simulator.control("fault", kind="drop_after", path="/v1/refunds", count=3)
    refund = give_back(payment, 40_000)
    assert until(refund, "succeeded").external_id


def test_a_lost_refund_is_never_made_again_once_its_key_is_forgotten(buyer: CardHolder) -> None:
    """Stripe forgets keys after a day: the same request would then be another refund."""
    payment = paid(buyer)
    buyer.simulator.control("deliveries", action="drop")
    buyer.simulator.control("fault", kind="drop", path="/v1/refunds", count=3)
    refund = give_back(payment, 40_000)
    assert refund.status == "unknown"
    Refund.objects.filter(pk=refund.pk).update(attempted_at=clock.in_seconds(-21 * 3600))
    refund = until(refund, "failed", sweep=True)
    assert refund.failure_code == "never_made"
    assert at_stripe(buyer) == []


def test_a_program_that_died_before_the_call_leaves_a_refund_the_reconciler_sends(buyer: CardHolder) -> None:
    payment = paid(buyer)
    refund = return_money(payment_id=payment.pk, amount_minor=40_000, key="killed", reason="asked")
    Refund.objects.filter(pk=refund.pk).update(attempted_at=clock.now(), next_check_at=clock.now())
    assert reconcile_refunds() == 1
    refund.refresh_from_db()
    assert refund.status == "succeeded"
    assert asked(buyer) == 1


def test_sending_twice_asks_once(buyer: CardHolder) -> None:
    refund = give_back(paid(buyer), 40_000)
    send_refund(refund_id=refund.pk)
    outbox.drain()
    assert asked(buyer) == 1


def test_stripe_out_of_reach_only_delays(buyer: CardHolder) -> None:
    payment = paid(buyer)
    buyer.simulator.control("fault", kind="429", path="/v1/refunds", count=3)
    refund = give_back(payment, 40_000)
    assert (refund.status, refund.failure_code) == ("created", "provider_unavailable")
    assert refund.attempted_at is None
    refund = until(refund, "succeeded", sweep=True)
    assert (refund.attempt, refund.failure_code) == (1, "")


def test_a_slow_refund_is_on_its_way_until_stripe_says_more(buyer: CardHolder, facts: Facts) -> None:
    buyer.simulator.control("next", provider="stripe", outcome="refund_waits")
    refund = give_back(paid(buyer), 40_000)
    assert refund.status == "sent"
    assert refund.next_check_at is not None
    assert owed_back() == 40_000
    buyer.simulator.advance(3600)
    assert until(refund, "succeeded").settled_at
    assert owed_back() == 0
    assert facts.named(refund_id=str(refund.pk)) == ["payments.refund_succeeded"]


def test_a_slow_refund_whose_webhook_is_lost_is_asked_about(buyer: CardHolder) -> None:
    buyer.simulator.control("next", provider="stripe", outcome="refund_waits")
    refund = give_back(paid(buyer), 40_000)
    buyer.simulator.control("deliveries", action="drop")
    buyer.simulator.advance(3600)
    assert until(refund, "succeeded", inbox=False, sweep=True)


def test_a_refund_that_fails_after_it_looked_good_is_owed_again(buyer: CardHolder, facts: Facts) -> None:
    buyer.simulator.control("next", provider="stripe", outcome="refund_fails")
    refund = give_back(paid(buyer), 40_000)
    assert refund.status == "succeeded"
    buyer.simulator.advance(3600)
    refund = until(refund, "failed")
    assert refund.failure_code == "expired_or_canceled_card"
    assert "no longer takes money" in refund.failure_text
    assert owed_back() == 40_000
    assert facts.named(refund_id=str(refund.pk)) == ["payments.refund_succeeded", "payments.refund_failed"]
    refund.payment.refresh_from_db()
    assert refund.payment.refunded_minor == 40_000, "it stays set aside: nobody else can give it back meanwhile"


def test_a_failed_refund_is_tried_again_under_a_new_key(buyer: CardHolder) -> None:
    buyer.simulator.control("next", provider="stripe", outcome="refund_fails")
    refund = give_back(paid(buyer), 40_000)
    buyer.simulator.advance(3600)
    first = until(refund, "failed").external_id
    retry_refund(refund_id=refund.pk, actor_id=7)
    outbox.drain()
    refund = until(refund, "succeeded")
    assert (refund.attempt, owed_back()) == (2, 0)
    assert refund.external_id != first
    settle_refund(refund_id=refund.pk, source="operator")
    assert Refund.objects.get(pk=refund.pk).status == "succeeded", "news of the first attempt changes nothing"


def test_a_failed_refund_is_given_back_by_hand_with_evidence(buyer: CardHolder) -> None:
    buyer.simulator.control("next", provider="stripe", outcome="refund_fails")
    refund = give_back(paid(buyer), 40_000)
    buyer.simulator.advance(3600)
    until(refund, "failed")
    settle_refund_by_hand(refund_id=refund.pk, evidence="bank transfer FT88", actor_id=7)
    refund.refresh_from_db()
    assert (refund.status, refund.method, refund.evidence) == ("succeeded", "manual", "bank transfer FT88")
    assert owed_back() == 0
    assert balance(code=Code.BANK, currency="KES") == -40_000
    with pytest.raises(NotRefundable):
        retry_refund(refund_id=refund.pk, actor_id=7)
    record_provider_refund(found=refunds.read(refund.external_id or ""))
    refund.refresh_from_db()
    assert (refund.status, owed_back()) == ("succeeded", 0), "Stripe's old news of the first attempt changes nothing"


def test_only_a_failed_refund_is_tried_again(buyer: CardHolder) -> None:
    refund = give_back(paid(buyer), 40_000)
    with pytest.raises(NotRefundable):
        retry_refund(refund_id=refund.pk, actor_id=7)
    assert asked(buyer) == 1


# -- in Stripe's dashboard -----------------------------------------------------------------------------------------


def test_a_refund_made_in_the_dashboard_is_heard_of_once(
    buyer: CardHolder, dashboard: stripe.StripeClient, facts: Facts
) -> None:
    payment = paid(buyer)
    buyer.simulator.control("deliveries", action="duplicate")
    made = dashboard.v1.refunds.create({"payment_intent": payment.external_ref, "amount": 50_000})
    buyer.simulator.until(lambda: work() or Refund.objects.exists())
    work()
    refund = Refund.objects.get()
    assert (refund.origin, refund.status, refund.amount_minor) == ("outside", "succeeded", 50_000)
    assert refund.external_id == made.id
    payment.refresh_from_db()
    assert payment.refunded_minor == 50_000
    assert facts.named(refund_id=str(refund.pk)) == ["payments.refunded_outside"]
    assert owed_back() == 0, "who bears it is for the room above to say, which then books it"


def test_what_failed_here_and_is_given_back_in_the_dashboard_is_the_same_refund(
    buyer: CardHolder, dashboard: stripe.StripeClient
) -> None:
    buyer.simulator.control("next", provider="stripe", outcome="refund_fails")
    refund = give_back(paid(buyer), AMOUNT.minor)
    buyer.simulator.advance(3600)
    until(refund, "failed")
    dashboard.v1.refunds.create({"payment_intent": refund.payment.external_ref})
    refund = until(refund, "succeeded")
    assert Refund.objects.count() == 1
    assert owed_back() == 0
    refund.payment.refresh_from_db()
    assert refund.payment.refunded_minor == AMOUNT.minor


def test_a_refund_that_stripe_has_no_money_left_for_fails_and_says_so(
    buyer: CardHolder, dashboard: stripe.StripeClient
) -> None:
    """Given back in the dashboard while ours was decided: Stripe refuses the second, nothing is lost."""
    payment = paid(buyer)
    buyer.simulator.control("deliveries", action="drop")
    dashboard.v1.refunds.create({"payment_intent": payment.external_ref, "amount": 100_000})
    refund = give_back(payment, 90_000)
    assert (refund.status, refund.failure_code) == ("failed", "amount")
    assert "less is left" in refund.failure_text
    assert owed_back() == 90_000


def test_what_the_dashboard_paid_of_a_failed_refund_is_not_paid_again(
    buyer: CardHolder, dashboard: stripe.StripeClient
) -> None:
    """1,500 paid; 800 come back in the dashboard unheard of, then 900 are decided here: 100 are still owed."""
    payment = paid(buyer)
    buyer.simulator.control("deliveries", action="drop", count=1000)
    made = dashboard.v1.refunds.create({"payment_intent": payment.external_ref, "amount": 80_000})
    refund = give_back(payment, 90_000)
    assert (refund.status, refund.failure_code) == ("failed", "amount")
    for _ in range(2):
        record_provider_refund(found=refunds.read(made.id))
    refund.refresh_from_db()
    assert (refund.status, refund.covered_minor, refund.left_minor) == ("failed", 80_000, 10_000)
    assert owed_back() == 10_000
    retry_refund(refund_id=refund.pk, actor_id=7)
    outbox.drain()
    until(refund, "succeeded")
    payment.refresh_from_db()
    assert (payment.refunded_minor, owed_back()) == (90_000, 0)
    assert sorted(row["amount_minor"] for row in buyer.simulator.look("ledger")["refunds"]) == [10_000, 80_000]
    assert prove_refunds() == []
    assert differences() == []


def test_a_dashboard_refund_pays_what_failed_and_more(buyer: CardHolder, dashboard: stripe.StripeClient) -> None:
    payment = paid(buyer)
    buyer.simulator.control("deliveries", action="drop", count=1000)
    made = dashboard.v1.refunds.create({"payment_intent": payment.external_ref, "amount": 100_000})
    refund = give_back(payment, 90_000)
    for _ in range(2):
        record_provider_refund(found=refunds.read(made.id))
    refund.refresh_from_db()
    outside = Refund.objects.get(origin="outside")
    assert (refund.status, refund.left_minor, outside.amount_minor) == ("succeeded", 0, 10_000)
    assert prove_refunds() == []
    assert differences() == []


def test_news_of_a_dashboard_refund_waits_for_ours_that_is_on_its_way(
    buyer: CardHolder, dashboard: stripe.StripeClient
) -> None:
    """Both together are more than was paid: which of them Stripe carried out is known only when ours was answered."""
    payment = paid(buyer)
    refund = return_money(payment_id=payment.pk, amount_minor=90_000, key="k", reason="asked")
    dashboard.v1.refunds.create({"payment_intent": payment.external_ref, "amount": 100_000})
    buyer.simulator.until(lambda: hear() or InboxMessage.objects.filter(kind__contains="refund").exists())
    assert hear() == ["waiting"]
    assert not Alert.objects.filter(code="refund_unexplained").exists()
    outbox.drain()
    refund = until(refund, "succeeded")
    assert (refund.covered_minor, owed_back()) == (90_000, 0)
    assert [row["amount_minor"] for row in at_stripe(buyer)] == [100_000]


def hear() -> list[str]:
    """The inbox has its turn, the outbox has not."""
    InboxMessage.objects.filter(status="waiting").update(due_at=clock.now())
    process_inbox()
    return sorted(set(InboxMessage.objects.filter(kind__contains="refund").values_list("status", flat=True)))


def prove_refunds() -> list[str]:
    """What the room's own checks say."""
    found = (finding for check in (owed_and_transit, refunds_and_entries, refunds_and_payments) for finding in check())
    return [str(finding) for finding in found]


def differences() -> list[tuple[str, str]]:
    """What the daily comparison finds about refunds."""
    run = reconcile_day(provider="stripe", day=clock.now().date())
    assert run.theirs_count >= 2
    return list(Break.objects.filter(item="refund").values_list("name", "kind"))


def test_every_call_is_measured(buyer: CardHolder) -> None:
    give_back(paid(buyer), 40_000)
    calls = dict(ProviderCall.objects.values_list("operation", "answer"))
    assert calls["refund"] == calls["session_create"] == calls["session_read"] == "ok"


def test_a_refund_without_its_booking_stops_before_it_is_called_settled(buyer: CardHolder) -> None:
    """A caller that forgot to book: the books refuse, the refund is found by the reconciler and in the log."""
    payment = paid(buyer)
    refund = reserve_refund(payment_id=payment.pk, amount_minor=40_000, key="unbooked", reason="asked")
    outbox.drain()
    refund.refresh_from_db()
    assert refund.status == "created"
    assert refund.next_check_at is not None
