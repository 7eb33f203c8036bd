"""Ask providers for the messages they sent and we never got. A lost webhook is then late, not lost."""

import datetime as dt
import logging

from marketplace.core import clock
from marketplace.payments import conf
from marketplace.payments.errors import Malformed
from marketplace.payments.models import InboxMessage, PaybillReceipt
from marketplace.payments.providers import provider
from marketplace.payments.providers.base import Refused, Silent
from marketplace.payments.providers.mpesa import c2b, pull
from marketplace.payments.providers.stripe import events
from marketplace.payments.services.receive_message import store_once

logger = logging.getLogger(__name__)
BACK = dt.timedelta(hours=3)
"""Asked for each time; a longer silence is found by the daily comparison."""

WANTED = ("checkout.session.", "payment_intent.", "charge.", "refund.", "transfer.", "account.")
"""Kinds of Stripe's events the inbox thinks about."""


def sweep_messages(*, back: dt.timedelta = BACK) -> int:
    """Store what is missing, as if it had been delivered; returns how many. A provider in trouble is no error."""
    since, found = clock.now() - back, 0
    for name, sweep in (("stripe", _stripe), ("mpesa", _mpesa)):
        try:
            found += sweep(since) if provider(name).configured() else 0
        except (Refused, Silent) as error:
            logger.warning("could not ask %s for lost messages: %s", name, error)
    return found


def _stripe(since: dt.datetime) -> int:
    """Asked by us over the authenticated API: as good as signed."""
    kept = 0
    bodies = dict(events.since(since))
    known = set(InboxMessage.objects.filter(provider="stripe", event_id__in=bodies).values_list("event_id", flat=True))
    for name in [name for name in reversed(bodies) if name not in known]:
        body = bodies[name]
        notice = provider("stripe").read(body=body, payment=None)
        if notice.kind.startswith(WANTED):
            _keep("stripe", event_id=notice.event_id, kind=notice.kind, body=body.decode())
            kept += 1
    return kept


def _mpesa(since: dt.datetime) -> int:
    """Payments to the paybill whose receipt nobody told us of; each is vouched for before it is believed, as always."""
    if not conf.mpesa().initiator:
        return 0
    bodies = {c2b.read_told(body).receipt: body for body in pull.confirmations(since=since)}
    known = set(PaybillReceipt.objects.filter(receipt__in=bodies).values_list("receipt", flat=True))
    missing = [receipt for receipt in bodies if receipt not in known]
    for receipt in missing:
        _keep(
            "mpesa", event_id=f"c2b:{receipt}:pulled", kind="c2b.confirm", about=f"paybill:{receipt}",
            body=bodies[receipt].decode(),
        )  # fmt: skip
    return len(missing)


def _keep(name: str, **content: str) -> None:
    try:
        store_once(provider=name, due_at=clock.now(), **content)
    except Malformed:
        logger.exception("a message of %s cannot be read", name)
