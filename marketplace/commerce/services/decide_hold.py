from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.audit.services import record
from marketplace.commerce.models import Order, OrderHold
from marketplace.core import clock, outbox
from marketplace.core.errors import Refusal

Outcome = OrderHold.Outcome


class HoldDecided(Refusal):
    code, message = "hold_decided", _("This was decided already.")


@transaction.atomic
def decide_hold(*, order_id: int, release: bool, note: str, actor_id: int | None) -> OrderHold:
    """Let a held order's goods go out, or refuse them: then nothing is delivered, and the money is refunded apart.

    Refusing moves no money. Raises `HoldDecided` when somebody was faster.
    """
    order = Order.locked(order_id)
    hold = OrderHold.objects.select_for_update(no_key=True, of=("self",)).get(order=order)
    if hold.outcome != Outcome.WAITING:
        raise HoldDecided
    hold.outcome = Outcome.RELEASED if release else Outcome.REFUSED
    hold.note, hold.decided_by, hold.decided_at = note.strip()[:300], actor_id, clock.now()
    hold.save(update_fields=["outcome", "note", "decided_by", "decided_at"])
    record(action=f"order.hold_{hold.outcome}", target=order, actor_id=actor_id, data={"score": hold.score})
    if release:
        outbox.publish("commerce.order_released", order_code=order.code)
    return hold
