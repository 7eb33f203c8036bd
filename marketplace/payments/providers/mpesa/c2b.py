"""Money paid to the paybill by hand: what Daraja asks and tells, and how it learns where.

Source: developer.safaricom.co.ke, "Customer To Business (C2B)", version 2.
"""

import datetime as dt
from dataclasses import dataclass
from secrets import compare_digest

from django.urls import reverse

from marketplace.core import crypto
from marketplace.core.money import Money
from marketplace.payments import conf
from marketplace.payments.errors import Malformed
from marketplace.payments.measure import measured
from marketplace.payments.providers.base import Refused
from marketplace.payments.providers.mpesa import outcomes
from marketplace.payments.providers.mpesa.client import NAIROBI, Answer, Daraja
from marketplace.payments.providers.mpesa.parse import shillings, text
from marketplace.payments.providers.wire import read_json

ACCEPT = "0"
BAD_ACCOUNT, BAD_AMOUNT, BAD_SHORTCODE, OTHER = "C2B00012", "C2B00013", "C2B00015", "C2B00016"
ALREADY = "500.003.1001"
MOMENT = "%Y%m%d%H%M%S"


@dataclass(frozen=True, slots=True)
class Told:
    """What a validation or confirmation says. Unsigned, and the number is masked."""

    receipt: str
    amount: Money | None
    shortcode: str
    reference_typed: str
    payer_hint: str
    paid_at: dt.datetime | None


def read_told(body: bytes) -> Told:
    """Raises `Malformed` without a receipt."""
    found = read_json(body)
    receipt = text(found.get("TransID"))[:60]
    if not receipt.isalnum():
        raise Malformed
    names = (text(found.get(name)) for name in ("MSISDN", "FirstName"))
    return Told(
        receipt=receipt.upper(),
        amount=shillings(found.get("TransAmount")),
        shortcode=text(found.get("BusinessShortCode"))[:20],
        reference_typed=text(found.get("BillRefNumber"))[:40],
        payer_hint=" ".join(filter(None, names))[:60],
        paid_at=_moment(text(found.get("TransTime"))),
    )


def _moment(written: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(written, MOMENT).replace(tzinfo=NAIROBI)
    except ValueError:
        return None


def is_ours(shortcode: str) -> bool:
    keys = conf.mpesa()
    return shortcode in (keys.shortcode, keys.party_b)


def token() -> str:
    """The secret part of the address Daraja calls, one per site: hex digits spell no word that it refuses."""
    return crypto.lookup_hash(conf.mpesa().shortcode, purpose="c2b-address")


def is_token(given: str) -> bool:
    return compare_digest(given.encode(), token().encode())


def addresses() -> dict[str, str]:
    return {
        name: conf.site_url() + reverse(f"payments:paybill_{end}", args=[token()])
        for name, end in (("ConfirmationURL", "confirm"), ("ValidationURL", "validate"))
    }


def register(response_type: str) -> Answer:
    """Tell Daraja where to ask and tell. `response_type`: what it does when we cannot answer, Completed or Cancelled.

    In production once: after that the addresses are deleted in the portal first. Raises `Refused`, `Unavailable` or
    `Silent`.
    """
    daraja = Daraja(conf.mpesa())
    body = {"ShortCode": daraja.settings.shortcode, "ResponseType": response_type, **addresses()}
    with measured("mpesa", "c2b_register"):
        answer = daraja.call("/mpesa/c2b/v2/registerurl", body)
        if answer.error == ALREADY and ("already" in answer.message.lower() or "duplicate" in answer.message.lower()):
            raise Refused("already_registered", answer.message, answer.told)
        if answer.status != 200 or text(answer.body.get("ResponseCode")).strip("0"):
            raise outcomes.refusal(answer)
        return answer
