from collections.abc import Iterable

from marketplace.commerce.models import Order
from marketplace.commerce.services.place_order import email_hash


def join_orders(*, user_id: int, emails: Iterable[str]) -> int:
    """Give a member the guest orders placed with addresses they have proven to be theirs. Returns how many."""
    hashes = [email_hash(email) for email in emails]
    return Order.objects.filter(user=None, email_hash__in=hashes).update(user=user_id) if hashes else 0
