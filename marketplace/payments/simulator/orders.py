"""What the control plane can order. Every function takes the order as read and returns what to answer."""

from .daraja import initiator_outcomes, outcomes
from .daraja.accounts import set_utility
from .daraja.callbacks import send_callback
from .daraja.receipts import new_receipt
from .faults import KINDS
from .state import Json
from .stripe.cards import OUTCOMES
from .world import TUNABLE, World

KEEP = object()  # a setting not named in an order
ACTIONS = ("drop", "duplicate", "delay", "reorder", "release", "reset")


def next_outcome(world: World, order: Json) -> Json:
    """Decide what becomes of the next push, payout, reversal or question (of one number, or of any), or card."""
    if order["provider"] not in ("daraja", "stripe"):
        raise ValueError("provider is daraja or stripe")
    if order["provider"] == "daraja":
        if order["api"] not in ("stk", *initiator_outcomes.APIS):
            raise ValueError(f"api is stk, {', '.join(initiator_outcomes.APIS)}")
        known = outcomes.known if order["api"] == "stk" else initiator_outcomes.known
        order["outcome"] = known(str(order["outcome"]))
    elif order["outcome"] not in OUTCOMES:
        raise ValueError(f"outcome of a card is one of {', '.join(OUTCOMES)}")
    number = world.state.count("next")
    world.state.put("next", order | {"id": f"next_{number}", "left": int(order["count"])})
    return {"id": f"next_{number}"}


def deliveries(world: World, order: Json) -> Json:
    """Order an accident for the next `count` deliveries (null: until reset), or end accidents."""
    action = order["action"]
    if action not in ACTIONS:
        raise ValueError(f"action is one of {', '.join(ACTIONS)}")
    if action in ("release", "reset"):
        if action == "reset":
            world.state.forget("rule")
            world.state.turn("chaos", None)
        return {"released": world.courier.release()}
    if action == "reorder" and order["count"] is None:
        order["count"] = 2
    number = world.state.count("rule")
    world.state.put("rule", order | {"id": f"rule_{number}", "left": order["count"]})
    return {"id": f"rule_{number}"}


def forge(world: World, order: Json) -> Json:
    """Send a callback that the provider never sent, for a real or invented CheckoutRequestID."""
    push = world.state.get("stk", order["checkout_request_id"])
    if push is None:
        raise KeyError(order["checkout_request_id"])
    forged: Json = {
        "result_code": str(order["result_code"]),
        "receipt": order["receipt"] or new_receipt(world),
        "outcome": "",
    }
    for field in ("amount", "msisdn", "merchant_request_id"):
        if order[field] is not None:
            forged[field] = order[field]
    if order["forged_id"] is not None:
        forged["id"] = order["forged_id"]
    target = push | {"callback_url": order["url"] or push["callback_url"]}
    return {"deliveries": send_callback(world, target, copies=int(order["copies"]), forged=forged)}


def fault(world: World, order: Json) -> Json:
    """Break the next `count` calls (null: until mended) whose path contains `path`."""
    if order["kind"] not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}")
    left = None if order["count"] is None else int(order["count"])
    number = world.state.count("fault")
    world.state.put("fault", order | {"id": f"fault_{number}", "left": left})
    return {"id": f"fault_{number}"}


def mend(world: World, _: Json) -> Json:
    """End every fault and every outcome not yet met; a call that hangs gets its answer when its seconds are over."""
    mended = [row["id"] for kind in ("fault", "next") for row in world.state.find(kind)]
    for kind in ("fault", "next"):
        world.state.forget(kind)
    return {"mended": mended}


def float_(world: World, order: Json) -> Json:
    """Make the utility account of a shortcode hold an amount, in cents."""
    minor, shortcode = order["utility_minor"], str(order["shortcode"] or world.settings.b2c_shortcode)
    if not isinstance(minor, int) or isinstance(minor, bool) or minor < 0:
        raise ValueError("utility_minor is a whole number of cents")
    return {"account": set_utility(world, shortcode, minor)}


def clock(world: World, order: Json) -> Json:
    """Move the clock forward by seconds; what falls due happens at once."""
    seconds = float(order["advance"])
    if seconds < 0:
        raise ValueError("the clock only moves forward")
    return {"now": world.clock.advance(seconds)}


def settings(world: World, order: Json) -> Json:
    """Change tunables."""
    return world.tune(**{name: value for name, value in order.items() if value is not KEEP and name in TUNABLE})


def reset(world: World, order: Json) -> Json:
    """Forget everything, tokens and the moved clock included."""
    offset = world.state.knob("clock_offset", 0.0)
    world.state.wipe()
    world.recent_queries.clear()
    if order["keep_clock"]:
        world.state.turn("clock_offset", offset)
    return {"now": world.clock.now()}
