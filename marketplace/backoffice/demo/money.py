"""Terms, levies, and where the demo's sellers are paid. Rates are data: a shop elsewhere has other rows, or none."""

import datetime as dt
import json
from datetime import timedelta

from marketplace.backoffice.demo.past import ago
from marketplace.core import clock
from marketplace.core.crypto import encrypt
from marketplace.payouts import conf
from marketplace.payouts.models import Destination, LevyRate, Terms, Verification
from marketplace.payouts.services.destinations import fingerprint, read_place
from marketplace.sellers.models import Seller

SINCE = dt.date(2024, 12, 27)
"""Kenya's Tax Laws (Amendment) Act 2024: tax withheld from what a digital marketplace pays its sellers."""
LEVIES = (
    ("commission_tax", True, 1600, dt.date(2020, 1, 1)),
    ("withholding", True, 500, SINCE),
    ("withholding", False, 2000, SINCE),
)
TERMS = {"hold_days": 3, "minimum": {"KES": 100_000, "USD": 1_000}, "schedule": "weekly"}
WAITING = "sauti-lab"
"""Handed in the verification; somebody has to look at it."""
ON_CONNECT = "kigali-makers"
"""Paid in dollars through Stripe Connect."""
SHARED = {"pwani-outdoors": "kilimo-data"}
"""Two sellers of Mombasa with one phone: nothing wrong with that, and a payout's reviewer is told."""
RESERVED = "kilimo-data"
RESERVE = {**TERMS, "reserve_basis_points": 1000, "reserve_days": 60}


def make_levies() -> None:
    for kind, resident, basis_points, since in LEVIES:
        LevyRate.objects.get_or_create(
            kind=kind, country="KE", resident=resident, valid_from=since, defaults={"basis_points": basis_points}
        )
    Terms.objects.get_or_create(seller=None, category="", valid_from=dt.date(2020, 1, 1), defaults=TERMS)
    careful = Seller.objects.filter(slug=RESERVED).first()
    if careful is not None:
        Terms.objects.get_or_create(seller=careful, category="", valid_from=dt.date(2020, 1, 1), defaults=RESERVE)


def make_payable(sellers: dict[str, Seller]) -> None:
    """Everyone was verified two months ago and has a bank account; Kenyans in shillings a phone instead, one Connect."""
    with ago(60):
        introduce(sellers)


def introduce(sellers: dict[str, Seller]) -> None:
    numbers = {slug: number for number, slug in enumerate(sorted(sellers))}
    for slug, seller in sorted(sellers.items()):
        number = numbers[SHARED.get(slug, slug)]
        waiting = slug == WAITING
        now = clock.now()
        Verification.objects.get_or_create(
            seller=seller,
            defaults={
                "status": "submitted" if waiting else "approved", "entity": "company", "legal_name": f"{seller.name} Ltd",
                "country": seller.country, "address": seller.city, "submitted_at": now,
                "decided_at": None if waiting else now + timedelta(days=1),
                "tax_number_ciphertext": encrypt(f"P0510{number:05d}X"), "tax_number_hint": f"...{number % 100:02d}X",
                "connect_account": f"acct_demo{number:02d}" if slug == ON_CONNECT else "",
                "connect_ready": slug == ON_CONNECT,
            },
        )  # fmt: skip
        if not waiting:
            make_destination(seller, "KES", number)
            make_destination(seller, "USD", number)


def make_destination(seller: Seller, currency: str, number: int) -> None:
    """Said at the same time: nothing waits for a cool-off in a demo."""
    if Destination.objects.filter(seller=seller, currency=currency).exists():
        return
    rail = "bank_file"
    if currency == "KES" and seller.country == "KE":
        rail = "mpesa_b2c"
    elif currency == "USD" and seller.slug == ON_CONNECT:
        rail = "stripe_transfer"
    bank = {"name": f"{seller.name} Ltd", "bank": "KCB", "bic": "KCBLKENX", "number": f"11002233{number:02d}"}
    phone, account = f"+2547110006{number:02d}", f"acct_demo{number:02d}"
    details = {"mpesa_b2c": {"phone": phone}, "stripe_transfer": {"account": account}, "bank_file": bank}
    place = read_place(rail, currency, details[rail])
    Destination.objects.create(
        status="active", seller=seller, currency=currency, rail=rail, hint=place.hint,
        details_ciphertext=encrypt(json.dumps(place.details, sort_keys=True)),
        fingerprint=fingerprint(rail, place.details), usable_from=clock.now() + conf.cool_off(),
    )  # fmt: skip
