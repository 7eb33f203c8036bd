"""Stripe's word about refunds: ours, and those made in its dashboard. Read anew each time: events come in any order."""

from typing import Any

from marketplace.notifications.services import raise_alert
from marketplace.payments import inbox
from marketplace.payments.errors import Malformed
from marketplace.payments.inbox import Conclusion, done, ignored, later, quarantined
from marketplace.payments.models import InboxMessage
from marketplace.payments.providers.base import Refused, Silent
from marketplace.payments.providers.stripe import refunds, webhook
from marketplace.payments.providers.wire import read_json
from marketplace.payments.services.record_provider_refund import NoRoom, record_provider_refund

FAILS_WITHIN = 6
"""About two minutes: a refund of ours that Stripe has nothing left for has failed by then, and is found covered."""
MANY_TRIES = 9
"""About half an hour: a refund of no payment of ours is not worth more."""


@inbox.thinks_about("stripe", "refund.", "charge.refund.", "charge.refunded")
def about_refund(message: InboxMessage) -> Conclusion:
    try:
        kind, name = webhook.named(read_json(message.body.encode()))
        found = refunds.of_charge(name) if kind == "charge" else [refunds.read(name)]
    except Malformed:
        return quarantined("names no refund")
    except Silent as error:
        return later(f"no answer: {error}")
    except Refused as error:
        return later(f"not shown: {error}")
    return _record(message, found)


def _record(message: InboxMessage, found: list[dict[str, Any]]) -> Conclusion:
    try:
        rows = [record_provider_refund(found=row) for row in found]
    except NoRoom as error:
        if message.attempts < FAILS_WITHIN:
            return later(f"more than is left here: {error}")
        raise_alert(
            code="refund_unexplained", key=f"refund_unexplained:{error}", subject=f"A refund made at Stripe: {error}",
            text="More was given back than is left of the payment here. Look at its refunds, and at Stripe's.",
        )  # fmt: skip
        return quarantined(f"more was given back at Stripe than is left here: {error}")
    known = [row for row in rows if row is not None]
    if not known:
        return ignored("no payment of ours") if message.attempts >= MANY_TRIES else later("no payment found yet")
    message.payment, message.about = known[0].payment, f"refund:{known[0].pk}"
    return done()
