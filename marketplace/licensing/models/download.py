from django.db import models

from marketplace.core.ids import opaque_id
from marketplace.licensing.models.license import License


class DownloadLog(models.Model):
    """A file was handed out, for good. Without personal data: who holds the license is on the order, erasable there."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=opaque_id, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    license = models.ForeignKey(License, on_delete=models.PROTECT, related_name="downloads")
    file_id = models.BigIntegerField()
    """Plain numbers, so that this history never keeps a version from being tidied away."""
    version_id = models.BigIntegerField()
    version = models.CharField(max_length=40)
    name = models.CharField(max_length=160)
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["license", "version_id"], name="download_of_license")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
