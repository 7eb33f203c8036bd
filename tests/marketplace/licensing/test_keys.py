import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.licensing import keys


def test_a_key_looks_like_this():
    key = keys.new_key()
    prefix, *groups = key.split("-")
    assert prefix == "SOKO"
    assert [len(group) for group in groups] == [5, 5, 5, 5]
    assert set("".join(groups)) <= set(keys.ALPHABET)


def test_it_holds_a_hundred_random_bits_and_no_look_alikes():
    assert keys.LENGTH * math.log2(len(keys.ALPHABET)) == 100
    assert not set("ILOU") & set(keys.ALPHABET)
    assert len({keys.new_key() for _ in range(1000)}) == 1000


@given(st.text(alphabet=keys.ALPHABET, min_size=20, max_size=20), st.sampled_from(["", " ", "-", " - ", "\u2013", "."]))
def test_however_it_is_typed_it_is_the_same_key(body, between):
    written = keys.read_key(body)
    groups = ["soko", *(body[i : i + 5].lower() for i in range(0, 20, 5))]
    assert keys.read_key(between.join(groups)) == written
    assert keys.read_key(written) == written
    assert keys.read_key(written.replace("0", "O").replace("1", "l")) == written


@given(st.text(max_size=60))
def test_nonsense_is_no_key_and_no_crash(text):
    read = keys.read_key(text)
    assert read is None or keys.read_key(read) == read


@pytest.mark.parametrize("text", ["", "SOKO", "SOKO-AAAAA-AAAAA-AAAAA-AAAA", "SOKO-AAAAA-AAAAA-AAAAA-AAAAU", "A" * 21])
def test_too_short_too_long_or_foreign_letters(text):
    assert keys.read_key(text) is None


def test_covered_up_only_the_end_is_told():
    assert keys.masked("7QM4") == "SOKO-••••••••-7QM4"
