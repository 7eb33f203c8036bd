"""The activity log under seal."""

from marketplace.audit.models import LogEntry
from marketplace.core.sealing import Chain, declare

declare(
    Chain(
        name="audit.logentry",
        model=LogEntry,
        at="at",
        fields=("id", "at", "actor_id", "action", "target_type", "target_id", "data"),
        title="action",
    )
)
