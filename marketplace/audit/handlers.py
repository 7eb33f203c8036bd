from typing import Any

from marketplace.audit.models import LogEntry
from marketplace.core.outbox import on


@on("users.anonymized")
def remember_erasure(*, user_id: int, actor_id: int | None, **_: Any) -> None:
    """The log keeps that it happened, and to which number; never to whom."""
    LogEntry.objects.get_or_create(
        action="user.anonymized", target_type="users.user", target_id=str(user_id), defaults={"actor_id": actor_id}
    )
