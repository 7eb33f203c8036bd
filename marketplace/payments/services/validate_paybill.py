from marketplace.payments import conf, paybill
from marketplace.payments.errors import Malformed
from marketplace.payments.providers.mpesa import c2b


def validate_paybill(*, body: bytes) -> str:
    """May this money come? `0`, or Daraja's code of a rejection. Reads only; must be quick: M-Pesa waits 8 seconds.

    Accepting promises nothing: what comes is matched again when it is confirmed.
    """
    try:
        told = c2b.read_told(body)
    except Malformed:
        return c2b.OTHER
    if not c2b.is_ours(told.shortcode):
        return c2b.BAD_SHORTCODE
    if told.amount is None or told.amount.minor <= 0:
        return c2b.BAD_AMOUNT
    found = paybill.find(paybill.normalized(told.reference_typed))
    if found is None:
        return c2b.ACCEPT if conf.paybill_unknown() == "accept" else c2b.BAD_ACCOUNT
    if not found.open:
        return c2b.OTHER
    return c2b.ACCEPT if found.amount == told.amount else c2b.BAD_AMOUNT
