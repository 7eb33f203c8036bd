"""Accidents by probability, repeatable by a seed: messages that get lost and calls that go wrong."""

import random

from .faults import KINDS
from .state import Json
from .world import World

ACCIDENTS = ("drop", "duplicate", "delay", "reorder")


def order(world: World, wish: Json) -> Json:
    """POST /_sim/chaos: begin, or end when every probability is 0."""
    for name, chance in [*((name, wish[name]) for name in ACCIDENTS), *wish["calls"].items()]:
        if isinstance(chance, bool) or not isinstance(chance, int | float) or not 0 <= chance <= 1:
            raise ValueError(f"{name} is a probability from 0 to 1")
    if unknown := set(wish["calls"]) - set(KINDS):
        raise ValueError(f"unknown kind of fault: {', '.join(sorted(unknown))}; known: {', '.join(KINDS)}")
    if max(sum(wish[name] for name in ACCIDENTS), sum(wish["calls"].values())) > 1:
        raise ValueError("the probabilities add up to more than 1")
    world.state.turn("chaos", wish | {"happened": {}})
    return {"chaos": wish}


def drawn(world: World, chances: dict[str, float]) -> tuple[str, float]:
    """Draw one of the accidents, or none (an empty name), and a second number from 0 to 1 for what it needs."""
    ordered = world.state.knob("chaos")
    dice = random.Random(f"{ordered['seed']}:{world.state.count('chaos')}")  # noqa: S311
    number, other = dice.random(), dice.random()
    for name, chance in chances.items():
        if number < chance:
            ordered["happened"][name] = ordered["happened"].get(name, 0) + 1
            world.state.turn("chaos", ordered)
            return name, other
        number -= chance
    return "", other


def rule_for(world: World, provider: str, topic: str) -> Json | None:
    """Return what happens to a message, in the form of an ordered accident; None: it arrives as it should."""
    ordered = world.state.knob("chaos")
    if ordered is None or ordered["provider"] not in ("", provider) or ordered["match"] not in topic:
        return None
    name, other = drawn(world, {name: ordered[name] for name in ACCIDENTS})
    seconds = float(ordered["delay_seconds"])
    if name == "reorder":  # a wait of its own, so that later messages overtake it
        return {"action": "delay", "seconds": other * seconds}
    return {"action": name, "seconds": seconds, "copies": 2} if name else None


def fault_for(world: World, provider: str, path: str) -> Json | None:
    """Return what goes wrong with a call, in the form of an ordered fault, or None."""
    ordered = world.state.knob("chaos")
    if ordered is None or ordered["provider"] not in ("", provider) or ordered["path"] not in path:
        return None
    name, _ = drawn(world, ordered["calls"])
    return {"kind": name, "seconds": ordered["call_seconds"]} if name else None
