import logging

import pytest
from django.test import RequestFactory, override_settings

from marketplace.core import crypto, ids
from marketplace.core.logs import MaskSecrets
from marketplace.core.net import client_ip


def test_a_secret_is_found_by_hash_and_shown_by_decryption():
    sealed = crypto.encrypt("SOKO-1")
    assert "SOKO" not in sealed
    assert crypto.decrypt(sealed) == "SOKO-1"
    assert crypto.lookup_hash("SOKO-1", purpose="license") == crypto.lookup_hash("SOKO-1", purpose="license")
    assert crypto.lookup_hash("SOKO-1", purpose="license") != crypto.lookup_hash("SOKO-1", purpose="email")


def test_old_field_keys_still_open_what_they_sealed():
    old, new = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU="
    with override_settings(FIELD_KEYS=[old]):
        sealed = crypto.encrypt("x")
    with override_settings(FIELD_KEYS=[new, old]):
        assert crypto.decrypt(sealed) == "x"


def test_readable_codes_avoid_lookalikes():
    assert not set("".join(ids.readable_code() for _ in range(200))) & set("0O1ILU")


@pytest.mark.parametrize(
    ("proxies", "header", "seen"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6, 9.9.9.9", "9.9.9.9"),
        (2, "6.6.6.6, 9.9.9.9, 10.0.0.1", "9.9.9.9"),
        (1, "", "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(proxies, header, seen):
    request = RequestFactory().get("/", headers={"X-Forwarded-For": header} if header else {})
    with override_settings(TRUSTED_PROXIES=proxies):
        assert client_ip(request) == seen


def test_url_secrets_do_not_reach_the_log():
    record = logging.LogRecord("x", logging.INFO, "", 0, "GET %s", ("/orders/abcdefghijklmnopqrstuv/status/",), None)
    MaskSecrets().filter(record)
    assert record.getMessage() == "GET /orders/***/status/"
