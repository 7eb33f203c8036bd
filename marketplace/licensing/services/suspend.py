from django.db import transaction

from marketplace.audit.services import record
from marketplace.commerce.models import OrderLine
from marketplace.licensing.models import License

Status = License.Status


def suspend_licenses(*, line: OrderLine, reason: str) -> int:
    """Hold licenses back for now: keys are not accepted, downloads are closed. Returns how many."""
    return _move(line, Status.ACTIVE, Status.SUSPENDED, "license.suspended", reason)


def resume_licenses(*, line: OrderLine, reason: str) -> int:
    """Suspended licenses work again, within their term. Returns how many."""
    return _move(line, Status.SUSPENDED, Status.ACTIVE, "license.resumed", reason)


@transaction.atomic
def _move(line: OrderLine, before: str, after: str, action: str, reason: str) -> int:
    licenses = list(
        License.objects.select_for_update(no_key=True).filter(order_line=line, status=before).order_by("pk")
    )
    for license in licenses:
        license.move_to(after)
        record(action=action, target=license, actor_id=None, data={"reason": reason})
    return len(licenses)
