import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from marketplace.core import clock, crypto, outbox
from marketplace.core.idempotency import KeyReused
from marketplace.core.money import Money
from marketplace.payments.disbursements.plan import SENDING_SECONDS
from marketplace.payments.disbursements.story import tell
from marketplace.payments.models import Disbursement
from marketplace.payments.rails import rail as find_rail
from marketplace.payments.rails.base import destination_of


@transaction.atomic
def create_disbursement(
    *, key: str, rail: str, amount: Money, destination: Mapping[str, Any], hint: str, purpose: str, reference: str
) -> Disbursement:
    """Write the intent to send `amount`; it is sent after commit. Call it in the transaction that books it.

    Idempotent by `key`, for good: with anything else behind it, raises `KeyReused`. `hint` is for people and hides
    most of the destination. Refuses: `amount_not_payable`, `destination_invalid`.
    """
    found = Disbursement.objects.filter(key=key).first()
    if found is None:
        way = find_rail(rail)
        way.check(amount, dict(destination))
        made, fresh = Disbursement.objects.get_or_create(
            key=key,
            defaults={
                "status": Disbursement.Status.CREATED, "rail": rail, "amount_minor": amount.minor,
                "currency": amount.currency, "purpose": purpose, "reference": reference, "destination_hint": hint[:60],
                "destination_ciphertext": crypto.encrypt(json.dumps(dict(destination))),
                "next_check_at": clock.in_seconds(SENDING_SECONDS) if way.automatic else None,
            },
        )  # fmt: skip
        if fresh:
            tell(made, source="operator", kind="intent", amount_minor=amount.minor, currency=amount.currency)
            outbox.publish("payments.disbursement_created", disbursement_id=str(made.pk))
            return made
        found = made
    if not _same(found, rail=rail, amount=amount, destination=destination, purpose=purpose, reference=reference):
        raise KeyReused
    return found


def _same(found: Disbursement, *, rail: str, amount: Money, destination: Mapping[str, Any], **names: str) -> bool:
    return (
        found.rail == rail
        and found.amount == amount
        and destination_of(found) == dict(destination)
        and all(getattr(found, name) == value for name, value in names.items())
    )
