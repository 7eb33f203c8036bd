"""The books of a refund that went out: what was owed (2410) is paid from where it lay."""

from marketplace.ledger.accounts import AccountKey, Code, clearing
from marketplace.ledger.selectors import entry
from marketplace.ledger.services import post, reverse
from marketplace.payments.models import Refund, RefundCover

Method = Refund.Method


def book_refund_settled(refund: Refund, *, source: AccountKey | None = None) -> None:
    """Book that it was given back, once per attempt. `source`: whose money it was, when not the usual account.

    Commerce calls this for a refund made at the provider, in the transaction in which it decides who bears it. One
    that has failed meanwhile is not booked: it is owed.
    """
    if Refund.locked(refund.pk).status == Refund.Status.SUCCEEDED:
        _book(refund, _key(refund), refund.left_minor, source or _source(refund))


def book_cover(cover: RefundCover) -> None:
    """A part of it was given back within a refund that others made at the provider."""
    _book(cover.refund, cover.key, cover.amount_minor, clearing(cover.refund.payment.provider))


def _book(refund: Refund, key: str, minor: int, source: AccountKey) -> None:
    if minor:
        post(
            key=key, kind="refund_settled", currency=refund.payment.currency, reference=refund.payment.reference,
            lines={AccountKey(Code.REFUNDS_IN_TRANSIT): minor, source: -minor},
        )  # fmt: skip


def unbook_refund_settled(refund: Refund) -> None:
    """It came back after all: owed again. Nothing happens when it was never booked."""
    booked = entry(_key(refund))
    if booked is not None:
        reverse(entry=booked, key=_key(refund, "unsettled"))


def was_unbooked(refund: Refund) -> bool:
    """Has this attempt come back already?"""
    return entry(_key(refund, "unsettled")) is not None


def _key(refund: Refund, what: str = "settled") -> str:
    return f"refund:{refund.pk}:{what}:{refund.attempt}"


def _source(refund: Refund) -> AccountKey:
    if refund.method == Method.B2C:
        return AccountKey(Code.MPESA_FLOAT)
    if refund.method == Method.MANUAL:
        return AccountKey(Code.BANK)
    return clearing(refund.payment.provider)
