from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.commerce.models import OrderLine
from marketplace.core.ids import token
from marketplace.core.states import StateMachine, status_check
from marketplace.products.models import LicensePlan


class LicenseStatus(models.TextChoices):
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    """Held back for a while, e.g. during a dispute."""
    EXPIRED = "expired", _("expired")
    """Its term ran out. The moment itself is what counts, not this mark: see `standing`."""
    REVOKED = "revoked", _("revoked")
    """Refunded or withdrawn, for good."""


class License(StateMachine):
    """The right to use a product. What it grants is its own copy: a plan changed later changes no license sold."""

    Status = LicenseStatus

    MOVES = {
        Status.ACTIVE: {Status.SUSPENDED, Status.EXPIRED, Status.REVOKED},
        Status.SUSPENDED: {Status.ACTIVE, Status.EXPIRED, Status.REVOKED},
        Status.EXPIRED: {Status.ACTIVE, Status.REVOKED},
        Status.REVOKED: set(),
    }

    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="licenses")
    position = models.PositiveIntegerField()
    """1 to the line's quantity: with the line it makes issuing repeatable."""
    plan = models.ForeignKey(LicensePlan, on_delete=models.PROTECT, related_name="licenses")
    token = models.CharField(max_length=64, unique=True, default=token, editable=False)
    """Opens the license's page to whoever holds the link."""
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    """Keyed hash: finds a license by its key without the key being stored readably."""
    key_ciphertext = models.TextField(editable=False)
    """The key under the field keys, for its owner to see again."""
    key_hint = models.CharField(_("key ends in"), max_length=4, editable=False)
    """The last four characters, by which people tell keys apart. 80 unknown bits remain."""
    seats = models.PositiveIntegerField(_("seats"), default=1)
    activation_limit = models.PositiveIntegerField(_("activations"), null=True, blank=True)
    usage_limit = models.PositiveBigIntegerField(_("usage limit"), null=True, blank=True)
    usage_unit = models.CharField(_("usage unit"), max_length=40, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    """Null: perpetual."""
    issued_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["order_line_id", "position"]
        verbose_name = _("license")
        verbose_name_plural = _("licenses")
        constraints = [
            models.UniqueConstraint(fields=["order_line", "position"], name="license_issued_once"),
            status_check("license_status", LicenseStatus),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("starts_at")), name="license_lasts"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="license_expiring", condition=Q(status="active")),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} …{self.key_hint}"
