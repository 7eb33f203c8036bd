"""Where a seller's money goes: checked, kept under the field keys, never edited, never used at once."""

import json
import re
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from marketplace.audit.services import record
from marketplace.core import clock
from marketplace.core.crypto import decrypt, encrypt, lookup_hash
from marketplace.core.errors import Refusal
from marketplace.core.money import Money
from marketplace.payments.models import Disbursement
from marketplace.payments.rails import rail as rail_of
from marketplace.payments.services import normalize_phone
from marketplace.payouts import conf, emails
from marketplace.payouts.errors import DestinationInvalid
from marketplace.payouts.models import Destination
from marketplace.sellers.models import Seller

Rail = Disbursement.Rail
Details = dict[str, str]


@dataclass(frozen=True)
class Place:
    """Details as they are kept, and how people are reminded of them."""

    details: Details
    hint: str


@transaction.atomic
def change_destination(
    *, seller_id: int, currency: str, rail: str, details: dict[str, Any], actor_id: int | None
) -> Destination:
    """Send a seller's money in `currency` elsewhere from now on, after the cool-off; the seller is told by mail.

    `details`: {"phone"}, {"account"}, or {"name", "bank", "bic", "iban" or "number"}. The same again, holder and all,
    changes nothing. Payouts approved for the old place are cancelled when they would be sent. Raises
    `DestinationInvalid`.
    """
    place = read_place(rail, currency, details)
    seller = Seller.objects.select_for_update(no_key=True).get(pk=seller_id)
    print_ = fingerprint(rail, place.details)
    old = Destination.objects.filter(seller=seller, currency=currency, status=Destination.Status.ACTIVE)
    before = old.select_for_update(no_key=True, of=("self",)).first()
    if before is not None:
        if before.fingerprint == print_ and details_of(before) == place.details:
            return before
        before.replaced_at = clock.now()
        before.move_to(Destination.Status.REPLACED, also=("replaced_at",))
    made = Destination.objects.create(
        status=Destination.Status.ACTIVE, seller=seller, currency=currency, rail=rail, hint=place.hint,
        details_ciphertext=encrypt(json.dumps(place.details, sort_keys=True)), fingerprint=print_,
        actor_id=actor_id, usable_from=clock.now() + conf.cool_off(),
    )  # fmt: skip
    data = {"currency": currency, "before": before.hint if before else None, "after": made.hint}
    record(action="destination.changed", target=seller, actor_id=actor_id, data=data)
    emails.tell_new_destination(made)
    return made


def details_of(destination: Destination) -> Details:
    """The details themselves: personal data, read when money is sent."""
    found: Details = json.loads(decrypt(destination.details_ciphertext))
    return found


def fingerprint(rail: str, details: Details) -> str:
    """Equal for equal places, whoever they belong to; without the holder's name, which is written in many ways."""
    place = {key: value for key, value in details.items() if key not in ("name", "bank")}
    return lookup_hash(json.dumps([rail, place], sort_keys=True), purpose="payout-destination")


def read_place(rail: str, currency: str, details: dict[str, Any]) -> Place:
    """What a person typed, as the rail wants it. Raises `DestinationInvalid`."""
    given = {key: str(value).strip() for key, value in details.items() if value}
    readers = {Rail.MPESA_B2C: _phone, Rail.STRIPE_TRANSFER: _account, Rail.BANK_FILE: _bank}
    if rail not in readers or currency not in rail_of(rail).currencies():
        raise DestinationInvalid
    place = readers[Rail(rail)](given)
    try:
        rail_of(rail).check(Money(rail_of(rail).limits(currency)[0], currency), place.details)
    except Refusal as refusal:
        raise DestinationInvalid(refusal.text) from refusal
    return place


def _phone(given: Details) -> Place:
    try:
        phone = normalize_phone(given.get("phone", ""))
    except Refusal as refusal:
        raise DestinationInvalid(refusal.text) from refusal
    return Place({"phone": phone}, f"M-Pesa ...{phone[-3:]}")


def _account(given: Details) -> Place:
    account = given.get("account", "")
    if not re.fullmatch(r"acct_[A-Za-z0-9_]{2,50}", account):
        raise DestinationInvalid
    return Place({"account": account}, f"Stripe acct_...{account[-2:]}")


def _bank(given: Details) -> Place:
    kept: Details = {key: given[key] for key in ("name", "bank", "bic", "iban", "number") if key in given}
    for key in ("bic", "iban", "number"):
        if key in kept:
            kept[key] = re.sub(r"[\s-]", "", kept[key]).upper()
    number = kept.get("iban") or kept.get("number", "")
    bank = kept.get("bank") or kept.get("bic") or "Bank"
    return Place(kept, f"{bank[:40]} ...{number[-4:]}")
