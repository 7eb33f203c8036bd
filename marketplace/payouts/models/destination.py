from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.ids import opaque_id
from marketplace.core.states import StateMachine, status_check
from marketplace.payments.models import Disbursement
from marketplace.sellers.models import Seller


class DestinationStatus(models.TextChoices):
    ACTIVE = "active", _("in use")
    REPLACED = "replaced", _("replaced")


class Destination(StateMachine):
    """Where a seller's money goes. Never edited: a change is a new row with a cool-off, and the seller is told."""

    Status = DestinationStatus

    MOVES = {Status.ACTIVE: {Status.REPLACED}, Status.REPLACED: set()}

    id = models.UUIDField(primary_key=True, default=opaque_id, editable=False)
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="destinations")
    currency = models.CharField(max_length=3)
    rail = models.CharField(max_length=16, choices=Disbursement.Rail.choices)
    details_ciphertext = models.TextField()
    """JSON under the field keys: {"phone"}, {"account"}, or {"name", "bank", "bic", "iban" or "number"}."""
    hint = models.CharField(max_length=60)
    """For people: `M-Pesa ...678`."""
    fingerprint = models.CharField(max_length=64, db_index=True)
    """Keyed hash of the details: the same destination under two sellers is a signal."""
    actor_id = models.BigIntegerField(null=True)
    usable_from = models.DateTimeField()
    """After the cool-off; no payout goes there before."""
    created_at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            status_check("destination_status", DestinationStatus),
            models.UniqueConstraint(
                fields=["seller", "currency"], name="destination_one_active", condition=Q(status="active")
            ),
        ]

    def __str__(self) -> str:
        return self.hint


class VerificationStatus(models.TextChoices):
    DRAFT = "draft", _("not sent yet")
    SUBMITTED = "submitted", _("being looked at")
    APPROVED = "approved", _("verified")
    REJECTED = "rejected", _("something is missing")


class Verification(StateMachine):
    """Who a seller is in law, as far as we know. No payout leaves before it is approved."""

    Status = VerificationStatus

    MOVES = {
        Status.DRAFT: {Status.SUBMITTED},
        Status.SUBMITTED: {Status.APPROVED, Status.REJECTED},
        Status.REJECTED: {Status.SUBMITTED},
        Status.APPROVED: {Status.REJECTED},
    }

    class Entity(models.TextChoices):
        PERSON = "person", _("a person")
        COMPANY = "company", _("a company")

    seller = models.OneToOneField(Seller, on_delete=models.PROTECT, related_name="verification")
    entity = models.CharField(_("who sells"), max_length=10, choices=Entity.choices, default=Entity.PERSON)
    legal_name = models.CharField(_("name in law"), max_length=160, blank=True)
    country = models.CharField(_("tax residence"), max_length=2, default="KE")
    tax_number_ciphertext = models.TextField(blank=True)
    """Under the field keys; Kenya: the KRA PIN."""
    tax_number_hint = models.CharField(max_length=12, blank=True)
    address = models.TextField(_("address"), blank=True)
    connect_account = models.CharField(max_length=60, blank=True)
    """Stripe's acct_..., once the seller began there."""
    connect_ready = models.BooleanField(default=False)
    """Stripe says that transfers may go there."""
    note = models.CharField(max_length=300, blank=True)
    """What is missing, in words for the seller."""
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [status_check("verification_status", VerificationStatus)]

    def __str__(self) -> str:
        return f"{self.seller_id} {self.status}"


class VerificationDocument(models.Model):
    """A paper of the seller's, in private storage, shown to reviewers only."""

    class Kind(models.TextChoices):
        IDENTITY = "identity", _("identity card or passport")
        TAX = "tax", _("tax certificate")
        REGISTRATION = "registration", _("company registration")
        BANK = "bank", _("proof of the account")

    id = models.UUIDField(primary_key=True, default=opaque_id, editable=False)
    verification = models.ForeignKey(Verification, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    path = models.CharField(max_length=300)
    """In the private storage."""
    name = models.CharField(max_length=160)
    content_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
