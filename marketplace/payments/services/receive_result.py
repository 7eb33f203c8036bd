"""Take in the outcome of an initiator API: unsigned, sent once, behind a secret address. Store it raw, think later."""

import hashlib
from collections.abc import Mapping

from marketplace.core import clock
from marketplace.core.errors import TooLarge
from marketplace.payments import inbox
from marketplace.payments.models import InboxMessage
from marketplace.payments.providers import provider
from marketplace.payments.providers.mpesa.results import read_result
from marketplace.payments.providers.wire import read_json
from marketplace.payments.services.receive_message import KEPT_HEADERS, MOST_BYTES, store_once

MPESA = "mpesa"
RESULT = "result"


def receive_result(
    *, door: str, token: str, end: str, body: bytes, headers: Mapping[str, str], remote_ip: str = ""
) -> InboxMessage:
    """Store one result or queue timeout, once; a repeat only counts as another delivery.

    `door` and `token` are the address's, `end` is `result` or `timeout`. Raises `NotYours` (404) for a token that
    belongs to nothing, `TooLarge`, `AddressNotAllowed`, `Malformed`.
    """
    if len(body) > MOST_BYTES:
        raise TooLarge
    about = inbox.subject(door, token)
    provider(MPESA).admit(body=body, headers=headers, remote_ip=remote_ip)
    read = read_result if end == RESULT else read_json  # what a queue timeout looks like is nowhere written down
    read(body)
    return store_once(
        provider=MPESA,
        event_id=f"{about}:{door}.{end}:{hashlib.sha256(body).hexdigest()}",
        kind=_kind(door, about, end),
        about=about,
        body=body.decode(),
        headers={name: headers[name] for name in KEPT_HEADERS if name in headers},
        remote_ip=remote_ip or None,
        due_at=clock.now(),
    )


def _kind(door: str, about: str, end: str) -> str:
    """E.g. `b2c.result`; behind the door of answers many subjects wait: `ask.refund.result`."""
    return f"{door}.{about.partition(':')[0]}.{end}" if door == "ask" else f"{door}.{end}"
