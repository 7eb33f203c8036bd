import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.ticketing import base45


@pytest.mark.parametrize(
    ("plain", "coded"),
    [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")],
)
def test_the_examples_of_rfc_9285(plain, coded):
    assert base45.encode(plain) == coded
    assert base45.decode(coded) == plain


@given(st.binary(max_size=200))
def test_what_goes_in_comes_out(data):
    assert base45.decode(base45.encode(data)) == data


@given(st.text(alphabet=base45.ALPHABET, max_size=40))
def test_no_two_texts_mean_the_same(text):
    try:
        data = base45.decode(text)
    except ValueError:
        return
    assert base45.encode(data) == text


@pytest.mark.parametrize("text", ["A", "GGW", "::", "abc", "AB\n", "ÄBC"])  # GGW is 65536, :: is 2024: too large
def test_it_refuses_what_encode_never_makes(text):
    with pytest.raises(ValueError):
        base45.decode(text)
