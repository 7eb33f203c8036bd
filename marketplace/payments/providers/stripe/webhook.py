"""Webhooks: signed over the raw bytes, with one of several secrets while one is being rolled."""

from collections.abc import Mapping
from typing import Any

import stripe

from marketplace.payments import conf
from marketplace.payments.errors import Malformed, SignatureInvalid
from marketplace.payments.providers.base import Notice

TOLERANCE_SECONDS = 300
OURS = ("checkout.session.", "payment_intent.", "charge.succeeded", "charge.failed", "charge.updated")
"""What settles a payment. Refunds, disputes and transfers have thinkers of their own, see `payments.messages`."""


def verify(body: bytes, headers: Mapping[str, str]) -> None:
    """Raise `SignatureInvalid` unless one of our secrets signed exactly these bytes, recently."""
    signature = headers.get("Stripe-Signature", "")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Malformed from error
    for secret in conf.stripe().webhook_secrets:
        try:
            stripe.WebhookSignature.verify_header(text, signature, secret, TOLERANCE_SECONDS)
        except (stripe.SignatureVerificationError, ValueError):
            continue
        return
    raise SignatureInvalid


def named(event: dict[str, Any]) -> tuple[str, str]:
    """What kind of object an event is about, and its id. Raises `Malformed`."""
    data = event.get("data")
    thing = data.get("object") if isinstance(data, dict) else None
    name = thing.get("id") if isinstance(thing, dict) else None
    if not isinstance(thing, dict) or not isinstance(name, str) or not name:
        raise Malformed
    return str(thing.get("object") or ""), name


def read(event: dict[str, Any]) -> Notice:
    """What an event is about. Raises `Malformed`."""
    kind, event_id = event.get("type"), event.get("id")
    data = event.get("data")
    thing = data.get("object") if isinstance(data, dict) else None
    if not (isinstance(kind, str) and isinstance(event_id, str) and isinstance(thing, dict) and kind and event_id):
        raise Malformed
    metadata = thing.get("metadata")
    session = thing.get("id") if thing.get("object") == "checkout.session" else ""
    intent = thing.get("id") if thing.get("object") == "payment_intent" else thing.get("payment_intent")
    return Notice(
        event_id=event_id[:160],
        kind=kind[:80],
        relevant=kind.startswith(OURS),
        payment_id=str(metadata.get("payment_id", "")) if isinstance(metadata, dict) else "",
        external_id=str(session or ""),
        external_ref=intent if isinstance(intent, str) else "",
    )
