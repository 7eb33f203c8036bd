from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.audit.services import record
from marketplace.core import clock, outbox
from marketplace.core.errors import Refusal
from marketplace.core.models import OutboxEvent


class NothingToDeliver(Refusal):
    """It arrived meanwhile, or has not failed yet and a worker may be at it right now."""

    code, message = "nothing_to_deliver", _("This has not failed: there is nothing to deliver again.")


def deliver_again(*, event_id: int, actor_id: int | None) -> OutboxEvent:
    """Make a failed fact due now instead of after its back-off. Handlers are idempotent, so it can do no harm."""
    with transaction.atomic():
        event = OutboxEvent.objects.select_for_update().get(pk=event_id)
        if event.delivered_at or not event.last_error:
            raise NothingToDeliver
        event.due_at = clock.now()
        event.save(update_fields=["due_at"])
        record(action="fact.delivered_again", target=event, actor_id=actor_id, data={"topic": event.topic})
        transaction.on_commit(outbox.wake)
    return event
