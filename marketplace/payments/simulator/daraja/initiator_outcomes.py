"""What becomes of a B2C payment, a reversal or a question: a result code, or one of the accidents named here."""

from marketplace.payments.simulator.next_up import take
from marketplace.payments.simulator.world import World

# ResultDesc as typically seen (mpesa-daraja notes, 5).
DESCRIPTIONS = {
    "0": "The service request is processed successfully.",
    "1": "The balance is insufficient for the transaction.",
    "2": "Declined due to limit rule: less than the minimum transaction amount.",
    "3": "Declined due to limit rule: greater than the maximum transaction amount.",
    "4": "Declined due to limit rule: would exceed daily transfer limit.",
    "8": "Declined due to limit rule: would exceed the maximum balance.",
    "11": "The DebitParty is in an invalid state.",
    "17": "Rule limited.",
    "21": "The initiator is not allowed to initiate this request.",
    "25": "A mandatory parameter of the query is missing or wrong.",
    "26": "System busy. Traffic blocking condition in place.",
    "2001": "The initiator information is invalid.",
    "2006": "Declined due to account rule: The account status does not allow this transaction.",
    "2028": "The request is not permitted according to product assignment.",
    "2040": "Credit Party customer type (Unregistered or Registered Customer) can't be supported by the service.",
    "8006": "The security credential is locked.",
    "R000001": "The transaction has already been reversed.",
    "R000002": "The OriginalTransactionID is invalid.",
    "SFC_IC0003": "The operator does not exist.",
}

SPECIAL = {
    "pending": "accepted, and nothing ever happens: no money moves, no result comes",
    "no_callback": "done, but the result never arrives; a status query tells",
    "duplicate": "done, the result arrives twice",
    "callback_before_response": "done, the result arrives before the request is answered",
    "forged": "a forged success with amount 1 arrives; in truth it failed (2040), and no result says so",
    "late": "done at once, but the result arrives much later",
    "queue_timeout": "QueueTimeOutURL is called, much later it is done after all and the result says so",
    "queue_timeout_fails": "QueueTimeOutURL is called, much later a failure (26) follows",
    "queue_timeout_lost": "QueueTimeOutURL is called and nothing ever happens",
    "single_parameter": "done, ResultParameter is one object and no list",
    "text_code": "done, ResultCode is the text 0 and ReferenceItem a list",
}

# The last three digits of the receiver's number, for B2C. Any other number is simply paid.
BY_SUFFIX = {
    "000": "0", "001": "1", "002": "2", "003": "SFC_IC0003", "004": "4", "008": "8", "011": "11", "017": "17",
    "021": "21", "026": "26", "028": "2028", "040": "2040", "201": "2001", "206": "2006", "806": "8006",
    "019": "queue_timeout_fails", "037": "queue_timeout", "111": "single_parameter", "222": "duplicate",
    "333": "callback_before_response", "404": "no_callback", "444": "forged", "500": "pending", "555": "late",
}  # fmt: skip
APIS = ("b2c", "reversal", "status", "balance")


def known(name: str) -> str:
    """Return the canonical outcome name (`success` is `0`); anything unknown is a ValueError."""
    name = "0" if name == "success" else name
    if name not in DESCRIPTIONS and name not in SPECIAL:
        raise ValueError(f"unknown outcome {name!r}: use a result code or one of {', '.join(SPECIAL)}")
    return name


def choose(world: World, api: str, msisdn: str) -> tuple[str, float]:
    """Return outcome and simulated seconds until then: an ordered one first, then by number, then success."""
    usual = float(world.tuned("result_delay"))
    order = take(world, "daraja", msisdn, api=api)
    if order is None:
        return (BY_SUFFIX.get(msisdn[-3:], "0") if api == "b2c" else "0"), usual
    return order["outcome"], usual if order["delay"] is None else float(order["delay"])
