from collections.abc import Sequence

from django.db import transaction

from marketplace.audit.services import record
from marketplace.commerce.models import OrderLine
from marketplace.core import clock
from marketplace.licensing.models import License


def revoke_licenses(
    *, line: OrderLine, actor_id: int | None, reason: str, positions: Sequence[int] | None = None
) -> int:
    """End licenses of a line, e.g. after a refund, all of them or some; repeating it changes nothing.

    Returns how many ended now.
    """
    with transaction.atomic():
        licenses = (
            License.objects.select_for_update(no_key=True)
            .filter(order_line=line)
            .exclude(status=License.Status.REVOKED)
        )
        if positions is not None:
            licenses = licenses.filter(position__in=list(positions))
        ended = 0
        for license in licenses.order_by("pk"):
            license.revoked_at = clock.now()
            license.move_to(License.Status.REVOKED, also=("revoked_at",))
            record(action="license.revoked", target=license, actor_id=actor_id, data={"reason": reason})
            ended += 1
        return ended
