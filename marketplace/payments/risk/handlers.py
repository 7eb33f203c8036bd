"""Cards that were declined count as well: noted when an attempt ends without money."""

from marketplace.core.outbox import on
from marketplace.payments.services.assess import remember_card


@on("payments.failed")
def failed(*, payment_id: str, reference: str, code: str) -> None:  # noqa: ARG001 (the fact's own words)
    remember_card(payment_id=payment_id)


@on("payments.expired")
def expired(*, payment_id: str, reference: str) -> None:  # noqa: ARG001
    remember_card(payment_id=payment_id)
