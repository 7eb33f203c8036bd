"""Reading licenses and what they open, in a bounded number of queries."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from marketplace.core.errors import NotYours
from marketplace.licensing.models import DownloadLog, License
from marketplace.products.models import ProductVersion, VersionFile

WHOLE = ("order_line__order", "order_line__offer", "plan__product")


def whole_licenses() -> QuerySet[License]:
    return License.objects.select_related(*WHOLE)


def license_by_token(token: str) -> License:
    """The license its link opens. Raises `NotYours` for a link that opens nothing, in the same words as ever."""
    found = whole_licenses().filter(token=token).first()
    if found is None:
        raise NotYours
    return found


def licenses_of_lines(line_ids: Iterable[int]) -> list[License]:
    """All licenses of some order lines, in order."""
    return list(whole_licenses().filter(order_line_id__in=list(line_ids)).order_by("order_line_id", "position"))


def versions_for(license: License) -> list[ProductVersion]:
    """Versions the license opens, newest first, with their files: what is offered, and withdrawn ones it had before."""
    had = DownloadLog.objects.filter(license=license).values("version_id")
    versions = license.plan.product.versions.filter(Q(yanked=False) | Q(pk__in=had))
    return [version for version in versions.prefetch_related("files") if version.files.all()]


def file_by_id(file_id: int) -> VersionFile:
    """Raises `NotYours` when there is none."""
    file = VersionFile.objects.select_related("version__product").filter(pk=file_id).first()
    if file is None:
        raise NotYours
    return file
