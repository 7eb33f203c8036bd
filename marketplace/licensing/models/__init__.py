from marketplace.licensing.models.download import DownloadLog
from marketplace.licensing.models.license import License, LicenseStatus

__all__ = ["DownloadLog", "License", "LicenseStatus"]
