"""POST /mpesa/stkpushquery/v1/query: three ways to say pending, final results as strings, no receipt ever."""

import time

from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from .errors import DarajaError
from .outcomes import DESCRIPTIONS
from .push import check_password, text

WINDOW = 1.0  # real seconds


def check_spike(world: World) -> None:
    """Refuse the query that is one too many within a second."""
    now, recent = time.monotonic(), world.recent_queries
    while recent and recent[0] < now - WINDOW:
        recent.popleft()
    if len(recent) >= int(world.tuned("spike_per_second")):
        raise DarajaError(500, "500.003.02", "Error Occurred: Spike Arrest Violation")
    recent.append(now)


def ask(world: World, body: Json) -> Json:
    """Return what the query says about a prompt; pending may be an error, as on the real platform."""
    for field in ("BusinessShortCode", "Password", "Timestamp", "CheckoutRequestID"):
        text(body, field)
    check_password(world, body)
    push = world.state.get("stk", text(body, "CheckoutRequestID"))
    if push is None:
        raise DarajaError(500, "500.001.1001", "The transaction does not exist")
    code = push["query_code"] or push["result_code"]
    if code is None and world.tuned("query_pending") != "4999":
        raise DarajaError(500, "500.001.1001", "The transaction is being processed")
    pending = "The transaction is still under processing"
    return {
        "ResponseCode": "0",
        "ResponseDescription": "The service request has been accepted successsfully",  # sic
        "MerchantRequestID": push["merchant_request_id"],
        "CheckoutRequestID": push["id"],
        "ResultCode": "4999" if code is None else code,
        "ResultDesc": pending if code is None else DESCRIPTIONS[code],
    }
