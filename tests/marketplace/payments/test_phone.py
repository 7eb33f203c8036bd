"""Numbers as people type them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.payments.errors import PhoneInvalid
from marketplace.payments.providers.mpesa.phone import KENYAN_MOBILE, kenyan_mobile, msisdn
from marketplace.payments.services import normalize_phone


@pytest.mark.parametrize(
    "typed",
    ["0712345678", "0712 345 678", "0712-345-678", "+254 712 345678", "254712345678", "712345678", " (0712) 345678 ",
     "+254712345678", "００７１２３４５６７８"[1:], "tel:+254712345678"],
)  # fmt: skip
def test_every_usual_way_to_write_it_is_understood(typed: str) -> None:
    assert normalize_phone(typed) == "+254712345678"


@pytest.mark.parametrize("typed", ["0110 000 000", "+254 110 000000", "254712000444", "0790000555"])
def test_new_prefixes_and_test_numbers_are_mobile_numbers(typed: str) -> None:
    assert KENYAN_MOBILE.fullmatch(kenyan_mobile(typed))


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "abc", "0712", "07123456789012345", "+", "0712345678 ext 5", "+254 20 12", "\x00", "0712\n34",
     "9" * 5000],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_a_code(typed: str) -> None:
    with pytest.raises(PhoneInvalid) as refusal:
        normalize_phone(typed)
    assert refusal.value.code == "phone_invalid"


@pytest.mark.parametrize("typed", ["+254 20 2222222", "+256 772 123456", "+44 7911 123456"])
def test_m_pesa_rings_kenyan_mobiles_only(typed: str) -> None:
    assert normalize_phone(typed).startswith("+")
    with pytest.raises(PhoneInvalid, match="Kenyan"):
        kenyan_mobile(typed)


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_a_refusal(typed: str) -> None:
    with suppress(PhoneInvalid):
        assert normalize_phone(typed).removeprefix("+").isdigit()


@given(st.integers(0, 10**8 - 1), st.sampled_from("17"), st.sampled_from(["+254", "254", "0", ""]))
def test_prefix_or_not_it_is_the_same_number(rest: int, network: str, prefix: str) -> None:
    local = f"{network}{rest:08d}"
    assert msisdn(kenyan_mobile(f"{prefix}{local}")) == f"254{local}"
