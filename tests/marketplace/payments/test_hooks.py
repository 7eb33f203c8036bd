"""The addresses providers call: bounded, checked at the door, answered at once, never a 500."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from celery import Celery, current_app
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from marketplace.payments.models import InboxMessage, Payment
from tests.factories.payments import make_payment

pytestmark = pytest.mark.django_db
SECRETS = ["whsec_new", "whsec_old"]
EVENT = {"id": "evt_1", "object": "event", "type": "checkout.session.completed",
         "data": {"object": {"object": "checkout.session", "id": "cs_test_x", "metadata": {}}}}  # fmt: skip


@pytest.fixture(autouse=True)
def _secrets(settings: LazySettings) -> None:
    settings.STRIPE = {**settings.STRIPE, "webhook_secrets": SECRETS}


def callback(payment: Payment, **changed: Any) -> bytes:
    inner = {"MerchantRequestID": payment.external_ref, "CheckoutRequestID": payment.external_id, "ResultCode": 1032,
             "ResultDesc": "Request cancelled by user", **changed}  # fmt: skip
    return json.dumps({"Body": {"stkCallback": inner}}).encode()


def post_stk(client: Client, token: str, body: bytes, **extra: Any) -> Any:
    return client.post(f"/hooks/sc/stk/{token}/", body, content_type="application/json", **extra)


def post_stripe(client: Client, body: bytes, signature: str | None) -> Any:
    headers = {} if signature is None else {"Stripe-Signature": signature}
    return client.post("/hooks/stripe/", body, content_type="application/json", headers=headers)


def sign(body: bytes, secret: str = SECRETS[0], at: int | None = None) -> str:
    return stripe.WebhookSignature.generate_signature_header(body.decode(), secret, timestamp=at)


def test_addresses_hold_no_word_that_daraja_refuses() -> None:
    for _ in range(50):
        address = reverse("payments:stk", args=[make_payment().callback_token]).lower()
        assert not any(word in address for word in ("mpesa", "safaricom", "exe", "cmd", "sql", "query"))
        assert len(address) > 64


def test_a_callback_is_stored_raw_and_answered_at_once(client: Client) -> None:
    payment = make_payment()
    answer = post_stk(client, payment.callback_token, callback(payment))
    assert (answer.status_code, answer.json()) == (200, {"ResultCode": 0, "ResultDesc": "Accepted"})
    message = InboxMessage.objects.get()
    assert message.body == callback(payment).decode()
    assert (message.status, message.payment, message.kind, message.remote_ip) == (
        "waiting", payment, "stk.1032", "127.0.0.1"
    )  # fmt: skip
    payment.refresh_from_db()
    assert payment.status == "pending", "nothing is concluded while the provider waits"


def test_a_repeat_only_counts_as_another_delivery(client: Client) -> None:
    payment, other = make_payment(), make_payment()
    for _ in range(3):
        assert post_stk(client, payment.callback_token, callback(payment)).status_code == 200
    assert InboxMessage.objects.get().deliveries == 3
    post_stk(client, other.callback_token, callback(payment))
    assert InboxMessage.objects.count() == 2, "the same body behind another token is another message"


@pytest.mark.parametrize("token", ["x", "0" * 64, "a" * 500, "%00", "..", "stripe"])
def test_a_wrong_token_is_not_found(client: Client, token: str) -> None:
    answer = post_stk(client, token, callback(make_payment()))
    assert answer.status_code == 404
    assert not InboxMessage.objects.exists()


@pytest.mark.parametrize("body", [b"", b"x", b"{}", b"[]", b"\xff", b'{"Body":{"stkCallback":{}}}', b"\x00" * 50])
def test_a_malformed_body_is_a_400_with_a_code(client: Client, body: bytes) -> None:
    answer = post_stk(client, make_payment().callback_token, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    answer = post_stripe(client, body, sign(body) if body != b"\xff" else "t=1,v1=aa")
    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed"


@pytest.mark.parametrize("size", [64 * 1024 + 1, 200_000, 300_000])
def test_an_oversize_body_is_a_413(client: Client, size: int) -> None:
    answer = post_stk(client, make_payment().callback_token, b"{" + b" " * (size - 2) + b"}")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert post_stripe(client, b" " * size, "t=1,v1=aa").status_code == 413


def test_only_post_is_taken(client: Client) -> None:
    assert client.get("/hooks/stripe/").status_code == 405
    assert client.get(f"/hooks/sc/stk/{make_payment().callback_token}/").status_code == 405


def test_odd_bytes_in_a_valid_callback_are_stored_or_refused_never_an_error(client: Client) -> None:
    payment = make_payment()
    body = callback(payment, ResultDesc="nul \x00 and \U0001f600 and \ud800")
    assert post_stk(client, payment.callback_token, body).status_code == 200


def test_callbacks_come_only_from_listed_addresses_once_there_is_a_list(client: Client, settings: LazySettings) -> None:
    payment = make_payment()
    settings.MPESA = {**settings.MPESA, "callback_ips": ["196.201.214.200"]}
    settings.TRUSTED_PROXIES = 1
    refused = post_stk(
        client, payment.callback_token, callback(payment), headers={"X-Forwarded-For": "196.201.214.200, 203.0.113.9"}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "address_not_allowed")
    taken = post_stk(
        client, payment.callback_token, callback(payment), headers={"X-Forwarded-For": "203.0.113.9, 196.201.214.200"}
    )
    assert taken.status_code == 200
    assert InboxMessage.objects.get().remote_ip == "196.201.214.200"


@pytest.mark.parametrize("secret", SECRETS)
def test_any_of_our_secrets_may_have_signed(client: Client, secret: str) -> None:
    body = json.dumps(EVENT).encode()
    for _ in range(2):
        assert post_stripe(client, body, sign(body, secret)).status_code == 200
    message = InboxMessage.objects.get()
    assert (message.event_id, message.kind, message.deliveries) == ("evt_1", "checkout.session.completed", 2)


def test_a_wrong_old_or_missing_signature_is_refused(client: Client) -> None:
    body = json.dumps(EVENT).encode()
    old = sign(body, at=int(time.time()) - 301)
    for signature in (None, "", "t=1", "v1=aa", "t=x,v1=y", "é", sign(body, "whsec_other"), old, sign(body + b" ")):
        answer = post_stripe(client, body, signature)
        assert (answer.status_code, answer.json()["code"]) == (400, "signature_invalid"), signature
    assert not InboxMessage.objects.exists()


def test_no_secret_of_ours_means_nothing_is_believed(client: Client, settings: LazySettings) -> None:
    settings.STRIPE = {**settings.STRIPE, "webhook_secrets": []}
    body = json.dumps(EVENT).encode()
    assert post_stripe(client, body, sign(body, "")).status_code == 400


@pytest.mark.parametrize(
    "event", [{}, {"id": "evt_1"}, {**EVENT, "id": 5}, {**EVENT, "data": []}, {**EVENT, "type": ""}]
)
def test_a_signed_event_without_its_parts_is_malformed(client: Client, event: dict[str, Any]) -> None:
    body = json.dumps(event).encode()
    answer = post_stripe(client, body, sign(body))
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.fixture(params=["redis://127.0.0.1:1/0", "filesystem://"])
def absent_broker(request: pytest.FixtureRequest) -> Iterator[None]:
    """Jobs go to a broker where nobody listens, with production's options."""
    before = current_app._get_current_object()
    away = Celery("away", broker=request.param)
    options = {"socket_timeout": 2, "socket_connect_timeout": 1, "max_retries": 0}
    if request.param == "filesystem://":
        options = dict.fromkeys(("data_folder_in", "data_folder_out", "control_folder"), "/proc/none")
    away.conf.update(broker_transport_options=options)
    away.set_current()
    yield
    before.set_current()


def test_an_absent_broker_costs_nothing(
    client: Client, absent_broker: None, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    payment = make_payment()
    with django_capture_on_commit_callbacks(execute=True) as asked:
        begun = time.monotonic()
        assert post_stk(client, payment.callback_token, callback(payment)).status_code == 200
    assert len(asked) == 1
    assert "broker is away" in caplog.text
    assert time.monotonic() - begun < 30
    assert InboxMessage.objects.get().status == "waiting", "the next sweep finds it"
