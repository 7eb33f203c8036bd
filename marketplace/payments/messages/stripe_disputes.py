"""Stripe's word about disputes. Whatever the event says, the dispute is read anew: events come in any order."""

from marketplace.payments import inbox
from marketplace.payments.errors import Malformed
from marketplace.payments.inbox import Conclusion, done, ignored, later, quarantined
from marketplace.payments.models import InboxMessage, PaymentEvent
from marketplace.payments.providers.base import Refused, Silent
from marketplace.payments.providers.stripe import disputes, webhook
from marketplace.payments.providers.wire import read_json
from marketplace.payments.services.record_dispute import record_dispute

CALLBACK = str(PaymentEvent.Source.CALLBACK)
MANY_TRIES = 9
"""About half an hour: a dispute about no payment of ours is not worth more."""


@inbox.thinks_about("stripe", "charge.dispute.")
def about_dispute(message: InboxMessage) -> Conclusion:
    try:
        _, name = webhook.named(read_json(message.body.encode()))
        found = disputes.read(name)
    except Malformed:
        return quarantined("names no dispute")
    except (Refused, Silent) as error:
        return later(f"not shown: {error}")
    dispute = record_dispute(found=found, source=CALLBACK)
    if dispute is None:
        return ignored("no payment of ours") if message.attempts >= MANY_TRIES else later("no payment found yet")
    message.payment, message.about = dispute.payment, f"dispute:{dispute.pk}"
    return done()
