"""Take a provider's message in: check the envelope, store it raw, think later."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import F

from marketplace.core import clock
from marketplace.core.errors import NotYours, TooLarge
from marketplace.payments.models import InboxMessage, Payment
from marketplace.payments.providers import provider as find_provider
from marketplace.payments.providers.base import Notice

MOST_BYTES = 64 * 1024
KEPT_HEADERS = ("Content-Type", "User-Agent", "Stripe-Signature")


def receive_message(
    *, provider: str, body: bytes, headers: Mapping[str, str], token: str | None = None, remote_ip: str = ""
) -> InboxMessage:
    """Store one message, once per provider and event id; a repeat only counts as another delivery.

    `token` is the secret part of the URL, for providers that do not sign. Raises `NotYours` (404) for a token of no
    payment, `TooLarge`, `SignatureInvalid`, `AddressNotAllowed`, `Malformed`.
    """
    if len(body) > MOST_BYTES:
        raise TooLarge
    maker = find_provider(provider)
    payment = _payment_of(provider, token)
    maker.admit(body=body, headers=headers, remote_ip=remote_ip)
    notice = maker.read(body=body, payment=payment)
    kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
    return _store(provider, notice, payment, body=body.decode(), headers=kept, remote_ip=remote_ip or None)


def _payment_of(provider: str, token: str | None) -> Payment | None:
    """By a unique index over 256 random bits: how long the look-up takes tells nothing about other tokens."""
    if token is None:
        return None
    payment = Payment.objects.filter(provider=provider, callback_token=token).first()
    if payment is None:
        raise NotYours
    return payment


def _store(provider: str, notice: Notice, payment: Payment | None, **content: object) -> InboxMessage:
    return store_once(
        provider=provider, event_id=notice.event_id, kind=notice.kind, payment=payment, due_at=clock.now(), **content
    )


def store_once(*, provider: str, event_id: str, **content: object) -> InboxMessage:
    """Write the message, or count one that is there already as delivered again."""
    try:
        with transaction.atomic():
            return InboxMessage.objects.create(provider=provider, event_id=event_id, **content)
    except IntegrityError:
        found = InboxMessage.objects.filter(provider=provider, event_id=event_id)
        found.update(deliveries=F("deliveries") + 1)
        return found.get()
