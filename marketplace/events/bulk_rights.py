"""Who may answer all buyers of a date at once: the marketplace's finance, and sellers for what is their own."""

from typing import Any

from django.core.exceptions import PermissionDenied

from marketplace.commerce.models import OrderRefund
from marketplace.sellers.policy import reach

MAY = "commerce.add_bulkrefund"
MAY_SEND_AGAIN = "payments.change_refund"
By = OrderRefund.By


def asked_by(user: Any, seller_id: int) -> str:
    """In whose name the user acts. Raises `PermissionDenied`."""
    held = reach(user)
    if not user.has_perm(MAY) or (held is not None and seller_id not in held):
        raise PermissionDenied
    return str(By.STAFF if held is None else By.SELLER)
