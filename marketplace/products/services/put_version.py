import datetime as dt

from django.db import IntegrityError, transaction

from marketplace.audit.services import record
from marketplace.products.errors import VersionTaken
from marketplace.products.models import ProductPage, ProductVersion


def put_version(
    *,
    product: ProductPage,
    version_row: ProductVersion | None,
    version: str,
    released_on: dt.date,
    changelog: str = "",
    channel: str = ProductVersion.Channel.STABLE,
    actor_id: int | None,
) -> ProductVersion:
    """Enter a release or change what is said about it. Raises `VersionTaken`."""
    row = version_row or ProductVersion(product=product)
    before = _logged(row) if version_row else None
    row.version, row.released_on, row.changelog, row.channel = version, released_on, changelog, channel
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise VersionTaken(errors={"version": [str(VersionTaken.message)]}) from error
    after = _logged(row)
    if before != after:
        action = "version.changed" if before else "version.created"
        record(action=action, target=row, actor_id=actor_id, data={"before": before, "after": after})
    return row


def set_yanked(*, version: ProductVersion, yanked: bool, actor_id: int | None) -> None:
    """Withdraw a release from download, or offer it again. Its files stay."""
    changed = ProductVersion.objects.filter(pk=version.pk, yanked=not yanked).update(yanked=yanked)
    if changed:
        record(action="version.yanked" if yanked else "version.unyanked", target=version, actor_id=actor_id)


def _logged(row: ProductVersion) -> dict[str, str]:
    return {
        "version": row.version,
        "released_on": row.released_on.isoformat(),
        "changelog": row.changelog,
        "channel": str(row.channel),
    }
