"""The idempotency store: the first answer is kept for 24 hours and given again."""

import hashlib
import json
from typing import Any

from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from .errors import StripeError

LONGEST = 255
LIFETIME = 24 * 3600  # seconds
UNDER_WAY = (
    "There is currently another in-progress request using this Stripe Idempotent Key (that probably means you submitted"
    " twice, and the other request is still going through): "
)
OTHERWISE = (
    "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key"
    " other than"
)


class Conflict(StripeError):
    """A refusal by the store itself; never stored."""

    stored = False


def fingerprint(method: str, path: str, tree: dict[str, Any]) -> str:
    """Return a hash of what was asked."""
    return hashlib.sha256(json.dumps([method, path, tree], sort_keys=True).encode()).hexdigest()


def recall(world: World, key: str, asked: str) -> Json | None:
    """Return the stored answer, None for a new key, or refuse a key used for something else."""
    if len(key.rpartition("\n")[2]) > LONGEST:
        raise Conflict(f"Invalid idempotency key: it can be up to {LONGEST} characters.")
    stored = world.state.get("idempotency", key)
    if stored is not None and world.clock.now() - stored["at"] >= LIFETIME:
        stored = None
    if stored is not None and stored["asked"] != asked:
        raise mismatch(key)
    if stored is None and key in world.running:
        if world.running[key] != asked:
            raise mismatch(key)
        raise Conflict(
            UNDER_WAY + key.rpartition("\n")[2], status=409, kind="idempotency_error", code="idempotency_key_in_use"
        )
    return stored


def mismatch(key: str) -> Conflict:
    """Return the refusal of a key that was used for something else."""
    return Conflict(
        f"{OTHERWISE} '{key.rpartition(chr(10))[2]}' if you meant to execute a different request.",
        kind="idempotency_error",
    )


def store(world: World, key: str, asked: str, status: int, body: Json, request_id: str) -> None:
    """Keep an answer."""
    record = {"id": key, "asked": asked, "status": status, "body": body, "at": world.clock.now(), "request": request_id}
    world.state.put("idempotency", record)
