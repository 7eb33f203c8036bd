from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.crypto import decrypt


class SigningKey(models.Model):
    """An Ed25519 key pair that signs tickets. One is active; older ones stay, because their tickets are still out."""

    key_id = models.CharField(_("key id"), max_length=8, unique=True, editable=False)
    """First four bytes of the SHA-256 of the public key, in hexadecimal."""
    public_hex = models.CharField(_("public key"), max_length=64, unique=True, editable=False)
    private_ciphertext = models.TextField(editable=False)
    """The private key under the field keys: a leaked database cannot sign tickets."""
    active = models.BooleanField(_("signs new tickets"), default=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("signing key")
        constraints = [
            models.UniqueConstraint(fields=["active"], condition=Q(active=True), name="signing_key_one_active"),
        ]

    def __str__(self) -> str:
        return self.key_id

    @property
    def public(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.public_hex))

    @property
    def private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(decrypt(self.private_ciphertext)))
