from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.core import clock


def private_storage() -> Storage:
    """Where buyers' files live: no address of its own, reached only through an entitlement."""
    return storages["private"]


class ProductVersion(models.Model):
    """A release. Rows, not prose: a draft of the page never publishes or hides one."""

    class Channel(models.TextChoices):
        STABLE = "stable", _("stable")
        BETA = "beta", _("beta")

    product = models.ForeignKey("products.ProductPage", on_delete=models.PROTECT, related_name="version_rows")
    version = models.CharField(_("version"), max_length=40)
    released_on = models.DateField(_("released on"))
    changelog = models.TextField(_("what changed"), blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, default=Channel.STABLE)
    yanked = models.BooleanField(_("withdrawn"), default=False)
    """Not offered any more; kept, because somebody may run it."""
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["-released_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["product", "version"], name="product_version_once")]

    def __str__(self) -> str:
        return f"{self.product.title} {self.version}"


class VersionFile(models.Model):
    """A file of a release, in private storage, with the checksum taken while it was stored."""

    version = models.ForeignKey(ProductVersion, on_delete=models.PROTECT, related_name="files")
    file = models.FileField(_("file"), storage=private_storage, upload_to="products/%Y/%m", max_length=300)
    name = models.CharField(_("file name"), max_length=160)
    """As the buyer's browser will save it; the stored name may differ."""
    size = models.PositiveBigIntegerField(_("size"))
    """Bytes."""
    sha256 = models.CharField(max_length=64)
    """Hexadecimal."""
    platform = models.CharField(_("platform"), max_length=60, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["version", "name"], name="version_file_name_once")]

    def __str__(self) -> str:
        return self.name
