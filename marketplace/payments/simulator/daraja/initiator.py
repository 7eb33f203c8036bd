"""The initiator APIs' common life: a request is acknowledged at once, done a moment later, told by a result."""

from collections.abc import Callable

from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from . import b2c, inquiry, reversal
from .c2b import world_id
from .errors import invalid, new_id
from .initiator_outcomes import choose
from .keys import is_initiator
from .push import check_url, text
from .results import Parameter, send_result, send_timeout

Verdict = tuple[str, list[Parameter]]
CHECKS: dict[str, Callable[[World, Json], Json]] = {
    "b2c": b2c.checked,
    "reversal": reversal.checked,
    "status": inquiry.checked_status,
    "balance": inquiry.checked_balance,
}
WORKS: dict[str, Callable[[World, Json], Verdict]] = {
    "b2c": b2c.pay,
    "reversal": reversal.give_back,
    "status": inquiry.status,
    "balance": inquiry.balance,
}
LIES: dict[str, Callable[[World, Json], list[Parameter]]] = {
    "b2c": b2c.forged,
    "reversal": reversal.forged,
    "status": inquiry.forged_status,
    "balance": inquiry.forged_balance,
}
DONE = ("no_callback", "duplicate", "callback_before_response", "late", "single_parameter", "text_code")
LATE_WORK = {"queue_timeout": "0", "queue_timeout_fails": "26"}


def register(world: World) -> None:
    """Tell the scheduler what the jobs of this module do."""
    world.scheduler.does["initiated"] = lambda job: play(world, job["id"], job["outcome"])


def accept(world: World, api: str, body: Json) -> Json:
    """Check a request, store it and plan what becomes of it. The operator's password is judged later, in the result."""
    who = "InitiatorName" if api == "b2c" else "Initiator"
    name, credential = text(body, who), text(body, "SecurityCredential")
    doc = {"msisdn": "", "ref": new_id(), **CHECKS[api](world, body)}
    doc |= {"id": world_id(world), "api": api, "created": world.clock.now(), "state": "accepted", "code": None}
    doc |= {"result_url": check_url(text(body, "ResultURL"), "ResultURL"), "receipt": "", "ended": None}
    doc |= {"timeout_url": check_url(text(body, "QueueTimeOutURL"), "QueueTimeOutURL")}
    check_remarks(body)
    outcome, delay = choose(world, api, doc["msisdn"])
    if not is_initiator(world.settings, name, credential):
        outcome = "2001"
    doc["outcome"] = outcome
    world.state.put("initiated", doc)
    if outcome not in ("pending", "callback_before_response"):
        world.scheduler.at("initiated", {"id": doc["id"], "outcome": outcome}, delay=delay)
    return doc


def check_remarks(body: Json) -> None:
    """Remarks have 2 to 100 characters; the occasion, in either spelling, at most 100."""
    if not 2 <= len(text(body, "Remarks")) <= 100:
        raise invalid("Remarks")
    for field in ("Occasion", "Occassion"):
        if len(str(body.get(field) or "")) > 100:
            raise invalid(field)


def acknowledged(doc: Json) -> Json:
    """Return the answer to an accepted request: "0" means accepted, never done."""
    return {
        "ConversationID": doc["id"],
        "OriginatorConversationID": doc["ref"],
        "ResponseCode": "0",
        "ResponseDescription": "Accept the service request successfully.",
    }


def play(world: World, conversation: str, outcome: str) -> None:
    """Let an outcome happen to a request."""
    doc = world.state.get("initiated", conversation)
    if doc is None or doc["state"] == "done":
        return
    later = float(world.tuned("late_seconds"))
    if outcome.startswith("queue_timeout"):
        send_timeout(world, doc)
        if outcome in LATE_WORK:
            job = {"id": conversation, "outcome": LATE_WORK[outcome]}
            world.scheduler.at("initiated", job, delay=later)
    elif outcome == "forged":
        send_result(world, doc, "0", LIES[doc["api"]](world, doc), forged=True)
        finish(world, doc, "2040", tell=False)
    else:
        code = "0" if outcome in DONE else outcome
        finish(world, doc, code, tell=outcome != "no_callback", delay=later if outcome == "late" else 0.0)


def finish(world: World, doc: Json, code: str, *, tell: bool = True, delay: float = 0.0) -> list[str]:
    """Do the work unless a failure was chosen, note how it ended, and tell it."""
    code, parameters = WORKS[doc["api"]](world, doc) if code == "0" else (code, [])
    doc |= {"state": "done", "code": code, "ended": world.clock.now()}
    world.state.put("initiated", doc)
    return send_result(world, doc, code, parameters, delay=delay) if tell else []
