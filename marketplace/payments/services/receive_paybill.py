"""Take a paybill confirmation in: unsigned, behind one secret address per site. Store it raw, think later."""

import hashlib
from collections.abc import Mapping

from marketplace.core import clock
from marketplace.core.errors import NotYours, TooLarge
from marketplace.payments.models import InboxMessage
from marketplace.payments.providers import provider
from marketplace.payments.providers.mpesa import c2b
from marketplace.payments.services.receive_message import KEPT_HEADERS, MOST_BYTES, store_once

MPESA = "mpesa"


def admit_paybill(*, token: str, body: bytes, headers: Mapping[str, str], remote_ip: str) -> None:
    """At the door. Raises `NotYours` (404) for another token, `TooLarge`, `AddressNotAllowed`."""
    if not c2b.is_token(token):
        raise NotYours
    if len(body) > MOST_BYTES:
        raise TooLarge
    provider(MPESA).admit(body=body, headers=headers, remote_ip=remote_ip)


def receive_paybill(*, token: str, body: bytes, headers: Mapping[str, str], remote_ip: str = "") -> InboxMessage:
    """Store one confirmation, once; a repeat only counts as another delivery. Raises as `admit_paybill`, `Malformed`.

    The content is part of the name: a forged message must not keep the true one of the same receipt out.
    """
    admit_paybill(token=token, body=body, headers=headers, remote_ip=remote_ip)
    told = c2b.read_told(body)
    return store_once(
        provider=MPESA,
        event_id=f"c2b:{told.receipt}:{hashlib.sha256(body).hexdigest()}",
        kind="c2b.confirm",
        about=f"paybill:{told.receipt}",
        body=body.decode(),
        headers={name: headers[name] for name in KEPT_HEADERS if name in headers},
        remote_ip=remote_ip or None,
        due_at=clock.now(),
    )
