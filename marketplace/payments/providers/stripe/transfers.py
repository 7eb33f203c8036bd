"""Transfers to connected accounts. The disbursement's key is the idempotency key, the group and in the metadata."""

from typing import Any

import stripe
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.payments.models import Disbursement
from marketplace.payments.providers.base import Refused, Silent, Unavailable
from marketplace.payments.providers.stripe import amounts
from marketplace.payments.providers.stripe.client import calling, client
from marketplace.payments.rails.base import RailOutcome, Sent

FAILURES: dict[str, str | Promise] = {
    "balance_insufficient": _("There is not enough money in this currency at Stripe."),
    "insufficient_capabilities_for_transfer": _("The seller's Stripe account cannot receive money yet."),
    "account_invalid": _("Stripe does not know the seller's account, or it is not connected to us."),
    "resource_missing": _("Stripe does not know the seller's account, or it is not connected to us."),
}


def create(disbursement: Disbursement, account: str) -> Sent:
    """Make the transfer, or get the same one again. Raises `Refused`, `Unavailable` or `Silent`."""
    params: stripe.params.TransferCreateParams = {
        "amount": amounts.to_stripe(disbursement.amount),
        "currency": disbursement.currency.lower(),
        "destination": account,
        "transfer_group": disbursement.key,
        "description": disbursement.reference,
        "metadata": {"disbursement": disbursement.key, "reference": disbursement.reference},
    }
    # One try at a time: of several, the SDK tells the last error only, and that one may say that nothing was reached
    # when an earlier try was carried out. The next try, under the same key, is the reconciler's.
    once: stripe.RequestOptions = {"idempotency_key": disbursement.key, "max_network_retries": 0}
    try:
        made = calling("transfer", lambda: client().v1.transfers.create(params, once))
    except Unavailable:
        raise
    except Refused as error:
        if isinstance(error.__cause__, stripe.IdempotencyError):
            raise Silent("another request was made under this key", error.answer) from error
        raise Refused(error.code, str(FAILURES.get(error.code) or error.text), error.answer) from error
    found = made.to_dict(for_json=True)
    return Sent(external_id=found["id"], outcome=of_transfer(found), answer=found)


def find(disbursement: Disbursement) -> RailOutcome:
    """Look the transfer up: by its id, or by its group when the answer to its making was lost.

    Raises `Refused`, `Unavailable` or `Silent`.
    """
    transfer_id = disbursement.external_id
    if transfer_id:
        return of_transfer(
            calling("transfer", lambda: client().v1.transfers.retrieve(transfer_id)).to_dict(for_json=True)
        )
    listed = calling("transfer", lambda: client().v1.transfers.list({"transfer_group": disbursement.key, "limit": 10}))
    rows = [row for row in listed.to_dict(for_json=True)["data"] if _is_ours(row, disbursement)]
    return of_transfer(rows[0]) if rows else RailOutcome("not_found", code="never_made")


def _is_ours(row: dict[str, Any], disbursement: Disbursement) -> bool:
    return bool((row.get("metadata") or {}).get("disbursement") == disbursement.key)


def of_transfer(found: dict[str, Any]) -> RailOutcome:
    """What a transfer amounts to. It moves at once and costs nothing; it may be reversed later."""
    names = {"receipt": found["id"], "external_id": found["id"], "answer": found}
    if found.get("reversed"):
        return RailOutcome("reversed", code="reversed", text=str(_("The transfer was reversed.")), **names)
    amount = amounts.from_stripe(found["amount"], found["currency"])
    return RailOutcome("paid", amount=amount, fee_minor=0, **names)
