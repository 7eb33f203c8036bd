from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refusal


class LicenseNotActive(Refusal):
    """It expired, or was suspended or revoked. `details["standing"]` says which."""

    code, status, message = "license_not_active", 403, _("This license is not active, so it opens no downloads.")


class VersionWithdrawn(Refusal):
    """The maker took this version back, and this license never had it."""

    code, status, message = "version_withdrawn", 410, _("This version was withdrawn by its maker. Please take another.")


class LinkExpired(Refusal):
    """Download links live for minutes, so that one that leaks is soon worth nothing."""

    code, status, message = (
        "link_expired", 410, _("This download link has run out. Open your license page for a fresh one."),
    )  # fmt: skip


class FileMissing(Refusal):
    """The record is here, the file is not: ours to mend."""

    code, status, message = "file_missing", 503, _("We cannot hand out this file right now. Please try again later.")
