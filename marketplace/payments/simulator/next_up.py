"""Outcomes ordered for the next payments: written by the control plane, used up by the providers."""

from .state import Json
from .world import World


def take(world: World, provider: str, msisdn: str = "", *, api: str = "stk") -> Json | None:
    """Return the first outcome ordered for a payment, counted down by one; None leaves it to number or card.

    `api` tells M-Pesa's prompts from its payouts, reversals and questions; cards know no other.
    """
    for order in world.state.find("next", provider=provider, api=api):
        if order["msisdn"] not in ("", msisdn):
            continue
        order["left"] -= 1
        if order["left"] > 0:
            world.state.put("next", order)
        else:
            world.state.forget("next", order["id"])
        return order
    return None
