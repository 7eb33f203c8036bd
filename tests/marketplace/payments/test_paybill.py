import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from marketplace.core.money import Money
from marketplace.payments import paybill
from marketplace.payments.errors import Malformed
from marketplace.payments.models import InboxMessage
from marketplace.payments.paybill import Payable, normalized
from marketplace.payments.providers.mpesa import c2b
from marketplace.payments.services.validate_paybill import validate_paybill


def message(**fields: Any) -> bytes:
    usual = {"TransID": "SG632NMUAB", "TransAmount": "1500.00", "BusinessShortCode": "174379", "MSISDN": "2547 *** 126",
             "BillRefNumber": "7GQ2M4KP", "TransTime": "20261121121325", "FirstName": "AMINA"}  # fmt: skip
    return json.dumps({**usual, **fields}).encode()


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("7GQ2M4KP", "7GQ2M4KP"),
        (" 7gq2 m4kp ", "7GQ2M4KP"),
        ("7GQ2-M4KP", "7GQ2M4KP"),
        ("#7gq2.m4kp", "7GQ2M4KP"),
        ("\uff17GQ2M4KP", "7GQ2M4KP"),
        ("7GQ2M4KO", "7GQ2M4KO"),
        ("\u0410\u0412\u0421", ""),
        ("", ""),
        ("x" * 500, "X" * 40),
    ],
)
def test_what_people_type_is_read_kindly_and_never_guessed(typed: str, means: str) -> None:
    assert normalized(typed) == means


def test_an_empty_reference_names_nothing() -> None:
    assert paybill.find("") is None


def test_a_confirmation_is_read() -> None:
    told = c2b.read_told(message())
    assert (told.receipt, told.amount, told.reference_typed) == ("SG632NMUAB", Money(150_000, "KES"), "7GQ2M4KP")
    assert told.paid_at is not None
    assert told.paid_at.isoformat() == "2026-11-21T12:13:25+03:00"
    assert told.payer_hint == "2547 *** 126 AMINA"


@pytest.mark.parametrize("fields", [{"TransID": ""}, {"TransID": "a b"}, {"TransID": None}, {"TransID": "x'--"}])
def test_a_message_without_a_receipt_is_none(fields: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        c2b.read_told(message(**fields))


@pytest.mark.parametrize("amount", ["", "nothing", "-5", "0", "1e400", None, [1]])
def test_odd_amounts_are_turned_away(amount: Any) -> None:
    assert validate_paybill(body=message(TransAmount=amount)) == "C2B00013"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"TransID": 5}'])
def test_garbage_is_turned_away(body: bytes) -> None:
    assert validate_paybill(body=body) in ("C2B00016", "C2B00015")


def test_another_short_code_is_turned_away() -> None:
    assert validate_paybill(body=message(BusinessShortCode="600000")) == "C2B00015"


def test_the_first_room_that_knows_a_reference_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Payable("7GQ2M4KP", Money(150_000, "KES"), open=True)
    monkeypatch.setattr(paybill, "_finders", {"a": lambda _: None, "b": lambda found: mine if found else None})
    assert paybill.find("7GQ2M4KP") is mine


@pytest.mark.django_db
def test_only_the_secret_address_is_listened_to(client: Client, settings: LazySettings) -> None:
    for end in ("confirm", "validate"):
        there = client.post(f"/hooks/sc/c2b/{c2b.token()}/{end}/", message(), content_type="application/json")
        elsewhere = client.post(f"/hooks/sc/c2b/{'f' * 64}/{end}/", message(), content_type="application/json")
        assert (there.status_code, elsewhere.status_code) == (200, 404)
    assert InboxMessage.objects.count() == 1
    settings.MPESA = {**settings.MPESA, "callback_ips": ["196.201.214.200"]}
    strange = client.post(f"/hooks/sc/c2b/{c2b.token()}/confirm/", message(TransID="B2"), content_type="text/json")
    assert strange.status_code == 403


def test_the_secret_is_the_sites_own(settings: LazySettings) -> None:
    mine = c2b.token()
    settings.LOOKUP_KEY = "another site's key, as long as it needs to be"
    assert c2b.token() != mine
    assert not c2b.is_token(mine)
