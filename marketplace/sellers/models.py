from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Seller(models.Model):
    """Who sells: an organizer of events, a maker of digital products, or both."""

    class FeeMode(models.TextChoices):
        ABSORBED = "absorbed", _("the seller pays the platform fee")
        """The buyer sees the plain price; the fee leaves the seller's share."""
        PASSED_ON = "passed_on", _("the buyer pays the platform fee")
        """The fee is added to the price before it is shown: no surprise at the end."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    tagline = models.CharField(_("tagline"), max_length=160, blank=True)
    about = models.TextField(_("about"), blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, default="KE", help_text=_("ISO 3166 code, e.g. KE"))
    logo = models.ForeignKey("wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    collection = models.OneToOneField(
        "wagtailcore.Collection", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    """Holds the seller's own images and documents; permissions follow it."""
    email = models.EmailField(_("contact e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True)
    verified = models.BooleanField(_("verified"), default=False)
    tax_registered = models.BooleanField(_("charges VAT"), default=False)
    fee_mode = models.CharField(_("platform fee"), max_length=10, choices=FeeMode.choices, default=FeeMode.ABSORBED)
    fee_basis_points = models.PositiveIntegerField(_("fee, basis points"), default=500, help_text=_("500 is 5 %"))
    fee_fixed = models.JSONField(_("fixed fee per item, minor units by currency"), default=dict, blank=True)
    """{"KES": 2000} adds KES 20 per paid item."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(fee_basis_points__lte=5000), name="seller_fee_at_most_half"),
        ]

    def __str__(self) -> str:
        return self.name


class SellerMember(models.Model):
    """A user who may act for a seller."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        MANAGER = "manager", _("manager")

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="seller_memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MANAGER)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "user"], name="seller_member_once")]

    def __str__(self) -> str:
        return f"{self.user} ({self.seller})"
