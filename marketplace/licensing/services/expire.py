from django.db import transaction

from marketplace.core import clock
from marketplace.licensing.models import License


def expire_licenses(*, limit: int = 500) -> int:
    """Mark licenses whose term has run out, so that lists say what the clock already decided. Returns how many."""
    with transaction.atomic():
        due = License.objects.select_for_update(skip_locked=True).filter(
            status=License.Status.ACTIVE, expires_at__lte=clock.now()
        )
        marked = 0
        for license in due.order_by("pk")[:limit]:
            license.move_to(License.Status.EXPIRED)
            marked += 1
        return marked
