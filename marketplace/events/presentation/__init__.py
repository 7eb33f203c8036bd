"""What the event pages show."""

from marketplace.events.presentation.detail import event_context
from marketplace.events.presentation.listing import event_index_context

__all__ = ["event_context", "event_index_context"]
