"""The one door to the activity log."""

from typing import Any

from django.db import models

from marketplace.audit.models import LogEntry


def record(*, action: str, target: models.Model, actor_id: int | None, data: dict[str, Any] | None = None) -> LogEntry:
    """Append what happened. Call it in the transaction that makes it true."""
    return LogEntry.objects.create(
        action=action,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        actor_id=actor_id,
        data=data or {},
    )
