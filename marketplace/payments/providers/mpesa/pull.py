"""Pull Transactions: what customers paid to the paybill in the last hours, for confirmations that never came.

Source: developer.safaricom.co.ke, "Pull Transactions". Needs a registration once; reaches back 48 hours.
"""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from marketplace.core import clock
from marketplace.payments import conf
from marketplace.payments.measure import measured
from marketplace.payments.providers.base import Silent
from marketplace.payments.providers.mpesa import outcomes
from marketplace.payments.providers.mpesa.c2b import MOMENT, addresses
from marketplace.payments.providers.mpesa.client import NAIROBI, Answer, Daraja
from marketplace.payments.providers.mpesa.parse import text

MOMENT_ASKED = "%Y-%m-%d %H:%M:%S"
REGISTERED = ("1000", "1001")
PAGES = 50
"""More pages than this in one go are left to the next."""


def register(phone: str) -> Answer:
    """Allow pulling, once. `phone`: 2547..., as named to Safaricom. Raises `Refused`, `Unavailable`, `Silent`."""
    daraja = Daraja(conf.mpesa())
    answer = daraja.call(
        "/pulltransactions/v1/register",
        {
            "ShortCode": daraja.settings.shortcode,
            "RequestType": "Pull",
            "NominatedNumber": phone,
            "CallBackURL": addresses()["ConfirmationURL"],
        },
    )
    if answer.status != 200 or text(answer.body.get("ResponseStatus")) not in REGISTERED:
        raise outcomes.refusal(answer)
    return answer


def confirmations(*, since: dt.datetime) -> Iterator[bytes]:
    """Each payment since then as the confirmation that should have come. Raises `Refused`, `Unavailable`, `Silent`."""
    daraja, offset = Daraja(conf.mpesa()), 0
    for _ in range(PAGES):
        with measured("mpesa", "pull"):
            answer = daraja.call("/pulltransactions/v1/query", _question(daraja, since, offset))
        if answer.status != 200:
            raise Silent(f"HTTP {answer.status}", answer.told)
        rows = [row for page in answer.body.get("Response") or [] for row in page if isinstance(row, dict)]
        yield from (body for row in rows if (body := _confirmation(row, daraja.settings.shortcode)))
        if not rows:
            return
        offset += len(rows)


def _question(daraja: Daraja, since: dt.datetime, offset: int) -> dict[str, str]:
    until = clock.now() + dt.timedelta(minutes=5)
    return {
        "ShortCode": daraja.settings.shortcode,
        "StartDate": since.astimezone(NAIROBI).strftime(MOMENT_ASKED),
        "EndDate": until.astimezone(NAIROBI).strftime(MOMENT_ASKED),
        "OffSetValue": str(offset),
    }


def _confirmation(row: dict[str, Any], shortcode: str) -> bytes | None:
    """In the confirmation's own words; without the number, which this API tells unmasked and nobody here needs."""
    receipt, at = text(row.get("transactionId")), _moment(text(row.get("trxDate")))
    if not receipt or at is None:
        return None
    body = {
        "TransactionType": "Pay Bill", "TransID": receipt, "TransTime": at.astimezone(NAIROBI).strftime(MOMENT),
        "TransAmount": text(row.get("amount")), "BusinessShortCode": shortcode,
        "BillRefNumber": text(row.get("billreference")), "FirstName": text(row.get("sender")),
    }  # fmt: skip
    return json.dumps(body).encode()


def _moment(written: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(written)
    except ValueError:
        return None
