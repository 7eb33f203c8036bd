"""Earnings as a sale leaves them: the rows by `earn`, the books by the same entry a sale posts."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from marketplace.core import clock
from marketplace.ledger.accounts import AccountKey, Code, clearing, of_seller
from marketplace.ledger.selectors import balance
from marketplace.ledger.services import post
from marketplace.payments.disbursements.record import record_outcome
from marketplace.payments.rails.base import RailOutcome
from marketplace.payouts.models import Destination, Earning, Payout, Verification
from marketplace.payouts.services import (
    Part,
    Sold,
    approve_payout,
    change_destination,
    earn,
    propose_run,
    release_due,
    send_payout,
    settle_payout,
    take_back_lines,
)
from marketplace.sellers.models import Seller
from tests.factories.commerce import make_seller

_lines = itertools.count(1_000_000)


def make_earning(
    *,
    seller: Seller | None = None,
    gross: int = 100_000,
    fee: int = 0,
    tax: int = 0,
    commission_tax: int = 0,
    currency: str = "KES",
    reference: str = "",
    category: str = "",
    service_date: datetime | None = None,
    at: datetime | None = None,
) -> Earning:
    """A line sold for KES 1,000 without a fee, unless told otherwise; booked."""
    line_id = next(_lines)
    seller = seller or make_seller()
    sold = Sold(
        line_id=line_id, seller_id=seller.pk, kind="ticket", category=category, label=f"1 x Line {line_id}",
        gross_minor=gross, fee_minor=fee, tax_minor=tax, commission_tax_minor=commission_tax, service_date=service_date,
    )  # fmt: skip
    reference = reference or f"T{line_id}"
    booking = {
        clearing("mpesa"): gross,
        of_seller(Code.SELLER_PENDING, seller.pk): -sold.share_minor,
        AccountKey(Code.COMMISSION): -fee,
        AccountKey(Code.TAX_PAYABLE, "tax:KE"): -tax,
        AccountKey(Code.COMMISSION_TAX, "tax:KE"): -commission_tax,
    }
    with transaction.atomic():
        earn(reference=reference, currency=currency, sold=[sold], at=at or clock.now())
        post(
            key=f"order:{reference}:sale:seller:{seller.pk}:{line_id}", kind="sale", currency=currency,
            lines={key: minor for key, minor in booking.items() if minor}, reference=reference,
        )  # fmt: skip
    return Earning.objects.get(line_id=line_id)


def owed(seller: Seller, currency: str = "KES") -> dict[str, int]:
    """A seller's accounts, minor units in the seller's favor, without the empty ones: {"2110": 85000}."""
    codes = [Code.SELLER_PENDING, Code.SELLER_AVAILABLE, Code.SELLER_RESERVE, Code.PAYOUT_IN_TRANSIT,
             Code.SELLER_DISPUTE_HOLD, Code.SELLER_RECEIVABLE]  # fmt: skip
    found = {str(code): -balance(code=code, owner=f"seller:{seller.pk}", currency=currency) for code in codes}
    return {code: minor for code, minor in found.items() if minor}


def refund(*earnings: Earning, share: int | None = None, **part: Any) -> Any:
    """Give back shares (default: what is left) as commerce does: the rows and the entry in one transaction."""
    parts = [Part(one.line_id, share if share is not None else one.left_minor, **part) for one in earnings]
    with transaction.atomic():
        lines = take_back_lines(parts)
        lines[AccountKey(Code.REFUNDS_IN_TRANSIT)] = -sum(lines.values())
        return post(key=f"refund:{clock.now().isoformat()}", kind="refund", currency=earnings[0].currency, lines=lines)


def make_payable(*, rail: str = "bank_file", currency: str = "KES", country: str = "KE", **fields: Any) -> Seller:
    """A verified seller whose destination has cooled off."""
    seller = make_seller(email=fields.pop("email", "shop@example.com"), **fields)
    Verification.objects.create(
        seller=seller, status="approved", legal_name=seller.name, country=country, connect_ready=True
    )
    make_destination(seller, rail=rail, currency=currency)
    return seller


def make_destination(seller: Seller, *, rail: str = "bank_file", currency: str = "KES", number: str = "") -> Any:
    """Changed by the service, and then old enough to be used."""
    number = number or f"{seller.pk:08d}"
    details = {
        "mpesa_b2c": {"phone": f"07{number}"},
        "stripe_transfer": {"account": f"acct_{number}"},
        "bank_file": {"name": seller.name, "bank": "KCB", "bic": "KCBLKENX", "number": number},
    }[rail]
    made = change_destination(seller_id=seller.pk, currency=currency, rail=rail, details=details, actor_id=None)
    Destination.objects.filter(pk=made.pk).update(usable_from=clock.now() - timedelta(hours=1))
    made.refresh_from_db()
    return made


def make_available(seller: Seller, gross: int = 100_000, **fields: Any) -> Earning:
    """An earning whose hold is over, released."""
    earning = make_earning(seller=seller, gross=gross, at=clock.now() - timedelta(days=10), **fields)
    release_due()
    earning.refresh_from_db()
    return earning


def make_payout(seller: Seller | None = None, gross: int = 100_000, **fields: Any) -> Payout:
    """What a run proposes for a seller with something available."""
    seller = seller or make_payable()
    make_available(seller, gross, **fields)
    propose_run(actor_id=1)
    return Payout.objects.filter(seller=seller).latest("proposed_at")


def sent(payout: Payout) -> Payout:
    """Approved by as many as are needed, and on its way."""
    for number in range(payout.approvals_needed):
        approve_payout(payout_id=payout.pk, actor_id=900 + number)
    return send_payout(payout_id=payout.pk)


def heard(payout: Payout, state: str, **said: Any) -> Payout:
    """What the rail says of it: `paid`, `failed`, `reversed`."""
    payout.refresh_from_db()
    assert payout.disbursement_id
    record_outcome(disbursement_id=payout.disbursement_id, outcome=RailOutcome(state, **said), source="operator")
    settle_payout(disbursement_id=payout.disbursement_id)
    payout.refresh_from_db()
    return payout
