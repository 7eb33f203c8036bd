"""Where money goes: checked, kept secret, told to the seller, never used at once."""

import json
from datetime import timedelta

import pytest

from marketplace.audit.models import LogEntry
from marketplace.core import clock
from marketplace.core.crypto import decrypt
from marketplace.notifications.models import Message
from marketplace.payouts.errors import DestinationInvalid, NotWaiting, OwnPayout, ReasonNeeded, VerificationClosed
from marketplace.payouts.models import Destination, Verification
from marketplace.payouts.services import change_destination, decide_verification, submit_verification
from marketplace.payouts.services.destinations import details_of
from marketplace.sellers.models import Seller, SellerMember
from tests.factories.commerce import make_seller
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> Seller:
    seller = make_seller(email="shop@example.com")
    SellerMember.objects.create(seller=seller, user=make_user("owner@example.com"), role="owner")
    return seller


def change(seller: Seller, rail: str = "mpesa_b2c", currency: str = "KES", **details: str) -> Destination:
    return change_destination(seller_id=seller.pk, currency=currency, rail=rail, details=details, actor_id=3)


def test_a_new_destination_replaces_the_old_one_cools_off_and_is_told(seller: Seller) -> None:
    first = change(seller, phone="0712345678")
    second = change(seller, phone="0722000111")
    first.refresh_from_db()
    assert (first.status, second.status, second.hint) == ("replaced", "active", "M-Pesa ...111")
    assert second.usable_from > clock.now() + timedelta(hours=47)
    assert set(Message.objects.values_list("to", flat=True)) == {"shop@example.com", "owner@example.com"}
    assert Message.objects.count() == 4
    assert "M-Pesa ...111" in Message.objects.last().text
    assert LogEntry.objects.filter(action="destination.changed", actor_id=3).count() == 2


def test_the_same_place_again_changes_nothing(seller: Seller) -> None:
    first = change(seller, phone="0712345678")
    assert change(seller, phone="+254 712 345 678") == first
    assert Destination.objects.count() == 1


def test_a_corrected_holder_is_a_new_place_and_the_same_again_is_not(seller: Seller) -> None:
    account = {"bank": "KCB", "bic": "KCBLKENX", "number": "1234567890"}
    first = change(seller, "bank_file", name="Ziwa Limted", **account)
    second = change(seller, "bank_file", name="Ziwa Limited", **account)
    first.refresh_from_db()
    assert (first.status, second.status, first.fingerprint) == ("replaced", "active", second.fingerprint)
    assert details_of(second)["name"] == "Ziwa Limited"
    assert second.usable_from > clock.now() + timedelta(hours=47)
    assert Message.objects.count() == 4
    assert change(seller, "bank_file", name="Ziwa Limited", **account) == second


def test_details_are_kept_under_the_field_keys(seller: Seller) -> None:
    made = change(seller, "bank_file", name="Ziwa Ltd", bank="KCB", bic="kcblkenx", number="1234 5678 90")
    assert "1234567890" not in made.details_ciphertext
    assert json.loads(decrypt(made.details_ciphertext)) == {
        "name": "Ziwa Ltd", "bank": "KCB", "bic": "KCBLKENX", "number": "1234567890"
    }  # fmt: skip
    assert made.hint == "KCB ...7890"


def test_two_sellers_with_one_place_have_one_fingerprint(seller: Seller) -> None:
    one = change(seller, "bank_file", name="Ziwa Ltd", bank="KCB", number="1234567890")
    other = change(make_seller(), "bank_file", name="ZIWA LIMITED", bank="Kenya Commercial", number="12345-67890")
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize(
    ("rail", "currency", "details"),
    [
        ("mpesa_b2c", "KES", {"phone": "12"}),
        ("mpesa_b2c", "USD", {"phone": "0712345678"}),
        ("stripe_transfer", "USD", {"account": "me@example.com"}),
        ("bank_file", "EUR", {"name": "A", "iban": "DE89370400440532013001"}),
        ("bank_file", "KES", {"name": "A", "number": "12345678", "bic": "XX"}),
        ("bank_file", "KES", {"number": "12345678"}),
        ("pigeon", "KES", {}),
    ],
)
def test_what_no_rail_can_reach_is_refused(seller: Seller, rail: str, currency: str, details: dict[str, str]) -> None:
    with pytest.raises(DestinationInvalid):
        change(seller, rail, currency, **details)


def apply(seller: Seller) -> Verification:
    return submit_verification(
        seller_id=seller.pk, actor_id=None, entity="company", legal_name="Ziwa Ltd", country="ke",
        tax_number="P051 234 567X", address="Kisumu",
    )  # fmt: skip


def test_a_seller_is_verified_by_somebody_else(seller: Seller) -> None:
    row = apply(seller)
    assert (row.status, row.country, row.tax_number_hint, decrypt(row.tax_number_ciphertext)) == (
        "submitted", "KE", "...67X", "P051234567X"
    )  # fmt: skip
    owner = SellerMember.objects.get(seller=seller).user
    with pytest.raises(OwnPayout):
        decide_verification(seller_id=seller.pk, approve=True, actor_id=owner.pk)
    assert decide_verification(seller_id=seller.pk, approve=True, actor_id=99).status == "approved"
    with pytest.raises(VerificationClosed):
        apply(seller)
    with pytest.raises(NotWaiting):
        decide_verification(seller_id=seller.pk, approve=True, actor_id=99)


def test_a_rejection_says_what_is_missing_and_the_seller_tries_again(seller: Seller) -> None:
    apply(seller)
    with pytest.raises(ReasonNeeded):
        decide_verification(seller_id=seller.pk, approve=False, actor_id=99, note=" ")
    decide_verification(seller_id=seller.pk, approve=False, actor_id=99, note="The certificate is unreadable.")
    assert "unreadable" in Message.objects.last().text
    assert apply(seller).status == "submitted"
