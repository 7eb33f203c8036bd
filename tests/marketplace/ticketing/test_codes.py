"""What a door relies on: only our key makes codes, and a changed code is no code."""

import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.ids import ALPHABET
from marketplace.ticketing import base45, codes
from marketplace.ticketing.codes import BadCode, Statement

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = {"56475aa7": KEY.public_key()}
STATEMENT = Statement(key_id="56475aa7", ticket=123456789012345, occurrence=42, generation=1)
CODE = codes.sign(STATEMENT, KEY)

statements = st.builds(
    Statement,
    key_id=st.just("56475aa7"),
    ticket=st.integers(0, 2**64 - 1),
    occurrence=st.integers(0, 2**32 - 1),
    generation=st.integers(0, 2**16 - 1),
)


@given(statements)
def test_what_is_signed_is_read_back(statement):
    text = codes.sign(statement, KEY)
    assert codes.verify(text, KEYS) == statement
    assert len(text) == 125


@given(st.integers(0, len(CODE) - 1), st.sampled_from(base45.ALPHABET))
def test_changing_any_character_spoils_it(place, character):
    changed = CODE[:place] + character + CODE[place + 1 :]
    if changed == CODE:
        return
    with pytest.raises(BadCode):
        codes.verify(changed, KEYS)


@given(st.integers(0, codes.CODE_BYTES * 8 - 1))
def test_changing_any_bit_spoils_it(bit):
    data = bytearray(base45.decode(CODE))
    data[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(BadCode):
        codes.verify(base45.encode(bytes(data)), KEYS)


@given(st.text(max_size=140))
def test_nonsense_is_refused_and_never_crashes(text):
    with pytest.raises(BadCode):
        codes.verify(text, KEYS)


@given(st.binary(max_size=120))
def test_bytes_of_any_length_are_refused(data):
    with pytest.raises(BadCode):
        codes.verify(base45.encode(data), KEYS)


def test_a_strangers_key_does_not_pass_under_our_key_id():
    with pytest.raises(BadCode) as caught:
        codes.verify(codes.sign(STATEMENT, Ed25519PrivateKey.generate()), KEYS)
    assert caught.value.reason == "bad_signature"


def test_a_signature_over_the_bare_header_is_not_a_ticket():
    header = STATEMENT.header()
    with pytest.raises(BadCode):
        codes.verify(base45.encode(header + KEY.sign(header)), KEYS)


def test_the_reasons_are_told_apart():
    data = base45.decode(CODE)
    for changed, reason in [
        (b"\x02" + data[1:], "unknown_version"),
        (data[:1] + b"\0\0\0\0" + data[5:], "unknown_key"),
        (data[:-1], "malformed"),
        (data + b"\0", "malformed"),
    ]:
        with pytest.raises(BadCode) as caught:
            codes.verify(base45.encode(changed), KEYS)
        assert caught.value.reason == reason


@given(st.text(alphabet=ALPHABET, min_size=10, max_size=10))
def test_a_readable_code_is_a_number_and_back(code):
    number = codes.number_of(code)
    assert number < 2**64
    assert codes.code_of(number, length=10) == code


def test_the_published_test_vector_is_what_the_program_makes():
    """docs/ticket-codes.md promises other programs these very bytes."""
    text = (Path(__file__).parents[3] / "docs" / "ticket-codes.md").read_text()
    vector = dict(re.findall(r"^\| ([a-z ]+) \| `(.+)` \|$", text, re.MULTILINE))
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vector["private key"]))
    assert key.public_key().public_bytes_raw().hex() == vector["public key"]
    statement = Statement(
        key_id=vector["key id"],
        ticket=codes.number_of(vector["ticket code"]),
        occurrence=int(vector["occurrence"]),
        generation=int(vector["generation"]),
    )
    assert statement.header().hex() == vector["header"]
    assert statement.ticket == int(vector["ticket number"])
    assert codes.sign(statement, key) == vector["qr text"]
    assert codes.verify(vector["qr text"], {vector["key id"]: key.public_key()}) == statement
