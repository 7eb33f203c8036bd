"""Callback, query, return page and reconciler at once: one transition, one fact. With real locks, on PostgreSQL."""

import threading
from collections.abc import Callable, Iterable

import pytest
from django.db import connections

from marketplace.core.errors import Refusal
from marketplace.ledger.selectors import trial_balance
from marketplace.payments.models import InboxMessage, Payment
from marketplace.payments.services import close_payment, process_message, reconcile, settle_payment
from tests.contracts.buyers import Buyer, CardHolder, PhoneOwner
from tests.factories.payments import Facts
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.postgres


@pytest.fixture(params=[PhoneOwner, CardHolder])
def buyer(request: pytest.FixtureRequest, simulator: SimulatorProcess) -> Buyer:
    made: Buyer = request.param(simulator)
    return made


def at_once(works: Iterable[Callable[[], object]]) -> list[object]:
    """Run them in threads of their own, released together; an exception is a result."""
    works = list(works)
    barrier, results = threading.Barrier(len(works)), list[object]()

    def run(work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001 (whatever it is, it is a result)
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_all_four_at_once_settle_it_once(buyer: Buyer, facts: Facts) -> None:
    payment = buyer.start()
    buyer.pay(payment)
    buyer.soon(InboxMessage.objects.exists, payment)
    messages = list(InboxMessage.objects.values_list("pk", flat=True))
    Payment.objects.update(next_check_at=payment.created_at)
    works: list[Callable[[], object]] = [
        *(lambda pk=pk: process_message(message_id=pk) for pk in messages),
        lambda: settle_payment(payment_id=payment.pk, source="query"),
        lambda: settle_payment(payment_id=payment.pk, source="return"),
        lambda: close_payment(payment_id=payment.pk, source="operator"),
        reconcile,
        reconcile,
    ]
    results = at_once(works)
    assert [result for result in results if isinstance(result, Exception)] == []
    payment = buyer.until(payment, "succeeded")
    assert facts.about(payment) == ["payments.succeeded"]
    assert payment.events.filter(kind="moved", data__after="succeeded").count() == 1
    buyer.soon(lambda: buyer.until(payment, "succeeded", sweep=True).next_check_at is None, payment)
    assert sum(trial_balance("KES").values()) == 0
    if payment.provider == "stripe":
        assert trial_balance("KES") == {"1010": -(payment.fee_minor or 0), "5010": payment.fee_minor}


def test_pay_pressed_eight_times_starts_one_payment(buyer: Buyer) -> None:
    results = at_once([lambda: buyer.start("IMPATIENT")] * 8)
    refused = [result for result in results if isinstance(result, Refusal)]
    assert {refusal.code for refusal in refused} == {"payment_in_progress"}
    assert len(refused) == 7
    assert Payment.objects.count() == 1
    assert len(buyer.simulator.look("requests", path=buyer.start_path, method="POST")) == 1


def test_one_message_delivered_to_six_workers_at_once_is_thought_about_once(buyer: Buyer, facts: Facts) -> None:
    payment = buyer.start()
    buyer.pay(payment)
    buyer.soon(lambda: InboxMessage.objects.filter(kind__in=[buyer.topic, "stk.0"]).exists(), payment)
    message = InboxMessage.objects.filter(kind__in=[buyer.topic, "stk.0"]).get()
    results = at_once([lambda: process_message(message_id=message.pk)] * 6)
    assert [result for result in results if isinstance(result, Exception)] == []
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("done", 1)
    assert facts.about(payment) == ["payments.succeeded"]
