"""Handing out files: entitlement is asked when the link is made and again when it is used."""

from django.core import signing

from marketplace.core.errors import NotYours
from marketplace.licensing.errors import LicenseNotActive, LinkExpired, VersionWithdrawn
from marketplace.licensing.models import DownloadLog, License
from marketplace.licensing.standing import standing_of
from marketplace.products.models import VersionFile

LINK_SECONDS = 300
"""Long enough to start a download on a slow phone; a link that leaks is worthless soon after."""
SALT = "licensing.download"


def sign_link(*, license: License, file: VersionFile) -> str:
    """A short-lived token for one license and one file. Raises what `require_entitled` raises."""
    require_entitled(license, file)
    return signing.dumps([license.pk, file.pk], salt=SALT)


def read_link(*, signed: str) -> tuple[License, VersionFile]:
    """Who may have what, if the link is ours, fresh, and the right still stands.

    Raises `LinkExpired`, `NotYours` for a forged link, and what `require_entitled` raises.
    """
    license_id, file_id = _unsigned(signed)
    license = License.objects.select_related("plan__product").filter(pk=license_id).first()
    file = VersionFile.objects.select_related("version__product").filter(pk=file_id).first()
    if license is None or file is None:
        raise NotYours
    require_entitled(license, file)
    return license, file


def _unsigned(signed: str) -> tuple[int, int]:
    try:
        match signing.loads(signed, salt=SALT, max_age=LINK_SECONDS):
            case [int(license_id), int(file_id)]:
                return license_id, file_id
    except signing.SignatureExpired as error:
        raise LinkExpired from error
    except (signing.BadSignature, ValueError) as error:  # forged, or bytes that were never JSON of ours
        raise NotYours from error
    raise NotYours


def hand_out(*, license: License, file: VersionFile) -> DownloadLog:
    """Write down that the file was handed out. Call it when the file is open and about to be sent."""
    return DownloadLog.objects.create(
        license=license,
        file_id=file.pk,
        version_id=file.version_id,
        version=file.version.version,
        name=file.name,
        sha256=file.sha256,
    )


def require_entitled(license: License, file: VersionFile) -> None:
    """Raises `NotYours` for another product's file, `LicenseNotActive`, or `VersionWithdrawn`.

    A withdrawn version stays open to a license that had it before: somebody may have to reinstall it.
    """
    if file.version.product.translation_key != license.plan.product.translation_key:
        raise NotYours
    standing = standing_of(license)
    if not standing.usable:
        raise LicenseNotActive(standing=standing.code)
    if file.version.yanked and not had_version(license, file.version_id):
        raise VersionWithdrawn


def had_version(license: License, version_id: int) -> bool:
    return DownloadLog.objects.filter(license=license, version_id=version_id).exists()
