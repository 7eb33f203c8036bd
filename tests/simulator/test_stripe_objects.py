"""Objects have every field the pinned SDK's classes declare."""

import typing

import pytest
import stripe
from stripe import checkout

from marketplace.payments.simulator.stripe.objects import FIELDS, blank

CLASSES = {
    "checkout.session": checkout.Session,
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "balance_transaction": stripe.BalanceTransaction,
    "dispute": stripe.Dispute,
    "account": stripe.Account,
    "transfer": stripe.Transfer,
    "transfer_reversal": stripe.TransferReversal,
    "payout": stripe.Payout,
    "item": stripe.LineItem,
    "price": stripe.Price,
}
# Present only when expanded, or only on deleted objects or other shapes of a price.
ELSEWHERE = {"OBJECT_NAME", "line_items", "refunds", "deleted", "currency_options", "tiers"}


@pytest.mark.parametrize("kind", CLASSES)
def test_no_field_is_missing_or_invented(kind: str) -> None:
    declared = set(typing.cast(type, CLASSES[kind]).__annotations__) - ELSEWHERE
    assert set(FIELDS[kind].split()) == declared


def test_lists_and_objects_that_are_never_null_are_filled() -> None:
    session = blank("checkout.session")
    assert (session["livemode"], session["metadata"], session["custom_fields"]) == (False, {}, [])
