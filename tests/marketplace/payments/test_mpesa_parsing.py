"""What Daraja sends: types drift, items come in any order, and a stranger may send anything at all."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import Money
from marketplace.payments.errors import Malformed
from marketplace.payments.providers.base import Refused, Silent, Unavailable
from marketplace.payments.providers.mpesa import codes, outcomes
from marketplace.payments.providers.mpesa.client import Answer
from marketplace.payments.providers.mpesa.parse import stk_callback
from marketplace.payments.providers.mpesa.provider import _plain

IDS = {"MerchantRequestID": "29115-34620561-1", "CheckoutRequestID": "ws_CO_191220191020363925712345678"}


def callback(code: Any = 0, items: Any = None, **more: Any) -> bytes:
    inner = {**IDS, "ResultCode": code, "ResultDesc": "text", **more}
    if items is not None:
        inner["CallbackMetadata"] = {"Item": items}
    return json.dumps({"Body": {"stkCallback": inner}}).encode()


SUCCESS = [
    {"Name": "Amount", "Value": 1500.00}, {"Name": "MpesaReceiptNumber", "Value": "SLK7RT61SV"}, {"Name": "Balance"},
    {"Name": "TransactionDate", "Value": 20261121102115}, {"Name": "PhoneNumber", "Value": 254708374149},
]  # fmt: skip


@given(st.permutations(SUCCESS))
def test_a_success_is_read_in_any_order(items: list[dict[str, Any]]) -> None:
    found = stk_callback(callback(0, items))
    assert (found.code, found.amount, found.receipt) == ("0", Money(150_000, "KES"), "SLK7RT61SV")
    assert (found.checkout_request_id, found.merchant_request_id) == tuple(IDS.values())[::-1]


@pytest.mark.parametrize("code", [1032, "1032", " 1032 ", 1032.0])
def test_codes_are_text_whatever_their_type(code: Any) -> None:
    found = stk_callback(callback(code))
    assert found.code == "1032"
    assert outcomes.of_callback(found).state == "failed"


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (1500, Money(150_000, "KES")), ("1500.00", Money(150_000, "KES")), (0.5, Money(50, "KES")),
        (1500.001, None), ("many", None), (None, None), (True, None), ([1500], None), ("1e999", None), (1e308, None),
    ],
)  # fmt: skip
def test_amounts_are_exact_or_none(value: Any, amount: Money | None) -> None:
    found = stk_callback(callback(0, [{"Name": "Amount", "Value": value}])).amount
    assert found == amount or (amount is None and found is not None and found.minor > 10**300)


@pytest.mark.parametrize("items", [None, [], {}, "x", [None, 5, {"Name": None}], {"Name": "Amount", "Value": 1}])
def test_metadata_may_be_missing_single_or_odd(items: Any) -> None:
    found = stk_callback(callback(0, items))
    assert found.receipt == ""
    assert outcomes.of_callback(found).state == "paid"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"x", b"[]", b"null", b"{}", b"5", b"\xff\xfe{}", b'{"Body":5}', b'{"Body":{"stkCallback":[]}}',
        callback(None), callback(True), callback({}), callback(0, CheckoutRequestID=""),
        callback(0, CheckoutRequestID="\x00"),
        callback(0, MerchantRequestID=None), callback(0, CheckoutRequestID="x" * 121), b"[" * 60_000, b'{"a":' * 9_000,
        callback(0).decode().encode("utf-16"),
    ],
)  # fmt: skip
def test_what_is_no_callback_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        stk_callback(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["Name", "Value", "Item"]), inner),
    max_leaves=12,
)


@given(code=json_values, items=json_values, more=st.dictionaries(st.sampled_from(sorted(IDS)), json_values))
def test_anything_is_read_or_malformed_never_an_error(code: Any, items: Any, more: dict[str, Any]) -> None:
    try:
        found = stk_callback(callback(code, items, **more))
    except Malformed:
        return
    assert found.checkout_request_id.isprintable()
    assert outcomes.of_callback(found).state in ("paid", "pending", "failed", "unknown")


def test_every_known_failure_says_what_to_do_next() -> None:
    for code, meaning in codes.FAILURES.items():
        outcome = outcomes.of_result(code, "", {})
        assert (outcome.state, outcome.text) == ("failed", str(meaning.text)), code
        assert len(outcome.text) > 30
    assert [code for code, meaning in codes.FAILURES.items() if meaning.wavers] == ["1019", "1036", "1037"]


def answer(status: int, body: Any) -> Answer:
    return Answer(status, body if isinstance(body, dict) else {}, body if isinstance(body, str) else json.dumps(body))


PENDING = {"errorCode": "500.001.1001", "errorMessage": "The transaction is being processed"}


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, {"ResultCode": "0"}, "paid"),
        (200, {"ResultCode": 0}, "paid"),
        (200, {"ResultCode": "1032"}, "failed"),
        (200, {"ResultCode": "4999"}, "pending"),
        (500, PENDING, "pending"),
        (200, {"ResultCode": "77777"}, "unknown"),
        (500, {"errorCode": "500.001.1001", "errorMessage": "The transaction does not exist"}, "unknown"),
        (500, {"errorCode": "500.003.02", "errorMessage": "Spike Arrest Violation"}, "unknown"),
        (429, {"fault": {"faultstring": "Quota"}}, "unknown"),
        (200, "<html>Incapsula</html>", "unknown"),
        (503, "", "unknown"),
        (404, {"errorCode": "404.001.03"}, "unknown"),
    ],
)
def test_only_a_final_code_is_final_in_a_query(status: int, body: Any, state: str) -> None:
    outcome = outcomes.of_query(answer(status, body))
    assert outcome.state == state
    assert outcome.again == (state in ("pending", "unknown"))


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (400, {"errorCode": "400.002.02", "errorMessage": "Bad Request - Invalid Amount"}, Refused, "400.002.02"),
        (500, {"errorCode": "500.001.1001", "errorMessage": "Wrong credentials"}, Refused, "misconfigured"),
        (500, {"errorCode": "500.001.1001", "errorMessage": "Unable to lock subscriber, a ..."}, Refused, "1001"),
        (500, {"errorCode": "500.003.02", "errorMessage": "Spike Arrest"}, Unavailable, "provider_unavailable"),
        (429, {"fault": {"faultstring": "Quota"}}, Unavailable, "provider_unavailable"),
        (503, "<html>", Unavailable, "provider_unavailable"),
        (401, {"fault": {"faultstring": "no apiproduct match"}}, Refused, "refused"),
        (200, {"ResponseCode": "1", "ResponseDescription": "Rejected"}, Refused, "1"),
        (200, "<html>", Silent, None),
        (500, {"errorCode": "500.003.1001", "errorMessage": "Internal server error"}, Silent, None),
        (502, "", Silent, None),
        (200, {}, Silent, None),
    ],
)
def test_a_push_is_refused_turned_away_or_nobody_knows(status: int, body: Any, kind: type, code: str | None) -> None:
    found = outcomes.refusal(answer(status, body))
    assert type(found) is kind
    assert getattr(found, "code", None) == code


@given(st.text(max_size=80))
def test_texts_on_the_phone_are_plain_short_and_never_empty(text: str) -> None:
    plain = _plain(text, 12)
    assert 1 <= len(plain) <= 12
    assert plain.isascii()
    assert plain.replace(" ", "").isalnum()
