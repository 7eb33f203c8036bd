"""What payouts do about the news. Every handler may be called more than once, and in any order."""

from typing import Any

from marketplace.core.outbox import on
from marketplace.payouts.services.connect_account import note_connect
from marketplace.payouts.services.even_out import even_out
from marketplace.payouts.services.send_payout import send_payout
from marketplace.payouts.services.settle_payout import settle_payout


@on("payouts.shares_returned")
def settle_returned(*, seller_id: int, currency: str) -> None:
    even_out(seller_id=seller_id, currency=currency)


@on("payouts.approved")
def send(*, payout_id: int) -> None:
    send_payout(payout_id=payout_id)


@on("payments.disbursement_paid")
@on("payments.disbursement_failed")
@on("payments.disbursement_unknown")
def settle(*, disbursement_id: str, purpose: str, **_: Any) -> None:
    if purpose == "payout":
        settle_payout(disbursement_id=disbursement_id)


@on("payments.connect_account")
def note_stripe_account(*, account: str, ready: bool) -> None:
    """Stripe says by itself when a seller's account becomes ready, and when it no longer is."""
    note_connect(account=account, ready=ready)
