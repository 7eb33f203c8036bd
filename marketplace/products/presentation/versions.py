"""What has been released, newest first."""

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from marketplace.products.models import ProductPage, ProductVersion
from marketplace.products.selectors import product_versions

Values = dict[str, Any]
SHOWN = 12


def versions(page: ProductPage) -> list[Values]:
    """Two queries. Files are named with size and checksum; only buyers reach them."""
    return [_version(row) for row in product_versions(page)[:SHOWN]]


def _version(row: ProductVersion) -> Values:
    return {
        "version": row.version,
        "released": date_format(row.released_on, "j F Y"),
        "released_iso": row.released_on.isoformat(),
        "beta": row.channel == ProductVersion.Channel.BETA,
        "changelog": row.changelog,
        "files": [
            {
                "name": file.name,
                "version": row.version,
                "platform": file.platform,
                "size": filesizeformat(file.size),
                "checksum": file.sha256,
                "note": _("Yours after purchase"),
            }
            for file in row.files.all()
        ],
    }
