"""The result of an initiator API: unsigned JSON to ResultURL, once; or the notice that the queue was too long."""

import json
from typing import Any

from marketplace.payments.simulator.clock import nairobi
from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from .initiator_outcomes import DESCRIPTIONS

Parameter = tuple[str, Any]
NO_VALUE = object()  # a parameter that comes without its Value key
PLACEHOLDER = "NLJ0000000"  # the TransactionID of what never became a transaction
INTERNAL = "https://internalapi.safaricom.co.ke/mpesa/{}results/v1/submit"


def stamp(at: float) -> str:
    """Write a time as B2C and reversal results do: day first, Kenyan time."""
    return nairobi(at).strftime("%d.%m.%Y %H:%M:%S")


def digits(at: float) -> int:
    """Write a time as other results do: the number YYYYMMDDHHmmss in Kenya."""
    return int(nairobi(at).strftime("%Y%m%d%H%M%S"))


def send_result(
    world: World, doc: Json, code: str, parameters: list[Parameter], *, delay: float = 0.0, forged: bool = False
) -> list[str]:
    """Plan the result of a request; `parameters` only count when it succeeded."""
    loose = doc["outcome"] == "text_code"
    item = {"Key": "QueueTimeoutURL", "Value": INTERNAL.format(doc["api"])}
    result: Json = {
        "ResultType": 0,
        "ResultCode": int(code) if code.isdigit() and not loose else code,
        "ResultDesc": DESCRIPTIONS[code],
        "OriginatorConversationID": doc["ref"],
        "ConversationID": doc["id"],
        "TransactionID": doc["receipt"] or PLACEHOLDER,
    }
    if code == "0" and parameters:
        rows = [{"Key": key} if value is NO_VALUE else {"Key": key, "Value": value} for key, value in parameters]
        result["ResultParameters"] = {"ResultParameter": rows[0] if doc["outcome"] == "single_parameter" else rows}
    result["ReferenceData"] = {"ReferenceItem": [item] if loose else item}
    topic = f"{doc['api']}_result_forged" if forged else f"{doc['api']}_result"
    copies = 2 if doc["outcome"] == "duplicate" else 1
    return send(world, doc, topic, doc["result_url"], {"Result": result}, delay=delay, copies=copies)


def send_timeout(world: World, doc: Json) -> list[str]:
    """Plan the notice to QueueTimeOutURL [its body is assumed]. It says nothing about the outcome."""
    body: Json = {"OriginatorConversationID": doc["ref"], "ConversationID": doc["id"], "ResponseCode": "1"}
    body |= {"ResponseDescription": "The request timed out in the queue."}
    return send(world, doc, f"{doc['api']}_timeout", doc["timeout_url"], body)


def send(
    world: World, doc: Json, topic: str, url: str, body: Json, *, delay: float = 0.0, copies: int = 1
) -> list[str]:
    """Plan one message about a request."""
    text = json.dumps(body, separators=(",", ":"))
    return world.courier.send(
        provider="daraja", topic=topic, ref=doc["id"], url=url, body=text, delay=delay, copies=copies
    )
