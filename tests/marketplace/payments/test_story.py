"""The story can never be erased: so it holds everything but people."""

import json

from hypothesis import given
from hypothesis import strategies as st

from marketplace.payments.services.story import tellable

CALLBACK = {
    "Body": {"stkCallback": {
        "CheckoutRequestID": "ws_CO_170820261404032708374149",
        "CallbackMetadata": {
            "Item": [{"Name": "Amount", "Value": 1.0}, {"Name": "PhoneNumber", "Value": 254708374149}]
        },
    }}
}  # fmt: skip
SESSION = {
    "id": "cs_test_1", "amount_total": 150_000, "customer_details": {"email": "a@b.c", "name": "Amina"},
    "customer_email": "a@b.c", "payment_intent": {"latest_charge": {"billing_details": {"name": "Amina"},
    "receipt_email": None, "id": "ch_1"}},
}  # fmt: skip


def test_a_callback_loses_its_phone_number_everywhere() -> None:
    told = json.dumps(tellable(CALLBACK))
    assert "708374149" not in told
    assert "ws_CO_170820261404032*********" in told
    assert '"Amount", "Value": 1.0' in told


def test_a_session_loses_its_buyer_and_nothing_else() -> None:
    told = tellable(SESSION)
    assert "Amina" not in json.dumps(told)
    assert "a@b.c" not in json.dumps(told)
    assert told["amount_total"] == 150_000
    assert told["payment_intent"]["latest_charge"] == {
        "billing_details": "[removed]", "receipt_email": None, "id": "ch_1"
    }  # fmt: skip


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=15,
    )
)
def test_anything_becomes_json_that_postgresql_takes(value: object) -> None:
    written = json.dumps(tellable(value), allow_nan=False)
    assert "\\u0000" not in written
    written.encode()
