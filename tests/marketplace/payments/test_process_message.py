"""Thinking about a message: whose it is, whether it fits, when it is tried again, when it is given up."""

import datetime as dt
import itertools
import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connections

from marketplace.core import clock
from marketplace.payments.models import InboxMessage, Payment
from marketplace.payments.services import process_inbox, process_message, receive_message
from marketplace.payments.services.process_message import LEASE, UNMATCHED_ATTEMPTS, WAITS
from tests.factories.payments import Facts, make_payment

pytestmark = pytest.mark.django_db
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _nobody_answers(settings: LazySettings) -> None:
    """Whatever is asked, the provider is away: what is believed here is believed without asking."""
    settings.MPESA = {**settings.MPESA, "base_url": "http://127.0.0.1:1", "confirm": "never"}
    settings.STRIPE = {**settings.STRIPE, "api_base": "http://127.0.0.1:1"}


def callback(payment: Payment, code: int = 0, *, amount: float = 1500.0, **changed: Any) -> InboxMessage:
    items = [{"Name": "Amount", "Value": amount}, {"Name": "MpesaReceiptNumber", "Value": "SLK7RT61SV"}]
    inner = {
        "MerchantRequestID": payment.external_ref, "CheckoutRequestID": payment.external_id, "ResultCode": code,
        "ResultDesc": "text", **({"CallbackMetadata": {"Item": items}} if code == 0 else {}), **changed,
    }  # fmt: skip
    body = json.dumps({"Body": {"stkCallback": inner}}).encode()
    return receive_message(provider="mpesa", body=body, headers={}, token=payment.callback_token, remote_ip="127.0.0.1")


def event(kind: str = "checkout.session.completed", **thing: Any) -> InboxMessage:
    body = {"id": f"evt_{next(_numbers)}", "type": kind, "data": {"object": thing}}
    return InboxMessage.objects.create(
        provider="stripe", event_id=body["id"], kind=kind, body=json.dumps(body), due_at=clock.now()
    )


def think(message: InboxMessage, *, times: int = 1) -> InboxMessage:
    for _ in range(times):
        InboxMessage.objects.filter(pk=message.pk).update(due_at=clock.now())
        message = process_message(message_id=message.pk)
    return message


def test_a_success_that_fits_is_believed_when_the_policy_says_so(facts: Facts) -> None:
    payment = make_payment()
    message = think(callback(payment))
    payment.refresh_from_db()
    assert (message.status, payment.status, payment.receipt) == ("done", "succeeded", "SLK7RT61SV")
    assert facts.about(payment) == ["payments.succeeded"]


def test_thinking_twice_changes_nothing_more(facts: Facts) -> None:
    payment = make_payment()
    message = callback(payment)
    think(message, times=3)
    assert facts.about(payment) == ["payments.succeeded"]
    assert InboxMessage.objects.get().attempts == 1


@pytest.mark.parametrize(
    ("changed", "contradiction"),
    [
        ({"amount": 1.0}, "amount"), ({"amount": 1500.5}, "amount"), ({"CheckoutRequestID": "ws_CO_1"}, "checkout"),
        ({"MerchantRequestID": "other"}, "merchant"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_quarantined_and_told(changed: dict[str, Any], contradiction: str, facts: Facts) -> None:
    payment = make_payment()
    message = think(callback(payment, **changed))
    payment.refresh_from_db()
    assert (message.status, payment.status) == ("quarantined", "pending")
    assert contradiction in message.note
    assert contradiction in payment.events.get(kind="forged").data["contradicts"]
    assert facts.rows() == []


def test_a_forged_failure_does_no_harm_to_a_success() -> None:
    payment = make_payment()
    think(callback(payment))
    think(callback(payment, 1032))
    payment.refresh_from_db()
    assert payment.status == "succeeded"


def test_the_receipt_is_learned_after_a_query_had_settled_it(facts: Facts) -> None:
    payment = make_payment(status="succeeded", next_check_at=None)
    assert think(callback(payment)).status == "done"
    payment.refresh_from_db()
    assert payment.receipt == "SLK7RT61SV"
    assert facts.rows() == []


def test_a_callback_that_beats_the_answer_teaches_us_the_ids() -> None:
    payment = make_payment(status="created", external_id=None, external_ref="")
    message = think(callback(payment, CheckoutRequestID="ws_CO_77", MerchantRequestID="m-77"))
    payment.refresh_from_db()
    assert (message.status, payment.status) == ("done", "succeeded")
    assert (payment.external_id, payment.external_ref) == ("ws_CO_77", "m-77")


def test_the_id_of_another_payment_is_not_learned() -> None:
    other, payment = make_payment(), make_payment(status="created", external_id=None, external_ref="")
    message = think(callback(payment, CheckoutRequestID=other.external_id, MerchantRequestID="m"))
    payment.refresh_from_db()
    assert (message.status, payment.status, payment.external_id) == ("quarantined", "created", None)


def test_a_success_that_cannot_be_confirmed_waits_then_a_person_looks(settings: LazySettings, facts: Facts) -> None:
    settings.MPESA = {**settings.MPESA, "confirm": "always"}
    payment = make_payment()
    message = callback(payment)
    for wait in WAITS:
        Payment.objects.update(checked_at=None)
        message = think(message)
        assert message.status == "waiting"
        assert message.due_at - clock.now() <= dt.timedelta(seconds=wait)
    assert "unknown" in message.note
    Payment.objects.update(checked_at=None)
    message = think(message)
    payment.refresh_from_db()
    assert (message.status, payment.status, payment.failure_code) == ("quarantined", "review", "unconfirmed")
    assert facts.about(payment) == ["payments.review"]


def test_questions_keep_their_distance(settings: LazySettings) -> None:
    settings.MPESA = {**settings.MPESA, "confirm": "always"}
    payment = make_payment(checked_at=clock.now())
    message = think(callback(payment))
    assert (message.status, message.note) == ("waiting", "asked a moment ago")
    payment.refresh_from_db()
    assert payment.checks == 0


@pytest.mark.parametrize("threshold", [150_000, 150_001])
def test_only_high_values_are_asked_about_when_the_policy_says_so(settings: LazySettings, threshold: int) -> None:
    settings.MPESA = {**settings.MPESA, "confirm": "high_value", "confirm_above_minor": threshold}
    message = think(callback(make_payment()))
    assert message.status == ("waiting" if threshold == 150_000 else "done")


def test_an_unknown_code_is_asked_about_not_believed() -> None:
    payment = make_payment()
    assert think(callback(payment, 77_777)).status == "waiting"
    payment.refresh_from_db()
    assert payment.status == "pending"


@pytest.mark.parametrize("by", ["metadata", "session", "intent"])
def test_an_event_finds_its_payment_by_any_of_its_names(by: str) -> None:
    payment = make_payment(provider="stripe", status="succeeded", next_check_at=None)
    things = {
        "metadata": {"object": "checkout.session", "metadata": {"payment_id": str(payment.pk)}},
        "session": {"object": "checkout.session", "id": payment.external_id},
        "intent": {"object": "charge", "id": "ch_1", "payment_intent": payment.external_ref},
    }
    message = think(event("charge.updated" if by == "intent" else "checkout.session.completed", **things[by]))
    assert (message.status, message.payment) == ("done", payment)


def test_an_event_about_another_session_of_the_payment_is_quarantined() -> None:
    payment = make_payment(provider="stripe")
    thing = {"object": "checkout.session", "id": "cs_other", "metadata": {"payment_id": str(payment.pk)}}
    assert think(event(**thing)).status == "quarantined"


def test_an_event_without_a_payment_is_replayed_and_then_ignored() -> None:
    message = event(object="checkout.session", id="cs_soon", metadata={"payment_id": "not-a-uuid"})
    message = think(message, times=UNMATCHED_ATTEMPTS - 1)
    assert (message.status, message.note) == ("waiting", "no payment found yet")
    message = think(message)
    assert (message.status, message.note) == ("ignored", "no payment of ours")


def test_an_event_that_came_before_its_payment_is_matched_on_replay() -> None:
    message = think(event(object="checkout.session", id="cs_soon"))
    make_payment(provider="stripe", external_id="cs_soon", status="succeeded", next_check_at=None)
    assert think(message).status == "done"


def test_kinds_that_change_no_payment_are_kept_and_ignored() -> None:
    message = think(event("customer.created", object="customer", id="cus_1"))
    assert (message.status, message.note) == ("ignored", "nothing to do")


@pytest.mark.parametrize("kind", ["charge.dispute.created", "refund.updated", "charge.refunded"])
def test_an_event_that_names_nothing_is_kept_for_a_person(kind: str) -> None:
    assert think(event(kind, object="dispute", payment_intent="pi_1")).status == "quarantined"


def test_a_message_a_dead_worker_held_is_taken_up_when_its_lease_ends() -> None:
    message = callback(make_payment())
    InboxMessage.objects.update(attempts=1, due_at=clock.now() + LEASE)
    assert process_message(message_id=message.pk).status == "waiting"
    assert process_inbox() == 0
    InboxMessage.objects.update(due_at=clock.now())
    assert process_inbox() == 1
    assert InboxMessage.objects.get().status == "done"


def test_one_message_that_breaks_does_not_stop_the_others() -> None:
    InboxMessage.objects.create(
        provider="stripe", event_id="evt_broken", body="not json", due_at=clock.now() - dt.timedelta(hours=1)
    )
    callback(make_payment())
    assert process_inbox() == 1
    assert dict(InboxMessage.objects.values_list("provider", "status")) == {"stripe": "waiting", "mpesa": "done"}
    connections["default"].check_constraints()
