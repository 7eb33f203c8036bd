"""The life of a prompt: pushed, answered by a scenario, a person or the clock, asked about, called back."""

from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from . import c2b
from .accounts import received
from .callbacks import send_callback
from .outcomes import DESCRIPTIONS, Outcome, choose
from .push import checked, rule_of
from .receipts import new_receipt

PRESSES = {"pay": "0", "cancel": "1032", "wrong_pin": "2001"}
BY_HAND = ("wait", "wrong_amount")  # the outcomes that leave a prompt on the phone page


def register(world: World) -> None:
    """Tell the scheduler what the jobs of this module do."""
    world.scheduler.does["stk_outcome"] = lambda job: play(world, job["id"], job["outcome"])
    world.scheduler.does["stk_expire"] = lambda job: expire(world, job["id"])


def accept(world: World, body: Json) -> Json:
    """Check a push, store it and plan what its payer will do."""
    push = checked(world, body)
    rule = rule_of(world, push)
    outcome = Outcome(rule, float(world.tuned("outcome_delay"))) if rule else choose(world, push["msisdn"])
    push |= {"outcome": outcome.name, "deliveries": outcome.deliveries}
    world.state.put("stk", push)
    if outcome.name not in ("wait", "pending", "callback_before_response"):
        world.scheduler.at("stk_outcome", {"id": push["id"], "outcome": outcome.name}, delay=outcome.delay)
    if outcome.name in BY_HAND:
        world.scheduler.at("stk_expire", {"id": push["id"]}, delay=world.tuned("prompt_seconds"))
    return push


def play(world: World, push_id: str, outcome: str) -> None:
    """Let one scripted outcome happen to a prompt."""
    push = world.state.get("stk", push_id)
    if push is None or (push["state"] == "final" and not push["late"]):
        return
    if outcome == "wrong_amount":
        send_callback(world, push | {"result_code": "0", "receipt": new_receipt(world)}, forged={"amount": 1})
    elif outcome in ("late", "fail_then_success", "out_of_order"):
        fail_first(world, push, outcome)
    elif outcome == "query_lies":
        resolve(world, push | {"query_code": "1032"}, "0")
    else:
        resolve(world, push, outcome if outcome in DESCRIPTIONS else "0")


def fail_first(world: World, push: Json, outcome: str) -> None:
    """Report a timeout now and plan the success that comes after all."""
    later = float(world.tuned("late_seconds"))
    push |= {"late": True, "outcome": outcome}
    quiet = outcome == "late"
    resolve(world, push, "1037", callback=not quiet, delay=later + 5 if outcome == "out_of_order" else 0.0)
    world.scheduler.at("stk_outcome", {"id": push["id"], "outcome": "0"}, delay=later)


def resolve(world: World, push: Json, code: str, *, callback: bool = True, delay: float = 0.0) -> Json:
    """End a prompt with a result code and plan its callbacks."""
    push |= {"state": "final", "result_code": code, "result_desc": DESCRIPTIONS[code], "ended": world.clock.now()}
    if code == "0":
        push |= {"receipt": new_receipt(world), "late": False}
    world.state.put("stk", push)
    copies = {"no_callback": 0, "duplicate": 2}.get(push["outcome"], 1)
    copies = copies if push["deliveries"] is None else int(push["deliveries"])
    if callback and copies:
        send_callback(world, push, copies=copies, delay=delay)
    if code == "0":
        received(world, "stk", push)
        c2b.confirm_push(world, push)
    return push


def press(world: World, push_id: str, button: str) -> Json:
    """Let a person answer a prompt; KeyError for an unknown prompt, ValueError when it cannot be answered so."""
    push = world.state.get("stk", push_id)
    if push is None:
        raise KeyError(push_id)
    if push["state"] != "pending" or push["ignored"]:
        raise ValueError("this prompt is no longer on the phone")
    if button == "ignore" and push["outcome"] in BY_HAND:
        return world.state.put("stk", push | {"ignored": True})
    if button not in PRESSES:
        raise ValueError(f"press one of {', '.join(PRESSES)}, or ignore a prompt that waits for a person")
    return resolve(world, push, PRESSES[button])


def expire(world: World, push_id: str) -> None:
    """End a prompt that nobody answered."""
    push = world.state.get("stk", push_id)
    if push is not None and push["state"] == "pending":
        resolve(world, push, "1037")
