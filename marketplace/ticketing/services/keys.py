"""Which key signs. The first is made when the first ticket needs it."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, transaction

from marketplace.audit.services import record
from marketplace.core import clock
from marketplace.core.crypto import encrypt
from marketplace.ticketing.models import SigningKey


def current_key() -> SigningKey:
    """The key that signs new tickets. Two workers at once agree on one: the database allows a single active key."""
    key = SigningKey.objects.filter(active=True).first()
    if key is not None:
        return key
    try:
        with transaction.atomic():
            return _create(actor_id=None)
    except IntegrityError:
        return SigningKey.objects.get(active=True)


def rotate_key(*, actor_id: int | None) -> SigningKey:
    """Sign new tickets with a new key. Tickets already out keep theirs, and doors keep accepting it."""
    with transaction.atomic():
        for old in SigningKey.objects.select_for_update(no_key=True).filter(active=True):
            old.active, old.retired_at = False, clock.now()
            old.save(update_fields=["active", "retired_at"])
        return _create(actor_id=actor_id)


def _create(*, actor_id: int | None) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    key = SigningKey.objects.create(
        key_id=hashlib.sha256(public).hexdigest()[:8],
        public_hex=public.hex(),
        private_ciphertext=encrypt(private.private_bytes_raw().hex()),
    )
    record(action="signing_key.created", target=key, actor_id=actor_id, data={"key_id": key.key_id})
    return key
