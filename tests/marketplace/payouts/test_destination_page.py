"""Where the money goes: who may change it, how, what is said and to whom."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from marketplace.core import clock
from marketplace.notifications.models import Message
from marketplace.payouts.iban import compact, is_iban
from marketplace.payouts.models import Destination
from marketplace.payouts.services.destinations import details_of
from tests.factories.commerce import make_seller
from tests.factories.payouts import make_destination, make_payable
from tests.factories.users import PASSWORD
from tests.marketplace.payouts.pages import as_person_of, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def change(seller, rail: str = "", currency: str = "KES") -> str:
    return f"/admin/money/{seller.pk}/to/{currency}/change/" + (f"?rail={rail}" if rail else "")


def test_an_open_session_is_asked_who_is_there_and_comes_back():
    seller = make_seller()
    client = as_person_of(seller)
    asked = client.get(change(seller, "mpesa_b2c"))
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/?next=")
    refused = client.post(change(seller, "mpesa_b2c"), {"phone": "0712345678", "confirmed": "1"})
    assert refused.headers["Location"].startswith("/accounts/reauthenticate/")
    assert "0712345678" not in str(dict(client.session))
    assert not Destination.objects.exists()
    proven = client.post(asked.headers["Location"], {"password": PASSWORD, "next": change(seller, "mpesa_b2c")})
    assert proven.headers["Location"] == change(seller, "mpesa_b2c")
    assert "M-Pesa number" in text(client.get(change(seller, "mpesa_b2c")))


def test_it_is_confirmed_before_it_is_done_and_everybody_is_told():
    seller = make_seller(email="shop@example.com")
    client = as_person_of(seller, recent=True)
    other = as_person_of(seller)
    asked = text(client.post(change(seller, "mpesa_b2c"), {"phone": "0712 345 678"}))
    assert "+254712345678" in asked
    assert "48 hours" in asked
    assert not Destination.objects.exists()
    done = client.post(change(seller, "mpesa_b2c"), {"phone": "+254712345678", "confirmed": "1"})
    assert done.headers["Location"] == f"/admin/money/{seller.pk}/to/KES/"
    row = Destination.objects.get()
    assert details_of(row) == {"phone": "+254712345678"}
    assert row.actor_id == client.user.pk
    assert row.usable_from > clock.now() + timedelta(hours=47)
    told = set(Message.objects.values_list("to", flat=True))
    assert {"shop@example.com", client.user.email, other.user.email} <= told
    shown = text(client.get(done.headers["Location"]))
    assert "M-Pesa ...678 is new" in shown
    assert "+254712345678" not in shown


def test_the_history_stays():
    seller = make_payable()
    make_destination(seller, rail="mpesa_b2c", number="12345678")
    shown = text(as_person_of(seller).get(f"/admin/money/{seller.pk}/to/KES/"))
    assert "M-Pesa ...678" in shown
    assert "KCB ..." in shown


def test_managers_look_and_do_not_touch():
    seller = make_payable()
    client = as_person_of(seller, "manager", recent=True)
    assert "Only owners" in text(client.get(f"/admin/money/{seller.pk}/to/KES/"))
    for answer in (client.get(change(seller)), client.post(change(seller, "mpesa_b2c"), {"phone": "0712345678"})):
        assert answer.headers["Location"] == "/admin/"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"account": "GB29NWBK60161331926818"}, "This IBAN is not right"),
        ({"account": "12-34"}, "6 to 20 digits"),
        ({"bic": "KCB"}, "8 or 11"),
        ({"name": ""}, "required"),
    ],
)
def test_typing_errors_are_caught_and_nothing_is_lost(typed, said):
    seller = make_seller()
    client = as_person_of(seller, recent=True)
    sound = {"name": "Amani Odhiambo", "bank": "KCB Kencom", "bic": "kcblkenx", "account": "1101234567"}
    shown = text(client.post(change(seller, "bank_file"), {**sound, **typed}))
    assert said in shown
    assert "KCB Kencom" in shown
    assert "Is this right?" not in shown


def test_a_bank_account_is_kept_as_the_bank_wants_it():
    seller = make_seller()
    client = as_person_of(seller, recent=True)
    typed = {"name": "Amani Ltd", "bank": "NatWest", "bic": "nwbk gb 2l", "account": "GB29 NWBK 6016 1331 9268 19"}
    client.post(change(seller, "bank_file", "GBP"), {**typed, "confirmed": "1"})
    found = {"name": "Amani Ltd", "bank": "NatWest", "bic": "NWBKGB2L", "iban": "GB29NWBK60161331926819"}
    assert details_of(Destination.objects.get()) == found


@pytest.mark.parametrize(("currency", "offered"), [("KES", True), ("USD", False)])
def test_mpesa_takes_shillings_only(currency, offered):
    seller = make_seller()
    client = as_person_of(seller, recent=True)
    assert ("rail=mpesa_b2c" in text(client.get(change(seller, currency=currency)))) is offered
    answer = client.post(change(seller, "mpesa_b2c", currency), {"phone": "0712345678", "confirmed": "1"})
    assert Destination.objects.exists() is offered
    assert answer.status_code == 302


def test_stripe_waits_for_an_account_that_is_ready():
    from marketplace.payouts.models import Verification

    seller = make_seller()
    client = as_person_of(seller, recent=True)
    assert "First connect a Stripe account" in text(client.get(change(seller, currency="USD")))
    assert client.post(change(seller, "stripe_transfer", "USD"), {"confirmed": "1"}).headers["Location"] == "/admin/"
    Verification.objects.create(seller=seller, status="draft", connect_account="acct_123abc", connect_ready=True)
    assert "acct_123abc" in text(client.post(change(seller, "stripe_transfer", "USD"), {"x": "1"}))
    client.post(change(seller, "stripe_transfer", "USD"), {"account": "acct_thief99", "confirmed": "1"})
    assert details_of(Destination.objects.get()) == {"account": "acct_123abc"}


@pytest.mark.parametrize("currency", ["XXX", "kes", "K"])
def test_unknown_currencies_are_not_found(currency):
    seller = make_seller()
    assert as_person_of(seller).get(f"/admin/money/{seller.pk}/to/{currency}/").status_code == 404


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("GB29 NWBK 6016 1331 9268 19", True),
        ("DE89 3704 0044 0532 0130 00", True),
        ("MU17BOMM0101101030300200000MUR", True),
        ("GB29NWBK6016133192681", False),
        ("DE89370400440532013001", False),
        ("GB00", False),
        ("1234567890123456", False),
    ],
)
def test_ibans_are_told_from_what_only_looks_like_one(typed, right):
    assert is_iban(compact(typed)) is right
