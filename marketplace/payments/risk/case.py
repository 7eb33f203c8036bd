"""What the rules look at: one payment, who asked for it, and what else they asked for lately."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from marketplace.payments.models import InboxMessage, Payment, PaymentClient, PaymentEvent

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@dataclass(frozen=True)
class Case:
    """One payment under the rules. `client` is empty when it was erased or never known."""

    payment: Payment
    client: PaymentClient
    cards: frozenset[str]
    """Fingerprints of every card tried for it."""

    def recent(self, within: dt.timedelta, **who: Any) -> QuerySet[PaymentClient]:
        """Attempts by the same phone, address or card up to and with this one. Empty values match nobody."""
        if not all(who.values()):
            return PaymentClient.objects.none()
        until = self.payment.created_at
        span = {"payment__created_at__gt": until - within, "payment__created_at__lte": until}
        return PaymentClient.objects.filter(**who, **span)

    def same_person(self, within: dt.timedelta) -> QuerySet[PaymentClient]:
        """Attempts by the same phone or e-mail address."""
        names = (("phone", self.client.phone), ("email", self.client.email))
        known = [Q(**{name: value}) for name, value in names if value]
        if not known:
            return PaymentClient.objects.none()
        until = self.payment.created_at
        rows = PaymentClient.objects.filter(payment__created_at__gt=until - within, payment__created_at__lte=until)
        return rows.filter(known[0] | known[-1])

    def quarantined(self) -> QuerySet[InboxMessage]:
        """Messages about it that contradicted what we know."""
        return InboxMessage.objects.filter(payment=self.payment, status=InboxMessage.Status.QUARANTINED)


def case_of(payment: Payment) -> Case:
    client = PaymentClient.objects.filter(payment=payment).first() or PaymentClient(payment=payment)
    return Case(payment, client, cards_of(payment))


def cards_of(payment: Payment) -> frozenset[str]:
    """Every card the provider's answers tell of, those declined included."""
    told = PaymentEvent.objects.filter(payment=payment, kind="outcome").values_list("data", flat=True)
    return frozenset(found for data in told for found in _fingerprints(data))


def _fingerprints(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        found = value.get("fingerprint")
        if isinstance(found, str) and found:
            yield found[:64]
        for inner in value.values():
            yield from _fingerprints(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _fingerprints(inner)
