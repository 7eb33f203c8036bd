"""Stripe's word about transfers and connected accounts. Read anew each time: events come in any order."""

from typing import Any

from django.db import transaction

from marketplace.core import outbox
from marketplace.payments import inbox
from marketplace.payments.disbursements.alarm import alarm
from marketplace.payments.disbursements.settle import settle_disbursement
from marketplace.payments.disbursements.story import CALLBACK, tell
from marketplace.payments.inbox import Conclusion, done, ignored, later
from marketplace.payments.models import Disbursement, InboxMessage
from marketplace.payments.providers.base import Refused, Silent
from marketplace.payments.providers.stripe import accounts
from marketplace.payments.providers.wire import read_json


@inbox.thinks_about("stripe", "transfer.")
def about_transfer(message: InboxMessage) -> Conclusion:
    """Made, or taken back: at our request, or in the dashboard."""
    thing = _thing(message)
    disbursement = _find(thing)
    if disbursement is None:
        return ignored("no transfer of ours")
    message.about = f"disbursement:{disbursement.pk}"
    _note_part(disbursement, message, thing)
    if disbursement.status == Disbursement.Status.CANCELLED and not thing.get("reversed"):
        with transaction.atomic():
            tell(disbursement, source=CALLBACK, kind="contradiction", reason="cancelled", message=message.pk)
            alarm(
                disbursement, "disbursement_contradiction", "It was cancelled here, and Stripe has made the transfer."
            )
        return done()
    before = disbursement.checked_at
    disbursement = settle_disbursement(disbursement_id=disbursement.pk, source=CALLBACK)
    return later("asked a moment ago") if disbursement.checked_at == before else done()


def _note_part(disbursement: Disbursement, message: InboxMessage, thing: dict[str, Any]) -> None:
    """A part that came back is no failure of the whole: a person decides what it means."""
    if not thing.get("amount_reversed") or thing.get("reversed"):
        return
    text = f"Stripe says that a part of it was reversed: {thing['amount_reversed']} of {thing['amount']}."
    with transaction.atomic():
        tell(disbursement, source=CALLBACK, kind="partly_reversed", message=message.pk, answer=thing)
        alarm(disbursement, "disbursement_partly_back", text)


@inbox.thinks_about("stripe", "account.updated")
def about_account(message: InboxMessage) -> Conclusion:
    """A connected account has changed: can it receive money now?"""
    account = str(_thing(message).get("id", ""))
    try:
        ready = accounts.is_ready(account)
    except Silent as error:
        return later(f"no answer: {error}")
    except Refused as error:
        return later(f"not shown: {error}")
    message.about = f"account:{account}"[:80]
    with transaction.atomic():
        outbox.publish("payments.connect_account", account=account, ready=ready)
    return done()


def _find(thing: dict[str, Any]) -> Disbursement | None:
    ours = Disbursement.objects.filter(rail=Disbursement.Rail.STRIPE_TRANSFER)
    key = str((thing.get("metadata") or {}).get("disbursement", ""))
    return ours.filter(external_id=str(thing.get("id", ""))).first() or ours.filter(key=key).first()


def _thing(message: InboxMessage) -> dict[str, Any]:
    found: dict[str, Any] = read_json(message.body.encode())["data"]["object"]
    return found
