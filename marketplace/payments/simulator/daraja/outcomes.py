"""What a payer does with a prompt: by the last three digits of the number, by POST /_sim/next, or by hand."""

from dataclasses import dataclass

from marketplace.payments.simulator.next_up import take
from marketplace.payments.simulator.world import World

# ResultDesc as typically seen (mpesa-daraja notes, 2.2).
DESCRIPTIONS = {
    "0": "The service request is processed successfully.",
    "1": "The balance is insufficient for the transaction.",
    "2": "Declined due to limit rule.",
    "3": "Declined due to limit rule: greater than the maximum transaction amount.",
    "4": "Declined due to limit rule: would exceed daily transfer limit.",
    "8": "Declined due to limit rule: would exceed the maximum balance.",
    "17": "Rule limited.",
    "26": "System busy. Traffic blocking condition in place.",
    "1001": "Unable to lock subscriber, a transaction is already in process for the current subscriber",
    "1019": "Transaction has expired.",
    "1025": "An error occurred while sending a push request.",
    "1031": "Request cancelled by user",
    "1032": "Request cancelled by user",
    "1036": "SMSC ACK timeout.",
    "1037": "DS timeout user cannot be reached.",
    "2001": "The initiator information is invalid.",
    "2006": "Declined due to account rule: The account status does not allow this transaction.",
    "2028": "The request is not permitted according to product assignment.",
    "8006": "The security credential is locked.",
    "9999": "Error sending push request.",
    "SFC_IC0003": "The operator does not exist.",
    "E3008": "Error, the user has a bad debt contract.",
}

# The special ones, beside the plain result codes.
SPECIAL = {
    "wait": "a person answers on the phone page",
    "pending": "no answer ever: the query keeps saying pending and no callback arrives",
    "no_callback": "paid, but the callback never arrives; the query says paid",
    "duplicate": "paid, the callback arrives twice",
    "callback_before_response": "paid, the callback arrives before the push is answered",
    "wrong_amount": "a forged success with amount 1 arrives; the real prompt stays unanswered",
    "late": "the query says 1037, much later a success callback arrives after all",
    "fail_then_success": "callback 1037, later callback 0",
    "out_of_order": "as fail_then_success, but the success arrives first",
    "missing_metadata": "paid, the success callback has no CallbackMetadata",
    "balance_without_value": "paid, the Balance item has no Value",
    "masked_phone": "paid, the callback's PhoneNumber is masked",
    "query_lies": "paid and called back, but the query says 1032",
}

BY_SUFFIX = {
    "000": "0",
    "001": "1",
    "032": "1032",
    "037": "1037",
    "019": "1019",
    "025": "1025",
    "201": "2001",
    "026": "26",
    "017": "17",
    "500": "pending",
    "404": "no_callback",
    "222": "duplicate",
    "333": "callback_before_response",
    "444": "wrong_amount",
    "555": "late",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A name from SPECIAL or a result code, the simulated seconds until then, and how many callbacks."""

    name: str
    delay: float
    deliveries: int | None = None


def known(name: str) -> str:
    """Return the canonical outcome name (`success` is `0`); anything unknown is a ValueError."""
    name = "0" if name == "success" else name
    if name not in DESCRIPTIONS and name not in SPECIAL:
        raise ValueError(f"unknown outcome {name!r}: use a result code or one of {', '.join(SPECIAL)}")
    return name


def choose(world: World, msisdn: str) -> Outcome:
    """Choose for a push: an ordered outcome first, then the number's last three digits, then a person."""
    usual = float(world.tuned("outcome_delay"))
    order = take(world, "daraja", msisdn)
    if order is None:
        return Outcome(BY_SUFFIX.get(msisdn[-3:], "wait"), usual)
    return Outcome(order["outcome"], usual if order["delay"] is None else float(order["delay"]), order["deliveries"])
